"""An edition as text, as a page fit for mail, as a message and as a feed; what it says is made by rules elsewhere."""

from __future__ import annotations

import hashlib
import json
import textwrap
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any
from urllib.parse import urlencode

import pandas as pd

from dashboard.charts.card import LICENCE
from dashboard.facts.edition import by_kind
from dashboard.look.markdown import one_line
from dashboard.look.markup import html_text, xml_text
from dashboard.look.theme import FONT_EXPORT, PRODUCT, format_day, plural

FORMAT = "landscape-edition/1"
#: Parts that editions of the first days do not have.
LATER = ("standing", "beside", "names", "more", "untold")


@dataclass(frozen=True)
class Document:
    """One document behind a statement."""

    publisher: str
    title: str
    url: str
    published: str


@dataclass(frozen=True)
class Item:
    """One statement of an edition.

    Attributes:
        kind: Kind of change; "due" for a claim that falls due.
        heading: The same in words.
        what: What is another than before.
        why: Why it matters; "" where the data supports nothing.
        day: Its day in words.
        confidence: How firmly its row stands; "" where that is not told.
        documents: Behind it.
        chart: Id of the chart that shows it; "" for none.
        query: The view of that chart, as in an address.
        finding: What that chart says.
    """

    kind: str
    heading: str
    what: str
    why: str = ""
    day: str = ""
    confidence: str = ""
    documents: tuple[Document, ...] = ()
    chart: str = ""
    query: Mapping[str, Sequence[str]] = field(default_factory=dict)
    finding: str = ""


#: Parts of an edition: what it tells, each with its documents, and what it says beside.
Items = tuple[Item, ...]
Sentences = tuple[str, ...]


@dataclass(frozen=True)
class Edition:
    """One edition; equal content has an equal id.

    Attributes:
        watch: The watch list, as its file has it.
        name: Name of the list.
        list_words: What is on it, in words.
        since: Day that changes are counted from.
        day: Day of the data.
        snapshot: Build it rests on.
        before: Id of the edition before; "" for none.
        before_snapshot: Build that one rests on; "" where none is known.
        items: What changed, ranked.
        corrections: What an earlier edition, or the data of its day, told otherwise.
        due: Claims that fall due.
        unknown: What is not known, in sentences.
        notes: What a reader must know of how it was made.
        standing: Where each of those watched stands.
        beside: What stayed, what was released, what changed outside the list, what falls due next, in sentences.
        names: Script of the names in it, a value of `Selection.names`; "" for Latin.
        more: How many changes lower in rank are not among the items.
        untold: Kinds of the changes that are among the items of its files, and that a page which shows the first left
            out; none in a file.
    """

    watch: Mapping[str, Any]
    name: str
    list_words: str
    since: str
    day: str
    snapshot: str
    before: str = ""
    before_snapshot: str = ""
    items: Items = ()
    corrections: Items = ()
    due: Items = ()
    unknown: Sentences = ()
    notes: Sentences = ()
    standing: Items = ()
    beside: Sentences = ()
    names: str = ""
    more: int = 0
    untold: Sentences = ()

    @property
    def content(self) -> str:
        """The whole of it as one line of JSON, the same for the same content."""
        return json.dumps(self._told(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def _told(self) -> dict[str, Any]:
        # Editions made before these parts were keep the id that they had.
        return {k: v for k, v in asdict(self).items() if v or k not in LATER}

    @property
    def id(self) -> str:
        """Day and hash of the content."""
        return f"{self.day}-{hashlib.sha256(self.content.encode()).hexdigest()[:12]}"

    @property
    def is_quiet(self) -> bool:
        """True where nothing changed that matters to the list."""
        return not self.items and not self.corrections

    @property
    def title(self) -> str:
        """Title of the edition."""
        named = f"“{one_line(self.name)}”, " if self.name else ""
        return f"Monday edition: {named}{words_of_day(self.day)}"

    @property
    def lead(self) -> str:
        """What changed, counted, in a sentence."""
        since = words_of_day(self.since)
        if self.is_quiet:
            return f"Nothing that matters to {self.list_words} changed since {since}."
        every = [*(i.kind for i in self.items), *self.untold]
        parts = [plural(len(every) + self.more, "change")] if every else []
        parts = [f"{p} (the first {len(every):,} are told)" for p in parts] if self.more else parts
        parts += [plural(len(self.corrections), "correction")] if self.corrections else []
        # Of those that are not told the kinds are not known here.
        kinds = by_kind(every) if len(every) > 1 and not self.more else ""
        return f"{' and '.join(parts)} since {since} for {self.list_words}{f': {kinds}' if kinds else ''}."

    def plain(self) -> dict[str, Any]:
        """As its file has it."""
        return {"format": FORMAT, "id": self.id, **self._told()}


def words_of_day(day: str) -> str:
    """2026-11-27 in house style."""
    return format_day(pd.Timestamp(day))


def to_json(edition: Edition) -> str:
    """The edition as a file."""
    return json.dumps(edition.plain(), ensure_ascii=False, indent=1)


def from_json(text: str | bytes) -> Edition:
    """Reads an edition, and checks that it says what its id says.

    Raises:
        ValueError: no edition, or one that was changed.
    """
    try:
        raw = json.loads(text)
        if raw.pop("format") != FORMAT:
            raise KeyError("format")
        told = raw.pop("id")
        parts = ("items", "corrections", "due")
        made: dict[str, Any] = {k: tuple(_item(i) for i in raw.pop(k)) for k in parts}
        made |= {k: tuple(raw.pop(k)) for k in ("unknown", "notes")}
        made["standing"] = tuple(_item(i) for i in raw.pop("standing", ()))
        made["beside"] = tuple(raw.pop("beside", ()))
        found = Edition(**raw, **made)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("not an edition: expected the edition.json that `edition` writes") from error
    if found.id != told:
        raise ValueError(f"edition {told}: its content was changed since it was made; it is {found.id} now")
    return found


def _item(raw: dict[str, Any]) -> Item:
    raw["documents"] = tuple(Document(**d) for d in raw["documents"])
    return Item(**raw)


# --- Text ---


def markdown(edition: Edition, address: str = "") -> str:
    """The edition as Markdown; texts from data stand as plain text."""
    lines = [f"# {_md(edition.title)}", "", f"**{_md(edition.lead)}**", ""]
    for heading, items in sections(edition):
        lines += [f"## {heading}", ""]
        for n, i in enumerate(items, 1):
            lines.append(f"{n}. **{_md(i.heading)}.** {_md(i.what)}." + (f" {_md(i.day)}." if i.day else ""))
            if i.why:
                lines.append(f"   Why it matters: {_md(i.why)}")
            if i.confidence:
                lines.append(f"   How sure: {_md(i.confidence)}.")
            if i.documents:
                lines.append(f"   Sources: {'; '.join(_md_link(d) for d in i.documents)}")
            if i.chart:
                where = link(i, address)
                lines.append(
                    f"   Chart: [{_md(i.finding or i.chart)}]({where})"
                    if where
                    else f"   Chart: {_md(i.finding or i.chart)}"
                )
        lines.append("")
    for heading, sentences in lists(edition):
        lines += [f"## {heading}", "", *(f"- {_md(u)}" for u in sentences), ""]
    lines += [_md(t) + "  " for t in foot(edition)]
    return "\n".join(lines).rstrip() + "\n"


#: Columns of plain text in a message, as mail programs quote it.
WIDE = 76


def text(edition: Edition, address: str = "") -> str:
    """The edition as plain text for a mail program without pages: no marks, addresses in full on lines of their own."""

    def lines(words: str, first: str = "", rest: str = "") -> list[str]:
        return textwrap.wrap(
            one_line(words),
            WIDE,
            initial_indent=first,
            subsequent_indent=rest,
            break_long_words=False,
            break_on_hyphens=False,
        )

    out = [*lines(edition.title), "", *lines(edition.lead)]
    for heading, items in sections(edition):
        out += ["", "", heading, "-" * len(heading)]
        for n, i in enumerate(items, 1):
            number = f"{n}. "
            in_ = " " * len(number)
            day = f" {i.day}." if i.day else ""
            out += ["", *lines(f"{i.heading}. {i.what}.{day}", number, in_)]
            if i.why:
                out += lines(f"Why it matters: {i.why}", in_, in_)
            if i.confidence:
                out += lines(f"How sure: {i.confidence}.", in_, in_)
            for d in i.documents:
                out += lines(f"Source: {d.publisher}" + (f", {d.published}" if d.published else ""), in_, in_)
                # The identifier of a reader's own rows leads nowhere.
                out += lines(d.url, f"{in_}  ") if d.url.startswith(("http://", "https://")) else []
            if i.chart:
                out += lines(f"Chart: {i.finding or i.chart}", in_, in_)
                out += [f"{in_}  {where}"] if (where := link(i, address)) else []
    for heading, sentences in lists(edition):
        out += ["", "", heading, "-" * len(heading), ""]
        for u in sentences:
            out += lines(u, "- ", "  ")
    out += ["", "", "-- "]
    for t in foot(edition):
        out += lines(t)
    return "\n".join(out) + "\n"


def sections(edition: Edition) -> list[tuple[str, tuple[Item, ...]]]:
    """Headings with what stands under them, those with nothing left out."""
    every = (
        ("What changed", edition.items),
        ("Corrections of what was told before", edition.corrections),
        ("Falls due within three months", edition.due),
        ("Where they stand", edition.standing),
    )
    return [s for s in every if s[1]]


def lists(edition: Edition) -> list[tuple[str, tuple[str, ...]]]:
    """Headings with sentences that no single document stands behind, those with nothing left out."""
    every = (("Beside this", edition.beside), ("Not known", edition.unknown))
    return [s for s in every if s[1]]


def foot(edition: Edition) -> list[str]:
    """What stands under every form."""
    before = f"Follows edition {edition.before}. " if edition.before else ""
    rest = f"{plural(edition.more, 'more change')}, lower in rank: a list of fewer names tells them."
    return [
        *([rest] if edition.more else []),
        *edition.notes,
        f"{before}Edition {edition.id}; {PRODUCT}, data to {words_of_day(edition.day)}, snapshot {edition.snapshot}. {LICENCE}.",
    ]


def link(item: Item, address: str) -> str:
    """Address of the chart that shows an item; "" where the app's address is not known."""
    if not address or not item.chart:
        return ""
    query = {**item.query, "gallery.chart": [item.chart]}
    return f"{address.rstrip('/')}/gallery?{urlencode(query, doseq=True)}"


def _md(text: str) -> str:
    words = one_line(text)
    for mark in "\\`*_[]<>#|":
        words = words.replace(mark, f"\\{mark}")
    return words


def _md_link(d: Document) -> str:
    said = _md(d.publisher) + (f", {_md(d.published)}" if d.published else "")
    url = d.url.replace(" ", "%20").replace(")", "%29").replace("<", "%3C").replace(">", "%3E")
    return f"[{said}]({url})" if url.startswith(("http://", "https://")) else said


# --- Page ---

_INK, _GREY, _LINE = "#1A1F2B", "#5A6371", "#E2E5EA"
#: Programs that show mail on a dark ground and read styles take these; others show the page as it is.
_DARK = (
    '<meta name="color-scheme" content="light dark"><style>@media (prefers-color-scheme: dark) {'
    "body { background: #14181F !important; color: #E6E9EE !important } "
    ".grey { color: #A3ADBB !important } .line { border-color: #343C48 !important } a { color: #9DBDF5 }}</style>"
)


def page(
    edition: Edition, pictures: Mapping[int, str] | None = None, address: str = "", *, alone: bool = True
) -> str:
    """The edition as one HTML page without scripts, styles in place, as mail programs want it.

    Args:
        edition: What it says.
        pictures: Address of a picture by the number of its item among the changes, from 0.
        address: Of the app, for links to charts.
        alone: A page to be opened, which tells where the other forms lie beside it.
    """
    return _document(edition.title, _body(edition, pictures or {}, address, alone=alone))


def _document(title: str, inner: str, head: str = "") -> str:
    font = html_text(FONT_EXPORT)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{_html(title)}</title>{head}'
        f'<meta name="viewport" content="width=device-width">{_DARK}</head>'
        f'<body style="margin:0;background:#FFFFFF;color:{_INK};font:15px/1.45 {font}">'
        f'<div style="max-width:680px;margin:0 auto;padding:20px 16px;overflow-wrap:anywhere">{inner}</div></body></html>'
    )


def _body(edition: Edition, pictures: Mapping[int, str], address: str, *, alone: bool) -> str:
    out = [
        f'<p class="grey" style="margin:0 0 4px;color:{_GREY};font-size:13px">{_html(PRODUCT)}</p>',
        f'<h1 style="margin:0 0 8px;font-size:24px;line-height:1.2">{_html(edition.title)}</h1>',
        f'<p style="margin:0 0 16px;font-size:16px">{_html(edition.lead)}</p>',
    ]
    for heading, items in sections(edition):
        out.append(
            f'<h2 class="line" style="margin:24px 0 8px;font-size:17px;border-top:1px solid {_LINE};padding-top:14px">{_html(heading)}</h2>'
        )
        for n, i in enumerate(items):
            picture = pictures.get(n, "") if items is edition.items else ""
            out.append(_entry(i, n + 1, picture, address))
    for heading, sentences in lists(edition):
        gaps = "".join(f'<li style="margin:0 0 4px">{_html(u)}</li>' for u in sentences)
        out.append(
            f'<h2 class="line" style="margin:24px 0 8px;font-size:17px;border-top:1px solid {_LINE};padding-top:14px">{_html(heading)}</h2>'
            f'<ul style="margin:0;padding-left:18px">{gaps}</ul>'
        )
    small = "".join(f'<p style="margin:0 0 4px">{_html(t)}</p>' for t in foot(edition))
    if alone:
        small += (
            '<p style="margin:0 0 4px">Beside this page: <a href="edition.pptx">slides</a>, '
            '<a href="edition.md">Markdown</a>, <a href="edition.json">JSON</a>.</p>'
        )
    out.append(
        f'<div class="grey line" style="margin-top:24px;border-top:1px solid {_LINE};padding-top:10px;color:{_GREY};font-size:12px">{small}</div>'
    )
    return "".join(out)


def _entry(i: Item, number: int, picture: str, address: str) -> str:
    meta = " · ".join(_html(t) for t in (i.heading, i.day, i.confidence) if t)
    why = f'<p style="margin:2px 0 0"><b>Why it matters:</b> {_html(i.why)}</p>' if i.why else ""
    cited = " · ".join(
        _a(d.url, d.publisher) + (f", {_html(d.published)}" if d.published else "") for d in i.documents
    )
    sources = (
        f'<p class="grey" style="margin:2px 0 0;color:{_GREY};font-size:12px">{cited}</p>' if cited else ""
    )
    shown = ""
    where = link(i, address)
    if picture:
        drawn = (
            f'<img src="{html_text(picture)}" alt="{html_text(i.finding or i.what)}" '
            'width="640" style="display:block;width:100%;max-width:640px;height:auto;margin:8px 0 0;border:0">'
        )
        shown = f'<a href="{html_text(where)}">{drawn}</a>' if where else drawn
    elif i.chart:
        said = f"Chart: {i.finding or i.chart}"
        shown = f'<p style="margin:2px 0 0;font-size:13px">{_a(where, said) if where else _html(said)}</p>'
    return (
        f'<div style="margin:0 0 18px"><p class="grey" style="margin:0;color:{_GREY};font-size:12px">{number}. {meta}</p>'
        f'<p style="margin:2px 0 0;font-weight:600">{_html(i.what)}</p>{why}{sources}{shown}</div>'
    )


def _a(url: str, words: str) -> str:
    if not url.startswith(("http://", "https://")):
        return _html(words)
    return f'<a href="{html_text(url)}" style="color:inherit">{_html(words)}</a>'


def _html(text: object) -> str:
    return html_text(one_line(text))


# --- Mail ---


def in_place(png: bytes) -> str:
    """A picture as the address that holds it."""
    return f"data:image/png;base64,{b64encode(png).decode()}"


def message(
    edition: Edition,
    pictures: Mapping[int, bytes],
    *,
    sender: str,
    to: Sequence[str],
    address: str = "",
) -> bytes:
    """A finished message for the system's own mailer: text, page, and pictures beside it.

    Equal input gives equal bytes: the mailer writes the day on which it sends.

    Args:
        edition: What it says.
        pictures: PNG by the number of its item.
        sender: From whom; "" lets the mailer say.
        to: To whom.
        address: Of the app.

    Raises:
        ValueError: an address of mail holds a line break.
    """
    one = EmailMessage(policy=SMTP)
    one["Subject"] = edition.title
    if sender:
        one["From"] = sender
    if to:
        one["To"] = ", ".join(to)
    one["Message-ID"] = f"<{edition.id}@landscape.invalid>"
    one["Auto-Submitted"] = "auto-generated"
    one.set_content(text(edition, address))
    names = {n: f"chart-{n + 1}.{edition.id}@landscape.invalid" for n in sorted(pictures)}
    shown = {n: f"cid:{cid}" for n, cid in names.items()}
    one.add_alternative(page(edition, shown, address, alone=False), subtype="html")
    body = one.get_payload()[1]  # type: ignore[index]
    for n, cid in names.items():
        body.add_related(  # type: ignore[union-attr]
            pictures[n],
            "image",
            "png",
            cid=f"<{cid}>",
            filename=f"chart-{n + 1}.png",
            disposition="inline",
        )
    _set_boundaries(one, edition.id)
    return one.as_bytes()


def _set_boundaries(one: Any, edition_id: str) -> None:
    """Boundaries from the content: those made by chance would differ each time."""
    for n, part in enumerate(p for p in one.walk() if p.is_multipart()):
        part.set_boundary(f"=_{edition_id}_{n}")


# --- Feed ---


def atom(editions: Sequence[Edition], name: str, address: str | None = "") -> str:
    """The editions of an archive as an Atom feed (RFC 4287), newest first.

    Args:
        editions: Newest first.
        name: Of the feed.
        address: Where the archive is served; "" gives links relative to the feed; None gives none, as the feed stands alone.
    """
    base = f"{address.rstrip('/')}/" if address else ""
    newest = editions[0].day if editions else "1970-01-01"
    # Neither an archive that grows nor one that moves is another feed: its first edition tells it.
    first = f"{name}\n{editions[-1].id if editions else ''}"
    listed = hashlib.sha256(first.encode()).hexdigest()[:16]

    def links(rel: str, href: str, kind: str) -> str:
        return "" if address is None else f'<link rel="{rel}" type="{kind}" href="{xml_text(base + href)}"/>'

    entries = "".join(
        f"<entry><id>urn:landscape:edition:{xml_text(e.id)}</id><title>{xml_text(e.title)}</title>"
        f"<updated>{xml_text(e.day)}T00:00:00Z</updated><published>{xml_text(e.day)}T00:00:00Z</published>"
        f"{links('alternate', f'{e.id}/index.html', 'text/html')}<summary>{xml_text(e.lead)}</summary>"
        f'<content type="html">{xml_text(_body(e, {}, "", alone=False))}</content></entry>'
        for e in editions
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
        f"<id>urn:landscape:editions:{listed}</id><title>{xml_text(name)}</title><updated>{xml_text(newest)}T00:00:00Z</updated>"
        f"<author><name>{xml_text(PRODUCT)}</name></author>"
        f"{links('self', 'feed.xml', 'application/atom+xml')}{links('alternate', 'index.html', 'text/html')}{entries}</feed>\n"
    )


def listing(editions: Sequence[Edition]) -> str:
    """The archive as a page: every edition, newest first."""
    rows = "".join(
        f'<li style="margin:0 0 14px"><a href="{_html(e.id)}/index.html">{_html(e.title)}</a><br>{_html(e.lead)}<br>'
        f'<span class="grey" style="color:{_GREY};font-size:12px">{_html(e.id)}, snapshot {_html(e.snapshot)}</span></li>'
        for e in editions
    )
    return _document(
        "Editions",
        '<h1 style="margin:0 0 16px;font-size:24px;line-height:1.2">Editions</h1>'
        f'<ul style="margin:0;padding:0;list-style:none">{rows}</ul>',
        '<link rel="alternate" type="application/atom+xml" href="feed.xml">',
    )
