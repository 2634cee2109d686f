"""How documents write a number or a day: digits, sizes in words, Chinese numerals, dates of several scripts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

import pandas as pd

#: What a number of this size is written with: 671B, 1.5 trillion, 6.7 亿, 128K.
_SIZES = (
    (1e12, r"t|trillion|tn|万亿|萬億|兆"),
    (1e11, r"千亿|千億"),
    (1e9, r"b|bn|billion|十亿|十億"),
    (1e8, r"亿|億|억"),
    (1e7, r"千万|千萬"),
    (1e6, r"m|mn|million|百万|百萬"),
    (1e4, r"万|萬|만"),
    (1e3, r"k|thousand|千"),
    (1024.0, r"k|ki"),
    (1048576.0, r"m|mi"),
)
_MONTHS = (
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
)
_DIGITS = "〇一二三四五六七八九"
_TWO = "[二两兩]"


def plain(text: str) -> str:
    """A text with full-width digits and signs, thin and fixed spaces as the plain ones."""
    return unicodedata.normalize("NFKC", text)


def _digits(number: float) -> Iterator[str]:
    """Patterns of a number as digits: up to four decimals kept or padded, thousands parted or not."""
    for places in range(5):
        if abs(round(number, places) - number) < 1e-9 * max(1.0, abs(number)):
            whole, _, rest = f"{number:.{places}f}".partition(".")
            grouped = f"{int(whole):,}".replace(",", "[,_  '’]?")
            yield grouped + (rf"\.{rest}0*" if rest else r"(?:\.0+)?")
            return


def _numeral(number: int) -> str:
    """Pattern of a whole number in Chinese characters: 380 as 三百八十, 20,500 as 二万零五百."""
    for size, sign in ((10**12, "万亿"), (10**8, "[亿億]"), (10**4, "[万萬]")):
        if number >= size:
            many, rest = divmod(number, size)
            return (
                (_TWO if many == 2 else _numeral(many)) + sign + ("[零〇]?" + _numeral(rest) if rest else "")
            )
    made, gap = "", False
    for size, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, size)
        if digit == 0:
            gap = bool(made)
            continue
        made += ("[零〇]" if gap else "") + (_TWO if digit == 2 and size > 10 else _DIGITS[digit]) + sign
        gap = False
    return re.sub(r"^一十", "一?十", made) or "[零〇]"


@lru_cache(maxsize=4096)
def number_pattern(number: float) -> re.Pattern[str]:
    """A pattern of every notation of a number: digits, or a smaller number with the word of its size."""
    ways = [rf"(?<![\d.,]){p}(?![\d]|[.,]\d)" for p in _digits(number)]
    for size, words in _SIZES:
        if 0.1 <= abs(number) / size < 10_000 and abs(number) >= 1000:
            ways += [rf"(?<![\d.,]){p}\s?-?(?:{words})(?![a-z])" for p in _digits(round(number / size, 6))]
    if number >= 1e6:
        # 1.2e+12, as tables of programs write it.
        power = len(str(int(number))) - 1
        ways += [rf"(?<![\d.,]){p}e\+?0?{power}(?!\d)" for p in _digits(number / 10**power)]
    if 10 <= number < 10**16 and float(number).is_integer():
        signs = "[〇零一二两兩三四五六七八九十百千万萬亿億]"
        ways.append(f"(?<!{signs}){_numeral(int(number))}(?!{signs})")
    return re.compile("|".join(ways) or r"(?!)", re.IGNORECASE)


@lru_cache(maxsize=4096)
def day_pattern(when: date) -> re.Pattern[str]:
    """A pattern of every notation of a day, in Latin, Chinese, Japanese and Korean script."""
    month = _MONTHS[when.month - 1]
    name = rf"{month[:3]}(?:{month[3:]})?\.?"
    day = rf"0?{when.day}(?:st|nd|rd|th|\.)?"
    spoken = "".join(_DIGITS[int(d)].replace("〇", "[〇零○]") for d in str(when.year))
    ways = [
        rf"(?<!\d){when.year}\s?[-/.年년]\s?0?{when.month}\s?[-/.月월]\s?0?{when.day}(?!\d)",
        rf"(?<!\d){when:%Y%m%d}(?!\d)",
        rf"\b{name}[\s-]{day},?[\s-]{when.year}",
        rf"(?<!\d){day}[\s-](?:of\s)?{name},?[\s-]{when.year}",
        rf"(?<!\d){when.year},?[\s-]{name}[\s-]{day}(?!\d)",
        rf"{spoken}年{_numeral(when.month)}月{_numeral(when.day)}[日号號]",
        rf"(?<![\d.])0?{when.day}\.0?{when.month}\.{when.year}(?!\d)",
    ]
    # 05/06/2025 is one day here and another there; 28/06/2025 is one everywhere.
    if when.day > 12 or when.day == when.month:
        ways.append(rf"(?<!\d)(?:0?{when.day}/0?{when.month}|0?{when.month}/0?{when.day})/{when.year}(?!\d)")
    return re.compile("|".join(ways), re.IGNORECASE)


def is_in(value: object, text: str) -> bool:
    """True where a number or a day stands in a text that is `plain`, in any notation that is known here."""
    if isinstance(value, pd.Timestamp):
        return bool(day_pattern(value.date()).search(text))
    return bool(number_pattern(float(value)).search(text))  # type: ignore[arg-type]


def unclear(value: object, text: str) -> str:
    """How a text may mean a day without saying so, in words; "" for a number, and where it does not.

    Args:
        value: What was looked for and is not in it.
        text: As `plain` gives it.
    """
    if not isinstance(value, pd.Timestamp):
        return ""
    when = value.date()
    slashed = (
        rf"(?<!\d)(?:0?{when.day}/0?{when.month}|0?{when.month}/0?{when.day})/(?:{when.year}|{when:%y})(?!\d)"
    )
    if found := re.search(slashed, text):
        return f"it writes {found.group()}, which is one day here and another there"
    month = _MONTHS[when.month - 1]
    name = rf"{month[:3]}(?:{month[3:]})?\.?"
    day = rf"0?{when.day}(?:st|nd|rd|th|\.)?"
    ways = (
        rf"(?<![\d年])0?{when.month}\s?[月월]\s?0?{when.day}\s?[日号號일]",
        rf"\b{name}\s{day}(?![\d])(?!,?\s\d{{4}})",
        rf"(?<!\d){day}\s(?:of\s)?{name}(?!\w)(?!,?\s\d{{4}})",
    )
    if found := re.search("|".join(ways), text, re.IGNORECASE):
        return f"it writes {found.group().strip()} without a year"
    return ""
