"""What a company was coded as on a day, and what it shipped and who led it within a span of days."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from dashboard.data import citations
from dashboard.data.store import Tables
from dashboard.facts import models
from dashboard.look.theme import is_missing
from etl.governance_rule import DIMENSIONS, centralisation_index

YEAR = pd.DateOffset(years=1)

#: The rating that most models of most companies have; never mixed with the style-controlled one.
RATING = "lmarena-text"


def last_day(day: pd.Timestamp, precision: object) -> pd.Timestamp:
    """Last day of the period that a vague day stands for: "2026" is kept as 1 Jan 2026 and ends on 31 Dec."""
    if precision == "month":
        return day + pd.offsets.MonthEnd(0)
    if precision == "quarter":
        return day + pd.offsets.QuarterEnd(0, startingMonth=12)
    if precision == "year":
        return day + pd.offsets.YearEnd(0)
    return day


# --- Scores on a day ---


def readings(tables: Tables, company_id: str, day: pd.Timestamp, *, before: bool = False) -> pd.DataFrame:
    """The reading of each dimension in force on a day, as the build picks it.

    Args:
        tables: Tables as of a day not before `day`.
        company_id: Whose readings.
        day: The day; with `before` the day of an event, which itself is left out.
        before: Only what held until that day. A reading known by month that may tell of the event itself is not
            counted as older than it.

    Returns:
        Rows of governance_observations, indexed by dimension, one each; qualifiers included.
    """
    rows = tables["governance_observations"]
    rows = rows[(rows["company_id"] == company_id) & (rows["valid_from"] <= day)]
    if before:
        ends = [last_day(d, p) for d, p in zip(rows["valid_from"], rows["valid_from_precision"], strict=True)]
        # Of a year only the year is known: it is taken at its first day, else nothing would come before anything.
        vague = rows["valid_from_precision"].isin(["month", "quarter"])
        spans = pd.Series([e >= day for e in ends], index=rows.index, dtype=bool) & vague
        rows = rows[(rows["valid_from"] < day) & ~spans]
    if not rows.duplicated(["dimension", "valid_from"]).any():
        rows = rows.sort_values("valid_from", ascending=False, kind="stable")
        return rows.drop_duplicates("dimension").set_index("dimension")
    published = tables["sources"].set_index("source_id")["published_date"].dropna()
    newest = [
        max((published[i] for i in cell.split("; ") if i in published.index), default=pd.NaT)
        for cell in rows["source_ids"]
    ]
    rows = rows.assign(
        _rank=citations.source_rank(rows, tables["sources"]),
        _published=pd.Series(newest, index=rows.index, dtype="datetime64[us]"),
    )
    rows = rows.sort_values(
        ["valid_from", "_rank", "_published", "observation_id"],
        ascending=[False, True, False, True],
        kind="stable",
    )
    return rows.drop_duplicates("dimension").drop(columns=["_rank", "_published"]).set_index("dimension")


def dissent(tables: Tables, reading: pd.Series, company_id: str, dimension: str) -> pd.DataFrame:
    """Readings of the same dimension and first day with another score, from sources that rank lower."""
    rows = tables["governance_observations"]
    return rows[
        (rows["company_id"] == company_id)
        & (rows["dimension"] == dimension)
        & (rows["valid_from"] == reading["valid_from"])
        & (rows["score"] != reading["score"])
    ]


def scores(found: pd.DataFrame) -> dict[str, int]:
    """Dimension to score, of what `readings` gave."""
    return {str(d): int(s) for d, s in found["score"].items()}


def index_of(found: pd.DataFrame) -> float | None:
    """Centralisation index of what `readings` gave; None where too little is scored."""
    return centralisation_index(scores(found)) if len(found) else None


def scored(found: pd.DataFrame) -> int:
    """How many of the six dimensions `readings` gave."""
    return sum(d in found.index for d in DIMENSIONS)


# --- What happened in a span of days ---


@dataclass(frozen=True)
class Measure:
    """One number about a company in a span, what it was counted from, and the documents.

    Attributes:
        value: None where nothing is known.
        count: Rows it rests on.
        source_ids: One list cell.
        what: What stands behind it, in words: the model of a score, the people of a change.
    """

    value: float | None
    count: int
    source_ids: str = ""
    what: str = ""


NOTHING = Measure(None, 0)


def _cell(*cells: object) -> str:
    return "; ".join(citations.split_ids(cells))


def released(tables: Tables, company_id: str, first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame:
    """Models of a company that came out from the first to the last day, both included; endpoints that move left out."""
    rows = models.released(tables["models"])
    return rows[
        (rows["company_id"] == company_id) & (rows["release_date"] >= first) & (rows["release_date"] <= last)
    ]


def releases(tables: Tables, company_id: str, first: pd.Timestamp, last: pd.Timestamp) -> Measure:
    """How many models came out; every size counts."""
    rows = released(tables, company_id, first, last)
    return Measure(
        float(len(rows)), len(rows), _cell(*rows["source_ids"]), ", ".join(rows["model_name"].tail(3))
    )


def openness(tables: Tables, company_id: str, first: pd.Timestamp, last: pd.Timestamp) -> Measure:
    """Percentage of the models that came out whose weights are open."""
    rows = released(tables, company_id, first, last).dropna(subset=["weights"])
    return Measure(models.open_share(rows), len(rows), _cell(*rows["source_ids"]))


def ratings(tables: Tables, day: pd.Timestamp | None = None) -> pd.DataFrame:
    """Arena text ratings of one day, the newest where none is named; best first, one row a model."""
    rows = tables["benchmark_scores"]
    rows = rows[rows["benchmark_id"] == RATING]
    # Ratings drift between snapshots: two of them never meet in one comparison.
    rows = rows[rows["score_date"] == (rows["score_date"].max() if day is None else day)]
    rows = rows.sort_values("score", ascending=False, kind="stable")
    return rows[~rows["model_id"].duplicated() | rows["model_id"].isna()]


def best_rated(
    tables: Tables, company_id: str, first: pd.Timestamp, last: pd.Timestamp, day: pd.Timestamp
) -> Measure:
    """Best Arena rating, in the snapshot of one day, among the models that came out in the span."""
    mine = released(tables, company_id, first, last)["model_id"]
    rows = ratings(tables, day)
    rows = rows[rows["model_id"].isin(mine)]
    if rows.empty:
        return NOTHING
    top = rows.iloc[0]
    return Measure(float(top["score"]), len(rows), str(top["source_ids"]), str(top["model_label"]))


def leader_changes(tables: Tables, company_id: str, first: pd.Timestamp, last: pd.Timestamp) -> Measure:
    """People who began or ceased to lead the company's AI in the span; one who only changes the title does not count.

    The leader with whom the record of a company begins has replaced nobody known, so that beginning is not counted.
    """
    people = tables["people"]
    rows = people[(people["company_id"] == company_id) & people["is_ai_lead"].astype(bool)]
    if rows.empty:
        return NOTHING
    moved: dict[str, str] = {}
    far = pd.Timestamp.max.floor("D")
    begun = rows["valid_from"].min()
    for person, roles in rows.groupby("person_id", sort=False):
        # One spell from the first to the last day of roles that touch; a gap of two months ends it.
        spans = sorted(
            (r.valid_from, far if is_missing(r.valid_to) else r.valid_to)
            for r in roles.itertuples()
            if not is_missing(r.valid_from)
        )
        spells: list[list[pd.Timestamp]] = []
        for start, end in spans:
            if spells and start <= min(spells[-1][1], far - pd.Timedelta(days=62)) + pd.Timedelta(days=62):
                spells[-1][1] = max(spells[-1][1], end)
            else:
                spells.append([start, end])
        came = any(first <= s <= last and s != begun for s, _ in spells)
        went = any(first <= e <= last for _, e in spells)
        if came or went:
            verb = "came and went" if came and went else "came" if came else "went"
            moved[str(person)] = f"{roles['person_name'].iloc[0]} {verb}"
    sources = rows.loc[rows["person_id"].isin(moved), "source_ids"] if moved else rows["source_ids"]
    return Measure(float(len(moved)), len(rows), _cell(*sources), ", ".join(moved.values()))


def cheapest_flagship(tables: Tables, company_id: str, first: pd.Timestamp) -> Measure:
    """Lowest standard list price of output of a company's flagship, US dollars per million tokens.

    The flagship is what the company itself asks most for, among models that came out from `first` on: names such as
    "Pro" or "Max" differ from company to company, the order of prices does not.
    """
    offers = tables["model_prices"]
    offers = offers[
        (offers["company_id"] == company_id)
        & (offers["tier"] == "standard")
        & (offers["currency"] == "USD")
        & (offers["output_price_per_mtok"] > 0)
    ]
    models = tables["models"].set_index("model_id")
    # Not map(): pandas 3.1 cannot map by a column of days without rows.
    offers = offers[(models["release_date"].reindex(offers["model_id"]) >= first).to_numpy()]
    if offers.empty:
        return NOTHING
    # What was asked on the newest day: an older, lower offer may be gone.
    newest = offers.groupby("model_id")["price_date"].transform("max")
    offers = offers[offers["price_date"] == newest].sort_values("output_price_per_mtok", kind="stable")
    lowest = offers.drop_duplicates("model_id")
    top = lowest.iloc[-1]
    return Measure(
        float(top["output_price_per_mtok"]),
        len(lowest),
        str(top["source_ids"]),
        str(models.loc[top["model_id"], "model_name"]),
    )


def price_for_capability(tables: Tables) -> pd.DataFrame:
    """How dear each company's best-rated priced model is beside models rated alike.

    Ratings are no quantity to divide a price by: the price is set against the median of models within 40 Arena points.

    Returns:
        company_id (index), times (1 is as dear as the median of its likes), model_name, output_price (US dollars per
        million tokens), rating, peers (count of likes), source_ids; only models with at least three likes.
    """
    prices = tables["model_prices"]
    prices = prices[
        (prices["tier"] == "standard") & (prices["currency"] == "USD") & (prices["output_price_per_mtok"] > 0)
    ]
    prices = prices.sort_values(
        ["price_date", "output_price_per_mtok"], ascending=[False, True], kind="stable"
    )
    prices = prices.drop_duplicates("model_id").set_index("model_id")
    rated = ratings(tables).dropna(subset=["model_id"])
    rated = rated[rated["model_id"].isin(prices.index)]
    rated = rated.assign(price=rated["model_id"].map(prices["output_price_per_mtok"]))
    rows = []
    for r in rated.drop_duplicates("company_id").itertuples():
        peers = rated[((rated["score"] - r.score).abs() <= 40) & (rated["model_id"] != r.model_id)]
        if len(peers) >= 3:
            rows.append(
                {
                    "company_id": r.company_id,
                    "times": float(r.price / peers["price"].median()),
                    "model_name": r.model_label,
                    "output_price": float(r.price),
                    "rating": float(r.score),
                    "peers": len(peers),
                    "source_ids": _cell(r.source_ids, prices.loc[r.model_id, "source_ids"]),
                }
            )
    columns = ["company_id", "times", "model_name", "output_price", "rating", "peers", "source_ids"]
    return pd.DataFrame(rows, columns=columns).set_index("company_id")
