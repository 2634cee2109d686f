"""The selection as a query string and back: the same words in the browser's address, in links and on the command line."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from urllib.parse import urlencode

import pandas as pd

from dashboard.data.selection import COMPANY_TYPES, Selection
from dashboard.data.store import Tables
from dashboard.look.markdown import shortened
from dashboard.look.theme import MODELS, format_day

#: First day for which the landscape is described at all.
EARLIEST = pd.Timestamp("2021-01-01")
BASES = {"reported": "As reported", "coded": "As coded"}
NAMES = {"en": "English", "zh": "中文", "both": "Both"}
CURRENCIES = {"USD": "US dollars", "CNY": "Yuan"}

_PROFILE = ("company", "company.id")
#: The page on which a thing is shown, by its kind, and what must be picked there ("" where nothing needs to be).
PLACES = {
    "company": _PROFILE,
    "person": _PROFILE,
    "infrastructure": _PROFILE,
    "event": _PROFILE,
    "model": ("model", "model.id"),
    "claim": ("claims", ""),
    "source": ("data", "data.source"),
    "governance": ("companies", ""),
}

#: Every parameter of the selection and the words a notice uses for it.
PARAMETERS = {
    "governance": "governance model",
    "type": "company type",
    "company": "company",
    "as_of": "date",
    "basis": "basis",
    "outside": "outside China",
    "count_own": "own rows counted",
    "compare": "date to compare with",
    "names": "script of names",
    "currency": "currency",
}

#: Parameter that pins a snapshot; without it a link follows the data.
SNAPSHOT = "snapshot"

#: Parameter that carries the deck.
DECK = "deck"
#: Parameter that carries a reader's own rows.
OWN = "own"
#: Parameter that takes every filter back: what stands in no address, "without filters", can be asked for by it.
WHOLE = "view"
#: Tables that may be longer than a browser is sent: what is looked for in each, its order and the page shown are picked.
TURNED = (
    "data.findings",
    "data.sources",
    "data.table",
    "infrastructure.commercial_levers",
    "infrastructure.company_metrics",
    "infrastructure.infrastructure",
    "infrastructure.people",
    "models.list",
)
#: Things picked for a page and not for one chart.
PAGE_PICKS = (
    *(f"{table}-{what}" for table in TURNED for what in ("find", "order", "page")),
    "claims.fact-page",
    "claims.prediction-page",
    "claims.recommendation-page",
    "claims.risk-page",
    "companies.page",
    "companies.sort",
    "compare.a",
    "compare.b",
    "compare.c",
    "compare.d",
    "data.part",
    "data.since",
    "data.proof",
    "data.source",
    "data.table",
    "explore.title",
    "gallery.chart",
    "governance.part",
    "infrastructure.table",
    "model.id",
    "models.part",
    "watch.claims",
    "watch.companies",
    "watch.events",
    "watch.governance",
    "watch.measures",
    "watch.name",
    "watch.people",
    "watch.view",
    "whatif.company",
    "whatif.scores",
    "whatif.weights",
)
#: What mail and advertising programs hang on links: it says nothing of the view.
_TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|ttclid|twclid|srsltid|li_fat_id|mc_[ce]id|mkt_tok|_hsenc|_hsmi|"
    # Remnants of Outlook's safe links; what WeChat adds.
    r"igshid|ref_src|_gl|spm|data|sdata|reserved|isappinstalled|nsukey|chksm|from|scene"
)
#: Values of one parameter that are named in a notice of their own; the rest is counted.
NAMED = 3
#: Characters of an address that servers and proxies take without being told to: 8 KB is nginx's limit for the line.
SAFE_LENGTH = 7_800
#: Characters of an address beyond which the app's own server refuses the request: 64 KB of it and all headers.
MOST_LENGTH = 60_000

#: Bytes of a saved view.
MOST_FILE = 100_000

Query = Mapping[str, Sequence[str]]


def is_pick(parameter: str) -> bool:
    """True for the parameter of something picked for one chart or page: its name has a dot."""
    return "." in parameter


def not_here(
    what: str, value: str, known: Iterable[str] = (), called: Mapping[str, str] | None = None
) -> str:
    """The sentence for a value that does not exist, with the one that was probably meant.

    Args:
        what: What it is a value of, in words.
        value: The value.
        known: Those that exist.
        called: Those that exist by other names for them, in small letters.
    """
    # Mail programs put the sentence's full stop into the link, people the name as they write it.
    bare = value[:MOST_SIGNS].casefold().strip(" \t.,;:!?()[]<>\"'“”")
    by = {k.casefold(): k for k in known} | dict(called or {})
    near = by.get(bare) or next((by[n] for n in get_close_matches(bare, by, 1, 0.8)), "")
    meant = f" Perhaps “{near}” was meant." if near else ""
    return f"The link asks for {what} “{shortened(value)}”, which does not exist here: ignored.{meant}"


def _called(parameter: str, tables: Tables) -> dict[str, str]:
    """Company ids by the names that companies are known under, in small letters; empty for other parameters."""
    if parameter != "company":
        return {}
    names = [(n, i) for c in ("company_name", "company_name_zh") for n, i in _cells(tables["companies"], c)]
    if "company_aliases" in tables:
        aliases = tables["company_aliases"]
        of_companies = aliases["family_id"].isna() & aliases["person_id"].isna()
        names += _cells(aliases[of_companies], "alias")
    found: dict[str, set[str]] = {}
    for name, company_id in names:
        found.setdefault(name.casefold(), set()).add(company_id)
    # A name of several companies means none of them.
    return {name: next(iter(ids)) for name, ids in found.items() if len(ids) == 1}


def _cells(frame: pd.DataFrame, column: str) -> list[tuple[str, str]]:
    # Rows of a reader's own need not have every column.
    rows = frame.reindex(columns=[column, "company_id"]).dropna()
    return list(zip(rows[column].tolist(), rows["company_id"].tolist(), strict=True))


def unknown(names: Iterable[str], picks: Collection[str]) -> list[str]:
    """One sentence for each parameter that says nothing here, with the one that was probably meant.

    Args:
        names: Parameters of an address.
        picks: Parameters of things picked for single charts; those for pages are known.
    """
    known = (*PARAMETERS, SNAPSHOT, DECK, OWN, WHOLE, *PAGE_PICKS, *picks)
    wrong = [n for n in names if n not in known and not _TRACKING.fullmatch(n)]
    notices = []
    for name in wrong[:NAMED]:
        # "amp;as_of" is a link that was escaped twice, "company[]" a form's list.
        bare = re.sub(r"^(?:amp;|[?&\s])+|\[.*$|[\s]+$", "", name).casefold().replace("-", "_")
        near = get_close_matches(bare, [k for k in known if is_pick(k) == is_pick(bare)], 1, 0.75)
        meant = f" Perhaps “{near[0]}” was meant." if near else ""
        notices.append(f"The link has “{shortened(name)}”, which means nothing here: ignored.{meant}")
    if len(wrong) > NAMED:
        notices.append(f"{len(wrong) - NAMED} more parameters of the link mean nothing here: ignored.")
    return notices


#: Parameters, values of one, and characters of a value that a saved view or a slide of a basket holds at most.
MOST_PARAMETERS, MOST_VALUES, MOST_SIGNS = 60, 200, 300


def is_text(text: str) -> bool:
    """False for halves of characters (lone surrogates), which JSON can say and no file can be written with."""
    return text.isprintable() or not any("\ud800" <= c <= "\udfff" for c in text)


def checked(raw: object) -> dict[str, list[str]]:
    """The parameters that a file holds, within bounds.

    Raises:
        ValueError: it holds anything else; the text says what was expected.
    """
    if not isinstance(raw, dict) or not all(isinstance(v, list) for v in raw.values()):
        raise ValueError("expected parameters with lists of values")
    if len(raw) > MOST_PARAMETERS or any(len(v) > MOST_VALUES for v in raw.values()):
        raise ValueError(f"expected at most {MOST_PARAMETERS} parameters with {MOST_VALUES} values each")
    for text in (t for k, values in raw.items() for t in (k, *values)):
        if isinstance(text, bool) or not isinstance(text, (str, int, float)):
            raise ValueError("expected values that are text")
        if len(str(text)) > MOST_SIGNS or not is_text(str(text)):
            raise ValueError(f"expected values of at most {MOST_SIGNS} characters")
    return {k: [str(v) for v in values] for k, values in raw.items()}


def saved(data: bytes) -> tuple[str, dict[str, list[str]]]:
    """Name and parameters of a view that was saved as a file; "" where it has no name.

    Raises:
        ValueError: the file is none.
    """
    if len(data) > MOST_FILE:
        raise ValueError(f"expected at most {MOST_FILE:,} bytes")
    try:
        raw = json.loads(data)
    except RecursionError as error:
        raise ValueError("expected a saved view") from error
    if not isinstance(raw, dict):
        raise ValueError("expected a saved view")
    name = raw.get("view")
    return name if isinstance(name, str) and is_text(name) else "", checked(raw.get("query"))


def options(tables: Tables) -> dict[str, list[str]]:
    """Values that exist, by parameter, as stable ids in the order they are offered."""
    companies = tables["companies"].sort_values("company_name", key=lambda s: s.str.casefold())
    return {
        "governance": [m.id for m in MODELS],
        "type": list(COMPANY_TYPES),
        "company": companies["company_id"].tolist(),
        "basis": list(BASES),
        "outside": ["1"],
        "count_own": ["1"],
        "names": list(NAMES),
        "currency": list(CURRENCIES),
    }


def values(query: Query, tables: Tables, newest: pd.Timestamp) -> tuple[dict[str, object], list[str]]:
    """Reads filter values out of a query; what does not exist is left out and said.

    Args:
        query: Parameter to its values; other parameters are not looked at.
        tables: All tables, for the values that exist.
        newest: The newest day of the snapshot.

    Returns:
        Values by parameter (lists for governance, type and company; a `date` or None for days; ids; a bool), all
        present, and one sentence for each value that was ignored.
    """
    known = options(tables)
    found: dict[str, object] = {
        "as_of": newest.date(),
        "compare": None,
        "basis": "reported",
        "outside": False,
        "count_own": False,
        "names": "en",
        "currency": "USD",
        # Which options a chart has depends on the tables: the chart itself says when one does not exist.
        "picked": {k: list(v)[-1] for k, v in query.items() if is_pick(k) and list(v) and list(v)[-1]},
    }
    notices: list[str] = []
    for name in ("governance", "type", "company"):
        asked = [v for v in dict.fromkeys(query.get(name, ())) if v]
        found[name] = [v for v in asked if v in known[name]]
        wrong = [v for v in asked if v not in known[name]]
        called = _called(name, tables) if wrong else {}
        notices += [not_here(PARAMETERS[name], v, known[name], called) for v in wrong[:NAMED]]
        if len(wrong) > NAMED:
            notices.append(
                f"{len(wrong) - NAMED} more values of {PARAMETERS[name]} in the link do not exist here: ignored."
            )
    for name in ("basis", "names", "currency"):
        for v in list(query.get(name, ()))[-1:]:
            if v in known[name]:
                found[name] = v
            else:
                there = " and ".join(f"“{k}”" for k in known[name])
                notices.append(
                    f"The link asks for {PARAMETERS[name]} “{shortened(v)}”; there are {there}: ignored."
                )
    for name in ("outside", "count_own"):
        for v in list(query.get(name, ()))[-1:]:
            if v in ("1", "0"):
                found[name] = v == "1"
            else:
                notices.append(f"The link asks for {name} “{shortened(v)}”; 1 and 0 exist: ignored.")
    for name in ("as_of", "compare"):
        for v in list(query.get(name, ()))[-1:]:
            try:
                day = pd.Timestamp(date.fromisoformat(v))
            except ValueError:
                notices.append(
                    f"The link asks for the {PARAMETERS[name]} “{shortened(v)}”, which is not a day such as 2026-06-30: "
                    "ignored."
                )
                continue
            if EARLIEST <= day <= newest:
                found[name] = day.date()
            else:
                notices.append(
                    f"The link asks for {format_day(day)}; the data covers {format_day(EARLIEST)} to "
                    f"{format_day(newest)}: ignored."
                )
    if found["compare"] and found["compare"] > found["as_of"]:  # type: ignore[operator]
        notices.append("The link compares with a day after the one shown: ignored.")
        found["compare"] = None
    return found, notices


def selection(found: Mapping[str, object], newest: pd.Timestamp) -> Selection:
    """The selection that these filter values describe."""
    return Selection(
        as_of=pd.Timestamp(found["as_of"] or newest.date()),  # type: ignore[arg-type]
        newest=newest,
        governance_models=tuple(found["governance"] or ()),  # type: ignore[arg-type]
        company_types=tuple(found["type"] or ()),  # type: ignore[arg-type]
        companies=tuple(found["company"] or ()),  # type: ignore[arg-type]
        basis=str(found["basis"] or "reported"),
        outside=bool(found["outside"]),
        count_own=bool(found.get("count_own")),
        compare=pd.Timestamp(found["compare"]) if found.get("compare") else None,  # type: ignore[arg-type]
        names=str(found.get("names") or "en"),
        currency=str(found.get("currency") or "USD"),
        picked=tuple(sorted(dict(found.get("picked") or {}).items())),  # type: ignore[call-overload]
    )


def query(chosen: Selection) -> dict[str, list[str]]:
    """The selection as parameters; what stands at its default is left out."""
    out: dict[str, list[str]] = {}
    if chosen.governance_models:
        out["governance"] = list(chosen.governance_models)
    if chosen.company_types:
        out["type"] = list(chosen.company_types)
    if chosen.companies:
        out["company"] = list(chosen.companies)
    if chosen.as_of != chosen.newest:
        out["as_of"] = [f"{chosen.as_of:%Y-%m-%d}"]
    if chosen.basis != "reported":
        out["basis"] = [chosen.basis]
    if chosen.outside:
        out["outside"] = ["1"]
    if chosen.count_own:
        out["count_own"] = ["1"]
    if chosen.compare is not None and chosen.compare != chosen.as_of - pd.DateOffset(years=1):
        out["compare"] = [f"{chosen.compare:%Y-%m-%d}"]
    if chosen.names != "en":
        out["names"] = [chosen.names]
    if chosen.currency != "USD":
        out["currency"] = [chosen.currency]
    out |= {name: [option] for name, option in chosen.picked}
    return out


def frozen(chosen: Selection, snapshot_id: str) -> dict[str, list[str]]:
    """The selection as parameters that go on showing the same: with its day and the build that it was seen on."""
    return query(chosen) | {"as_of": [f"{chosen.as_of:%Y-%m-%d}"], SNAPSHOT: [snapshot_id]}


def link(base: str, chosen: Selection) -> str:
    """A full address that shows this selection."""
    text = urlencode(query(chosen), doseq=True)
    return f"{base}?{text}" if text else base


def too_long(address: str) -> str:
    """What stands against an address of this length, as a sentence; "" where nothing does."""
    if len(address) > MOST_LENGTH:
        return (
            f"This view would need an address of {len(address):,} characters; servers take at most {MOST_LENGTH:,}. "
            "Save it as a file instead."
        )
    if len(address) > SAFE_LENGTH:
        return (
            f"This address has {len(address):,} characters; mail programs and some proxies cut or refuse more than "
            f"{SAFE_LENGTH:,}. A saved file always arrives."
        )
    return ""
