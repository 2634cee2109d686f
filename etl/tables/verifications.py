"""Whether the value of a row was found again in the document that it cites."""

from __future__ import annotations

import pandas as pd

from etl.schema import Frames, Table, day, key, one_of, reference, text

#: Tables and columns whose values a document states as numbers or days.
VALUES = {
    "models": ("release_date", "parameters_total", "parameters_active", "context_tokens"),
    "benchmark_scores": ("score",),
    "model_prices": ("input_price_per_mtok", "output_price_per_mtok"),
    "company_metrics": ("value",),
    "adoption": ("value",),
    "filings": ("services_filed", "apps_registered"),
    "transparency_scores": ("score",),
}
FINDINGS = ("found", "found_in_picture", "not_found", "not_named", "not_readable")


def stated(value: object) -> str:
    """A cell as `stated` writes it; "" for none."""
    if pd.isna(value):
        return ""
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    number = float(value)  # type: ignore[arg-type]
    return str(int(number)) if number.is_integer() else repr(number)


def what_was_checked_still_stands(frames: Frames) -> list[tuple[int, str, str]]:
    """A finding is of a value that its row has now, from a document that the row cites."""
    rows, found = frames["verifications"], []
    tables = {name: frames[name] for name in VALUES if name in rows["table_name"].unique()}
    by_row = {
        name: t.drop_duplicates(t.columns[0])
        .set_index(t.columns[0])[[*dict.fromkeys([*VALUES[name], "source_ids"])]]
        .to_dict("index")
        for name, t in tables.items()
    }
    for r in rows.itertuples():
        row = by_row.get(r.table_name, {}).get(r.row_id)
        if row is None:
            found.append((r.Index, "row_id", f"no row '{r.row_id}' in {r.table_name}: run `verify` again"))
        elif r.column_name not in VALUES[r.table_name]:
            columns = ", ".join(VALUES[r.table_name])
            found.append((r.Index, "column_name", f"got '{r.column_name}', expected one of {columns}"))
        elif (now := stated(row[r.column_name])) != r.stated:
            what = f"the row has changed since: got '{r.stated}', expected '{now}': run `verify` again"
            found.append((r.Index, "stated", what))
        elif r.source_id not in row["source_ids"].split("; "):
            found.append((r.Index, "source_id", f"'{r.row_id}' does not cite '{r.source_id}'"))
    return found


VERIFICATIONS = Table(
    "verifications",
    "Values looked up again in saved copies of the documents cited, by `python -m etl verify`. "
    "One row per document, row and column.",
    {
        "verification_id": key("Table, row, column and document."),
        "source_id": reference("sources.source_id", "Document that was read again."),
        "table_name": one_of(tuple(VALUES), "Table of the row."),
        "row_id": text("Key of the row."),
        "column_name": text("Column of the value."),
        "stated": text("Value that was looked for."),
        "finding": one_of(
            FINDINGS,
            "found: it stands in the text, in some notation; found_in_picture: read off a picture of the document; "
            "not_found: in neither; not_named: the copy is a table without a line of that name; not_readable: no text.",
        ),
        "verified_date": day("Day of the look-up.", is_work=True),
    },
    rules=(what_was_checked_still_stands,),
)

TABLES = (VERIFICATIONS,)
