"""Self-contained HTML: charts and decks that work without the app or a network, and a one-page brief; A4 or Letter."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd
import plotly.graph_objects as go
import plotly.io as pio
from plotly.offline import get_plotlyjs

from dashboard.charts.card import Card, card_table, rules
from dashboard.charts.columns import Frame
from dashboard.charts.kinds.table import Entry, rows
from dashboard.data import citations
from dashboard.look.markup import html_text
from dashboard.look.measure import shorten, width, wrap
from dashboard.look.theme import FONT_EXPORT, PRODUCT, Look, format_day, is_missing

#: Where it is read.
PAPER = Look(mode="light")
#: Rows up to which a table has the sheet to itself, in larger type; characters up to which a cell stays on one line.
MOST_ROOMY, MOST_SHORT = 8, 12
#: Pixels across that figures are drawn for on a sheet, beside a takeaway and on half a sheet, and that they may be tall there,
#: so that type of ten pixels prints at eight points or more.
WIDE, BESIDE_WIDE, HALF_WIDE = 940, 690, 470
MOST_TALL, MOST_TALL_HALF = 500, 470
#: How much larger than drawn a figure may stand on a sheet.
LARGER = 1.1
#: Width and height of a sheet, landscape, in millimetres.
PAPERS = {"A4": (297, 210), "Letter": (279, 216)}

STYLE = """
:root{--ink:#1A1F2B;--grey:#5A6371;--line:#E2E5EA}
*{box-sizing:border-box}
body{margin:0;background:#EEF0F3;color:var(--ink);font:13px/1.4 FONT}
.sheet{background:#fff;margin:16px auto;padding:11mm 12mm 8mm;display:flex;flex-direction:column;gap:8px}
h1{font-size:24px;line-height:1.15;margin:0}h2{font-size:14px;line-height:1.25;margin:0}
p{margin:0}.grey{color:var(--grey)}.small{font-size:10.7px;line-height:1.35}
.charts{display:grid;grid-template-columns:1fr 1fr;grid-auto-rows:minmax(0,1fr);gap:10px 14px;flex:1;min-height:0}
.charts.one{grid-template-columns:1fr}
.numbers{display:flex;gap:18px}.numbers div{flex:1;border-left:2px solid var(--line);padding-left:8px}
.numbers b{display:block;font-size:15px}
.card{border:1px solid var(--line);border-radius:6px;padding:9px 11px;display:flex;flex-direction:column;gap:3px;
min-width:0;min-height:0;overflow:hidden}
.plot{flex:1;min-height:0;width:100%;overflow:hidden}.plot>div{transform-origin:0 0}
.body{display:flex;gap:14px;flex:1;min-height:0}.body .charts{flex:1}
table{border-collapse:collapse;width:100%;font-size:11px}
th{text-align:left;font-weight:600;color:var(--grey)}td,th{padding:3px 6px 3px 0;border-bottom:1px solid var(--line);
vertical-align:top}
.short{white-space:nowrap}td.chip{padding-left:6px;border:2px solid #fff;border-width:1px 2px}td.chip+td{padding-left:8px}
table.roomy{font-size:13.5px}.roomy td,.roomy th{padding:7px 8px 7px 0}.roomy td.chip{padding-left:8px}
.front{justify-content:center;gap:14px}.front h1{font-size:36px}.front p{font-size:16px}.front ol{list-style:none;margin:10px 0 0;padding:0;
columns:2;max-width:70%}
.beside{display:flex;gap:16px;flex:1;min-height:0}.beside .main{flex:1;min-width:0;min-height:0;display:flex;flex-direction:column;gap:3px}
.take{width:26%;flex:none;font-size:15px;line-height:1.35}.take p{margin:0 0 8px}
.sources{columns:2;column-gap:24px;margin:0;padding-left:2em;font-size:10.7px;line-height:1.35}.sources li{break-inside:avoid;overflow-wrap:anywhere}

.brief{font-size:11px;gap:5px;padding:10mm 12mm 6mm}.brief table{font-size:10.7px;line-height:1.3;table-layout:fixed}.brief td,.brief th{padding:2px 8px 2px 0}
.brief h2{font-size:12.5px;margin-top:5px}.brief .tall{display:flex;flex:none}.brief footer{margin-top:auto}
footer{border-top:1px solid var(--line);padding-top:5px}
a{color:inherit}
@media print{a{text-decoration:none}details{display:none}.sources{line-height:1.25}body{background:#fff}.sheet{margin:0;page-break-after:always}.sheet:last-of-type{page-break-after:auto}}
"""


@dataclass(frozen=True)
class Shown:
    """One chart of a page.

    Attributes:
        card: What it shows.
        figure: Its figure; without one the card's rows stand as a table.
        heading: What stands over it where it has half a sheet.
    """

    card: Card
    figure: go.Figure | None
    heading: str = ""


@dataclass(frozen=True)
class Front:
    """A cover, or a sheet between others: title, lines under it, and what follows, by the number of its sheet."""

    title: str
    lines: Sequence[str] = ()
    contents: Sequence[tuple[str, int]] = ()


@dataclass(frozen=True)
class Listed:
    """A list at the end: its title, what it holds in words, and each entry with its address ("" without)."""

    title: str
    words: str
    entries: Sequence[tuple[str, str]]
    foot: str = ""


@dataclass(frozen=True)
class Charts:
    """One chart with a reader's takeaway ("" without), or two side by side under the title of the first."""

    shown: Sequence[Shown]
    takeaway: str = ""


Sheet = Front | Listed | Charts


def deck(sheets: Sequence[Sheet], title: str, *, paper: str = "A4") -> bytes:
    """A deck as one HTML file that needs nothing else: the same sheets as its slides, in the same order.

    Args:
        sheets: In order.
        title: Title of the file.
        paper: A4 or Letter.

    Raises:
        ExportRefusedError: a chart has no source line.
    """
    out: list[str] = []
    every: list[Shown] = []
    for number, one in enumerate(sheets, 1):
        if isinstance(one, Front):
            kind, inner = " front", _front(one)
        elif isinstance(one, Listed):
            kind, inner = "", _listed(one)
        else:
            kind, inner = "", _charts(one, len(every))
            every += one.shown
        out.append(f'<section class="sheet{kind}" id="sheet-{number}">{inner}</section>')
    return _document(title, "".join(out), every, paper, fixed=False, natural=WIDE, larger=LARGER)


def _front(one: Front) -> str:
    lines = "".join(f'<p class="grey">{html_text(t)}</p>' for t in one.lines)
    items = "".join(f'<li><a href="#sheet-{n:d}">{html_text(w)}</a></li>' for w, n in one.contents)
    return f"<h1>{html_text(one.title)}</h1>{lines}" + (f"<ol>{items}</ol>" if items else "")


def _listed(one: Listed) -> str:
    items = "".join(
        f'<li>{f"""<a href="{html_text(url)}">{html_text(words)}</a>""" if url else html_text(words)}</li>'
        for words, url in one.entries
    )
    return (
        f'<h1>{html_text(one.title)}</h1><p class="grey">{html_text(one.words)}</p><ol class="sources">{items}</ol>'
        f'<footer class="small grey"><p>{html_text(one.foot)}</p></footer>'
    )


def _charts(one: Charts, first: int) -> str:
    for shown in one.shown:
        shown.card.require_sources()
    card = one.shown[0].card
    head = f"<h1>{html_text(card.title)}</h1>"
    if len(one.shown) == 1:
        drawing = _drawing(one.shown[0], first, BESIDE_WIDE if one.takeaway else 0)
        if one.takeaway:
            said = "".join(f"<p>{html_text(t)}</p>" for t in one.takeaway.splitlines() if t.strip())
            drawing = f'<div class="beside"><div class="main">{drawing}</div><aside class="take">{said}</aside></div>'
        return f"{head}{_scope(card)}{drawing}{_foot(card)}"
    halves = "".join(
        f'<div class="main"><h2>{html_text(s.heading)}</h2>{_scope(s.card)}{_drawing(s, first + n, HALF_WIDE)}{_foot(s.card)}</div>'
        for n, s in enumerate(one.shown)
    )
    return f'{head}<div class="beside">{halves}</div>'


def _scope(card: Card) -> str:
    return f'<p class="grey">{html_text(card.subtitle)}</p><p class="grey small">{html_text(card.filter_line)}</p>'


def _foot(card: Card) -> str:
    said = "".join(f"<p>{html_text(t)}</p>" for t in (*card.note.splitlines(), card.reviewed) if t.strip())
    links = "".join(_source_item(r) for r in card.sources.itertuples())
    said += "".join(
        f"<details><summary>{html_text(t.partition(': ')[0])}, the rule</summary>{html_text(t)}</details>"
        for t in rules(card)
    )
    rest = "".join(f"<li>{html_text(t)}</li>" for t in card.rest[1:])
    more = (
        f"<details><summary>{html_text(card.rest[0])}</summary><ul>{rest}</ul></details>" if card.rest else ""
    )
    return (
        f'<footer class="small grey">{said}<p>{html_text(card.source_line)}</p>{more}'
        f"<details><summary>All {len(card.sources)} documents</summary><ol>{links}</ol></details></footer>"
    )


#: A browser prints a hatched fill as a picture of the whole sheet, once for each bar: it is drawn as lines instead.
HATCHES = r"""
function hatches(root) {
  for (const bar of root.querySelectorAll("path")) {
    const named = /url\(["']?#([^"')]+)/.exec(bar.style.fill || "");
    const pattern = named && document.getElementById(named[1]);
    const stripe = pattern && pattern.querySelector("path");
    if (!stripe || !/^[MHVZ\d.,\s-]+$/i.test(bar.getAttribute("d") || "")) continue;
    const ground = pattern.querySelector("rect"), step = +pattern.getAttribute("width") || 6;
    const { x, y, width, height } = bar.getBBox(), right = x + width, foot = y + height;
    let d = "";
    for (let sum = Math.ceil((x + y) / step) * step; sum < right + foot; sum += step) {
      const from = Math.max(x, sum - foot), to = Math.min(right, sum - y);
      if (to > from) d += `M${from.toFixed(2)},${(sum - from).toFixed(2)}L${to.toFixed(2)},${(sum - to).toFixed(2)}`;
    }
    const lines = document.createElementNS("http://www.w3.org/2000/svg", "path"), drawn = getComputedStyle(stripe);
    lines.setAttribute("d", d);
    const seen = getComputedStyle(bar);
    lines.setAttribute("style", `fill:none;stroke:${drawn.stroke};stroke-opacity:${drawn.strokeOpacity};` +
      `stroke-width:${drawn.strokeWidth};opacity:${seen.opacity * drawn.opacity}`);
    if (bar.hasAttribute("transform")) lines.setAttribute("transform", bar.getAttribute("transform"));
    const under = ground && getComputedStyle(ground);
    bar.style.fill = under ? under.fill : "none";
    if (under) bar.style.fillOpacity = under.fillOpacity;
    bar.after(lines);
  }
}
"""


def page(shown: Sequence[Shown], title: str, *, paper: str = "A4") -> bytes:
    """Each chart on a sheet of its own, as one HTML file that needs nothing else.

    Args:
        shown: Charts in order.
        title: Title of the file.
        paper: A4 or Letter.

    Raises:
        ExportRefusedError: a chart has no source line.
    """
    return deck([Charts((one,)) for one in shown], title, paper=paper)


def brief(
    title: str,
    intro: str,
    shown: Sequence[Shown],
    *,
    numbers: Sequence[tuple[str, str]] = (),
    paper: str = "A4",
) -> bytes:
    """One sheet: at most four charts in two columns, sources at the foot.

    Args:
        title: What the sheet is about.
        intro: The selection, or a fact line, in words.
        shown: At most four charts.
        numbers: Label and value of the numbers in a row above the charts.
        paper: A4 or Letter.

    Raises:
        ExportRefusedError: a chart has no source line.
        ValueError: more charts than the sheet holds.
    """
    if len(shown) > 4:
        raise ValueError(f"a one-page brief holds at most 4 charts: got {len(shown)}")
    cards = []
    for n, one in enumerate(shown):
        one.card.require_sources()
        cards.append(
            f'<div class="card"><h2>{html_text(one.card.title)}</h2>'
            f'<p class="grey small">{html_text(one.card.subtitle)}</p>{_drawing(one, n)}'
            f'<p class="grey small">{html_text(_publishers(one.card))}</p></div>'
        )
    row = "".join(
        f"<div><span class='grey small'>{html_text(k)}</span><b>{html_text(v)}</b></div>" for k, v in numbers
    )
    above = f'<div class="numbers">{row}</div>' if numbers else ""
    first = shown[0].card if shown else None
    foot = (
        f"{PRODUCT}, as of {format_day(first.as_of_date)}, snapshot {html_text(first.snapshot_id)}. Data CC BY 4.0."
        + (f' <a href="{html_text(first.permalink)}">Same view in the app</a>' if first.permalink else "")
        if first
        else PRODUCT
    )
    sheet = (
        f'<section class="sheet"><h1>{html_text(title)}</h1><p class="grey">{html_text(intro)}</p>'
        f'{above}<div class="body"><div class="charts{" one" if len(shown) == 1 else ""}">{"".join(cards)}</div></div>'
        f'<footer class="small grey">{foot}</footer></section>'
    )
    return _document(title, sheet, shown, paper, fixed=True, natural=620)


#: Type on a brief in pixels (eight points), the height of its lines and what a row and a heading need beside them.
BRIEF_TYPE, BRIEF_LINE, BRIEF_ROW, BRIEF_HEAD = 10.7, 1.3, 5.0, 48.0
#: Pixels beside a chart for its title, scope and publishers.
BRIEF_CHART = 70.0
#: Pixels that a chart needs at least where it has less than its own height.
LEAST_CHART = 150.0
#: Tables of the second sheet, and the fewest documents named there.
BRIEF_TITLES = {
    "what-changed": "What changed",
    "company-against": "What they would say against it",
    "company-ahead": "To watch, and not known",
}
LEAST_CITED = 6
#: Lines of a cell, pixels a millimetre, and millimetres at the edges of a brief's sheet, along and across.
MOST_LINES, PIXELS, EDGE_ALONG, EDGE_ACROSS = 3, 96 / 25.4, 17.0, 24.0


def company_brief(
    title: str, intro: str, cards: Sequence[Card], shown: Sequence[Shown], *, paper: str = "A4"
) -> bytes:
    """Two sheets, upright: position and history on the first; changes, what speaks against it, what to watch on the second.

    Each table has as many rows as its sheet holds in type of eight points; what is left is counted.

    Args:
        title: Name of the company.
        intro: Day and view, in words.
        cards: Position, and those of BRIEF_TITLES, as far as they have rows.
        shown: Charts of the first sheet in order of weight: the first always, of the others those that it has room for.
        paper: A4 or Letter.

    Raises:
        ExportRefusedError: a card has no source line.
    """
    for card in [*cards, *(s.card for s in shown)]:
        card.require_sources()
    by = {c.chart_id: c for c in cards}
    wide = (PAPERS[paper][1] - EDGE_ACROSS) * PIXELS
    tall = (PAPERS[paper][0] - EDGE_ALONG) * PIXELS
    first = cards[0] if cards else None
    said = f"<p><b>{html_text(first.title)}</b></p>" if first else ""
    position, left = "", tall - 110
    if "company-position" in by:
        held = _Rows(by["company-position"], wide)
        left -= held.height(held.count)
        position = _brief_table(held, "Position", held.count)
    placed: list[tuple[Shown, float]] = []
    for s in shown:
        room = left - BRIEF_CHART
        if not placed or room >= min(_tall(s, wide, math.inf), LEAST_CHART):
            high = _tall(s, wide, room)
            placed.append((_as_tall(s, wide, high), high))
            left = room - high
    shown = [s for s, _ in placed]
    charts = "".join(
        f'<h2>{html_text(s.card.title)}</h2><p class="grey small">{html_text(s.card.subtitle)}</p>'
        f'<div class="tall" style="height:{high:.0f}px">{_drawing(s, n, 940)}</div>'
        f'<p class="grey small">{html_text(_publishers(s.card))}</p>'
        for n, (s, high) in enumerate(placed)
    )
    every = [c.sources for c in cards if len(c.sources)]
    listed = pd.concat(every).drop_duplicates("source_id").set_index("source_id") if every else pd.DataFrame()
    if len(listed):
        listed = listed.loc[citations.in_order_named(listed.index, citations.places(listed.reset_index()))]
    lines = BRIEF_TYPE * BRIEF_LINE
    room = tall - 60 - BRIEF_HEAD * (3 - sum(i in by for i in BRIEF_TITLES))
    told = {i: _Rows(by[i], wide) for i in BRIEF_TITLES if i in by}
    counts = _shares(told, room - BRIEF_HEAD - lines * (LEAST_CITED + 2))
    room -= sum(told[i].height(n) for i, n in counts.items()) + BRIEF_HEAD + lines
    # Two columns, and of two documents one has a title of two lines.
    named = min(len(listed), max(int(room / lines * 2 / 1.6), LEAST_CITED))
    items = "".join(_source_item(r) for r in listed.head(named).itertuples())
    rest = "".join(
        _brief_table(told[i], t, counts[i])
        if i in told
        else f"<h2>{t}</h2><p class='grey'>Nothing on record under this view.</p>"
        for i, t in BRIEF_TITLES.items()
    )
    foot = (
        f"{PRODUCT}, as of {format_day(first.as_of_date)}, snapshot {first.snapshot_id}. Data CC BY 4.0. By rule from rows."
        if first
        else PRODUCT
    )
    more = (
        f"{named} of {len(listed):,} documents; the notes of the slides name all."
        if named < len(listed)
        else ""
    )
    sheets = (
        f'<section class="sheet brief"><h1>{html_text(title)}</h1><p class="grey">{html_text(intro)}</p>{said}{position}{charts}'
        f'<footer class="small grey">{html_text(foot)} 1 of 2</footer></section>'
        f'<section class="sheet brief">{rest}<h2>Sources</h2><ol class="sources">{items}</ol>'
        f'<p class="grey small">{more}</p>'
        f'<footer class="small grey">{html_text(foot)} 2 of 2</footer></section>'
    )
    return _document(title, sheets, shown, paper, fixed=True, natural=940, upright=True)


def _tall(one: Shown, wide: float, most: float) -> float:
    """Height of a chart on a brief in pixels: its own at that width, as far as there is room."""
    own = (one.figure["layout"]["height"] if one.figure is not None else None) or 480
    return max(min(own * wide / 940, most), 120)


def _as_tall(one: Shown, wide: float, high: float) -> Shown:
    """The chart drawn for that height, where its own is more."""
    own, wanted = one.figure["layout"]["height"] if one.figure is not None else None, high * 940 / wide
    if one.figure is None or own is None or own <= wanted + 1:
        return one
    return replace(one, figure=go.Figure(one.figure).update_layout(height=wanted))


def _shares(told: Mapping[str, _Rows], room: float) -> dict[str, int]:
    """Rows of each table: three first, then one each in turn while there is room."""
    counts = {i: min(3, t.count) for i, t in told.items()}
    growing = True
    while growing:
        growing = False
        for i, t in told.items():
            tried = counts | {i: counts[i] + 1}
            if counts[i] < t.count and sum(told[k].height(n) for k, n in tried.items()) <= room:
                counts, growing = tried, True
    return counts


class _Rows:
    """A table of a brief: columns as wide as their words need, and how high so many of its rows are."""

    def __init__(self, card: Card, wide: float) -> None:
        found = rows(card_table(card), card.frame, card.columns or Frame(""))
        texts = [[e.words for e in line.entries] for line in found.lines]
        # A column without a word is none.
        kept = [n for n in range(len(found.heads)) if any(t[n] for t in texts)]
        self.heads = [found.heads[n] for n in kept]
        self.texts = [[t[n] for n in kept] for t in texts]
        self.count = len(texts)
        needs = [
            max(width(h, BRIEF_TYPE, True), *(width(t[n], BRIEF_TYPE) for t in self.texts)) * 1.03 + 8
            for n, h in enumerate(self.heads)
        ]
        self.wide = _columns(needs, wide)
        self.cells = [[_held(t, w - 8) for t, w in zip(line, self.wide, strict=True)] for line in self.texts]
        self.lines = [
            max(len(wrap(t, w - 8, BRIEF_TYPE)) for t, w in zip(line, self.wide, strict=True))
            for line in self.cells
        ]

    def height(self, count: int) -> float:
        """Pixels that the table takes with its heading and the word on what is left."""
        rest = BRIEF_TYPE * BRIEF_LINE + 4 if count < self.count else 0
        return BRIEF_HEAD + rest + sum(n * BRIEF_TYPE * BRIEF_LINE + BRIEF_ROW for n in self.lines[:count])


def _brief_table(held: _Rows, title: str, count: int) -> str:
    """The first rows under a heading."""
    widths = "".join(f'<col style="width:{w:.0f}px">' for w in held.wide)
    head = "".join(f"<th>{html_text(h)}</th>" for h in held.heads)
    body = "".join(
        "<tr>" + "".join(f"<td>{html_text(t)}</td>" for t in line) + "</tr>" for line in held.cells[:count]
    )
    more = held.count - count
    left = f'<p class="grey small">And {more} more, in the slides’ notes.</p>' if more > 0 else ""
    return (
        f"<h2>{html_text(title)}</h2><table><colgroup>{widths}</colgroup><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>{left}"
    )


def _columns(needs: Sequence[float], wide: float) -> list[float]:
    """Widths of columns: what each needs where there is room, else the long ones share what the short ones leave."""
    out = list(needs)
    if sum(needs) <= wide:
        return [w * wide / sum(needs) for w in needs] if needs else []
    long = [n for n, w in enumerate(needs) if w > wide / len(needs)]
    free = wide - sum(w for n, w in enumerate(needs) if n not in long)
    # Text of twice the length has no use for twice the width.
    roots = {n: needs[n] ** 0.5 for n in long}
    for n in long:
        out[n] = free * roots[n] / sum(roots.values())
    return out


def _held(text: str, room: float) -> str:
    """As many of a cell's sentences as its lines hold; an ellipsis where not even the first is held."""
    ends = [m.end() for m in re.finditer(r"[.;](?= )", text)] + [len(text)]
    whole = [text[:e] for e in ends if len(wrap(text[:e], room, BRIEF_TYPE)) <= MOST_LINES]
    return whole[-1].rstrip(";") if whole else shorten(text, room, BRIEF_TYPE, lines=MOST_LINES)


def _document(
    title: str,
    sheets: str,
    shown: Sequence[Shown],
    paper: str,
    *,
    fixed: bool,
    natural: int = 980,
    larger: float = 1.0,
    upright: bool = False,
) -> bytes:
    across, along = PAPERS[paper]
    if upright:
        across, along = along, across
    # Half a millimetre less than the sheet: rounding must not push an empty second page out.
    size = f"width:{across}mm;" + (
        f"height:{along - 0.5}mm;overflow:hidden" if fixed else f"min-height:{along - 0.5}mm"
    )
    style = (
        STYLE.replace("FONT", FONT_EXPORT) + f"@page{{size:{across}mm {along}mm;margin:0}}.sheet{{{size}}}"
    )
    figures = {f"plot-{n}": _figure(one.figure) for n, one in enumerate(shown) if one.figure is not None}
    drawing = ""
    if figures:
        # "</" would end the script inside a string of the data, "<!--" and "<script" keep it from ending.
        data = json.dumps(figures, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
        drawing = (
            f"<script>{get_plotlyjs()}</script><script>{HATCHES}const figures={data};"
            # Drawn as wide as on screen, then brought to the paper's width: labels keep their distance.
            "for(const[id,f]of Object.entries(figures)){const e=document.getElementById(id);"
            # Nor is one that needs height pressed into less: its rows would run into each other.
            f"const k=Math.min({larger:g},e.clientWidth/(+e.dataset.natural||{natural}),(e.clientHeight||1e9)/(f.layout.height||1)),"
            "d=document.createElement('div');"
            "const w=e.clientWidth/k,h=e.clientHeight/k;"
            # What is drawn larger and scaled must not push its sheet onto a second page.
            "if(h){e.style.height=`${e.clientHeight}px`;e.style.flex='none'}"
            "d.style.transform=`scale(${k})`;e.append(d);"
            "Object.assign(f.layout,{width:w,height:h||f.layout.height,autosize:false});"
            "Plotly.newPlot(d,f.data,f.layout,{displayModeBar:false,staticPlot:true}).then(()=>hatches(d))}</script>"
        )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{html_text(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{style}</style></head><body>'
        f"{sheets}{drawing}</body></html>"
    ).encode()


def _figure(figure: go.Figure) -> dict[str, object]:
    plain = json.loads(pio.to_json(figure, validate=False))
    plain["layout"].pop("template", None)
    plain["layout"]["paper_bgcolor"] = "#FFFFFF"
    return {"data": plain["data"], "layout": plain["layout"]}


def _drawing(one: Shown, n: int, natural: int = 0) -> str:
    """A chart's place, or its rows; `natural` is the width on screen that it is drawn for, where that is another."""
    if one.figure is not None:
        wide = f' data-natural="{natural}"' if natural else ""
        return (
            f'<div class="plot" id="plot-{n}"{wide} role="img" aria-label="{html_text(one.card.alt)}"></div>'
        )
    found = rows(card_table(one.card), one.card.frame, one.card.columns or Frame(""))
    head = "".join(f"<th>{html_text(h)}</th>" for h in found.heads)
    body = "".join(
        "<tr>" + "".join(_entry(e, line.caveats) for e in line.entries) + "</tr>" for line in found.lines
    )
    roomy = ' class="roomy"' if len(found.lines) <= MOST_ROOMY else ""
    return f"<table{roomy}><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _entry(one: Entry, caveats: frozenset[str]) -> str:
    """A cell: a value of a vocabulary on its colour, paler where stale; what names the row in bold."""
    text = html_text(one.words)
    if one.is_known and (one.strong or one.value is not None):
        text = f"<b>{text}</b>"
    if one.beneath:
        text += f'<br><span class="{"beneath" if one.value else "grey"}">{html_text(one.beneath)}</span>'
    classes = [
        c for c, holds in (("short", len(one.words) <= MOST_SHORT), ("grey", not one.is_known)) if holds
    ]
    style = ""
    if one.value is not None:
        is_stale = "stale" in caveats
        ground = one.value.fill(PAPER)
        # Half of its colour over white, as on a slide.
        ground = f"color-mix(in srgb,{ground} 45%,#fff)" if is_stale else ground
        ink = PAPER.ink if is_stale else one.value.text(PAPER)
        style = html_text(f"background:{ground};color:{ink}")
        classes.append("chip")
    return f'<td class="{html_text(" ".join(classes))}" style="{style}">{text}</td>'


def _publishers(card: Card) -> str:
    names = citations.publishers(card.sources)
    rest = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"Source: {'; '.join(names[:3])}{rest}"


def _source_item(row: object) -> str:
    title = row.publisher if is_missing(row.title) else f"{row.publisher}: {row.title}"  # type: ignore[attr-defined]
    url = str(row.url)  # type: ignore[attr-defined]
    shown = (
        f'<a href="{html_text(url)}">{html_text(title)}</a>' if url.startswith("http") else html_text(title)
    )
    day = row.published_date  # type: ignore[attr-defined]
    said = "" if is_missing(day) else f", {format_day(day, row.published_date_precision)}"  # type: ignore[attr-defined]
    return f"<li>{shown}{said}</li>"
