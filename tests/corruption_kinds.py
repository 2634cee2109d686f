"""Further kinds of single faults, of cells, lists and files: what programs, keyboards and hands leave behind."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta

Cell = Callable[[str], str | None]


def inside(sign: str) -> Cell:
    """A sign put into the middle of a cell."""
    return lambda cell: cell[: len(cell) // 2] + sign + cell[len(cell) // 2 :] if len(cell) > 2 else None


def forms(told: Mapping[str, str]) -> dict[str, Cell]:
    """A cell put into each of several forms, in which "%s" stands for what it held; an empty one stays."""
    return {name: (lambda c, f=form: f.replace("%s", c) if c else None) for name, form in told.items()}


def instead(*words: str) -> dict[str, Cell]:
    """Each of several words in place of a cell; an empty one, and the word itself, stay."""
    return {w: (lambda c, w=w: w if c and c != w else None) for w in words}


def _digits(zero: str) -> Cell:
    """The digits of another script."""
    return lambda c: re.sub("[0-9]", lambda m: chr(ord(zero) + int(m[0])), c) if c else None


def _written(form: str) -> Cell:
    """A day in another form."""
    return lambda c: date.fromisoformat(c).strftime(form) if c else None


def _moved(days: int) -> Cell:
    return lambda c: (date.fromisoformat(c) + timedelta(days=days)).isoformat() if c else None


#: Numbers that are none, or none in this form.
NUMBERS: dict[str, Cell] = {
    "plus sign": lambda c: f"+{c}" if c and c[0] != "-" else None,
    "zeros in front": lambda c: f"00{c}" if c and c[0] not in "-0" else None,
    "point behind": lambda c: f"{c}." if c and "." not in c else None,
    "blank between thousands": lambda c: f"{int(c):,}".replace(",", " ") if re.fullmatch(r"\d{4,}", c) else None,
    "apostrophe between thousands": lambda c: f"{int(c):,}".replace(",", "'") if re.fullmatch(r"\d{4,}", c) else None,
    "underscore": lambda c: f"{int(c):_}" if re.fullmatch(r"\d{4,}", c) else None,
    "full-width digits": _digits("０"),
    "Arabic digits": _digits("٠"),
    "hexadecimal": lambda c: hex(int(c)) if re.fullmatch(r"\d+", c) else None,
    **forms(
        {
            "about": "~%s",
            "more than": ">%s",
            "dollars": "$%s",
            "yuan": "¥%s",
            "thousands by letter": "%sk",
            "Chinese unit": "%s亿",
            "typographic minus": "−%s",
            "in brackets": "(%s)",
            "beyond all numbers": "1e400",
            "twice": "%s; %s",
            "footnote": "%s¹",
            "asterisk": "%s*",
            "true": "true",
            "a day": "2026-06-30",
        }
    ),
    "a range": lambda c: f"{c}-{c}" if c and c[0] != "-" else None,
}  # fmt: skip
#: Days that are none, or none in this form.
DAYS: dict[str, Cell] = {
    "slashes": _written("%Y/%m/%d"),
    "points": _written("%d.%m.%Y"),
    "month in words": _written("%d %B %Y"),
    "without signs": _written("%Y%m%d"),
    "week": _written("%G-W%V-%u"),
    "without zeros": lambda c: re.sub("-0", "-", c) if "-0" in c else None,
    "month alone": lambda c: c[:7] or None,
    "year alone": lambda c: c[:4] or None,
    "quarter": lambda c: f"{c[:4]}-Q1" if c else None,
    "typographic hyphens": lambda c: c.replace("-", "‑") if c else None,
    "minus signs": lambda c: c.replace("-", "−") if c else None,
    "full-width": _digits("０"),
    "Chinese": lambda c: f"{c[:4]}年{c[5:7]}月{c[8:]}日" if c else None,
    **forms(
        {
            "zone": "%sZ",
            "seconds since 1970": "1782777600",
            "a range": "%s/%s",
            "about": "c. %s",
        }
    ),
    "month 13": lambda c: f"{c[:4]}-13-01" if c else None,
    "day 0": lambda c: f"{c[:8]}00" if c else None,
    "Buddhist year": lambda c: f"{int(c[:4]) + 543}{c[4:]}" if c and not c.endswith("02-29") else None,
    "year of the republic": lambda c: f"0{int(c[:4]) - 1911}{c[4:]}" if c else None,
    "spreadsheet of 1904": _moved(-1462),
    "five years on": lambda c: f"{int(c[:4]) + 5}{c[4:]}" if c and not c.endswith("02-29") else None,
}


def letters(of: dict[str, str]) -> Cell:
    """The first sign that has a double becomes it."""

    def change(cell: str) -> str | None:
        for n, sign in enumerate(cell):
            if sign in of:
                return cell[:n] + of[sign] + cell[n + 1 :]
        return None

    return change


def _read_as(encoding: str) -> Cell:
    """UTF-8 read in another encoding."""

    def change(cell: str) -> str | None:
        if cell.isascii():
            return None
        wrong = cell.encode().decode(encoding, "replace")
        return wrong if wrong != cell else None

    return change


#: Signs in words, by name.
_SIGNS = {
    "zero-width non-joiner": "\u200c", "left-to-right mark": "\u200e", "right-to-left mark": "\u200f",
    "invisible separator": "\u2063", "invisible times": "\u2062", "Mongolian separator": "\u180e",
    "Khmer vowel": "\u17b4", "grapheme joiner": "\u034f", "Hangul choseong filler": "\u115f",
    "half-width filler": "\uffa0", "narrow no-break space": "\u202f", "figure space": "\u2007", "em space": "\u2003",
    "hair space": "\u200a", "mathematical space": "\u205f", "swapping sign": "\u206a", "shorthand sign": "\U0001bca0",
    "vertical tab": "\x0b", "form feed": "\x0c", "delete": "\x7f", "null": "\x00", "file separator": "\x1c",
    "unassigned": "\u0378", "private plane": "\U000f0000", "non-character of Arabic": "\ufdd0",
    "non-character of a plane": "\U0001fffe", "paragraph separator": "\u2029", "embedding": "\u202a",
    "pop isolate": "\u2069", "enclosing circle": "\u20dd", "keycap": "\u20e3", "half mark": "\ufe20",
    "Mongolian variation": "\u180b", "ideographic variation": "\U000e0101",
    "Zalgo": "\u0335\u0321\u0347", "nominal digit shapes": "\u206f", "Egyptian joiner": "\U00013430",
    "emoji": "\U0001f600", "musical sign": "\U0001d11e", "line of a box": "\u2502", "dingbat": "\u2714",
}  # fmt: skip
#: What another program, a template or a hand left in place of words.
_WORDS = (
    "<NA>", "NaT", "None", "nan", "(blank)", "[redacted]", "ditto", "see above", "same as above", "{{ name }}", "${name}",
    "%s", "{name}", "\\N", "\\u4e2d", "b'text'", "['a', 'b']", "{'a': 1}", "#NULL!", "#NUM!", "#SPILL!", "#BUSY!", "Err:502", "#####",
    "=HYPERLINK(\"https://a.example\")", "+1+1", "@SUM(A1)", "-1+1", "=cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "无", "暂无", "未知", "不详", "待定",
    "待补充", "测试", "n.d.", "s.a.", "tba", "tbc", "Tbd", "XXX", "??", "!!!", "***", "___", "//", "sample", "example", "foo", "qwerty",
    "lorem", "Insert text here", "[citation needed]", "[sic]", "FIXME", "true", "0", "1", "2026-01-01", "<unknown>", "N\\A", "void", "NULL",
    "![](https://a.example/x.png)", "[here](javascript:alert(1))", "**bold**", "<img src=x onerror=alert(1)>", "<script>alert(1)</script>",
    "&lt;b&gt;", "&amp;amp;", "&nbsp", "%E4%B8%AD%E6%96%87", "=?UTF-8?B?5Lit?=", "\\n", "\ufeffname",
)  # fmt: skip
TEXTS: dict[str, Cell] = {
    **{name: inside(sign) for name, sign in _SIGNS.items()},
    **{f"instead: {w}": change for w, change in instead(*_WORDS).items()},
    "IPA letter": letters({"a": "ɑ", "g": "ɡ", "i": "ɩ"}),
    "Coptic letter": letters({"o": "ⲟ", "c": "ⲥ", "p": "ⲣ"}),
    "Deseret letter": letters({"o": "𐐬"}),
    "Lisu letter": letters({"A": "ꓮ", "B": "ꓐ", "D": "ꓓ", "M": "ꓟ", "T": "ꓔ"}),
    "Roman numeral": letters({"I": "Ⅰ", "V": "Ⅴ", "X": "Ⅹ", "l": "ⅼ", "c": "ⅽ"}),
    "Kelvin sign": letters({"K": "\u212a"}),
    "Angstrom sign": letters({"A": "\u212b"}),
    "letter-like symbol": letters({"C": "ℂ", "N": "ℕ", "R": "ℝ", "e": "ℯ", "g": "ℊ", "o": "ℴ"}),
    "superscript letter": letters({"n": "ⁿ", "i": "ⁱ", "a": "ᵃ", "o": "ᵒ"}),
    "circled digit": letters({str(n): chr(0x245F + n) for n in range(1, 10)}),
    "Kangxi radical": letters({"一": "⼀", "人": "⼈", "力": "⼒", "大": "⼤", "小": "⼩", "工": "⼯", "文": "⽂", "月": "⽉", "水": "⽔", "心": "⼼"}),
    "radical of the supplement": letters({"中": "⺤", "长": "⻓", "见": "⻅", "马": "⻢"}),
    "half-width katakana": letters({"ー": "ｰ", "ス": "ｽ"}),
    "full-width sign": letters({"-": "－", "/": "／", ".": "．", "&": "＆", "+": "＋"}),
    "small form": letters({"-": "﹣", ".": "﹒", "(": "﹙", ")": "﹚", "&": "﹠", "%": "﹪"}),
    "squared unit": letters({"m": "㎜", "k": "㎞"}),
    "Greek question mark": letters({";": "\u037e"}),
    "ideograph of the supplement": letters({"你": "\U0002f804", "今": "\U0002f801"}),
    "Big5": _read_as("big5"),
    "Shift-JIS": _read_as("shift_jis"),
    "KOI8": _read_as("koi8-r"),
    "cp1250": _read_as("cp1250"),
    "cp437": _read_as("cp437"),
    "Mac Roman": _read_as("mac-roman"),
    "UTF-16": lambda c: c.encode("utf-16-le").decode("latin-1") if c and c.isascii() else None,
    "escaped": lambda c: c.encode("unicode_escape").decode() if not c.isascii() else None,
    "percent-encoded": lambda c: "".join(f"%{b:02X}" for b in c.encode()) if not c.isascii() else None,
    "entities": lambda c: c.encode("ascii", "xmlcharrefreplace").decode() if not c.isascii() else None,
    **forms(
        {
            "quoted": '"%s"',
            "comma behind": "%s,",
            "dangling bracket": "%s (",
            "backslash behind": "%s\\",
        }
    ),
    "one long word": lambda c: "a" * 20_000 if c else None,
    "word twice": lambda c: re.sub(r"(\w+) ", r"\1 \1 ", c, count=1) if " " in c else None,
}  # fmt: skip
ADDRESSES: dict[str, Cell] = instead(
        "https://example。com/page", "https://ex%61mple.org/page", "https://example.org./page", "https://example.org:0/", "java\tscript:alert(1)",
        "JAVASCRIPT:alert(1)", "https:\\\\example.org", "https:///example.org/page", "https://2130706433/", "https://127.1/", "https://[::ffff:10.0.0.1]/",
        "https://intranet/page", "https://host.internal/page", "https://page.onion/", "view-source:https://example.org", "about:blank", "chrome://settings",
        "https://example.org:80:80/", "https://example.org/<script>", "https://example.org/\"onclick=", "https://example.org/%00", "https://.example.org/",
        "https://example_.org/", "https://exam ple.org/", "http://", "http//example.org/", "htps://example.org/page", "ttps://example.org/page",
        "https://https://example.org/", "https://user@example.org/", "https://example.org\u2044page", "https://example.org/\u200bpage", "https://ⓔxample.org/",
        "https://example.org/ https://example.com/", "\\\\server\\share\\file", "C:\\file.pdf", "/page", "#page", "?page", "tel:123", "urn:", "urn:UUID",
        "https://example.org/" + "a" * 5000, "=HYPERLINK(\"https://a.example\")", "<https://example.org>", "[page](https://example.org)", "https://a.b.c.d/",
        "https://192.168.1.1/page", "https://example.org,com/", "https://-/", "ws://example.org/", "https://e\u0301xample.org/",
)  # fmt: skip
REPOSITORIES: dict[str, Cell] = {
    w: (lambda c, w=w: w if c else None)  # type: ignore[misc]
    for w in ("Qwen", "Qwen/", "/", "Qwen/Qwen3-8B.git", "hf.co/Qwen/Qwen3-8B", "Qwen/Qwen3-8B@main", "Qwen/Qwen3-8B?x", "datasets/Qwen/x",
              "Qwen/Qwen3-8B#a", "Qwen/Qwen3-8B\u200b", "Ｑwen/Qwen3-8B", "Qwen／Qwen3-8B", "Qwen/通义", "-Qwen/x", "Qwen/--x", "Qwen/..", "Qwen/" + "a" * 200)
}  # fmt: skip
#: Lists of ids that no longer are one.
LISTS: dict[str, Cell] = {
    "comma between": lambda c: c.replace("; ", ", ", 1) if "; " in c else None,
    "no blank between": lambda c: c.replace("; ", ";", 1) if "; " in c else None,
    "bar between": lambda c: c.replace("; ", " | ", 1) if "; " in c else None,
    **forms(
        {
            "separator behind": "%s; ",
            "separator before": "; %s",
            "quoted": "'%s'",
        }
    ),
    "an id twice": lambda c: f"{c}; {c.split('; ')[0]}" if c else None,
    "in capitals": lambda c: c.upper() if c and c.upper() != c else None,
    "underscores": lambda c: c.replace("-", "_", 1) if "-" in c else None,
    "full-width separator": lambda c: c.replace("; ", "； ", 1) if "; " in c else None,
    "order turned": lambda c: "; ".join(reversed(c.split("; "))) if "; " in c else None,
}
#: A file that a program, a merge or a slip left: from its content to another.
OF_FILES: dict[str, Callable[[str], str | bytes]] = {
    "columns in capitals": lambda t: t.replace(t.split("\n")[0], t.split("\n")[0].upper(), 1),
    "a column twice in the header": lambda t: t.replace(t.split(",", 1)[0], t.split(",")[1], 1),
    "two columns' names exchanged": lambda t: t.replace(
        t.split("\n")[0], ",".join([t.split(",")[1], t.split(",")[0], *t.split("\n")[0].split(",")[2:]]), 1
    ),
    "header again in the middle": lambda t: "\n".join(
        [*t.split("\n")[:3], t.split("\n")[0], *t.split("\n")[3:]]
    ),
    "a total below": lambda t: t + "Total" + "," * t.split("\n")[0].count(",") + "\n",
    "a note below": lambda t: t + "Source: the company\n",
    "a comment above": lambda t: "# made by hand\n" + t,
    "marks of a merge": lambda t: t.replace("\n", "\n<<<<<<< HEAD\n", 1) + "=======\n>>>>>>> branch\n",
    "a quote that never ends": lambda t: t.rstrip("\n") + '\n"' + "\n",
    "cut in the middle of a row": lambda t: t[: len(t) * 2 // 3].rsplit(",", 1)[0],
    "bars between columns": lambda t: t.replace(",", "|"),
    "UTF-16": lambda t: t.encode("utf-16"),
    "Windows-1252": lambda t: t.encode("cp1252", "replace") + "é".encode("cp1252"),
    "GBK": lambda t: t.encode("gbk", "replace") + "中".encode("gbk"),
    "half of a character": lambda t: t.encode() + b"\xe4\xb8",
    "zeros": lambda t: b"\0" * len(t.encode()),
    "zeros behind": lambda t: t.encode() + b"\0" * 4096,
    "zipped": lambda t: b"PK\x03\x04" + t.encode()[:400],
    "an answer in HTML": lambda t: "<!DOCTYPE html>\n<html><body>403 Forbidden</body></html>\n",
    "a pointer to a large file": lambda t: (
        "version https://git-lfs.github.com/spec/v1\noid sha256:0000\nsize 1234\n"
    ),
    "an empty file": lambda t: "",
    "twice": lambda t: t + t.split("\n", 1)[1],
}
