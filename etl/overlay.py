"""A reader's own rows put over a build: the same tables, columns, rules and messages as the raw data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd
import pyarrow as pya

from etl import validate
from etl.build import BuildFailed
from etl.problem import Problem
from etl.read import read_content
from etl.schema import PANDAS, Frames, Table, empty
from etl.tables import TABLES
from etl.write import arrow_table

#: Vocabulary of the product itself, which pages, colours and the printed rule know by name, and its own keepers' decisions.
FIXED = (
    "governance_models",
    "reading_agreement",
    "review_decisions",
    "second_readings",
    "verifications",
    "document_readings",
)
#: Tables that an overlay may have rows of, by name.
ALLOWED = {t.name: t for t in TABLES if t.is_raw and t.name not in FIXED}
MOST_BYTES = 2_000_000
MOST_ROWS = 5_000
#: Characters of a cell, and of one that is a name and has to find room on a chart.
MOST_CELL = 2_000
MOST_NAME = 80
#: A row of the build has no line in the overlay's files: its index lies from here on.
_SERVED = 1_000_000_000


@dataclass(frozen=True)
class Laid:
    """What an overlay changes.

    Attributes:
        tables: Every table that is not as in the build, typed as its Parquet file would be.
        rows: table, row_id, company_id (null where the table has none), change ("added" or "replaced"); one row for
            each of the overlay's.
    """

    tables: Mapping[str, pya.Table]
    rows: pd.DataFrame


def lay(built: Frames, files: Mapping[str, bytes], shown: Mapping[str, str], today: date) -> Laid:
    """Checks an overlay against a build and puts it over: a row with a known key replaces, any other is added.

    Args:
        built: Tables of the build, as loaded.
        files: CSV by table.
        shown: What messages call the file of each.
        today: Until when the overlay's documents may have been read.

    Raises:
        BuildFailed: with every problem of every file; problems that a replaced row makes elsewhere are told as such.
    """
    _bounded(files, shown)
    _whole(built)
    own, problems = _read(files, shown)
    if problems:
        raise BuildFailed(problems)
    base = {t.name: _raw(t, built[t.name] if t.name in built else empty(t)) for t in TABLES if t.is_raw}
    merged = {name: _over(base[name], own[name], name) if name in own else base[name] for name in base}
    problems = _problems(base, merged, own, shown, today)
    if problems:
        raise BuildFailed(problems)
    rows = _told(base, own)
    touched = _touched(own, rows)
    derived, problems = _derived(built, merged, touched, shown, replaces=rows["change"].eq("replaced").any())
    if problems:
        raise BuildFailed(problems)
    tables = {t.name: t for t in TABLES}
    made = {
        name: arrow_table(tables[name], _sorted(tables[name], frame), "") for name, frame in derived.items()
    }
    return Laid(made, rows)


def _bounded(files: Mapping[str, bytes], shown: Mapping[str, str]) -> None:
    size = sum(map(len, files.values()))
    if size > MOST_BYTES:
        said = f"larger than an overlay may be: got {size:,} bytes, expected at most {MOST_BYTES:,}"
        raise BuildFailed([Problem(next(iter(shown.values()), "overlay"), 0, "", said)])
    unknown = [name for name in files if name not in ALLOWED]
    if unknown:
        expected = "expected one of " + ", ".join(ALLOWED)
        raise BuildFailed(
            [
                Problem(
                    shown[name],
                    0,
                    "",
                    f"its rows are the vocabulary of the product and no part of an overlay: {expected}"
                    if name in FIXED
                    else f"no table of this name: {expected}",
                )
                for name in unknown
            ]
        )


def _whole(built: Frames) -> None:
    """Own rows go over tables as today's code knows them: one that an older build lacks is empty, one cut short is none."""
    found = [
        Problem(
            f"{table.name} of this build",
            0,
            missing[0],
            f"the build was made by other code and lacks {', '.join(missing)}: "
            "expected one that knows these columns, build the data anew",
        )
        for table in TABLES
        if table.name in built and (missing := [c for c in table.columns if c not in built[table.name]])
    ]
    if found:
        raise BuildFailed(found)


def _read(
    files: Mapping[str, bytes], shown: Mapping[str, str]
) -> tuple[dict[str, pd.DataFrame], list[Problem]]:
    own: dict[str, pd.DataFrame] = {}
    problems: list[Problem] = []
    for name, content in files.items():
        table = ALLOWED[name]
        frame, found = read_content(table, content, shown[name])
        problems += found
        if found and frame.empty:
            continue
        problems += validate.cell_problems(table, frame, shown[name], found)
        problems += _long_cells(table, frame, shown[name])
        own[name] = frame
    rows = sum(map(len, own.values()))
    if rows > MOST_ROWS:
        what = f"more rows than an overlay may have: got {rows:,}, expected at most {MOST_ROWS:,}"
        problems = [Problem(next(iter(shown.values())), 0, "", what)]
    return own, problems


def _long_cells(table: Table, frame: pd.DataFrame, shown: str) -> list[Problem]:
    found = []
    for column in (c for c in table.raw_columns if table.kind(c) == "text"):
        is_name = column.endswith(("_name", "_name_zh", "_id")) or column in ("alias", "publisher", "unit")
        most = MOST_NAME if is_name else MOST_CELL
        for line, cell in zip(frame.index.tolist(), frame[column].tolist(), strict=True):
            if isinstance(cell, str) and len(cell) > most:
                what = f"too long: got {len(cell):,} characters, expected at most {most:,}"
                found.append(Problem(shown, line, column, what))
    return found


#: Of each table the one that own rows were laid over last, and it as its CSV was read: a form is laid at every change.
_KNOWN: dict[str, tuple[pd.DataFrame, pd.DataFrame]] = {}


def _raw(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """A built table as its CSV was read, its rows numbered as those of the build; shared, never to be changed."""
    known = _KNOWN.get(table.name)
    if known is None or known[0] is not frame:
        known = _KNOWN[table.name] = frame, _as_read(table, frame)
    return known[1]


def _as_read(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    if table.derived_where is not None:
        column, value = table.derived_where
        frame = frame[frame[column] != value]
    try:
        typed = frame[table.raw_columns].astype({c: PANDAS[table.kind(c)] for c in table.raw_columns})
    except (TypeError, ValueError) as error:
        what = f"the build was made by other code and holds values of another kind ({error}): build the data anew"
        raise BuildFailed([Problem(f"{table.name} of this build", 0, "", what)]) from error
    return typed.set_axis(range(_SERVED, _SERVED + len(typed)), axis="index")


def _over(base: pd.DataFrame, own: pd.DataFrame, name: str) -> pd.DataFrame:
    key = ALLOWED[name].key
    kept = base[~base[key].isin(set(own[key]))]
    return pd.concat([kept, own]) if len(own) else base


def _told(base: Frames, own: Frames) -> pd.DataFrame:
    parts = []
    for name, frame in own.items():
        key = ALLOWED[name].key
        known = frame[key].isin(set(base[name][key]))
        company = (
            frame["company_id"] if "company_id" in frame else pd.Series(None, index=frame.index, dtype="str")
        )
        parts.append(
            pd.DataFrame(
                {
                    "table": name,
                    "row_id": frame[key],
                    "company_id": company,
                    "change": known.map({True: "replaced", False: "added"}),
                }
            )
        )
    columns = ["table", "row_id", "company_id", "change"]
    return (
        pd.concat(parts, ignore_index=True).astype("str")
        if parts
        else pd.DataFrame(columns=columns, dtype="str")
    )


def _problems(
    base: Frames, merged: Frames, own: Frames, shown: Mapping[str, str], today: date
) -> list[Problem]:
    problems: list[Problem] = []
    readable = validate.Readable(merged)
    for name, frame in own.items():
        table = ALLOWED[name]
        mine = {**merged, name: frame}
        found = validate.reference_problems(table, mine, shown[name])
        found += validate.range_problems(table, mine, shown[name], today, up_to_today=True)
        problems += found
        if name == "company_aliases":
            problems += _taken_names(base[name], frame, shown[name])
    if problems:
        # A rule would stumble over what is wrong with a cell in itself.
        return list(dict.fromkeys(problems))
    replaced = any(frame[ALLOWED[n].key].isin(set(base[n][ALLOWED[n].key])).any() for n, frame in own.items())
    for name, table in ALLOWED.items():
        # Rows that are only added cannot make those of other tables wrong.
        if name in own or replaced:
            found = validate.rule_problems(table, readable, shown.get(name, name))
            problems += _mine(table, found, merged, lambda t=table: validate.rule_problems(t, base, ""))
    return list(dict.fromkeys(problems))


def _taken_names(served: pd.DataFrame, own: pd.DataFrame, shown: str) -> list[Problem]:
    """A name that leads to a served company cannot lead elsewhere: search and pages would mix the two."""
    owner = dict(zip(served["alias"].str.casefold(), served["company_id"], strict=True))
    columns = own[["alias", "company_id"]].dropna()
    return [
        Problem(
            shown,
            int(line),
            "alias",
            f"is a name of another company here: got '{alias}' for {company}, expected a name that does not lead to {known}",
        )
        for line, alias, company in columns.itertuples(name=None)
        if (known := owner.get(alias.casefold(), company)) != company
    ]


def _mine(table: Table, found: list[Problem], merged: Frames, before: object) -> list[Problem]:
    """Problems of the overlay's rows as they are; of the build's rows those that were not there without it."""
    out = [p for p in found if p.line < _SERVED]
    served = [p for p in found if p.line >= _SERVED]
    if served:
        known = {(p.column, p.what) for p in before()}  # type: ignore[operator]
        for p in served:
            if (p.column, p.what) not in known:
                row = merged[table.name].at[p.line, table.key]
                what = f"the served row '{row}' does not go with a row of this overlay: {p.what}"
                out.append(Problem(table.name, 0, p.column, what))
    return out


def _touched(own: Frames, rows: pd.DataFrame) -> set[str] | None:
    """Companies of which something derived may change; None is all."""
    loose = rows[(rows["change"] == "replaced") & rows["company_id"].isna()]
    if len(loose):
        return None
    return {c for frame in own.values() if "company_id" in frame for c in frame["company_id"].dropna()}


def _derived(
    built: Frames,
    merged: dict[str, pd.DataFrame],
    touched: set[str] | None,
    shown: Mapping[str, str],
    *,
    replaces: bool,
) -> tuple[dict[str, pd.DataFrame], list[Problem]]:
    """Every table that changes, whole: as merged, and with what follows from it for the companies touched."""

    def of_touched(frame: pd.DataFrame, columns: object) -> pd.DataFrame:
        if touched is None or "company_id" not in columns:  # type: ignore[operator]
            return frame
        return frame[frame["company_id"].isin(touched)]

    raw = {t.name: t for t in TABLES if t.is_raw}
    narrow = {name: of_touched(frame, raw[name].raw_columns) for name, frame in merged.items()}
    out = {
        name: frame
        for name, frame in merged.items()
        if name in shown and not raw[name].derive and not raw[name].computed
    }
    problems: list[Problem] = []
    for table in TABLES:
        if table.derive is None or table.name in FIXED:
            continue
        per_company = "company_id" in (table.raw_columns if table.is_raw else table.columns)
        made = table.derive(narrow if per_company else merged)
        if made.empty:
            # Without a row no column has a type of its own.
            made = made.astype({c: PANDAS[table.kind(c)] for c in made.columns})
        narrow[table.name] = made
        if per_company and touched is not None:
            served = built.get(table.name, made.iloc[:0])
            rest = served[~served["company_id"].isin(touched)]
            made = pd.concat([rest.astype(made[rest.columns].dtypes.to_dict()), made]) if len(rest) else made
        # Rows that are only added, elsewhere, compute no column of these rows anew.
        if table.derived_where is not None or not table.is_raw or table.name in shown or replaces:
            out[table.name] = made
        check = narrow[table.name].reset_index(drop=True)
        problems += validate.column_problems(table, check, f"{table.name} (derived)")
    for table in raw.values():
        found = validate.rule_problems(table, narrow, shown.get(table.name, table.name), table.rules_after)
        problems += _mine(table, found, merged, list)
    return out, problems


def _sorted(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sort_values(table.key, kind="stable").reset_index(drop=True)
