"""Self-contained HTML: charts that work without the app or a network, and a one-page brief that prints on A4 or Letter."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go
import plotly.io as pio
from plotly.offline import get_plotlyjs

from dashboard.charts.card import Card, card_table
from dashboard.charts.columns import Frame
from dashboard.charts.kinds.table import Entry, rows
from dashboard.data import citations
from dashboard.look.theme import FONT_EXPORT, PRODUCT, format_day, is_missing

#: Width and height of a sheet, landscape, in millimetres.
PAPERS = {"A4": (297, 210), "Letter": (279, 216)}

STYLE = """
:root{--ink:#1A1F2B;--grey:#5A6371;--line:#E2E5EA}
*{box-sizing:border-box}
body{margin:0;background:#EEF0F3;color:var(--ink);font:13px/1.4 FONT}
.sheet{background:#fff;margin:16px auto;padding:11mm 12mm 8mm;display:flex;flex-direction:column;gap:8px}
h1{font-size:24px;line-height:1.15;margin:0}h2{font-size:14px;line-height:1.25;margin:0}
p{margin:0}.grey{color:var(--grey)}.small{font-size:10.5px;line-height:1.35}
.charts{display:grid;grid-template-columns:1fr 1fr;grid-auto-rows:minmax(0,1fr);gap:10px 14px;flex:1;min-height:0}
.charts.one{grid-template-columns:1fr}
.numbers{display:flex;gap:18px}.numbers div{flex:1;border-left:2px solid var(--line);padding-left:8px}
.numbers b{display:block;font-size:15px}
.card{border:1px solid var(--line);border-radius:6px;padding:9px 11px;display:flex;flex-direction:column;gap:3px;
min-width:0;min-height:0;overflow:hidden}
.plot{flex:1;min-height:0;width:100%;overflow:hidden}.plot>div{transform-origin:0 0}
.body{display:flex;gap:14px;flex:1;min-height:0}.facts{width:30%;flex:none}.body .charts{flex:1}
table{border-collapse:collapse;width:100%;font-size:11px}
th{text-align:left;font-weight:600;color:var(--grey)}td,th{padding:3px 6px 3px 0;border-bottom:1px solid var(--line);
vertical-align:top}
footer{border-top:1px solid var(--line);padding-top:5px}
a{color:inherit}
@media print{body{background:#fff}.sheet{margin:0;page-break-after:always}.sheet:last-of-type{page-break-after:auto}}
"""


@dataclass(frozen=True)
class Shown:
    """One chart of a page: its card, and its figure; without a figure the card's rows stand as a table."""

    card: Card
    figure: go.Figure | None


def page(shown: Sequence[Shown], title: str, *, paper: str = "A4") -> bytes:
    """Each chart on a sheet of its own, as one HTML file that needs nothing else.

    Args:
        shown: Charts in order.
        title: Title of the file.
        paper: A4 or Letter.

    Raises:
        ExportRefusedError: a chart has no source line.
    """
    sheets: list[str] = []
    for one in shown:
        one.card.require_sources()
        links = "".join(_source_item(r) for r in one.card.sources.itertuples())
        sheets.append(
            f'<section class="sheet"><h1>{_text(one.card.title)}</h1>'
            f'<p class="grey">{_text(one.card.subtitle)}</p><p class="grey small">{_text(one.card.filter_line)}</p>'
            f"{_drawing(one, len(sheets))}"
            f'<footer class="small grey"><p>{_text(one.card.source_line)}</p>'
            f"<details><summary>All {len(one.card.sources)} documents</summary><ol>{links}</ol></details></footer></section>"
        )
    return _document(title, "".join(sheets), shown, paper, fixed=False)


def brief(
    title: str,
    intro: str,
    facts: Sequence[tuple[str, str]],
    shown: Sequence[Shown],
    *,
    numbers: Sequence[tuple[str, str]] = (),
    paper: str = "A4",
) -> bytes:
    """One sheet: facts at the left, at most four charts beside them, sources at the foot.

    Beside facts the charts stand under each other, without them in two columns: a chart needs its width to be read.

    Args:
        title: What the sheet is about.
        intro: The selection, or a fact line, in words.
        facts: Label and value, in order; none leaves the whole width to the charts.
        shown: At most four charts; beside facts, two.
        numbers: Label and value of the numbers in a row above the charts.
        paper: A4 or Letter.

    Raises:
        ExportRefusedError: a chart has no source line.
        ValueError: more charts than the sheet holds.
    """
    most = 2 if facts else 4
    if len(shown) > most:
        raise ValueError(f"a one-page brief holds at most {most} charts here: got {len(shown)}")
    cards = []
    for n, one in enumerate(shown):
        one.card.require_sources()
        cards.append(
            f'<div class="card"><h2>{_text(one.card.title)}</h2>'
            f'<p class="grey small">{_text(one.card.subtitle)}</p>{_drawing(one, n)}'
            f'<p class="grey small">{_text(_publishers(one.card))}</p></div>'
        )
    rows = "".join(f"<tr><th>{_text(k)}</th><td>{_text(v)}</td></tr>" for k, v in facts)
    left = f'<div class="facts"><table>{rows}</table></div>' if facts else ""
    row = "".join(
        f"<div><span class='grey small'>{_text(k)}</span><b>{_text(v)}</b></div>" for k, v in numbers
    )
    above = f'<div class="numbers">{row}</div>' if numbers else ""
    first = shown[0].card if shown else None
    foot = (
        f"{PRODUCT}, as of {format_day(first.as_of_date)}, snapshot {first.snapshot_id}. Data CC BY 4.0."
        + (f' <a href="{html.escape(first.permalink)}">Same view in the app</a>' if first.permalink else "")
        if first
        else PRODUCT
    )
    sheet = (
        f'<section class="sheet"><h1>{_text(title)}</h1><p class="grey">{_text(intro)}</p>'
        f'{above}<div class="body">{left}<div class="charts{" one" if facts or len(shown) == 1 else ""}">{"".join(cards)}</div></div>'
        f'<footer class="small grey">{foot}</footer></section>'
    )
    return _document(title, sheet, shown, paper, fixed=True, natural=900 if facts else 620)


def _document(
    title: str, sheets: str, shown: Sequence[Shown], paper: str, *, fixed: bool, natural: int = 980
) -> bytes:
    width, height = PAPERS[paper]
    # Half a millimetre less than the sheet: rounding must not push an empty second page out.
    size = f"width:{width}mm;" + (
        f"height:{height - 0.5}mm;overflow:hidden" if fixed else f"min-height:{height - 0.5}mm"
    )
    style = (
        STYLE.replace("FONT", FONT_EXPORT) + f"@page{{size:{width}mm {height}mm;margin:0}}.sheet{{{size}}}"
    )
    figures = {f"plot-{n}": _figure(one.figure) for n, one in enumerate(shown) if one.figure is not None}
    drawing = ""
    if figures:
        # "</" would end the script inside a string of the data.
        data = json.dumps(figures, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
        drawing = (
            f"<script>{get_plotlyjs()}</script><script>const figures={data};"
            # Drawn as wide as on screen, then brought to the paper's width: labels keep their distance.
            "for(const[id,f]of Object.entries(figures)){const e=document.getElementById(id);"
            f"const k=Math.min(1,e.clientWidth/{natural}),d=document.createElement('div');"
            "const w=e.clientWidth/k,h=e.clientHeight/k;d.style.transform=`scale(${k})`;e.append(d);"
            "Object.assign(f.layout,{width:w,height:h||f.layout.height,autosize:false});"
            "Plotly.newPlot(d,f.data,f.layout,{displayModeBar:false,staticPlot:true})}</script>"
        )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{_text(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{style}</style></head><body>'
        f"{sheets}{drawing}</body></html>"
    ).encode()


def _figure(figure: go.Figure) -> dict[str, object]:
    plain = json.loads(pio.to_json(figure, validate=False))
    plain["layout"].pop("template", None)
    plain["layout"]["paper_bgcolor"] = "#FFFFFF"
    return {"data": plain["data"], "layout": plain["layout"]}


def _drawing(one: Shown, n: int) -> str:
    if one.figure is not None:
        return f'<div class="plot" id="plot-{n}" role="img" aria-label="{html.escape(one.card.alt)}"></div>'
    found = rows(card_table(one.card), one.card.frame, one.card.columns or Frame(""))
    head = "".join(f"<th>{_text(h)}</th>" for h in found.heads)
    body = "".join(
        "<tr>" + "".join(f"<td>{_entry(e)}</td>" for e in line.entries) + "</tr>" for line in found.lines
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _entry(one: Entry) -> str:
    beneath = f'<br><span class="grey">{_text(one.beneath)}</span>' if one.beneath else ""
    return _text(one.words) + beneath


def _publishers(card: Card) -> str:
    names = citations.publishers(card.sources)
    rest = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"Source: {'; '.join(names[:3])}{rest}"


def _source_item(row: object) -> str:
    title = row.publisher if is_missing(row.title) else f"{row.publisher}: {row.title}"  # type: ignore[attr-defined]
    url = str(row.url)  # type: ignore[attr-defined]
    shown = f'<a href="{html.escape(url)}">{_text(title)}</a>' if url.startswith("http") else _text(title)
    return f"<li>{shown}, {format_day(row.published_date, row.published_date_precision)}</li>"  # type: ignore[attr-defined]


def _text(value: object) -> str:
    return html.escape(str(value), quote=False)
