"""The one reader of feed files: bytes to named columns, or a sentence on what is wrong with them."""

from __future__ import annotations

import bisect
import csv
import gzip
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pya
import pyarrow.compute as pc
import pyarrow.csv as pcsv
import pyarrow.parquet as pq
from lxml import etree, html

from etl.feeds.declare import About, FeedError, File, Odd

#: Media types that a format may come as; none at all is no reason to refuse.
MEDIA = {
    "csv": ("text/csv", "text/plain", "application/csv", "application/vnd.ms-excel"),
    "json": ("application/json", "text/json", "text/plain", "application/javascript", "text/javascript"),
    "parquet": ("application/vnd.apache.parquet", "application/x-parquet"),
    "html": ("text/html", "application/xhtml+xml"),
    "rss": (
        "application/rss+xml",
        "application/atom+xml",
        "application/xml",
        "text/xml",
        "text/html",
        "text/plain",
    ),
}
ANY_MEDIA = (
    "application/octet-stream", "binary/octet-stream", "application/gzip", "application/x-gzip", "application/zip",
)  # fmt: skip
_MARKUP = re.compile(rb"\s*(?:<!doctype|<html|<head|<body|<\?xml|<!--)", re.IGNORECASE)
_SHOWN = 40
_HEADER = 100_000
_LONGEST = 20_000
#: Share of the entries of a document that may be of another shape before all of it passes for another one.
_MOST_ODD = 0.05
#: Rows of a Parquet file beyond which it is not looked into: a few bytes can stand for any number of them.
_MOST_ROWS = 100_000_000
#: First cells of a row that adds the others up.
_SUMS = ("total", "totals", "grand total", "sum", "合计", "总计", "总和")
#: Rows of a Parquet file that are looked through at once, where not all are wanted.
_AT_ONCE = 1_000_000


def read(path: Path, file: File, about: About, media: str = "") -> tuple[pd.DataFrame, list[str]]:
    """Rows of a file under our names.

    Args:
        path: The file as fetched.
        file: Its declaration.
        about: What is known of the edition.
        media: Media type that came with it; "" where there was none.

    Returns:
        The mapped columns, all as text or as the JSON had them, an absent optional one as null; and warnings.

    Raises:
        FeedError: not this format, cut off, or without a required column.
    """
    kind = media.partition(";")[0].strip().lower()
    if kind and kind not in (*MEDIA[file.format], *ANY_MEDIA):
        raise FeedError(f"came as {kind}, expected {file.format} ({MEDIA[file.format][0]})")
    if file.format == "parquet":
        frame, heading = _parquet(path, file, about)
        return _named(frame, heading, file)
    content = _content(path, file)
    if file.format in ("csv", "json") and _MARKUP.match(content[:200]):
        raise FeedError(f"is an HTML page, expected {file.format}: {_title(content)}")
    if not content.strip():
        raise FeedError(f"is empty, expected {file.format}")
    if file.format == "csv" and content.lstrip()[:1] in (b"{", b"["):
        raise FeedError("is JSON, expected csv")
    # A list that a person took out of a page's attachment comes as a table.
    if file.format == "csv" or (file.format == "html" and not _MARKUP.match(content[:200])):
        frame = _csv(content)
        return _named(frame, list(frame.columns), file)
    records: Iterable[Mapping[str, Any]]
    told: list[str] = []
    if file.format == "json":
        document, told = _json(content)
        records = (file.records or _rows)(document, about)
    elif file.format == "rss":
        records = _rss(content)
    else:
        records = _html_table(content, file)
    found = list(records)
    rows = [dict(r) for r in found if not isinstance(r, Odd)]
    if odd := [r for r in found if isinstance(r, Odd)]:
        words = f"of another shape, such as '{str(odd[0]['entry'])[:_SHOWN]}'"
        if len(odd) > _MOST_ODD * len(found):
            raise FeedError(f"holds {len(odd)} of {len(found)} entries {words}")
        told.append(f"{len(odd)} entr{'ies' if len(odd) > 1 else 'y'} {words}: left out")
    if not rows and file.may_be_empty:
        nothing = pd.DataFrame({c.to: pd.Series([], dtype=object) for c in file.columns})
        return nothing, [
            "no table on the page: a list attached to it is to be read by a person"
        ] if file.format == "html" else []
    if not rows:
        raise FeedError(
            "has no rows, expected some with " + ", ".join(c.name for c in file.columns if c.required)
        )
    heading = list(dict.fromkeys(k for r in rows for k in r))
    named, warnings = _named(pd.DataFrame(rows, columns=heading, dtype=object), heading, file)
    return named, told + warnings


def _content(path: Path, file: File) -> bytes:
    content = path.read_bytes()
    if content[:2] == b"PK" and file.member:
        return _member(content, file)
    if content[:2] != b"\x1f\x8b":
        return content
    try:
        with gzip.open(io.BytesIO(content)) as opened:
            content = opened.read(file.most_bytes * 4 + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise FeedError(f"is a half or damaged gzip file ({error}), expected {file.format}") from error
    if len(content) > file.most_bytes * 4:
        raise FeedError(f"unpacks to more than {file.most_bytes * 4:,} bytes, expected a smaller file")
    return content


def _member(content: bytes, file: File) -> bytes:
    """The one wanted file of a ZIP archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            found = [i for i in archive.infolist() if i.filename.endswith(file.member)]
            if not found:
                raise FeedError(f"holds no {file.member}, only {', '.join(archive.namelist())[:200]}")
            if found[0].file_size > file.most_bytes:
                raise FeedError(f"holds {found[0].file_size:,} bytes, expected at most {file.most_bytes:,}")
            return archive.read(found[0])
    except (zipfile.BadZipFile, zlib.error, OSError) as error:
        raise FeedError(f"is a half or damaged ZIP archive ({error})") from error


def _title(content: bytes) -> str:
    found = re.search(rb"<title[^>]*>(.*?)</title", content[:20_000], re.IGNORECASE | re.DOTALL)
    words = found.group(1).decode("utf-8", "replace").split() if found else []
    return f"its title is “{' '.join(words)[:_SHOWN]}”" if words else "it has no title"


def _csv(content: bytes) -> pd.DataFrame:
    content = content.removeprefix(b"\xef\xbb\xbf")
    while content.startswith(b"#"):
        content = content.partition(b"\n")[2]
    header = content[:_HEADER].splitlines()[0] if content.strip() else b""
    if len(header) == _HEADER:
        raise FeedError(f"has a first line of more than {_HEADER:,} bytes, expected a header of columns")
    try:
        names = [n.strip() for n in next(csv.reader([header.decode("utf-8")]))]
    except (UnicodeDecodeError, StopIteration) as error:
        raise FeedError("has no header line in UTF-8, expected CSV") from error
    twice = sorted({n for n in names if n and names.count(n) > 1})
    if twice:
        raise FeedError(f"has the column '{twice[0]}' twice, expected each once")
    kept = [n for n in names if n]
    # A column without a heading (the index of a data frame) is read and left.
    labels = [n or f"\x00{i}" for i, n in enumerate(names)]
    try:
        table = pcsv.read_csv(
            pya.BufferReader(content),
            read_options=pcsv.ReadOptions(
                column_names=labels, skip_rows=1, block_size=max(len(content) + 1, 1 << 16), use_threads=False
            ),
            parse_options=pcsv.ParseOptions(newlines_in_values=True),
            convert_options=pcsv.ConvertOptions(
                column_types={n: pya.string() for n in labels},
                include_columns=kept,
                strings_can_be_null=False,
            ),
        )
    except pya.ArrowInvalid as error:
        if "Empty CSV" in str(error):
            return pd.DataFrame({n: pd.Series([], dtype=object) for n in kept})
        raise FeedError(f"is no whole CSV file: {' '.join(str(error).split())[:160]}") from error
    if content.rstrip(b"\r\n") != content or not len(table):
        return _objects(table)
    # The last line is not ended: whole only if a quote is not open and the last cells are there, which Arrow has checked.
    if content.count(b'"') % 2:
        raise FeedError("breaks off within a quoted cell, expected a whole CSV file")
    return _objects(table)


def _objects(table: pya.Table) -> pd.DataFrame:
    return table.to_pandas(
        strings_to_categorical=False, types_mapper={pya.string(): pd.StringDtype("pyarrow")}.get
    )


def _json(content: bytes) -> tuple[Any, list[str]]:
    """The document, and a warning where an object has a key twice: which of the two is meant, nobody knows."""
    # The exchange's search wraps its JSON into a call: name({...});
    if called := re.fullmatch(rb"\s*[A-Za-z_]\w*\((.*)\)\s*;?\s*", content[:200_000], re.DOTALL):
        content = called.group(1)
    twice: dict[str, None] = {}

    def made(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            keys = [k for k, _ in pairs]
            twice.update(dict.fromkeys(k for k in found if keys.count(k) > 1))
        return found

    try:
        # NaN and Infinity are no JSON, and no number either: programs write them for what they do not know.
        document = json.loads(content, parse_constant=lambda _: None, object_pairs_hook=made)
        shown = ", ".join(f"'{k[:_SHOWN]}'" for k in list(twice)[:3])
        return document, [f"has a key twice ({shown}): the last counts"] if twice else []
    except (ValueError, RecursionError) as error:
        raise FeedError(f"is no whole JSON document: {str(error)[:120]}") from error


def _rows(document: Any, about: About) -> Iterable[Mapping[str, Any]]:
    if not isinstance(document, list) or not all(isinstance(r, dict) for r in document):
        raise FeedError(
            f"is JSON of another shape: got {type(document).__name__}, expected a list of objects"
        )
    return document


def _parquet(path: Path, file: File, about: About) -> tuple[pd.DataFrame, list[str]]:
    """Only the row groups whose statistics can hold our values are read, and of them only our columns."""
    try:
        opened = pq.ParquetFile(path)
    except (pya.ArrowInvalid, OSError) as error:
        with path.open("rb") as begin:
            head = begin.read(200)
        what = (
            f"an HTML page: {_title(path.read_bytes()[:20_000])}" if _MARKUP.match(head) else str(error)[:120]
        )
        raise FeedError(f"is no whole Parquet file ({what})") from error
    if opened.metadata.num_rows > _MOST_ROWS:
        raise FeedError(f"has {opened.metadata.num_rows:,} rows, expected at most {_MOST_ROWS:,}")
    heading = list(opened.schema_arrow.names)
    _first_check(heading, file)
    wanted = [n for c in file.columns for n in (c.name, *c.was) if n in heading]
    by = next((n for n in sought(file) if n in heading), "")
    try:
        if not (by and file.only):
            return opened.read(columns=wanted, use_threads=False).to_pandas(), heading
        values = sorted(file.only[1](about))
        # Names come as numbers into a list: ours are sought in the list of a group, not in each of its rows.
        opened = pq.ParquetFile(path, metadata=opened.metadata, read_dictionary=[by])
        parts = list(_rows_of(opened, by, values, wanted))
    except (pya.ArrowInvalid, OSError) as error:
        raise FeedError(f"is no whole Parquet file ({str(error)[:120]})") from error
    plain = [
        f.with_type(_plain(f.type)) if f.name == by else f for f in opened.schema_arrow if f.name in wanted
    ]
    schema = pya.schema(plain)
    parts = [p.select(schema.names).cast(schema) for p in parts]
    return pya.concat_tables([schema.empty_table(), *parts]).to_pandas(), heading


def sought(file: File) -> tuple[str, ...]:
    """Headings that the column may have by which rows of a file are sought; none where all are read."""
    return tuple(n for c in file.columns if file.only and c.to == file.only[0] for n in (c.name, *c.was))


def _rows_of(
    opened: pq.ParquetFile, by: str, values: Sequence[Any], wanted: list[str]
) -> Iterable[pya.Table]:
    """Rows whose `by` is one of the values, which are in order; a few groups at a time."""
    place = opened.schema_arrow.names.index(by)
    groups = [opened.metadata.row_group(n) for n in range(opened.num_row_groups)]
    told = [g.column(place).statistics for g in groups]
    near = [n for n, t in enumerate(told) if t is None or not t.has_min_max or _between(values, t.min, t.max)]
    ends = np.cumsum([groups[n].num_rows for n in near])
    for these in np.split(np.array(near, dtype=int), np.flatnonzero(np.diff(ends // _AT_ONCE)) + 1):
        # Our names lie between the ends of many groups and in few of them: of the others no more is decoded.
        names = opened.read_row_groups(these.tolist(), columns=[by], use_threads=False)[by]
        last = np.cumsum([groups[n].num_rows for n in these])
        at = np.searchsorted(last, pc.indices_nonzero(_is_in(names, values)).to_numpy(), side="right")
        if len(at):
            rows = opened.read_row_groups(these[np.unique(at)].tolist(), columns=wanted, use_threads=False)
            yield rows.filter(_is_in(rows[by], values))


def _between(values: Sequence[Any], first: Any, last: Any) -> bool:
    """Whether one of the values, which are in order, lies between two."""
    at = bisect.bisect_left(values, first)
    return at < len(values) and bool(values[at] <= last)


def _plain(kind: pya.DataType) -> pya.DataType:
    return kind.value_type if pya.types.is_dictionary(kind) else kind


def _is_in(names: pya.ChunkedArray, values: Sequence[Any]) -> pya.ChunkedArray:
    sought = pya.array(values, _plain(names.type))
    if not pya.types.is_dictionary(names.type):
        return pc.is_in(names, value_set=sought)
    chunks = [pc.is_in(c.dictionary, value_set=sought).take(c.indices) for c in names.chunks]
    return pya.chunked_array(chunks, pya.bool_())


def _rss(content: bytes) -> list[dict[str, Any]]:
    """Title, link and day of each entry of RSS or Atom; of the text nothing is read."""
    if re.match(rb"\s*(?:<!doctype html|<html)", content[:200], re.IGNORECASE):
        raise FeedError(f"is an HTML page, expected RSS or Atom: {_title(content)}")
    try:
        root = etree.fromstring(
            content, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
        )
    except etree.XMLSyntaxError as error:
        raise FeedError(f"is no whole XML document: {str(error)[:120]}") from error
    found = []
    for item in root.iter("{*}item", "{*}entry"):
        cells: dict[str, Any] = {}
        for child in item:
            tag = etree.QName(child).localname if isinstance(child.tag, str) else ""
            if tag == "title":
                cells["title"] = " ".join("".join(child.itertext()).split())
            elif tag == "link" and (child.get("href") or child.text):
                cells.setdefault("link", (child.get("href") or child.text or "").strip())
            elif tag in ("pubDate", "published", "updated", "date"):
                cells.setdefault("day", (child.text or "").strip())
        found.append(cells)
    return found


def _line(text: str) -> str:
    """A cell's text in one line; between Chinese characters a blank is one of the page's layout."""
    return re.sub(r"(?<=[^\x00-\xff]) | (?=[^\x00-\xff])", "", " ".join(text.split()))


def _html_table(content: bytes, file: File) -> list[dict[str, Any]]:
    """Rows of every table of a page whose first row holds the required headings."""
    try:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("gb18030", "replace")
        root = html.fromstring(re.sub(r"^\s*<\?xml[^>]*>", "", text))
    except (etree.ParserError, ValueError) as error:
        raise FeedError(f"is no page that can be read: {str(error)[:120]}") from error
    needed = {n for c in file.columns if c.required for n in (c.name, *c.was)}
    found = []
    for table in root.iter("table"):
        rows = [[_line(c.text_content()) for c in row.iter("td", "th")] for row in table.iter("tr")]
        if rows and needed & set(rows[0]):
            found += [
                dict(zip(rows[0], cells, strict=False)) for cells in rows[1:] if len(cells) == len(rows[0])
            ]
    return found


def _first_check(heading: list[str], file: File) -> None:
    expected = [n for c in file.columns for n in (c.name, *c.was)]
    if not set(heading) & set(expected):
        first = heading[0][:_SHOWN] if heading else ""
        raise FeedError(
            f"has another header: its first cell is '{first}', expected columns such as {expected[0]}"
        )


def _named(frame: pd.DataFrame, heading: list[str], file: File) -> tuple[pd.DataFrame, list[str]]:
    """Renames by heading, whatever the order; a missing required column is an error, an unknown one a warning."""
    _first_check(heading, file)
    made, missing = {}, []
    for column in file.columns:
        name = next((n for n in (column.name, *column.was) if n in frame), None)
        if name is not None:
            made[column.to] = frame[name]
        elif column.required:
            missing.append(" or ".join(f"'{n}'" for n in (column.name, *column.was)))
        else:
            made[column.to] = pd.Series([None] * len(frame), index=frame.index, dtype=object)
    if missing:
        raise FeedError(f"has no column {', '.join(missing)}; it has {', '.join(heading)[:300]}")
    named, odd = _rows_alone(pd.DataFrame(made, index=frame.index), heading, file)
    told = {n for c in file.columns for n in (c.name, *c.was)} | set(file.known)
    new = [n for n in heading if n and n not in told]
    warnings = [f"new column{'s' * (len(new) > 1)} {', '.join(new)[:200]}: not read"] if new else []
    return named, odd + warnings


def _words(cells: pd.Series) -> list[str | None]:
    """Cells as text; None where there is none."""
    if cells.dtype != object:
        cells = cells.astype("string")
    return [v if isinstance(v, str) else None for v in cells.tolist()]


def _rows_alone(rows: pd.DataFrame, heading: list[str], file: File) -> tuple[pd.DataFrame, list[str]]:
    """The rows without those that are none: a heading that stands again, a sum, a cell that no reader would look at."""
    if file.format == "parquet":
        return rows, []
    text = {c: _words(rows[c]) for c in rows if not pd.api.types.is_numeric_dtype(rows[c].dtype)}
    text = {c: cells for c, cells in text.items() if any(v is not None for v in cells)}
    if not text:
        return rows, []
    warnings: list[str] = []
    told = {c.to: {c.name, *c.was} for c in file.columns}
    first = next((c.to for n in heading for c in file.columns if n in (c.name, *c.was)), "")
    is_heading, is_sum, is_long = (np.full(len(rows), value) for value in (True, False, False))
    is_empty = rows[[c for c in rows if c not in text]].isna().all(axis=1).to_numpy().copy()
    for column, cells in text.items():
        is_heading &= [v in told[column] for v in cells]
        is_empty &= [not (v and v.strip()) for v in cells]
        is_long |= [v is not None and len(v) > _LONGEST for v in cells]
        if column == first:
            is_sum = np.array([v is not None and v.strip().lower() in _SUMS for v in cells])
    for those, what in (
        (is_empty, "nothing in it"), (is_heading & ~is_empty, "the heading again"), (is_sum & ~is_heading, "a sum of others"),
        (is_long, f"a cell of more than {_LONGEST:,} characters"),
    ):  # fmt: skip
        if n := int(those.sum()):
            warnings.append(f"{n} row{'s' * (n > 1)} with {what}: left out")
    kept = ~(is_empty | is_heading | is_sum | is_long)
    return (rows if kept.all() else rows[kept].reset_index(drop=True)), warnings


__all__ = ["read", "sought"]
