"""What stands in the body of a slide: a frame turned into charts, tables and timelines, page by page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pandas as pd
from pptx.slide import Slide

from dashboard.charts.card import Card, card_table
from dashboard.charts.columns import Frame
from dashboard.charts.kinds import bars as charts_bars
from dashboard.charts.kinds.change import Change
from dashboard.charts.kinds.dots import Dots
from dashboard.charts.kinds.flow import Flow
from dashboard.charts.kinds.lanes import Lanes
from dashboard.charts.kinds.lines import Lines
from dashboard.charts.kinds.marks import caveats_of
from dashboard.charts.kinds.matrix import Matrix
from dashboard.charts.kinds.points import Points as PointsKind
from dashboard.charts.spec import Native
from dashboard.draw.slide import bars as bar_pages
from dashboard.draw.slide import change as change_pages
from dashboard.draw.slide import dots as dot_pages
from dashboard.draw.slide import flow as flow_pages
from dashboard.draw.slide import grid, native
from dashboard.draw.slide import lanes as lane_pages
from dashboard.draw.slide import lines as line_pages
from dashboard.draw.slide import matrix as matrix_pages
from dashboard.draw.slide import points as point_pages
from dashboard.draw.slide import table as table_pages
from dashboard.draw.slide.native import Bars
from dashboard.draw.slide.ooxml import GREY, INK, LOOK, Box, Run, mix
from dashboard.draw.slide.text import end_names, key_line, text_box
from dashboard.draw.slide.workbook import plain
from dashboard.look.measure import shorten, width
from dashboard.look.theme import (
    MODEL_ORDER,
    WHITE,
    format_count,
    format_day,
    is_missing,
    model_short,
)

Draw = Callable[[Slide, str], None]

BARS_A_SLIDE = 16
OUTSIDE = "Outside China"


def pages(card: Card, body: Box) -> list[Draw]:
    """Draws a card's frame into a box: one function a slide, which takes the slide and the chart's name on it."""
    if card.frame.empty:
        return [lambda one, name: _nothing(one, body, name)]
    if card.native is None or card.native.kind == "table":
        return _table(card, body)
    if card.columns is not None:
        if isinstance(card.kind, Matrix):
            return matrix_pages.pages(card, card.kind, card.columns, body)
        if isinstance(card.kind, PointsKind):
            return point_pages.pages(card, card.kind, card.columns, body) or _table(card, body)
        if isinstance(card.kind, Dots):
            return dot_pages.pages(card, card.kind, card.columns, body) or _table(card, body)
        if isinstance(card.kind, Lines):
            return line_pages.pages(card, card.kind, card.columns, body) or _table(card, body)
        if isinstance(card.kind, Change):
            return change_pages.pages(card, card.kind, card.columns, body)
        if isinstance(card.kind, Flow):
            return flow_pages.pages(card, card.kind, card.columns, body)
        if isinstance(card.kind, Lanes):
            return lane_pages.pages(card, card.kind, card.columns, body)
    if card.columns is not None and isinstance(card.kind, charts_bars.Bars | charts_bars.Columns):
        return bar_pages.pages(card, card.kind, card.columns, body)
    kinds: dict[str, Callable[[Card, Native, Box], list[Draw]]] = {
        "bar_clustered": _bars,
        "column_clustered": _bars,
        "bar_stacked": _stacked,
        "column_stacked": _stacked,
        "column_stacked_100": _stacked,
        "heat_table": _heat,
    }
    return kinds[card.native.kind](card, card.native, body)


def _nothing(one: Slide, body: Box, name: str) -> None:
    words = "No data under these filters: widen the selection that is named below."
    text_box(one, Box(body.x, body.y + 1.6, body.w, 0.5), [[Run(words, 16, False, GREY)]], name, align="ctr")


def heading(column: str) -> str:
    """A column's name as a heading: "last_event_date" reads "Last event date"."""
    text = column.removesuffix("_name").replace("_", " ").strip()
    return (text[:1].upper() + text[1:]).replace("Ai ", "AI ")


# --- What frames have in common ---


def _float(value: object) -> float | None:
    return None if is_missing(value) else float(value)  # type: ignore[arg-type]


def _words(value: object) -> str:
    found = plain(value)
    if isinstance(found, pd.Timestamp):
        return format_day(found)
    if isinstance(found, float) and found.is_integer():
        found = int(found)
    return "" if found is None else str(found)


def _categories(frame: pd.DataFrame, column: str) -> list[str]:
    return [_words(v) for v in frame[column]]


def _model_fill(model_id: object, outside: bool) -> str:
    if is_missing(model_id):
        return LOOK.pale if outside else LOOK.levels[3]
    return LOOK.fill(str(model_id))


def _is_outside(frame: pd.DataFrame) -> list[bool]:
    return [bool(v) for v in frame["is_outside"]] if "is_outside" in frame else [False] * len(frame)


def _value_words(value: float, row: dict[str, Any], unit: str) -> str:
    """A value as a label writes it: 80.6 %, ¥39.1B, 671B, 1,483."""
    if unit == "percent":
        return f"{value:.1f} %"
    currency = row.get("currency")
    if not is_missing(currency) and currency:
        return {"CNY": "¥", "USD": "$"}.get(str(currency), f"{currency} ") + format_count(value)
    if abs(value) >= 1e6:
        return format_count(value)
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def _code(column: str, unit: str, values: Sequence[float], row: dict[str, Any] | None = None) -> str:
    """Excel's number format for a column of values."""
    most = max((abs(v) for v in values), default=0)
    sign = "$" if "usd" in column else "¥" if "cny" in column else ""
    currency = (row or {}).get("currency")
    if not sign and currency and not is_missing(currency):
        sign = {"CNY": "¥", "USD": "$"}.get(str(currency), f"{currency} ")
    quoted = f'"{sign}"' if sign else ""
    if unit == "percent":
        return '0.0" %"'
    if column.endswith("tokens"):
        return '[>=1000000]0,,"M";[>=1000]0,"K";0'
    if most >= 1e6:
        return f'[>=1000000000000]{quoted}0.#,,,,"T";[>=1000000000]{quoted}0,,,"B";{quoted}0,,"M"'
    if sign:
        return f"[<1]{quoted}0.00;{quoted}#,##0"
    if all(float(v).is_integer() for v in values):
        return "#,##0"
    return "#,##0.0"


def _in_order(groups: Sequence[Sequence[str]]) -> list[str]:
    """One order of names that respects the order within every group, new ones last where no group says else."""
    order: list[str] = []
    for group in groups:
        for k, item in enumerate(group):
            if item in order:
                continue
            after = [order.index(g) for g in group[:k] if g in order]
            before = [order.index(g) for g in group[k + 1 :] if g in order]
            order.insert(max(after) + 1 if after else min(before) if before else len(order), item)
    return order


def _parts(count: int, most: int) -> list[range]:
    """Rows split over as few slides as possible, evenly."""
    slides = max(-(-count // most), 1)
    each = -(-count // slides)
    return [range(i, min(i + each, count)) for i in range(0, max(count, 1), max(each, 1))]


# --- Bars ---


def _bars(card: Card, spec: Native, body: Box) -> list[Draw]:
    if spec.series and spec.series != spec.category:
        return _stacked(card, spec, body)
    frame = card.frame.reset_index(drop=True)
    horizontal = spec.kind == "bar_clustered"
    names = _categories(frame, spec.category)
    values = [_float(v) for v in frame[spec.value]]
    records = frame.to_dict("records")
    outside = _is_outside(frame)
    shown = [v for v in values if v is not None]
    code = _code(spec.value, spec.unit, shown, records[0] if records else None)
    stale = ["stale" in c for c in caveats_of(frame)]
    fills: dict[int, str | None] = {}
    labels: dict[int, list[Run]] = {}
    for i, row in enumerate(records):
        tint = _model_fill(row.get(spec.colour_by), outside[i]) if spec.colour_by else LOOK.levels[3]
        unknown = bool(spec.colour_by) and str(row.get(spec.colour_by)) == "undetermined"
        faint = stale[i] or (bool(spec.named) and not row[spec.named])
        fills[i] = None if unknown else mix(tint, 0.45) if faint else tint
        value = values[i]
        if not horizontal or value is None:
            continue
        runs = [Run(_value_words(value, row, spec.unit), native.LABEL, True, INK)]
        if spec.label and not is_missing(row[spec.label]):
            runs.append(
                Run(f"  {shorten(str(row[spec.label]), 230, native.LABEL)}", native.LABEL, False, INK)
            )
        if spec.colour_by and spec.colour_by not in (f"{spec.category}_id", spec.category):
            model = "" if is_missing(row[spec.colour_by]) else model_short(str(row[spec.colour_by]))
            if model:
                runs.append(Run(f"  {model}", native.LABEL, False, GREY))
        labels[i] = runs
    parts = _parts(len(frame), BARS_A_SLIDE) if horizontal else [range(len(frame))]
    high = max(shown, default=1.0) or 1.0

    def draw(one: Slide, name: str, rows: range) -> None:
        tall = min(body.h, 0.4 * len(rows) + 0.2) if horizontal else body.h
        box = Box(body.x - 0.1, body.y, body.w + 0.1, tall)
        mine = [names[i] for i in rows]
        left = min(max(width(c, native.LABEL) for c in mine) / 72 + 0.16, 3.7) if horizontal else 0.0
        room = box.w - left - 0.1
        end = high * 1.08
        for i, runs in labels.items():
            text = sum(width(r.text, r.size, r.bold) for r in runs) / 72 + 0.15
            end = max(end, (values[i] or 0) * room / max(room - text, room * 0.2))
        series = Bars(
            heading(spec.value) if not spec.unit else f"{heading(spec.value)} ({spec.unit})",
            [values[i] for i in rows],
            LOOK.levels[3],
            colours={k: fills[i] for k, i in enumerate(rows)} if spec.colour_by or any(stale) else {},
            labels={k: labels[i] for k, i in enumerate(rows) if i in labels},
        )
        native.bars(
            one,
            box,
            mine,
            [series],
            heading=heading(spec.category),
            grouping="clustered",
            horizontal=horizontal,
            high=end,
            code=code,
            name=name,
            alt=card.alt,
            created=card.as_of_date.to_pydatetime(),
        )

    return [partial(draw, rows=rows) for rows in parts]


def _series_colours(
    frame: pd.DataFrame, spec: Native, names: Sequence[str]
) -> dict[str, tuple[str, str, bool]]:
    """Fill, colour of text on it and hatching of each series."""
    if spec.colour_by and spec.series:
        ids = frame.drop_duplicates(spec.series).set_index(spec.series)[spec.colour_by]
        return {
            n: (LOOK.pale, INK_HEX, False)
            if is_missing(ids[n])
            else (LOOK.fill(ids[n]), LOOK.text_on(ids[n]), ids[n] == "undetermined")
            for n in names
        }
    weights = LOOK.weights
    if all(n.lower() in weights for n in names):
        return {n: (weights[n.lower()], WHITE if n.lower() == "open" else INK_HEX, False) for n in names}
    steps = (4, 3, 2, 1, 0)
    return {n: (LOOK.levels[steps[i % 5]], LOOK.on_level(steps[i % 5]), False) for i, n in enumerate(names)}


INK_HEX = "#10141C"


def _stacked(card: Card, spec: Native, body: Box) -> list[Draw]:
    frame = card.frame.reset_index(drop=True)
    assert spec.series is not None
    horizontal = spec.kind.startswith("bar")
    categories = list(dict.fromkeys(_categories(frame, spec.category)))
    at = {c: i for i, c in enumerate(categories)}
    text = frame.assign(_c=_categories(frame, spec.category), _s=_categories(frame, spec.series))
    names = _in_order([g["_s"].tolist() for _, g in text.groupby("_c", sort=False)])
    if spec.colour_by:
        ids = text.drop_duplicates("_s").set_index("_s")[spec.colour_by]
        names.sort(key=lambda n: MODEL_ORDER.get(str(ids[n]), 99))
    else:
        for known in (list(LOOK.weights), KINDS):
            if {n.lower() for n in names} <= set(known):
                names = [n for k in known for n in names if n.lower() == k]
    colours = _series_colours(text.assign(**{spec.series: text["_s"]}), spec, names)
    values: dict[str, list[float | None]] = {n: [None] * len(categories) for n in names}
    for row in text.to_dict("records"):
        values[row["_s"]][at[row["_c"]]] = _float(row[spec.value])
    sums = [sum(values[n][i] or 0 for n in names) for i in range(len(categories))]
    most = max(sums, default=1) or 1
    whole = [v for vs in values.values() for v in vs if v is not None]
    code = _code(spec.value, spec.unit, whole)
    share = spec.kind == "column_stacked_100"
    parts = _parts(len(categories), BARS_A_SLIDE) if horizontal else [range(len(categories))]

    def draw(one: Slide, name: str, rows: range) -> None:
        series = [
            Bars(n, [values[n][i] for i in rows], colours[n][0], colours[n][1], hatched=colours[n][2])
            for n in names
        ]
        key_height = 0.34
        tall = min(body.h - key_height, 0.4 * len(rows) + 0.2) if horizontal else body.h - key_height
        ends = not horizontal and bool(spec.colour_by)
        at_end = [n for n in names if values[n][rows[-1]]] if ends else []
        side = max((width(n, native.LABEL, True) for n in at_end), default=0) / 72 + 0.15 if at_end else 0
        box = Box(body.x - 0.1, body.y + key_height, body.w + 0.1 - side, tall)
        keyed = [n for n in names if n not in at_end]
        if keyed:
            key_line(one, Box(body.x, body.y - 0.03, body.w, 0.25), [(n, colours[n][0]) for n in keyed], name)
        drawn = native.bars(
            one,
            box,
            [categories[i] for i in rows],
            series,
            heading=heading(spec.category),
            grouping="percentStacked" if share else "stacked",
            horizontal=horizontal,
            high=most * 1.09 if not share else 1.0,
            code=code,
            name=name,
            alt=card.alt,
            created=card.as_of_date.to_pydatetime(),
            totals=not share and len(names) > 1,
        )
        if at_end:
            last = rows[-1]
            scale = sums[last] if share else drawn.high
            end_names(
                one,
                Box(box.x + box.w + 0.05, drawn.plot.y, side, drawn.plot.h),
                [(n, values[n][last] or 0) for n in at_end],
                scale,
                {n: LOOK.name_colour(str(ids[n])) for n in at_end},
                name,
            )

    return [partial(draw, rows=rows) for rows in parts]


#: Series that have an order of their own.
KINDS = ["fact", "prediction", "risk", "recommendation"]


# --- Tables ---


def _table(card: Card, body: Box) -> list[Draw]:
    return table_pages.pages(card, card_table(card), card.columns or Frame(""), body)


def _heat(card: Card, spec: Native, body: Box) -> list[Draw]:
    frame = card.frame.reset_index(drop=True)
    assert spec.series is not None
    text = frame.assign(_c=_categories(frame, spec.category), _s=_categories(frame, spec.series))
    names = list(dict.fromkeys(text["_c"]))
    columns = _in_order([g["_s"].tolist() for _, g in text.groupby("_c", sort=False)])
    at = {(r["_c"], r["_s"]): r for r in text.to_dict("records")}
    values = [float(v) for v in frame[spec.value].dropna()]
    level = _levels(values, spec.unit)
    extra = list(spec.columns)
    rows = []
    for name in names:
        cells = [grid.cell(name, bold=True)]
        for column in columns:
            found = at.get((name, column))
            value = None if found is None else _float(found[spec.value])
            if found is None or value is None:
                # Where zero is a score, an empty cell could be read as one.
                cells.append(grid.cell("·" if spec.unit.startswith("0 to") else "", colour=GREY, align="ctr"))
                continue
            step = level(value)
            words = _words(found[spec.label]) if spec.label else _value_words(value, {}, spec.unit)
            tint = INK_HEX if LOOK.on_level(step) != WHITE else WHITE
            cells.append(grid.cell(words, colour=tint, fill=LOOK.levels[step], align="ctr"))
        one_row = text[text["_c"] == name].iloc[0]
        for column in extra:
            known = _float(one_row[column])
            cells.append(grid.cell("–" if known is None else f"{known:.0f}", bold=True, align="ctr"))
        rows.append(cells)
    head = [
        heading(spec.category),
        *columns,
        *(heading(c).removeprefix("Centralisation ").capitalize() for c in extra),
    ]
    first = min(max(width(n, 11.0, True) for n in names) / 72 + 0.25, 2.2)
    last = [0.75] * len(extra)
    each = (body.w - first - sum(last)) / len(columns)
    room = Box(body.x, body.y + 0.32, body.w, body.h - 0.32)
    laid = grid.lay_out(
        head,
        rows,
        room,
        widths=[first, *[each] * len(columns), *last],
        most_lines=2,
        centred_from=1,
        sizes=(11.0, 10.0, 9.0),
        row=0.31,
        most_rows=14,
    )
    entries = _heat_key(text, spec, values, level)

    def draw(one: Slide, name: str, part: range) -> None:
        key_line(one, Box(body.x, body.y - 0.03, body.w, 0.25), entries, name)
        grid.draw(one, room, laid, part, name, card.alt)

    return [partial(draw, part=part) for part in laid.pages]


def _levels(values: Sequence[float], unit: str) -> Callable[[float], int]:
    if unit.startswith("0 to 4"):
        return lambda v: max(0, min(round(v), 4))
    if max(values, default=1) <= 2:
        return lambda v: 4 if v >= 2 else 2
    return lambda v: max(1, min(int(v), 4))


def _heat_key(
    text: pd.DataFrame, spec: Native, values: Sequence[float], level: Callable[[float], int]
) -> list[tuple[str, str]]:
    """What the shades mean: the words of each value where every value has one, else the values."""
    present = sorted(set(values), reverse=max(values, default=0) <= 2)
    words = text.groupby(spec.value)[spec.label].nunique() if spec.label else None
    if words is not None and (words == 1).all() and text[spec.label].astype("str").str.len().max() < 24:
        first = text.drop_duplicates(spec.value).set_index(spec.value)[spec.label]
        return [(heading(_words(first[v])), LOOK.levels[level(v)]) for v in present]
    found: dict[int, list[float]] = {}
    for v in present:
        found.setdefault(level(v), []).append(v)
    out = []
    for step, mine in sorted(found.items()):
        low = f"{min(mine):.0f}" + (" or more" if len(mine) > 1 else "")
        out.append((low, LOOK.levels[step]))
    if out and not spec.unit.startswith("0 to 4"):
        out[-1] = (f"{out[-1][0]} {spec.unit}", out[-1][1])
    return out
