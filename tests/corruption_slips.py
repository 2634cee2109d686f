"""Single faults that hands, spreadsheets and assistants make: cells filled down, rows that exchange cells, slips of a key.

`faults` makes those of one cell, `pairs` those of two rows. Written without looking at the other kinds.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from corruption_kinds import forms, instead

Rows = list[list[str]]
#: From a column's cells and the place of one to another cell; None where the fault does not apply.
Slip = Callable[[list[str], int], str | None]


def _cell(change: Callable[[str], str | None]) -> Slip:
    return lambda cells, n: change(cells[n]) if cells[n] else None


def _times(factor: float) -> Callable[[str], str | None]:
    def change(cell: str) -> str | None:
        value = float(cell) * factor
        if value == float(cell):
            return None
        return str(round(value)) if re.fullmatch(r"-?\d+", cell) else repr(round(value, 10))

    return change


def _moved(days: int) -> Callable[[str], str | None]:
    return lambda cell: (date.fromisoformat(cell) + timedelta(days=days)).isoformat()


def _above(cells: list[str], n: int) -> str | None:
    """The cell above, filled down."""
    return cells[n - 1] if n and cells[n - 1] and cells[n] else None


def _once_more(at: int) -> Callable[[str], str | None]:
    """A digit typed twice."""
    return lambda c: c[:at] + c[at - 1] + c[at:] if len(c) > at and c[at - 1].isdigit() else None


def _letters(old: str, new: str) -> Callable[[str], str | None]:
    return lambda c: c.replace(old, new, 1) if old in c else None


def _read_badly(cell: str) -> str | None:
    """As a scanner reads print."""
    for old, new in (("0", "O"), ("1", "l"), ("5", "S"), ("8", "B"), ("6", "b")):
        if old in cell:
            return cell.replace(old, new, 1)
    return None


NUMBERS: dict[str, Callable[[str], str | None]] = {
    "a digit twice": _once_more(1),
    "the second digit twice": _once_more(2),
    "the first digit gone": lambda c: c[1:] if len(c) > 2 and c[1].isdigit() and c[1] != "0" else None,
    "the last digit gone": lambda c: c[:-1] if len(c) > 2 and c[-2] != "." else None,
    "a zero more": lambda c: f"{c}0" if "." not in c else None,
    "yuan for dollars": _times(7.2),
    "dollars for yuan": _times(1 / 7.2),
    "twelve months": _times(12),
    "a month of twelve": _times(1 / 12),
    "a thousand by 1,024": _times(1024),
    "for a token": _times(1e-6),
    "for a thousand million": _times(1e9),
    "squared": lambda c: repr(float(c) ** 2) if float(c) not in (0, 1) and abs(float(c)) < 1e30 else None,
    "the year": lambda c: "2025" if c != "2025" else None,
    "with an exponent": lambda c: f"{float(c):.1e}",
    "read badly": _read_badly,
    **forms(
        {
            "a fraction": "%s/1",
            "in words": "%s million",
            "ten thousands": "%s万",
            "a formula": "=%s",
            "about, in Chinese": "约%s",
            "at least": "≥%s",
            "plus or minus": "%s±1",
            "dash between": "%s–%s",
            "as text": "'%s",
            "ellipsis": "%s…",
            "largest": "9223372036854775808",
        }
    ),
    "Chinese numerals": lambda c: "".join("〇一二三四五六七八九"[int(d)] if d.isdigit() else d for d in c),
    "Chinese comma": lambda c: re.sub(r"(\d)(\d{3})$", r"\1，\2", c) if re.fullmatch(r"\d{4,}", c) else None,
}  # fmt: skip
DAYS: dict[str, Callable[[str], str | None]] = {
    "a month on": _moved(31),
    "a century back": lambda c: f"19{c[2:]}" if not c.endswith("02-29") else None,
    "digits of the year turned": lambda c: f"20{c[3]}{c[2]}{c[4:]}" if c[2] != c[3] and not c.endswith("02-29") else None,
    "letter O": lambda c: c.replace("0", "O", 1),
    "31 of each month": lambda c: f"{c[:8]}31" if c[5:7] in ("02", "04", "06", "09", "11") else None,
    "blanks": lambda c: c.replace("-", " "),
    "dots and year last": lambda c: ".".join(reversed(c.split("-"))),
    "American": lambda c: f"{c[5:7]}/{c[8:]}/{c[:4]}",
    "month by name": lambda c: date.fromisoformat(c).strftime("%b %d, %Y"),
    "day of the year": lambda c: date.fromisoformat(c).strftime("%Y-%j"),
    **forms(
        {
            "evening before in Beijing": "%sT16:00:00Z",
            "today": "today",
            "not before": ">%s",
            "milliseconds": "1782777600000",
            "in brackets": "(%s)",
            "expected": "%s (expected)",
        }
    ),
    "quarter, Chinese": lambda c: f"{c[:4]}年第一季度",
    "fiscal": lambda c: f"FY{c[2:4]}",
    "a float": lambda c: f"{(date.fromisoformat(c) - date(1899, 12, 30)).days}.0",
    "half-year": lambda c: f"{c[:4]}H1",
    "ten years on": lambda c: f"{int(c[:4]) + 10}{c[4:]}" if not c.endswith("02-29") else None,
    "four years back": lambda c: f"{int(c[:4]) - 4}{c[4:]}",
}  # fmt: skip
TEXTS: dict[str, Callable[[str], str | None]] = {
    **forms(
        {
            "footnote": "%s[1]",
            "ends at a link": "%s https://",
            "HTML break": "%s<br>",
            "Markdown heading": "# %s",
            "code fence": "```%s```",
            "answer of an assistant": "As an AI language model, I cannot verify this.",
            "certainly": "Certainly! Here is the text: %s",
            "citation mark of an assistant": "%s 【4†source】",
            "reference of an assistant": "%s :contentReference[oaicite:0]{index=0}",
            "template of a wiki": "{{cite web|%s}}",
            "link of a wiki": "[[%s]]",
            "JSON": '{"value": "%s"}',
            "key and value": "name: %s",
            "path of a disk": "/home/user/file.csv",
            "an address of mail": "someone@example.org",
            "boilerplate of a page": "Skip to main content",
            "cookies": "We use cookies to improve your experience",
            "a wall": "Just a moment...",
            "not found": "404 Not Found",
            "traceback": "Traceback (most recent call last):",
            "marks of a merge": "<<<<<<< %s",
            "a flag": "%s 🇨🇳",
            "a heart": "%s ♥",
            "rupee": "%s ₹",
            "ruby": "%s\ufff9%s",
            "bidi mark at the end": "%s\u200f",
            "a shadda": "%s\u0651",
            "Thai": "%s ก",
            "Hebrew": "%s א",
            "an index in Unicode": "%s²",
            "half a surrogate, escaped": "%s\\ud83d",
            "hex escapes": "%s\\xe4\\xb8\\xad",
            "quoted-printable": "%s=20",
            "UTF-7": "%s+AGE-",
            "entity twice": "%s&amp;amp;",
            "colours of a terminal": "%s\x1b[0m",
            "quotes of a spreadsheet": '""%s""',
            "blank row": "   ",
            "ideographic full stop": "%s。。",
            "a column's name": "company_name",
        }
    ),
    "ends in the middle": lambda c: f"{c[: len(c) // 2]}…" if len(c) > 8 else None,
    "l for 1": _letters("l", "1"),
    "rn for m": _letters("m", "rn"),
    "0 for o": _letters("o", "0"),
    "hyphen of a line": lambda c: c[:4] + "\u00ad\n" + c[4:] if len(c) > 8 else None,
    "Georgian": lambda c: c.replace("o", "ო", 1) if "o" in c else None,
    "plus for blanks": lambda c: c.replace(" ", "+") if " " in c else None,
    "capitals": lambda c: c.upper() if len(c) > 12 and c.upper() != c else None,
    "semicolons": lambda c: c.replace(" ", ";") if " " in c else None,
    "same sentence twice": lambda c: f"{c} {c}" if len(c) > 20 else None,
}  # fmt: skip
ADDRESSES: dict[str, Callable[[str], str | None]] = instead(
        "https://web.archive.org/web/*/https://example.org", "https:// example.org/", "https://example.org/a\tb", "hxxps://example.org/",
        "https[:]//example.org/", "https://example[.]org/", "https://example.org/…", "https://example.org/a b/c", "example.org/page",
        "https://0177.0.0.1/", "https://[fe80::1%25eth0]/", "https://169.254.169.254/latest/meta-data/", "https://metadata.google.internal/",
        "https://localhost.localdomain/", "gopher://example.org/", "jar:https://example.org!/", "feed:https://example.org", "intent://example.org#Intent;end",
        "https://example.test/", "https://example.invalid/page", "https://gооgle.com/", "https://example.org\r\nSet-Cookie: a", "https://例え.テスト\u200b/",
        "ssh://git@example.org/x", "git@github.com:owner/name.git", "doi:10.1000/182", "arXiv:2401.00001", "https://example.org:65536/", "https://exam\u00adple.org/",
)  # fmt: skip
LISTS: dict[str, Callable[[str], str | None]] = {
    "and between": lambda c: c.replace("; ", " and ", 1) if "; " in c else None,
    "line between": lambda c: c.replace("; ", "\n", 1) if "; " in c else None,
    **forms(
        {
            "and others": "%s; et al.",
            "an address for an id": "%s; https://example.org/page",
            "with brackets": "[%s]",
        }
    ),
    "an empty id": lambda c: c.replace("; ", "; ; ", 1) if "; " in c else None,
    "the hash gone": lambda c: re.sub(r"-[0-9a-f]{8}", "", c, count=1) if re.search(r"-[0-9a-f]{8}", c) else None,
    "a digit of the hash": lambda c: (
        re.sub(r"([0-9a-f])$", lambda m: "f" if m[1] != "f" else "e", c) if re.search(r"-[0-9a-f]{8}$", c) else None
    ),
    "blank behind an id": lambda c: c.replace("; ", " ; ", 1) if "; " in c else None,
}  # fmt: skip


def of_cell(kind: str, column: str, is_list: bool) -> dict[str, Slip]:
    """Faults of one cell by name, for a column of a kind."""
    if is_list:
        found = LISTS
    elif column == "url":
        found = ADDRESSES
    else:
        found = {"integer": NUMBERS, "number": NUMBERS, "day": DAYS, "text": TEXTS}.get(kind, {})
    return {**{name: _cell(change) for name, change in found.items()}, "filled down": _above}


def exchanged(rows: Rows, at: int, chance: random.Random) -> Iterator[tuple[tuple[int, int, str], ...]]:
    """Two rows beside each other exchange what they have in one column: as after one column was sorted by hand."""
    for n in chance.sample(range(len(rows) - 1), len(rows) - 1):
        a, b = rows[n][at], rows[n + 1][at]
        if a and b and a != b:
            yield ((n, at, b), (n + 1, at, a))
