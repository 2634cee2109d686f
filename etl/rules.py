"""Rules that more than one table asks for."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar

import numpy as np
import pandas as pd

from etl.cells import Cited, cited, in_arrow
from etl.schema import Frames, Rule
from etl.source_strength import CONFIDENCE_RULE, highest_confidence, places, publisher_of

P = ParamSpec("P")
V = TypeVar("V")


def once_for_same(find: Callable[P, V]) -> Callable[P, V]:
    """A function that keeps its last answer and gives it again to the same frames: every table leans on the documents.

    Frames are told by identity, other arguments by value; the answer is shared and never to be changed.
    """
    kept: list[tuple[tuple[object, ...], V]] = []

    def is_same(one: object, other: object) -> bool:
        are_frames = isinstance(one, pd.DataFrame) or isinstance(other, pd.DataFrame)
        return one is other or (not are_frames and bool(one == other))

    @wraps(find)
    def found(*args: P.args, **kwargs: P.kwargs) -> V:
        given = (*args, *kwargs.values())
        if not kept or len(kept[0][0]) != len(given) or not all(map(is_same, kept[0][0], given)):
            kept[:] = [(given, find(*args, **kwargs))]
        return kept[0][1]

    return found


def listed(column: pd.Series) -> list[Any]:
    """A column of text, or of numbers, as a list; pandas hands texts out one by one, at twenty times the cost."""
    return column.to_numpy(dtype=object).tolist()


def by(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """Rows by a key, the first of each: a key that stands twice is another rule's to tell."""
    again = rows[column].duplicated()
    return (rows[~again] if again.any() else rows).set_index(column)


def names_resolve(table: str, name: str, owner: str) -> Rule:
    """A rule: the one alias table leads every name, in either script, to what it names: Wu Yongming is not Wu Zeming."""

    def rule(frames: Frames) -> list[tuple[int, str, str]]:
        aliases = frames["company_aliases"]
        known = dict(zip(aliases["alias"].str.casefold(), aliases[owner], strict=True))
        found = []
        for column in (name, f"{name}_zh"):
            rows = frames[table][[column, owner]].dropna()
            read = (rows.index.tolist(), listed(rows[column]), listed(rows[owner]))
            found += [
                (
                    int(i),
                    column,
                    f"does not resolve in company_aliases: got '{said}', expected an alias that leads to {own}",
                )
                for i, said, own in zip(*read, strict=True)
                if known.get(said.casefold()) != own
            ]
        return found

    return rule


def not_the_developers(rows: pd.DataFrame, owner: pd.Series) -> list[tuple[int, str, str]]:
    """Rows whose company is not the owner of their model."""
    return [
        (
            int(i),
            "company_id",
            f"not the model's developer: got '{rows.loc[i, 'company_id']}', expected {owner[i]}",
        )
        for i in rows.index[owner.notna() & (owner != rows["company_id"])]
    ]


#: Days by which a preview may be tested or listed before its model is released.
PREVIEW_DAYS = 14
#: Months that a vague day may stand for.
PERIOD_MONTHS = {"month": 1, "quarter": 3, "year": 12, "approx": 12}


def last_days(rows: pd.DataFrame, column: str) -> pd.Series:
    """The last day that a vague day may stand for."""
    days, how = rows[column].copy(), rows[f"{column}_precision"]
    for word, months in PERIOD_MONTHS.items():
        vague = how == word
        if vague.any():
            days[vague] = days[vague] + pd.DateOffset(months=months) - pd.Timedelta(days=1)
    return days


def not_before_release(table: str, column: str) -> Rule:
    """A rule: nobody prices or tests a model before it is released; previews lead by PREVIEW_DAYS at most.

    A score that is dated by its model's release has no lead. `date_reason`, in tables that have it, says why a row is
    older all the same.
    """

    def rule(frames: Frames) -> list[tuple[int, str, str]]:
        rows, models = frames[table], by(frames["models"], "model_id")
        release = rows["model_id"].map(models["release_date"])
        is_exact = rows["model_id"].map(models["release_date_precision"]) == "day"
        lead = pd.Series(pd.Timedelta(days=PREVIEW_DAYS), index=rows.index)
        if "score_date_meaning" in rows:
            lead = lead.mask(rows["score_date_meaning"] == "model release", pd.Timedelta(0))
        early = is_exact & (last_days(rows, column) + lead < release)
        if "date_reason" in rows:
            early &= rows["date_reason"].isna()
        return [
            (
                int(i),
                column,
                f"before the model's release: got {rows.loc[i, column]:%Y-%m-%d}, expected "
                f"{release[i] - lead[i]:%Y-%m-%d} or later, or a date_reason",
            )
            for i in rows.index[early]
        ]

    return rule


def not_after_reading(table: str, column: str) -> Rule:
    """A rule: no day of the column is later than the last day on which a document was read."""

    def rule(frames: Frames) -> list[tuple[int, str, str]]:
        rows, last = frames[table], frames["sources"]["accessed_date"].max()
        return [
            (
                int(i),
                column,
                f"after the last document was read: got {rows.loc[i, column]:%Y-%m-%d}, "
                f"expected {last:%Y-%m-%d} or earlier",
            )
            for i in rows.index[rows[column] > last]
        ]

    return rule


def on_sale_and_read(table: str, column: str) -> tuple[Rule, Rule]:
    """Both rules for the day of what is told of a model: not after the reading, not before the release."""
    return not_after_reading(table, column), not_before_release(table, column)


def statements_agree(table: str, of: tuple[str, ...], values: tuple[str, ...]) -> Rule:
    """A rule: documents that state the same thing state the same, where a table has no place to show a dispute.

    Args:
        table: Its name.
        of: Columns that say what is stated.
        values: Columns of what is stated of it; half of one in a hundred is rounding.
    """

    def rule(frames: Frames) -> list[tuple[int, str, str]]:
        rows, found = frames[table], []
        rows = rows[rows.duplicated(list(of), keep=False)]
        if rows.empty:
            return []
        same = rows[list(of)].astype("str").fillna("").agg("\x1f".join, axis=1)
        for lines in same.groupby(same).groups.values():
            for column in values if len(lines) > 1 else ():
                stated = rows.loc[lines, column].dropna().astype("float64")
                if len(stated) < 2 or stated.max() - stated.min() <= 0.005 * stated.abs().max():
                    continue
                cited = rows["source_ids"]
                for i in stated.index:
                    # One document that states two things is a row that stands twice: that is told of its key.
                    others = ", ".join(
                        f"{stated[j]:.15g} by {cited[j]} in line {j}"
                        for j in stated.index
                        if cited[j] != cited[i]
                    )
                    if not others:
                        continue
                    what = f"documents disagree: got {stated[i]:.15g} by {cited[i]}, expected as in {others}"
                    found.append((int(i), column, what))
        return found

    return rule


#: No day.
NEVER = np.datetime64("NaT", "us")


@once_for_same
def documents_of(rows: pd.DataFrame, sources: pd.DataFrame, column: str = "source_ids") -> Cited:
    """The documents that rows cite."""
    return cited(rows[column], sources["source_id"])


def last_seen(rows: pd.DataFrame, sources: pd.DataFrame) -> pd.Series:
    """Newest day on which a cited document spoke: published, else read, but never before the row's first day."""
    of = documents_of(rows, sources, "source_ids")
    spoke, read = (
        of.of_cells(sources[c].to_numpy("datetime64[us]"), NEVER, np.maximum)
        for c in ("published_date", "accessed_date")
    )
    newest = of.of_rows(np.where(np.isnat(spoke), read, spoke), NEVER)
    return pd.Series(np.fmax(newest, rows["valid_from"].to_numpy("datetime64[us]")), index=rows.index)


def first_told(rows: pd.DataFrame, ends: pd.Series, sources: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """The day from which a figure is known, and how exactly: that of the first of its documents to appear.

    A document without a day counts from when it was read. Where a vague day may stand for days before and after the end
    of what the document tells of, it stands for that end; an exact one may be earlier, since figures so far are told
    within their period.

    Args:
        rows: Rows with source_ids.
        ends: Last day of what each tells of.
        sources: Every document.
    """
    read = sources["accessed_date"]
    dated = sources["published_date"].notna()
    spoke = sources["published_date"].fillna(read)
    exact = sources["published_date_precision"].where(dated, "day")
    last = last_days(
        pd.DataFrame({"spoke": spoke, "spoke_precision": exact}, index=sources.index), "spoke"
    ).where(lambda day: day < read, read)
    row, document = documents_of(rows, sources, "source_ids").lines()
    row, document = row[document >= 0], document[document >= 0]
    end, told = ends.to_numpy("datetime64[us]")[row], spoke.to_numpy("datetime64[us]")[document]
    how = exact.to_numpy(dtype=object)[document]
    is_end = (how != "day") & (told <= end) & (end <= last.to_numpy("datetime64[us]")[document])
    lines = pd.DataFrame(
        {"row": row, "day": np.where(is_end, end, told), "how": np.where(is_end, "day", how)}
    ).dropna(subset=["day"])
    lines = lines.sort_values(["row", "day"], kind="stable").drop_duplicates("row").set_index("row")
    lines = lines.reindex(range(len(rows))).set_axis(rows.index)
    return lines["day"].astype("datetime64[us]"), lines["how"].astype("str")


#: What a document of a place that is in no list counts as.
USUAL_STRENGTH = {"primary": "primary", "press": "reporting", "analysis": "analysis", "dataset": "aggregator"}
CONFIDENCES = ("low", "medium", "high")


@once_for_same
def places_of(sources: pd.DataFrame) -> list[tuple[tuple[str, str] | None, str | None]]:
    """Of each document its kind and strength, and the company whose own it is, as its address says; None where it does not."""
    at, urls = in_arrow(sources["url"])
    of_each = [*places(urls), (None, None)]
    return [of_each[n] for n in at.tolist()]


@once_for_same
def strengths(sources: pd.DataFrame) -> dict[str, str]:
    """Source id to the strength of the document."""
    read = zip(listed(sources["source_id"]), listed(sources["kind"]), places_of(sources), strict=True)
    return {i: known[1] if known else USUAL_STRENGTH.get(kind, "aggregator") for i, kind, (known, _) in read}


@once_for_same
def _publishers(sources: pd.DataFrame) -> dict[str, str]:
    names = sources["publisher"].fillna("").map(publisher_of)
    return dict(zip(listed(sources["source_id"]), listed(names), strict=True))


def confidence_is_carried(table: str) -> Rule:
    """A rule: no row is surer of itself than its documents can carry."""

    def rule(frames: Frames) -> list[tuple[int, str, str]]:
        rows, sources = frames[table], frames["sources"]
        strong, by = strengths(sources), _publishers(sources)

        @cache
        def carried(cell: str) -> tuple[bool, str]:
            cited = [(strong[i], by[i]) for i in cell.split("; ") if i in strong]
            return bool(cited), highest_confidence(cited)

        found = []
        read = (rows.index.tolist(), listed(rows["confidence"]), listed(rows["source_ids"]))
        for line, stated, cell in zip(*read, strict=True):
            if stated not in ("medium", "high") or not isinstance(cell, str):
                continue
            cited, most = carried(cell)
            if cited and CONFIDENCES.index(stated) > CONFIDENCES.index(most):
                what = f"more than its documents carry: got '{stated}', expected {most}. {CONFIDENCE_RULE}"
                found.append((int(line), "confidence", what))
        return found

    return rule
