"""Values inside Markdown: what comes from an address, a file or a table is shown as it is written, never formatted."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

#: Characters that open something in Markdown wherever they stand: links, images, emphasis, code, HTML, tables,
#: formulas, strikethrough, directives, character references, footnotes; a sign of number at its end closes a heading.
_ANYWHERE = re.compile(r"([\\`*_\[\]{}<>|$~:&!^#])")
#: What opens something at the start of a line only: lists, rules, underlines of headings.
_AT_START = re.compile(r"^([+\-=]|\d+(?=[.)]))")
#: Renderers look for addresses, emoji and arrows in the text that is left when all escapes are resolved. A directive
#: without content parts such text in two, is not seen, and is not copied along.
_PART = ":small[]"
_PARTED = re.compile(
    r"(?<=htt)(?=ps?://)|(?<=ww)(?=w\.)|(?<=@)(?=[\w-])"  # addresses with and without scheme
    r"|(?<=:)(?=[\w+-]+:)|(?<=:)(?=material/)"  # :emoji: and :material/icon:
    r"|(?<=[<>\-=~])(?=[<>\-=])",  # arrows, dashes and comparison signs
    re.IGNORECASE,
)
#: What has no shape of its own: line breaks and control characters, and those that turn the direction of writing.
_UNSEEN = re.compile("[\u0000-\u0020\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
#: Kept as they are in an address; all else is percent-encoded, so that nothing can end the link early.
_IN_ADDRESS = "/:?#@!&'*+,;=%~-._"


def one_line(text: object) -> str:
    """Text in one line, without signs that have no shape of their own: those move a terminal's cursor or turn what is read."""
    return " ".join(_UNSEEN.sub(" ", str(text)).split())


def plain(text: object) -> str:
    """Text as Markdown that is shown as exactly this text, in one line, in every place that reads Markdown.

    Escapes by backslash are those of CommonMark (https://spec.commonmark.org/0.31.2/#backslash-escapes).
    """
    # Blanks at its ends are seen nowhere, and Markdown takes those of every kind away.
    one_line = _UNSEEN.sub(" ", str(text)).strip()
    pieces = [_ANYWHERE.sub(r"\\\1", piece) for piece in _PARTED.split(one_line)]
    start = _AT_START.match(one_line)
    if start:
        # Digits have no escape of their own: that of the sign after them takes its place.
        n = len(start[0]) if start[0].isdigit() else 0
        pieces[0] = f"{pieces[0][:n]}\\{pieces[0][n:]}"
    return _PART.join(pieces)


def shortened(text: object, most: int = 80) -> str:
    """A value as a sentence can quote it: what is longer than a line is cut."""
    said = str(text)
    return said if len(said) <= most else said[: most - 1].rstrip() + "…"


def link(text: object, url: object) -> str:
    """A link that reads as this text; the text alone where the address is none of the web."""
    address = web_address(url)
    # A character reference in an address would be resolved: "&copy;".
    return f"[{plain(text)}]({address.replace('&', chr(92) + '&')})" if address else plain(text)


def web_address(url: object) -> str:
    """An address of the web, percent-encoded where a sign could be misread; "" for anything else."""
    text = str(url).strip()
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        return ""
    return quote(text, safe=_IN_ADDRESS)
