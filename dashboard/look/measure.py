"""How wide text will be: nothing that is exported may run out of its box, and no renderer is at hand to ask."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from math import sqrt

#: Advance widths of Arial (and of Liberation Sans, which measures alike), regular and bold, in thousandths of the type
#: size: of which signs.
_SIGNS = {
    (191, 238): "'",
    (222, 278): "ijl‘’",
    (260, 280): "|",
    (278, 278): " ,./I\\·",
    (278, 333): "!:;[]ft",
    (333, 333): "()-`",
    (333, 389): "r",
    (333, 500): "“”",
    (334, 389): "{}",
    (350, 350): "•",
    (355, 474): '"',
    (389, 389): "*",
    (400, 400): "°",
    (469, 584): "^",
    (500, 500): "z",
    (500, 556): "Jcksvxy",
    (549, 549): "±",
    (556, 556): "#$0123456789_ae–¥é£€",
    (556, 611): "?Lbdghnopqu",
    (584, 584): "+<=>~×",
    (611, 611): "FTZ",
    (667, 667): "EPSVXY",
    (667, 722): "&ABK",
    (722, 722): "CDHNRU",
    (722, 778): "w",
    (778, 778): "GOQ",
    (833, 833): "M",
    (833, 889): "m",
    (834, 834): "½",
    (889, 889): "%",
    (944, 944): "W",
    (1000, 1000): "—…→",
    (1015, 975): "@",
}
_WIDTHS = {
    bold: {sign: widths[bold] for widths, signs in _SIGNS.items() for sign in signs} for bold in (False, True)
}
#: First letter of the scripts that are set on squares: Chinese, Japanese, Korean and their punctuation.
_SQUARE_FROM = "\u2e80"
# A no-break space is no place to break.
_SPACE = " \t\r\n"
# Nor is the space before a sign of percent.
_PIECES = re.compile(rf"[{_SPACE}]+|[{_SQUARE_FROM}-\uffef]|[^{_SPACE}{_SQUARE_FROM}-\uffef]+(?: %)?")


_BESIDE = re.compile(rf"(?<=[{_SQUARE_FROM}-\uffef])[,;:](?= )|(?<=[{_SQUARE_FROM}-\uffef][,;:]) ")


def is_chinese(text: str) -> bool:
    """True where a text holds a character that needs the East Asian font."""
    # The highest of all signs, which C finds: sign by sign it took a tenth of a refresh.
    return not text.isascii() and max(text) >= _SQUARE_FROM


def width(text: str, size: float, bold: bool = False) -> float:
    """Width of one line of text, in the unit of `size`."""
    # Only what can be part of a label is remembered: what is longer came from elsewhere.
    measured = _thousandths if len(text) <= 500 else _thousandths.__wrapped__
    return measured(text, bold) * size / 1000


@lru_cache(maxsize=50_000)
def _thousandths(text: str, bold: bool) -> int:
    # The same words are measured again at every size, and on every page of a table.
    wide = sum(_sign(c, bold) for c in text)
    if is_chinese(text):
        # A comma or space behind a Chinese sign is set in that sign's face by some programs, where it is half a square.
        wide += sum(max(500 - _sign(m[-1], bold), 0) for m in _BESIDE.findall(text))
    return wide


def _sign(c: str, bold: bool) -> int:
    return 1000 if c >= _SQUARE_FROM else _WIDTHS[bold].get(" " if c == "\u00a0" else c, 600)


def wrap(text: str, room: float, size: float, bold: bool = False) -> list[str]:
    """Text in lines of at most `room`, broken at spaces and between Chinese characters.

    A word wider than `room` is broken where it ends.
    """
    # As with widths, only what can be part of a label is remembered.
    wrapped = _wrapped if len(text) <= 500 else _wrapped.__wrapped__
    return list(wrapped(text, room, size, bold))


@lru_cache(maxsize=20_000)
def _wrapped(text: str, room: float, size: float, bold: bool) -> tuple[str, ...]:
    lines: list[str] = []
    line = ""
    for piece in _PIECES.findall(re.sub(rf"[{_SPACE}]+", " ", text.strip(_SPACE))):
        if width(line + piece, size, bold) <= room:
            line += piece
            continue
        if not line.strip():
            line += piece
        else:
            lines.append(line.rstrip())
            line = piece.lstrip()
        if width(line.rstrip(), size, bold) > room:
            *full, line = _broken(line, room, size, bold)
            lines += full
    return (*lines, line.rstrip()) if line.strip() or not lines else tuple(lines)


def _broken(line: str, room: float, size: float, bold: bool) -> list[str]:
    """A line in pieces that fit, of at least a character each; the last keeps the spaces at its end."""
    end = len(line.rstrip())
    # Measured once from the start: words may have any length.
    upto = [0, *accumulate(_sign(c, bold) for c in line[:end])]
    cuts = [0]
    while end - (at := cuts[-1]) > 1 and (upto[end] - upto[at]) * size / 1000 > room:
        cuts.append(
            max(bisect_right(upto, room, at, end, key=lambda w: (w - upto[at]) * size / 1000) - 1, at + 1)
        )
    return [line[a:b] for a, b in zip(cuts, [*cuts[1:], len(line)], strict=True)]


def shorten(text: str, room: float, size: float, bold: bool = False, lines: int = 1) -> str:
    """Text that fits in so many lines; an ellipsis where its end was left out."""
    found = wrap(text, room, size, bold)
    if len(found) <= lines:
        return text
    last = found[lines - 1]
    while last and width(last + "…", size, bold) > room:
        last = last[:-1]
    return " ".join([*found[: lines - 1], last.rstrip(" ,;:(·") + "…"])


def clause(text: str, room: float, size: float, bold: bool = False) -> str:
    """Text in one line as far as its clauses fit, ended where one ends; an ellipsis where not even the first does.

    What qualifies a name stands behind a comma or in brackets: without it the name is whole.
    """
    text = " ".join(text.split())
    ends = [m.start() for m in re.finditer(r",? \(|, |: |; ", text)] + [len(text)]
    whole = [text[:end] for end in ends if width(text[:end], size, bold) <= room]
    return whole[-1] if whole else shorten(text[: ends[0]], room, size, bold)


def fit(
    text: str, room: float, sizes: Sequence[float], lines: int, bold: bool = False, most: int = 0
) -> tuple[float, list[str]]:
    """The largest of `sizes` at which text stays within so many lines, and those lines.

    Where none is small enough the text takes up to `most` lines of the smallest, and is shortened there.
    """
    for size in sizes:
        found = wrap(text, room, size, bold)
        if len(found) <= lines:
            return size, found
    size = sizes[-1]
    return size, wrap(shorten(text, room, size, bold, max(lines, most)), room, size, bold)


def share_out(natural: Sequence[float], least: Sequence[float], total: float) -> list[float]:
    """Widths of columns that fill `total`: as wide as their text where that fits, else long ones give way first.

    Args:
        natural: Width of each column's longest text.
        least: Width below which it breaks words; kept where the sum of them fits.
        total: What there is.
    """
    if not natural:
        return []
    if sum(natural) <= total:
        spare = (total - sum(natural)) / len(natural)
        return [n + spare for n in natural]
    spare = total - sum(least)
    if spare <= 0:
        return [w * total / sum(least) for w in least]
    # The root keeps a column of sentences from taking everything.
    wish = [sqrt(max(n - m, 0)) for n, m in zip(natural, least, strict=True)]
    out = [m + spare * w / (sum(wish) or 1) for m, w in zip(least, wish, strict=True)]
    over = [max(o - n, 0) for o, n in zip(out, natural, strict=True)]
    if sum(over):
        out = [min(o, n) for o, n in zip(out, natural, strict=True)]
        hungry = [n - o for o, n in zip(out, natural, strict=True)]
        if sum(hungry):
            out = [o + sum(over) * h / sum(hungry) for o, h in zip(out, hungry, strict=True)]
    return out
