"""Every feed in the shapes of other years: columns in another order, new, renamed, missing; keys that went or mean another thing."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from feed_files import FILES
from together import together

from etl.feeds import parse
from etl.feeds.command import frames
from etl.feeds.declare import About, FeedError, File
from etl.feeds.refresh import Wanted, ours
from etl.feeds.resolve import Names
from etl.feeds.tables import FEED_TABLES
from etl.feeds.upstream import FEEDS

TODAY = date(2026, 11, 21)
#: What a refresh takes for content of another shape, and says so.
NAMED = (FeedError, AttributeError, KeyError, TypeError, ValueError, LookupError, ArithmeticError)
NEW = "A thing of next year"


@cache
def curated() -> dict[str, pd.DataFrame]:
    """The real tables that feeds are compared with."""
    return frames(Path(__file__).resolve().parent.parent / "datasets" / "raw")


@cache
def names() -> Names:
    return Names(curated())


class Made:
    """One declared file of a feed, and the small one that is made of it."""

    def __init__(self, feed: str, file: File, body: bytes) -> None:
        self.feed, self.file = feed, file
        if body[:2] == b"\x1f\x8b":
            body = gzip.decompress(body)
        if body[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(body)) as archive:
                body = archive.read(next(n for n in archive.namelist() if n.endswith(file.member)))
        self.body = body

    def named(self, folder: Path, body: bytes | None = None) -> tuple[pd.DataFrame, list[str], About]:
        path = folder / self.file.name
        path.write_bytes(self.body if body is None else body)
        about = About(
            "v1", TODAY, names().companies, names().repositories, None, self.file, path.name, frozenset(names().namespaces)
        )  # fmt: skip
        return (*parse.read(path, self.file, about), about)

    def rows(self, folder: Path, body: bytes | None = None) -> pd.DataFrame:
        """Rows as they would land, by their id."""
        named, self.warnings, about = self.named(folder, body)
        if not self.file.table:
            return named
        shaped = FEED_TABLES[self.file.table].frame(self.file.shape(named, about))
        return shaped.set_index("upstream_id").sort_index()


def made_files() -> Iterator[Made]:
    """Every declared file that a small one is made of, manifests first."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        for name, feed in FEEDS.items():
            known = ours(curated(), names(), Wanted(today=TODAY))
            queue = list(feed.files(known))
            while queue:
                file = queue.pop(0)
                address = file.url.removeprefix("https://")
                told = FILES[name].get(address) or FILES[name].get(address.partition("?")[0])
                told = told or next((FILES[name][n] for n in file.also if n in FILES[name]), None)
                if not told:
                    continue
                made = Made(name, file, told[0])
                yield made
                if feed.files_after:
                    queue += feed.files_after(file.name, made.named(Path(folder))[0], known)


@cache
def all_made() -> dict[str, Made]:
    """One a shape: of files that differ in their address alone, the first."""
    found: dict[tuple[object, ...], Made] = {}
    for m in made_files():
        f = m.file
        found.setdefault((m.feed, f.columns, f.format, f.table, f.shape, f.records), m)
    return {f"{m.feed} {m.file.name}": m for m in found.values()}


TABLES = [n for n, m in all_made().items() if m.file.format in ("csv", "parquet")]
DOCUMENTS = [n for n, m in all_made().items() if m.file.format == "json"]


def cells(made: Made) -> tuple[list[str], list[list[Any]]]:
    """Heading and rows of a table; every declared column is there."""
    if made.file.format == "parquet":
        table = pq.read_table(io.BytesIO(made.body))
        heading, rows = table.column_names, [list(r.values()) for r in table.to_pylist()]
    else:
        lines = [n for n in made.body.decode().splitlines() if not n.startswith("#")]
        heading, *rows = list(csv.reader(lines))
    for c in made.file.columns:
        if not {c.name, *c.was} & set(heading):
            told = "" if c.to == "hidden" else 1.0 if made.file.format == "parquet" else "1"
            heading, rows = [*heading, c.name], [[*r, told] for r in rows]
    return heading, rows


def written(made: Made, heading: list[str], rows: list[list[Any]]) -> bytes:
    out = io.BytesIO()
    if made.file.format == "parquet":
        pq.write_table(pa.table({h: [r[i] for r in rows] for i, h in enumerate(heading)}), out)
    else:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([heading, *rows])
        out.write(text.getvalue().encode())
    return out.getvalue()


def test_every_feed_has_a_shape() -> None:
    """Those without a file that is made are none: `news` alone comes as a feed of headlines, `cac` as a page."""
    asked = {n.partition(" ")[0] for n in (*TABLES, *DOCUMENTS)}
    assert set(FEEDS) - asked == {"news", "cac"}
    assert {m.file.format for m in all_made().values()} == {"csv", "parquet", "json", "html", "rss"}


@pytest.mark.parametrize("name", TABLES)
def test_a_column_in_another_place_is_the_same_and_a_new_one_is_said(name: str, tmp_path: Path) -> None:
    made = all_made()[name]
    heading, rows = cells(made)
    plain = made.rows(tmp_path, written(made, heading, rows))
    assert len(plain)
    turned = [[*r[-2::-1], r[-1], "1"] for r in rows]
    found = made.rows(tmp_path, written(made, [*heading[-2::-1], heading[-1], NEW], turned))
    pd.testing.assert_frame_equal(found, plain)
    assert made.warnings == [f"new column {NEW}: not read"]


@pytest.mark.parametrize("name", TABLES)
def test_a_column_goes_by_the_names_of_other_years(name: str, tmp_path: Path) -> None:
    made = all_made()[name]
    heading, rows = cells(made)
    plain = made.rows(tmp_path, written(made, heading, rows))
    for column in made.file.columns:
        now = next(n for n in (column.name, *column.was) if n in heading)
        for other in (column.name, *column.was):
            renamed = [other if h == now else h for h in heading]
            pd.testing.assert_frame_equal(made.rows(tmp_path, written(made, renamed, rows)), plain)
            assert made.warnings == []


@pytest.mark.parametrize("name", TABLES)
def test_a_missing_column_is_named_or_not_missed(name: str, tmp_path: Path) -> None:
    made = all_made()[name]
    heading, rows = cells(made)
    for column in made.file.columns:
        place = next(i for i, h in enumerate(heading) if h in (column.name, *column.was))
        body = written(
            made, heading[:place] + heading[place + 1 :], [r[:place] + r[place + 1 :] for r in rows]
        )
        if column.required and len(heading) > 1:
            with pytest.raises(FeedError, match=r"has no column '|has another header") as caught:
                made.rows(tmp_path, body)
            assert column.name in str(caught.value) or "another header" in str(caught.value)
        else:
            assert len(made.rows(tmp_path, body))


def changed(document: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    if isinstance(document, dict):
        return change({k: changed(v, change) for k, v in document.items()})
    return [changed(v, change) for v in document] if isinstance(document, list) else document


def keys(document: Any) -> set[str]:
    if isinstance(document, dict):
        return set(document) | {k for v in document.values() for k in keys(v)}
    return {k for v in document for k in keys(v)} if isinstance(document, list) else set()


def parsed(made: Made) -> Any:
    """The document, with a document in a string taken out."""
    text = made.body.decode().strip()
    document = json.loads(
        text[text.index("(") + 1 : text.rindex(")")] if text.startswith("callback(") else text
    )
    if isinstance(document, dict) and isinstance(document.get("result"), str):
        document["result"] = json.loads(document["result"])
    return document


@pytest.mark.parametrize("name", DOCUMENTS)
def test_keys_in_another_order_are_the_same(name: str, tmp_path: Path) -> None:
    made, document = all_made()[name], parsed(all_made()[name])
    plain = made.rows(tmp_path)
    turned = changed(document, lambda o: dict(reversed(o.items())))
    pd.testing.assert_frame_equal(made.rows(tmp_path, json.dumps(turned).encode()), plain, check_like=True)


@together("value", ["gone", None, [], {}, "x", -1, True])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_key_that_went_or_means_another_thing_makes_no_other_number(
    name: str, value: object, tmp_path: Path
) -> None:
    """Refused in words, or what is there is what was there: a cell is the same, empty, or what upstream wrote."""
    made, document = all_made()[name], parsed(all_made()[name])
    plain = made.rows(tmp_path)
    for key in sorted(keys(document)):

        def change(o: dict[str, Any], key: str = key) -> dict[str, Any]:
            if value == "gone":
                return {k: v for k, v in o.items() if k != key}
            return {k: value if k == key else v for k, v in o.items()}

        try:
            found = made.rows(tmp_path, json.dumps(changed(document, change)).encode())
        except NAMED:
            continue
        numbers = [c for c in found if pd.api.types.is_numeric_dtype(found[c]) and c in plain]
        for column in numbers:
            known = set(plain[column].dropna()) | ({float(value)} if isinstance(value, int) else set())  # type: ignore[arg-type]
            said = {round(v, 6) for v in found[column].dropna()}
            assert said <= {round(v, 6) for v in known | {-1e6}}, (key, column)


def test_the_register_goes_by_the_headings_of_other_years(tmp_path: Path) -> None:
    (made,) = [m for m in all_made().values() if m.feed == "cac"]
    plain, page = made.rows(tmp_path), made.body.decode()
    assert len(plain) == 1
    for column in made.file.columns:
        for other in column.was:
            body = page.replace(f"<th>{column.name}</th>", f"<th>{other}</th>")
            body = body.replace("</th></tr>", f"</th><th>{NEW}</th></tr>").replace(
                "</td></tr>", "</td><td>x</td></tr>"
            )
            pd.testing.assert_frame_equal(made.rows(tmp_path, body.encode()), plain)
            assert made.warnings == [f"new column {NEW}: not read"]
        if column.required:
            with pytest.raises(FeedError, match=f"has no column '{column.name}'"):
                made.rows(tmp_path, page.replace(f"<th>{column.name}</th>", "<th>?</th>").encode())
