"""Values inside HTML and XML: one function for each, so that what comes from a table is text and nothing else there."""

from __future__ import annotations

import html
import re
from xml.sax.saxutils import escape

#: What XML 1.0 has no place for (https://www.w3.org/TR/xml/#charsets): Office refuses a file with one of them.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def html_text(value: object) -> str:
    """Text as HTML that shows exactly this text, between tags and in quoted attributes."""
    return html.escape(str(value), quote=True)


def xml_signs(value: object) -> str:
    """Text as a node of XML may hold it, for what escapes by itself (lxml refuses the rest): without signs that have no place."""
    text = str(value)
    # Most texts hold nothing but what can be printed, which is seen sooner.
    return text if text.isprintable() else _NO_XML.sub("", text)


def xml_text(value: object) -> str:
    """Text inside XML, between tags and in attributes in double quotes; what XML has no place for is left out."""
    return escape(xml_signs(value), {'"': "&quot;"})
