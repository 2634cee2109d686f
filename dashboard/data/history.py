"""What differs between two snapshots, row by row and cell by cell."""

from __future__ import annotations

import pandas as pd

from dashboard.data.store import Tables


def difference(old: Tables, new: Tables) -> pd.DataFrame:
    """Every row that was added, removed or changed between two builds.

    Rows are matched by the first column of a table, its key. Documents that were merely read again, and tables or
    columns that only one build has, are told as what they are.

    Returns:
        table, row_id, change ("added", "removed", "changed"), column (of a changed cell, else null), before, after
        (as text, null where empty), company_id (null where the table has none); tables by name, rows by id.
    """
    rows: list[dict[str, object]] = []
    for name in sorted(set(old) | set(new)):
        was, now = _keyed(old.get(name)), _keyed(new.get(name))
        companies = {**_companies(old.get(name)), **_companies(new.get(name))}

        def add(key: str, change: str, name: str = name, companies: dict = companies, **cell: object) -> None:
            rows.append(
                {"table": name, "row_id": key, "change": change, "company_id": companies.get(key), **cell}
            )

        shared = [c for c in now.columns if c in was.columns]
        both = [k for k in sorted(now.index) if k in was.index] if len(was.index) else []
        before, after = was.loc[both, shared], now.loc[both, shared]
        # Most rows of most tables are as they were: only those that differ are looked at one by one.
        differs = (before != after).any(axis=1) if both and shared else pd.Series(dtype=bool)
        moved = set(differs.index[differs])
        for key in sorted({*(set(was.index) ^ set(now.index)), *moved}):
            if key not in was.index:
                add(key, "added")
            elif key not in now.index:
                add(key, "removed")
            else:
                for column in shared:
                    old_cell, new_cell = before.at[key, column], after.at[key, column]
                    if old_cell != new_cell:
                        add(key, "changed", column=column, before=old_cell or None, after=new_cell or None)
    columns = ["table", "row_id", "change", "column", "before", "after", "company_id"]
    return pd.DataFrame(rows, columns=columns)


def _keyed(frame: pd.DataFrame | None) -> pd.DataFrame:
    if frame is None or frame.empty:
        return pd.DataFrame()
    text = frame.astype("string").fillna("")
    return text.drop_duplicates(text.columns[0]).set_index(text.columns[0])


def _companies(frame: pd.DataFrame | None) -> dict[str, str]:
    if frame is None or "company_id" not in frame:
        return {}
    return dict(zip(frame.iloc[:, 0].astype(str), frame["company_id"], strict=True))


def in_words(changes: pd.DataFrame) -> str:
    """The difference in one line: 12 facts added, 3 changed, 1 removed in 4 tables."""
    if changes.empty:
        return "nothing has changed"
    rows = changes.drop_duplicates(["table", "row_id", "change"])
    counts = rows["change"].value_counts()
    parts = [f"{counts[c]:,} {c}" for c in ("added", "changed", "removed") if counts.get(c)]
    tables = rows["table"].nunique()
    return f"rows {', '.join(parts)} in {tables} table{'s' if tables != 1 else ''}"
