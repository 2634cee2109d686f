"""Proof that stays: looks up the values of rows in saved copies of the documents that they cite.

No network is used. A copy is a file named after its document, `<source_id>.md`, `.txt`, `.html`, `.csv` or `.json`, as
text of that document alone. That a number stands in a text says that the document could carry it, not that it says it
of this model or company: `not_found` is the stronger word.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from html import unescape
from pathlib import Path

import pandas as pd

from etl.build import check
from etl.tables.verifications import VALUES, VERIFICATIONS, stated

ENDINGS = (".md", ".txt", ".html", ".htm", ".csv", ".json", ".toml", ".yaml")
#: What a number of this size is written with: 671B, 1.5 trillion, 6.7 亿, 128K.
_SIZES = (
    (1e12, r"t|trillion|tn|万亿|兆"),
    (1e9, r"b|bn|billion|十亿"),
    (1e8, r"亿|億"),
    (1e6, r"m|mn|million|百万"),
    (1e4, r"万|萬"),
    (1e3, r"k|thousand|千"),
    (1024.0, r"k"),
    (1048576.0, r"m"),
)
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


class NothingToVerifyError(Exception):
    """No copy of a document that could be looked into; the message is for the person at the command line."""


def text_of(path: Path) -> str | None:
    """The text of a saved copy, tags left out; None where there is none to read."""
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        return None
    if "\x00" in text:
        return None
    if path.suffix.lower() in (".html", ".htm"):
        text = re.sub(r"(?is)<(script|style)\b.*?</\1>|<!--.*?-->", " ", text)
        text = unescape(re.sub(r"<[^>]+>", " ", text))
    return text if re.search(r"\w", text) else None


def _written(number: float) -> Iterator[str]:
    """Patterns of a number as digits: up to four decimals kept or padded, thousands parted or not."""
    for places in range(5):
        if abs(round(number, places) - number) < 1e-9 * max(1.0, abs(number)):
            plain = f"{number:.{places}f}"
            whole, _, rest = plain.partition(".")
            grouped = f"{int(whole):,}".replace(",", "[,_  '’]?")
            yield grouped + (rf"\.{rest}0*" if rest else r"(?:\.0+)?")
            return


def number_pattern(number: float) -> re.Pattern[str]:
    """A pattern of every notation of a number: digits, or a smaller number with the word of its size."""
    ways = [rf"(?<![\d.,]){p}(?![\d]|[.,]\d)" for p in _written(number)]
    for size, words in _SIZES:
        if 0.1 <= abs(number) / size < 10_000 and abs(number) >= 1000:
            ways += [rf"(?<![\d.,]){p}\s?-?(?:{words})(?![a-z])" for p in _written(round(number / size, 6))]
    return re.compile("|".join(ways) or r"(?!)", re.IGNORECASE)


def day_pattern(when: date) -> re.Pattern[str]:
    """A pattern of every notation of a day, in Latin and Chinese script."""
    month = _MONTHS[when.month - 1]
    name = rf"{month[:3]}(?:{month[3:]})?\.?"
    day = rf"0?{when.day}(?:st|nd|rd|th)?"
    ways = (
        rf"(?<!\d){when.year}\s?[-/.年]\s?0?{when.month}\s?[-/.月]\s?0?{when.day}(?!\d)",
        rf"\b{name}\s{day},?\s{when.year}",
        rf"(?<!\d){day}\s{name},?\s{when.year}",
    )
    return re.compile("|".join(ways), re.IGNORECASE)


def is_in(value: object, text: str) -> bool:
    """True where a number or a day stands in a text, in any notation that is known here."""
    if isinstance(value, pd.Timestamp):
        return bool(day_pattern(value.date()).search(text))
    return bool(number_pattern(float(value)).search(text))  # type: ignore[arg-type]


def verify(
    raw: Path, documents: Path, day: date, *, table: str | None = None, source: str | None = None
) -> Counter[str]:
    """Looks up every value whose document has a copy in a folder, and keeps the findings in verifications.csv.

    Args:
        raw: Folder of the CSV files.
        documents: Folder of the copies.
        day: Day to be written down.
        table: Only rows of it.
        source: Only this document.

    Returns:
        How many values were found, not found and not readable. Earlier findings of the same value are replaced,
        others stay.

    Raises:
        NothingToVerifyError: no such folder, table or document, or no copy of a document that is cited.
        BuildFailed: the data has problems.
    """
    if table is not None and table not in VALUES:
        raise NothingToVerifyError(f"--table: got '{table}', expected one of {', '.join(VALUES)}")
    if not documents.is_dir():
        raise NothingToVerifyError(
            f"{documents}: no such folder, expected copies named <source_id>.md or .html"
        )
    frames = check(raw)
    if source is not None and source not in set(frames["sources"]["source_id"]):
        raise NothingToVerifyError(f"--source: no document '{source}' in sources.csv")
    copies = {p.stem: p for p in sorted(documents.iterdir()) if p.suffix.lower() in ENDINGS}
    texts: dict[str, str | None] = {}
    findings: dict[str, dict[str, str]] = {}
    for name, columns in VALUES.items():
        if table not in (None, name):
            continue
        rows = frames[name]
        for row in rows.to_dict("records"):
            for cited in row["source_ids"].split("; "):
                if cited not in copies or source not in (None, cited):
                    continue
                if cited not in texts:
                    texts[cited] = text_of(copies[cited])
                text = texts[cited]
                for column in columns:
                    if pd.isna(row[column]) or row.get(f"{column}_precision", "day") != "day":
                        continue
                    found = None if text is None else is_in(row[column], text)
                    key = str(row[rows.columns[0]])
                    made = f"{name}.{key}.{column}.{cited}".replace("/", ".").lower()
                    findings[made] = {
                        "verification_id": made,
                        "source_id": cited,
                        "table_name": name,
                        "row_id": key,
                        "column_name": column,
                        "stated": stated(row[column]),
                        "finding": "not_readable" if found is None else "found" if found else "not_found",
                        "verified_date": f"{day:%Y-%m-%d}",
                    }
    if not findings:
        raise NothingToVerifyError(
            f"{documents}: no copy of a document that a value rests on, expected files such as "
            f"{frames['benchmark_scores']['source_ids'].iloc[0].split('; ')[0]}.md"
        )
    _keep(raw / "verifications.csv", findings)
    return Counter(f["finding"] for f in findings.values())


def _keep(path: Path, findings: dict[str, dict[str, str]]) -> None:
    with path.open(encoding="utf-8-sig", newline="") as file:
        kept = {r["verification_id"]: r for r in csv.DictReader(file)} | findings
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, VERIFICATIONS.raw_columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(kept[i] for i in sorted(kept))
