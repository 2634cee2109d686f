"""Which model is a company's flagship on a day, by a printed rule, and why it is that one."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Hashable, Mapping
from typing import Any, NamedTuple

import pandas as pd

from dashboard.data.cut import everyone, once_each
from dashboard.data.store import Tables
from dashboard.facts import models as model_facts
from dashboard.facts import prices, ratings
from dashboard.facts.freshness import is_stale
from dashboard.look.theme import format_day, is_missing

FLAGSHIP = (
    "Flagship: the strongest general model (text or multimodal) that a company offers: the best by a third-party measure "
    "(Epoch Capabilities Index, else Arena text rating, else SuperCLUE) among those of the twelve months to its newest, "
    "or a later version of that line that is not measured yet; where no measure compares two of them, of its main family "
    "and the four months to the newest the one it asks most for, else the largest. What a document of the company calls "
    "its flagship stands until a newer one comes. Small, fast and single-purpose editions never count; where the main "
    "family makes no general models, its newest stands"
)
#: Measures by which flagships are found: those of general capability, then the Chinese one.
MEASURES = (*ratings.GENERAL, "superclue-general")
GENERAL_MODALITIES = ("text", "vision-language", "omni")
#: How long before a company's newest general model one may have come out to be compared with it.
WINDOW = pd.DateOffset(years=1)
#: The same where neither measure nor vendor decides: a price or a size tells little across generations.
GENERATION = pd.DateOffset(months=4)
#: Models with fewer parameters are small editions wherever the company offers a larger one.
SMALL_PARAMETERS = 15e9
SMALL = frozenset(
    ["flash", "flashx", "lite", "mini", "tiny", "nano", "air", "airx", "small", "haiku", "edge"]
)
FAST = frozenset(["highspeed", "ultraspeed", "fast", "instant"])
#: Words that mark a faster serving only where the model without the word exists: Yi-Lightning was the flagship itself.
FAST_TWINS = frozenset(["turbo", "lightning"])
SINGLE_PURPOSE = frozenset(
    [
        "audio",
        "speech",
        "tts",
        "asr",
        "voice",
        "realtime",
        "image",
        "edit",
        "video",
        "embedding",
        "embed",
        "rerank",
        "ocr",
        "coder",
        "code",
        "codex",
        "math",
        "prover",
        "mt",
        "translate",
        "translation",
        "guard",
        "safeguard",
        "safety",
        "character",
        "her",
        "vision",
        "distill",
        "phone",
        "robotics",
        "dev",
        "medical",
        "search",
        "cyber",
    ]
)
_EDITIONS = SMALL | FAST | SINGLE_PURPOSE
_SIZE = re.compile(r"\b[ae]?\d+(?:\.\d+)?[bkmt]\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+|\d+(?:\.\d+)*")
#: Words of a name that make no line of their own.
_STAGES = frozenset(["preview", "exp", "experimental", "latest", "beta"])


@functools.lru_cache(maxsize=100_000)
def words_of(name: str) -> tuple[str, ...]:
    """The words and numbers of a model's name, sizes left out: "Qwen3.8-2.4T Max" is qwen, 3.8, max."""
    return tuple(_WORD.findall(_SIZE.sub(" ", name).casefold()))


@functools.lru_cache(maxsize=100_000)
def line_of(name: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The line a model's name belongs to, and its version: "GLM-5.3" is (glm), (5, 3).

    The first number is the version; later ones (days of a checkpoint) and stages such as "preview" are no part of it.
    """
    words = words_of(name)
    numbers = [w for w in words if w[0].isdigit()]
    version = tuple(int(n) for n in numbers[0].split(".")) if numbers else ()
    return tuple(w for w in words if not w[0].isdigit() and w not in _STAGES), version


def is_edition(name: str, siblings: frozenset[str]) -> bool:
    """Whether a model is a small, fast or single-purpose edition by its name.

    Args:
        name: The model's name.
        siblings: Names of all models of the company, as their words joined by blanks.
    """
    is_one, twins = _marked(name)
    return is_one or not siblings.isdisjoint(twins)


@functools.lru_cache(maxsize=100_000)
def _marked(name: str) -> tuple[bool, tuple[str, ...]]:
    """Whether a name by itself tells an edition, and the names beside which it tells one."""
    words = words_of(name)
    twins = tuple(" ".join(x for x in words if x != w) for w in words if w in FAST_TWINS)
    return not _EDITIONS.isdisjoint(words), twins


@once_each
def flagships(tables: Tables) -> pd.DataFrame:
    """The flagship of each company by the rule FLAGSHIP.

    Args:
        tables: Tables as of a day; the newest day of the models is the day.

    Returns:
        Rows of models, one per company, indexed by company_id, with `why` (how it was found, in words) and `why_sources`
        (list cell of the documents behind that; null where the model's own stand).
    """
    find, by_company = _finder(tables), _records(tables)
    picks = {
        picked[0].label: picked[1:]
        for company_id, records in by_company.items()
        if (picked := find(company_id, records))
    }
    frame = (
        tables["models"]
        .loc[list(picks)]
        .assign(
            why=pd.Series([why for why, _ in picks.values()], index=list(picks), dtype="str"),
            why_sources=pd.Series([cell for _, cell in picks.values()], index=list(picks), dtype="str"),
        )
    )
    return frame.set_index("company_id")


def first_since(tables: Tables, since: Mapping[str, pd.Timestamp]) -> dict[str, Record]:
    """The first model after a day that was its company's flagship when it came out, by what is known of models now.

    Args:
        tables: Tables as of a day.
        since: A day by company id; a model of that very day is not after it.

    Returns:
        model_id, model_name, release_date, why and why_sources by company id; companies that have released none since
        are left out.
    """
    find, by_company = _finder(tables), _records(tables)
    found: dict[str, Record] = {}
    for company_id, day in since.items():
        records = by_company.get(company_id, [])
        begun = (day.normalize() - pd.Timestamp(0)).days
        for released in sorted({r.day for r in records if r.day > begun}):
            picked = find(company_id, [r for r in records if r.day <= released])
            if picked is not None and picked[0].day == released:
                found[company_id] = {
                    "model_id": picked[0].model_id,
                    "model_name": picked[0].model_name,
                    "release_date": pd.Timestamp(released, unit="D"),
                    "why": picked[1],
                    "why_sources": picked[2],
                }
                break
    return found


def _records(tables: Tables) -> dict[str, list[Model]]:
    """What the rule reads of the released models of each company that have a day, the newest first."""
    rows = tables["models"][[*_READ, "release_date", "is_rolling_alias"]]
    rows = model_facts.released(rows[rows["release_date"].notna()])
    # Days are compared as numbers: a list of them is a tenth of the price of a list of days.
    days = rows["release_date"].to_numpy().astype("datetime64[D]").astype("int64").tolist()
    models = map(Model, rows.index.tolist(), days, *(rows[c].tolist() for c in _READ))
    by_company: dict[str, list[Model]] = {c: [] for c in rows["company_id"].tolist()}
    for model in sorted(models, key=_age, reverse=True):
        by_company[model.company_id].append(model)
    return by_company


def _finder(tables: Tables) -> Callable[[str, list[Model]], tuple[Model, str, str | None] | None]:
    """The rule with what the tables know of measures, prices, families and vendors' words."""
    # The snapshot of a measure that drifts is the field's newest, whoever was chosen.
    measured = {m: ratings.best_of_models(everyone(tables), m) for m in MEASURES}
    about = tables["benchmarks"]
    names = dict(zip(about["benchmark_id"].tolist(), about["benchmark_name"].tolist(), strict=True))
    listed = _Listed(tables)
    families = tables["model_families"]
    primary = set(families.loc[families["is_primary"].astype(bool), "family_id"])
    called: dict[str, dict[str, Record]] = {}
    # Snapshots of before 27 Nov 2026 have no such table.
    if "flagships" in tables:
        for said in tables["flagships"].to_dict("records"):
            called.setdefault(said["company_id"], {})[said["model_id"]] = said
    return lambda company_id, records: _flagship(
        records, called.get(company_id, {}), measured, names, listed, primary
    )


Record = dict[str, Any]
_READ = ["model_id", "company_id", "model_name", "family_id", "modality", "parameters_total"]


class Model(NamedTuple):
    """What the rule reads of a model; `label` is its row's, `day` its release in days since 1970."""

    label: Hashable
    day: int
    model_id: str
    company_id: str
    model_name: str
    family_id: str
    modality: str
    parameters_total: float


class _Listed:
    """List prices as of a day, read when two models of a company were offered at all: hardly any pick comes that far."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    @functools.cached_property
    def _offered(self) -> frozenset[str]:
        return frozenset(self._tables["model_prices_converted"]["model_id"].tolist())

    @functools.cached_property
    def _prices(self) -> dict[str, tuple[float, str]]:
        rows = prices.list_prices(self._tables)
        both = zip(rows["output_price_per_mtok"].tolist(), rows["price_source_ids"].tolist(), strict=True)
        return dict(zip(rows["model_id"].tolist(), both, strict=True))

    def of(self, model_ids: list[str]) -> dict[str, tuple[float, str]]:
        """List price and its sources by model id; empty where fewer than two of the models were ever offered."""
        return self._prices if len(self._offered.intersection(model_ids)) > 1 else {}


def _flagship(
    records: list[Model],
    by_vendor: dict[str, Record],
    measured: dict[str, dict[str, tuple[float, str]]],
    names: dict[str, str],
    listed: _Listed,
    primary: set[str],
) -> tuple[Model, str, str | None] | None:
    family = [r for r in records if r.family_id in primary]
    if family and not any(r.modality in GENERAL_MODALITIES for r in family):
        return family[0], "newest of the main family, which makes no general models", None
    recent = _recent(records, by_vendor)
    if not recent:
        return None
    newest = recent[0]
    said = by_vendor.get(newest.model_id)
    if said is not None:
        return newest, f"the company calls it “{said['stated_as']}”", str(said["source_ids"])
    large = [r for r in recent if is_missing(r.parameters_total) or r.parameters_total >= SMALL_PARAMETERS]
    recent = large or recent
    if len(recent) == 1:
        return recent[0], "its only general model within twelve months", None
    for measure, scores in measured.items():
        both = [r for r in recent if r.model_id in scores]
        if len(both) < 2:
            continue
        best = max(both, key=lambda r: (scores[r.model_id][0], _age(r)))
        later = _successor(best, [r for r in recent if r.model_id not in scores])
        label = str(names[measure])
        cell = str(scores[best.model_id][1])
        if later is None:
            return best, f"best of {len(both):,} by {label}", cell
        return later, f"follows {best.model_name}, best of {len(both):,} by {label}", cell
    main = [r for r in recent if r.family_id in primary] or recent
    first = _before(main[0].day, GENERATION)
    main = [r for r in main if r.day > first]
    price = listed.of([r.model_id for r in main])
    priced = [r for r in main if r.model_id in price]
    if len(priced) > 1:
        top = max(priced, key=lambda r: (price[r.model_id][0], _age(r)))
        return top, f"dearest of {len(priced):,} by list price", price[top.model_id][1]
    sized = [r for r in main if not is_missing(r.parameters_total)]
    if len(sized) > 1:
        top = max(sized, key=lambda r: (r.parameters_total, _age(r)))
        return top, f"largest of {len(sized):,}", None
    return main[0], "newest of its general models", None


def _recent(records: list[Model], by_vendor: Mapping[str, Record]) -> list[Model]:
    """The general models of the twelve months to the newest, newest first: what is older is not looked at."""
    siblings: frozenset[str] | None = None
    found: list[Model] = []
    last = 0
    for r in records:
        if found and r.day <= last:
            break
        if r.modality not in GENERAL_MODALITIES:
            continue
        # A name that misleads (a “Flash” that is the largest) is put right by a document.
        if r.model_id not in by_vendor:
            if siblings is None and _marked(r.model_name)[1]:
                siblings = frozenset(" ".join(words_of(one.model_name)) for one in records)
            if is_edition(r.model_name, siblings or frozenset()):
                continue
        if not found:
            last = _before(r.day, WINDOW)
        found.append(r)
    return found


@functools.lru_cache(maxsize=5_000)
def _before(day: int, span: pd.DateOffset) -> int:
    """The day a span before another, both in days since 1970."""
    return ((pd.Timestamp(day, unit="D") - span) - pd.Timestamp(0)).days


def _age(model: Model) -> tuple[int, str]:
    return model.day, str(model.model_id)


def _successor(best: Model, others: list[Model]) -> Model | None:
    """The newest model of the same line with a higher version that came out later; None where there is none."""
    line, version = line_of(best.model_name)
    later = []
    for r in others:
        own, number = line_of(r.model_name)
        if own == line and number > version and r.day > best.day:
            later.append((number, _age(r), r))
    return max(later, key=lambda x: x[:2])[2] if later else None


def since_words(flagship: Record | pd.Series, day: pd.Timestamp) -> str:
    """Says of an old flagship that no newer one is known: "no newer one found since 13 Jul 2023"; "" for a recent one."""
    if not is_stale("flagships", flagship["release_date"], day):
        return ""
    return (
        f"no newer one found since {format_day(flagship['release_date'], flagship['release_date_precision'])}"
    )


def listed(tables: Tables, currency: str) -> pd.DataFrame:
    """List prices of the flagships that have one.

    Returns:
        model_id, model_name, output_price (of a million tokens, in `currency`), source_ids of the price; by company_id,
        cheapest first.
    """
    flags = flagships(tables)[["model_id", "model_name"]]
    known = prices.list_prices(tables, currency).set_index("model_id")
    flags = flags[flags["model_id"].isin(known.index)]
    found = known.loc[flags["model_id"]]
    flags = flags.assign(
        output_price=found["output_price_per_mtok"].to_numpy(),
        source_ids=found["price_source_ids"].to_numpy(),
    )
    return flags.sort_values("output_price", kind="stable")
