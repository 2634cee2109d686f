"""What an address answered, as text to look values up in; or why it is no page that tells of them."""

from __future__ import annotations

import importlib
import io
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml import etree
from lxml.etree import ParserError
from lxml.html import HTMLParser, document_fromstring

from etl.notations import plain

#: Shorter texts than this are a notice rather than a document, where they say so; in characters.
NOTICE = 2_000
#: A page with less text than this that loads programs shows nothing before a browser has run them.
SHELL = 400
NO_WORD = "without a word of text"
SHELL_WORDS = "an empty shell that a browser fills"

#: What titles and short pages say that are not the document; for the first list a title alone is enough.
_TITLES = (
    (
        r"\b404\b|\bnot found\b|page (?:is )?(?:missing|unavailable|removed)|does(?:n['’]t| not) exist|no longer (?:available|exists)|"
        r"页面不存在|頁面不存在|找不到|无法找到|已删除|已被删除|已下线|不存在或已|内容不存在|文章不存在",
        "a page of status 200 that says that there is none",
    ),
    (
        r"just a moment|attention required|are you (?:a )?(?:human|robot)|verify you are human|security check|access denied|"
        r"request blocked|captcha|人机验证|安全验证|访问验证|滑动验证|环境异常|访问过于频繁",
        "a check for robots in the place of the page",
    ),
    (
        r"\b(?:sign|log)[ -]?in\b|\blogin\b|subscribe to (?:read|continue)|create an account|登录|登入|请先登陆|扫码",
        "a page to sign in at",
    ),
    (
        r"before you continue|we value your privacy|cookie (?:consent|settings|preferences)|accept (?:all )?cookies|"
        r"consent to (?:the use|our)|同意并继续|隐私政策更新",
        "a question for consent in the place of the page",
    ),
    (
        r"enable java-?script|java-?script (?:is )?(?:required|disabled|must)|requires java-?script|启用\s?java-?script",
        SHELL_WORDS,
    ),
)
_WALLS = tuple((re.compile(p, re.IGNORECASE), said) for p, said in _TITLES)
#: Elements whose text no reader sees.
_UNSEEN = ("script", "style", "noscript", "template", "title")
#: Ends of redirects that are no page of the document's.
_SIGN_IN = re.compile(
    r"(?:^|[/.])(?:login|signin|sign-in|passport|sso|auth|consent)(?:[/.?]|$)", re.IGNORECASE
)
_MEDIA = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/pdf": "pdf",
    "application/json": "json",
    "text/csv": "csv",
    "text/tab-separated-values": "md",
}
_ENDINGS = {".pdf": "pdf", ".csv": "csv", ".json": "json", ".html": "html", ".htm": "html"}


@dataclass(frozen=True)
class Page:
    """What an address answered.

    Attributes:
        text: What a reader sees of it, full-width signs as plain ones; "" where nothing can be read.
        hidden: What programs see beside it: days in tags, data that a browser would draw.
        ending: Of the kinds of `etl.copies` the one that it is: ".csv" for a table, else ".md".
        wall: Why it is not the document, although something came; "" where nothing speaks against it.
    """

    text: str
    hidden: str = ""
    ending: str = ".md"
    wall: str = ""


def page_of(content: bytes, media: str, asked: str, came_from: str) -> Page:
    """What was answered, as a text.

    Args:
        content: The bytes.
        media: The header Content-Type, "" for none.
        asked: The address that was asked.
        came_from: The one that answered.
    """
    kind = _kind(content, media, came_from or asked)
    if kind == "pdf":
        return _of_pdf(content)
    said = re.search(r"charset=[\"']?([\w-]+)", media, re.IGNORECASE)
    text = decoded(content, said.group(1) if said else "")
    if text is None:
        return Page("", wall="neither text nor PDF, or in an encoding that is not known here")
    if kind != "html":
        text = plain(text)
        wall = "" if re.search(r"\w", text) else NO_WORD
        return Page(text, ending=".csv" if kind == "csv" else ".md", wall=wall)
    return _of_html(text, asked, came_from)


def decoded(content: bytes, told: str = "") -> str | None:
    """Bytes as text: in UTF-8 where they are that, else as the page or its server tells, else as Chinese pages are written.

    What a server tells is often wrong, and what is UTF-8 by chance hardly is anything else; None where nothing fits.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    within = re.search(rb"<meta[^>]{0,200}charset=[\"']?([\w-]+)", content[:4096], re.IGNORECASE)
    tells = [within.group(1).decode("ascii", "ignore") if within else "", told]
    western = {"iso-8859-1", "latin-1", "latin1", "ascii", "us-ascii", "windows-1252", "utf-8", "utf8"}
    # A western encoding is what servers say without looking, and takes any bytes: it comes after the Chinese one.
    for encoding in [
        "utf-8-sig",
        *(t for t in tells if t.lower() not in western),
        "gb18030",
        *tells,
        "cp1252",
    ]:
        try:
            text = content.decode(encoding) if encoding else None
        except (UnicodeDecodeError, LookupError):
            continue
        if text is not None and "\x00" not in text:
            return text
    return None


def _kind(content: bytes, media: str, address: str) -> str:
    """html, pdf, json, csv or text: by what it begins with, then by its type, then by its address."""
    head = content[:1024].lstrip()
    if head.startswith(b"%PDF-"):
        return "pdf"
    if re.match(rb"(?i)(?:\xef\xbb\xbf)?\s*(?:<!doctype html|<html\b)", head):
        return "html"
    told = media.partition(";")[0].strip().lower()
    if told in _MEDIA and not (told == "text/html" and b"<" not in head):
        return _MEDIA[told]
    path = urlsplit(address).path.lower()
    return next((kind for ending, kind in _ENDINGS.items() if path.endswith(ending)), "text")


def _of_html(page: str, asked: str, came_from: str) -> Page:
    seen, name, hidden, programs = [], "", [], False
    try:
        # As bytes: a page that tells an encoding of its own is not read in that a second time.
        root = document_fromstring(page.encode("utf-8", "replace"), parser=HTMLParser(encoding="utf-8"))
    except (ParserError, ValueError):
        return Page("", wall=NO_WORD)
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event == "start":
            tag = element.tag if isinstance(element.tag, str) else ""
            if tag == "title" and not name:
                name = plain(element.text or "").strip()
            if tag == "script":
                programs = True
                hidden += [element.text or ""] if "json" in element.get("type", "") else []
            if tag in ("meta", "time"):
                hidden.append(element.get("content") or element.get("datetime") or "")
            if tag not in _UNSEEN:
                seen.append(element.text or "")
        if event != "start":
            seen.append(element.tail or "")
    text = plain(" ".join(s for s in seen if s.strip()))
    wall = _wall(name, " ".join(text.split()), programs, asked, came_from)
    return Page(text, plain("\n".join(hidden)), wall=wall)


def _wall(title: str, seen: str, programs: bool, asked: str, came_from: str) -> str:
    """Why a page is not the document that was asked for; "" where nothing says so."""
    before, after = urlsplit(asked), urlsplit(came_from or asked)
    if after.path != before.path and _SIGN_IN.search(f"{after.netloc}{after.path}"):
        return "led to a page to sign in at"
    if after.path in ("", "/") and before.path not in ("", "/") and not after.query:
        return f"led to the front page of {after.hostname}"
    short = len(seen) < NOTICE
    for pattern, said in _WALLS:
        # A long text may well tell of logins; a long text whose very title is "404" is a page of recommendations.
        is_notice = short and len(seen) - len(title) < NOTICE and pattern.search(seen)
        is_title = len(title) < 80 and pattern.search(title) and (short or pattern is _WALLS[0][0])
        if is_title or is_notice:
            return said
    if len(seen) < SHELL and programs:
        return SHELL_WORDS
    return "" if re.search(r"\w", seen) else NO_WORD


def _of_pdf(content: bytes) -> Page:
    try:
        reader = importlib.import_module("pypdf")
    except ImportError:
        return Page("", wall="a PDF, which needs the package pypdf (pip install pypdf)")
    try:
        text = plain("\n".join(p.extract_text() or "" for p in reader.PdfReader(io.BytesIO(content)).pages))
    except Exception as error:
        return Page("", wall=f"a PDF that cannot be read ({type(error).__name__})")
    return Page(text, wall="" if re.search(r"\w", text) else "a PDF of pictures, without text")


__all__ = ["SHELL_WORDS", "Page", "decoded", "page_of"]
