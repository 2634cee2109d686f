"""A company of the reader's from words of the command line: the file of own rows that the page “Our company” saves."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TypeVar

from dashboard.charts.governance import DIMENSIONS
from dashboard.charts.ways import QUALIFIER_WORDS
from dashboard.data import overlay
from dashboard.data.overlay import Overlay, OverlayError
from dashboard.data.store import Snapshot, Tables
from dashboard.facts import own_company
from dashboard.facts.own_company import AGENDAS, INFRASTRUCTURE, LEVERS, MOST, SPENDING, WEIGHTS, OwnCompany
from dashboard.look.markdown import shortened
from dashboard.look.theme import model_short
from etl.governance_rule import LEVELS, centralisation_index, has_units

T = TypeVar("T")


def company(a: argparse.Namespace) -> OwnCompany:
    """What the words say of the company.

    Raises:
        OverlayError: words of another form than expected; every one of them is named.
    """
    problems: list[str] = []

    def each(option: str, given: Sequence[str], read: Callable[[str], T]) -> list[T]:
        out: list[T] = []
        if len(given) > MOST:
            problems.append(f"--{option}: given {len(given):,} times; expected at most {MOST}")
        for words in given:
            try:
                out.append(read(words))
            except ValueError as error:
                problems.append(f"--{option} “{shortened(words)}”: {error}")
        return out

    name = " ".join(a.name.split())
    if not name:
        problems.append("--name: got no letter, expected the company's name")
    if not has_units(a.type) and not a.agenda:
        problems.append(f"--agenda: a {a.type} is labelled by who sets its agenda; expected {_or(AGENDAS)}")
    made = OwnCompany(
        name=name,
        company_type=a.type,
        name_zh=a.name_zh.strip(),
        lab_agenda=a.agenda,
        country=a.country.strip().upper(),
        scores={d: s for d, s in each("score", a.score, _score) if s is not None},
        since=f"{a.since:%Y-%m-%d}" if a.since else "",
        lead=" ".join(a.lead.split()),
        lead_role=" ".join(a.lead_role.split()),
        models=tuple(each("model", a.model, _model)),
        levers=tuple(each("lever", a.lever, lambda words: _of(LEVERS, words))),
        spending=tuple(each("spending", a.spending, _spending)),
        prices=tuple(each("price", a.price, _price)),
        infrastructure=tuple(
            each("infrastructure", a.infrastructure, lambda words: _of(INFRASTRUCTURE, words))
        ),
    )
    if problems:
        raise OverlayError(problems)
    return made


def rows(one: OwnCompany, tables: Tables, snapshot: Snapshot) -> Overlay:
    """The company as own rows, laid over the data once, so that no file is written that would be refused later.

    Raises:
        OverlayError: the rows do not go with the data.
    """
    made = own_company.as_overlay(one, tables, snapshot.as_of)
    overlay.lay(tables, snapshot, [made])
    return made


def told(one: OwnCompany) -> str:
    """Label and index by the printed rule, in a sentence."""
    index = centralisation_index(one.scores) if has_units(one.company_type) else None
    more = "" if index is None else f", centralisation index {index:.0f} of 100"
    return f"{one.name}: {model_short(one.model_id)}{more}, by the printed rule."


def meanings() -> str:
    """The printed meaning of every score, and what the other lists take, for the help of the command."""
    lines = ["What a score means (leave out what is not known, or give “undetermined”):"]
    for dimension, words in LEVELS.items():
        lines += ["", f"  {dimension} ({DIMENSIONS[dimension]})"]
        lines += [f"    {n}  {w}" for n, w in enumerate(words)]
    lines += ["", *(f"  {q}  0 or 4: {words}" for q, words in QUALIFIER_WORDS.items()), ""]
    kinds: dict[str, Mapping[str, str]] = {
        "lever": LEVERS,
        "infrastructure": INFRASTRUCTURE,
        "spending": SPENDING,
    }
    lines += [f"Kinds of --{option}: {', '.join(of)}" for option, of in kinds.items()]
    return "\n".join(lines)


def _or(words: Mapping[str, object]) -> str:
    first = [w for w in words if w]
    return f"{', '.join(first[:-1])} or {first[-1]}"


def _parted(words: str, sign: str, form: str) -> tuple[str, str]:
    name, there, value = (w.strip() for w in words.partition(sign))
    if not (name and there and value):
        raise ValueError(f"expected {form}")
    return name, value


def _score(words: str) -> tuple[str, int | None]:
    dimension, given = _parted(words, "=", "DIMENSION=SCORE, such as decision_authority=3")
    scale = {d: range(len(w)) for d, w in LEVELS.items()} | {q: (0, 4) for q in QUALIFIER_WORDS}
    if dimension not in scale:
        raise ValueError(f"no such dimension; expected {_or(scale)}")
    if given == "undetermined":
        return dimension, None
    if given not in (allowed := [str(n) for n in scale[dimension]]):
        raise ValueError(f"expected {', '.join(allowed)} or undetermined")
    return dimension, int(given)


def _model(words: str) -> tuple[str, str, str]:
    """NAME[,WEIGHTS][,DAY]; a name may hold commas of its own."""
    parts = [w.strip() for w in words.split(",")]
    day = weights = ""
    if len(parts) > 1 and _is_day(parts[-1]):
        day = parts.pop()
    if len(parts) > 1 and parts[-1] in WEIGHTS:
        weights = parts.pop()
    if not (name := ", ".join(p for p in parts if p)):
        raise ValueError(f"expected NAME[,{_or(WEIGHTS)}][,DAY]")
    return name, weights, day


def _is_day(words: str) -> bool:
    try:
        date.fromisoformat(words)
    except ValueError:
        return False
    return True


def _of(kinds: Mapping[str, str], words: str) -> tuple[str, str]:
    kind, name = _parted(words, "=", f"KIND=WORDS, of the kinds {_or(kinds)}")
    if kind not in kinds:
        raise ValueError(f"no such kind; expected {_or(kinds)}")
    return kind, name


def _spending(words: str) -> tuple[str, int, float, str]:
    form = "METRIC,YEAR,AMOUNT,CURRENCY in whole units, such as ai_capex,2025,1.2e9,EUR"
    parts = [w.strip() for w in words.split(",")]
    if len(parts) != 4 or not parts[1].isdecimal():
        raise ValueError(f"expected {form}")
    if parts[0] not in SPENDING:
        raise ValueError(f"no such metric; expected {_or(SPENDING)}")
    return parts[0], int(parts[1]), _amount(parts[2], form), parts[3].upper()


def _price(words: str) -> tuple[str, float, float, str]:
    form = "MODEL,INPUT,OUTPUT,CURRENCY of a million tokens, such as Acme-1,0.5,2,USD"
    *name, before, after, currency = [w.strip() for w in ("", "", *words.split(","))]
    if not (called := ", ".join(n for n in name if n)):
        raise ValueError(f"expected {form}")
    if currency.upper() not in own_company.PRICED_IN:
        raise ValueError(
            f"prices are compared in {' and '.join(own_company.PRICED_IN)}; expected one of them"
        )
    return called, _amount(before, form), _amount(after, form), currency.upper()


def _amount(words: str, form: str) -> float:
    try:
        amount = float(words)
    except ValueError:
        amount = math.nan
    if not math.isfinite(amount):
        raise ValueError(f"expected {form}")
    return amount


__all__ = ["company", "meanings", "rows", "told"]
