"""What stands in the body of a slide: a frame turned into charts, tables and timelines, page by page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from math import log10
from typing import Any

import pandas as pd
from pptx.slide import Slide

from dashboard.charts.card import Card, card_table
from dashboard.charts.columns import Frame
from dashboard.charts.kinds import bars as charts_bars
from dashboard.charts.kinds.change import Change
from dashboard.charts.kinds.flow import Flow
from dashboard.charts.kinds.lanes import Lanes
from dashboard.charts.kinds.marks import caveats_of
from dashboard.charts.kinds.matrix import Matrix
from dashboard.charts.kinds.points import Points as PointsKind
from dashboard.charts.spec import Native
from dashboard.draw.slide import bars as bar_pages
from dashboard.draw.slide import change as change_pages
from dashboard.draw.slide import flow as flow_pages
from dashboard.draw.slide import grid, native
from dashboard.draw.slide import lanes as lane_pages
from dashboard.draw.slide import matrix as matrix_pages
from dashboard.draw.slide import points as point_pages
from dashboard.draw.slide import table as table_pages
from dashboard.draw.slide.grid import Cell
from dashboard.draw.slide.native import LEGEND, Axis, Bars, Point, Points, Wish
from dashboard.draw.slide.ooxml import GREY, INK, LOOK, Box, Run, mix
from dashboard.draw.slide.text import end_names, key_line, text_box, units
from dashboard.draw.slide.workbook import plain
from dashboard.look.measure import shorten, width
from dashboard.look.theme import (
    MODEL,
    MODEL_ORDER,
    NOT_DISCLOSED,
    WHITE,
    format_count,
    format_day,
    is_missing,
    model_short,
    plural,
)

Draw = Callable[[Slide, str], None]

BARS_A_SLIDE, LANES_A_SLIDE, NAMES_SHOWN = 16, 12, 12
OUTSIDE = "Outside China"
CLOSED = "Not open, or unknown"
PLAIN_MARKS = ("circle", "square", "diamond", "triangle")


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
        "xy_scatter": _scatter,
        "line": _lines,
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


# --- Scatters and lines ---


def _value_of(series: pd.Series) -> tuple[list[float | None], bool]:
    """Values of an axis, and whether they are days."""
    if pd.api.types.is_datetime64_any_dtype(series):
        return [None if is_missing(d) else native.serial(d) for d in series], True
    return [_float(v) for v in series], False


def _axis(
    values: Sequence[float],
    days: bool,
    log: bool,
    column: str,
    unit: str,
    row: dict[str, Any] | None = None,
) -> Axis:
    if days:
        stamps = [native.EPOCH + pd.Timedelta(days=v) for v in values]
        return native.day_axis(*native.day_span(stamps), title="")
    code = _code(column, unit, values, row)
    if log:
        low, high = min(values), max(values)
        if code == "#,##0.0":
            code = "[<1]0.0##;#,##0"
        return Axis(
            float(10.0 ** _floor(log10(low) - 0.03)),
            float(10.0 ** -_floor(-log10(high) - 0.03)),
            10.0,
            code=code,
            title=unit,
            log=True,
        )
    low, high, step = native.nice_axis(list(values))
    # Nothing that is never negative gets a scale below zero.
    low = max(low, 0.0) if min(values) >= 0 else low
    # "0 to 100": the scale is said in the unit.
    if "0 to 100" in unit:
        low, high, step = 0.0, 100.0, 25.0
    return Axis(low, high, step, code="#,##0" if step >= 1 else "#,##0.0", title=unit)


def _floor(value: float) -> int:
    return int(value // 1)


def _at(value: float, axis: Axis) -> float:
    assert axis.low is not None and axis.high is not None
    if axis.log:
        return (log10(value) - log10(axis.low)) / (log10(axis.high) - log10(axis.low))
    return (value - axis.low) / (axis.high - axis.low)


def _groups(frame: pd.DataFrame, spec: Native) -> list[tuple[str, str, str, list[int], bool]]:
    """Series of a scatter: name, colour, mark, row numbers and whether ringed; by governance model where that colours them."""
    outside = _is_outside(frame)
    if spec.colour_by:
        ids = [None if is_missing(m) else str(m) for m in frame[spec.colour_by]]
        found = []
        context = [i for i, m in enumerate(ids) if m is None]
        if context:
            name = OUTSIDE if all(outside[i] for i in context) else NOT_DISCLOSED.capitalize()
            found.append((name, LOOK.pale, "circle", context, False))
        for model in MODEL.values():
            rows = [i for i, m in enumerate(ids) if m == model.id]
            if rows:
                # The palette gives "undetermined" no mark of PowerPoint's; an invisible point would be a lost one.
                unmarked = model.slide_marker == "none"
                found.append(
                    (model.short, model.light, "circle" if unmarked else model.slide_marker, rows, unmarked)
                )
        return found
    names = _categories(frame, spec.series) if spec.series else [""] * len(frame)
    order = list(dict.fromkeys(names))
    known = {
        "not stated": (LOOK.levels[1], "diamond"),
        "dense": (LOOK.levels[2], "square"),
        "mixture": (LOOK.ink, "circle"),
    }
    if set(order) <= set(known):
        order = [n for n in known if n in order]
    tints = [known.get(n, (LOOK.levels[4 - k % 4], PLAIN_MARKS[k % 4])) for k, n in enumerate(order)]
    return [
        (n or heading(spec.value), tint, mark, [i for i, m in enumerate(names) if m == n], False)
        for n, (tint, mark) in zip(order, tints, strict=True)
    ]


def _scatter(card: Card, spec: Native, body: Box) -> list[Draw]:
    frame = card.frame.reset_index(drop=True)
    assert spec.x is not None
    xs, x_days = _value_of(frame[spec.x])
    ys, _ = _value_of(frame[spec.value])
    names = _categories(frame, spec.category)
    placed = [
        x is not None and y is not None and not (spec.log_x and x <= 0) and not (spec.log_y and y <= 0)
        for x, y in zip(xs, ys, strict=True)
    ]
    left_out = [i for i, p in enumerate(placed) if not p]
    if not any(placed):
        return _table(card, body)

    def draw(one: Slide, name: str) -> None:
        aside = 2.7 if left_out else 0.0
        room = Box(body.x, body.y, body.w - aside, body.h)
        room, x_unit, y_unit = units(one, room, "" if x_days else spec.x_unit, spec.unit, name)
        x_seen = [x for x, p in zip(xs, placed, strict=True) if p and x is not None]
        y_seen = [y for y, p in zip(ys, placed, strict=True) if p and y is not None]
        first_row = frame.iloc[0].to_dict()
        x_axis = _axis(x_seen, x_days, spec.log_x, spec.x or "", spec.x_unit, first_row)
        y_axis = _axis(y_seen, False, spec.log_y, spec.value, spec.unit)
        box = Box(room.x - 0.1, room.y - 0.05, room.w + 0.1, room.h + 0.05)
        foot = 0.62 if x_unit else 0.34
        plot = Box(box.x + 0.72, box.y + LEGEND + 0.36, box.w - 0.72 - 0.35, box.h - LEGEND - 0.36 - foot)
        spots = {
            i: (plot.x + _at(xs[i], x_axis) * plot.w, plot.y + (1 - _at(ys[i], y_axis)) * plot.h)  # type: ignore[arg-type]
            for i, p in enumerate(placed)
            if p
        }
        strong = [bool(v) for v in frame[spec.named]] if spec.named else [True] * len(frame)
        lines = _frontiers(frame, spec, xs, ys, placed, strong, x_axis)
        along = [
            (plot.x + _at(x, x_axis) * plot.w, plot.y + (1 - _at(y, y_axis)) * plot.h)
            for _, _, points in lines
            for (x0, y0), (x1, y1) in pairwise(points)
            for x, y in (
                (
                    x0 + (x1 - x0) * k / 30 if not spec.log_x else x0 * (x1 / x0) ** (k / 30),
                    y0 + (y1 - y0) * k / 30,
                )
                for k in range(1, 31)
            )
        ]
        sides = _sides(frame, spec, spots, strong, names, plot, along)
        series = []
        for title, tint, mark, rows, ringed in _groups(frame, spec):
            for is_strong in (False, True):
                mine = [i for i in rows if placed[i] and strong[i] == is_strong]
                if not mine:
                    continue
                both = spec.named and any(strong[i] and placed[i] for i in rows)
                series.append(
                    Points(
                        title if is_strong or not both else f"{title}, others",
                        [
                            Point(
                                names[i],
                                float(xs[i] or 0),
                                float(ys[i] or 0),
                                _label_words(frame, spec, i) if i in sides else "",
                                bool(spec.named) and strong[i],
                                sides.get(i, "r"),
                            )
                            for i in mine
                        ],
                        tint if is_strong or tint == LOOK.pale else mix(tint, 0.5),
                        mark,
                        11 if is_strong and spec.named else 9 if not spec.named else 6,
                        in_key=is_strong or not both,
                        ringed=ringed,
                    )
                )
        series.sort(key=lambda s: s.name.endswith(", others"), reverse=True)
        threads = _threads(frame, spec, xs, ys, placed, strong, names)
        if threads is not None:
            series.insert(0, threads)
        for title, tint, points in lines:
            series.append(
                Points(title, [Point("", x, y) for x, y in points], tint, "none", line=2.0, in_key=True)
            )
        native.scatter(
            one,
            box,
            series,
            x_axis=_titled(
                x_axis,
                x_unit,
                (plot.x + plot.w - width(x_unit, native.LABEL) / 72 - 0.15 - box.x) / box.w,
                1 - 0.27 / box.h,
            ),
            y_axis=_titled(y_axis, y_unit, 0.004, (LEGEND + 0.04) / box.h),
            headings=(heading(spec.category), heading(spec.x or "")),
            plot=plot,
            days=x_days,
            x_code="yyyy-mm-dd" if x_days else "General",
            y_code="General",
            name=name,
            alt=card.alt,
            created=card.as_of_date.to_pydatetime(),
            undrawn=[[names[i], None, ys[i]] for i in left_out],
        )
        if left_out:
            beside = Box(body.x + body.w - aside + 0.2, body.y + LEGEND, aside - 0.2, body.h - LEGEND - 0.2)
            _list_left_out(one, beside, frame, spec, names, left_out, ys, name)

    return [draw]


def _titled(axis: Axis, title: str, x: float, y: float) -> Axis:
    return replace(axis, title=title, title_at=(x, y))


def _label_words(frame: pd.DataFrame, spec: Native, i: int) -> str:
    assert spec.label is not None
    return str(frame[spec.label].iloc[i])


def _sides(
    frame: pd.DataFrame,
    spec: Native,
    spots: dict[int, tuple[float, float]],
    strong: Sequence[bool],
    names: Sequence[str],
    plot: Box,
    along: Sequence[tuple[float, float]],
) -> dict[int, str]:
    """Rows that get their name and on which side: strong ones first, then the best of each series."""
    if not spec.label:
        return {}
    emphasised = bool(spec.named)
    order = sorted(spots, key=lambda i: (not strong[i], spots[i][1]))
    best: set[str] = set()
    group = spec.series if spec.series and spec.series != spec.category else None
    if "company_name" in frame and spec.category != "company_name":
        group = "company_name"
    wishes = []
    for i in order:
        owner = str(frame[group].iloc[i]) if group else names[i]
        if not (emphasised and strong[i]):
            if owner in best:
                continue
            best.add(owner)
        wishes.append(Wish(i, *spots[i], _label_words(frame, spec, i), emphasised and strong[i]))
    marks = [*spots.values(), *along]
    # Where every point is a company, one without its name says nothing.
    most = NAMES_SHOWN if emphasised or group else max(NAMES_SHOWN, 24)
    return native.place(wishes, marks, plot, most)


def _frontiers(
    frame: pd.DataFrame,
    spec: Native,
    xs: Sequence[float | None],
    ys: Sequence[float | None],
    placed: Sequence[bool],
    strong: Sequence[bool],
    x_axis: Axis,
) -> list[tuple[str, str, list[tuple[float, float]]]]:
    """Step lines through the rows that are named: one, or one a series where the series is not the colour."""
    if not spec.named or not spec.line_name:
        return []
    per_series = spec.series is not None and spec.colour_by and f"{spec.series}_id" != spec.colour_by
    keys = _categories(frame, spec.series) if per_series and spec.series else [""] * len(frame)
    out = []
    for key in dict.fromkeys(keys):
        points = sorted(
            (x, y)
            for x, y, p, s, k in zip(xs, ys, placed, strong, keys, strict=True)
            if p and s and k == key and x is not None and y is not None
        )
        if not points:
            continue
        steps: list[tuple[float, float]] = [points[0]]
        for x, y in points[1:]:
            steps += [(x, steps[-1][1]), (x, y)]
        assert x_axis.high is not None
        steps.append((x_axis.high if not x_axis.log else min(x_axis.high, points[-1][0] * 3), steps[-1][1]))
        title = f"{key}: {spec.line_name}" if key else spec.line_name
        out.append((title, LOOK.rule if key == OUTSIDE else LOOK.ink, steps))
    return out


def _threads(
    frame: pd.DataFrame,
    spec: Native,
    xs: Sequence[float | None],
    ys: Sequence[float | None],
    placed: Sequence[bool],
    strong: Sequence[bool],
    names: Sequence[str],
) -> Points | None:
    """Upright lines from the named points to a second value."""
    if not spec.thread:
        return None
    points: list[Point] = []
    ends = [_float(v) for v in frame[spec.thread]]
    for i, end in enumerate(ends):
        x, y = xs[i], ys[i]
        if placed[i] and strong[i] and end is not None and x is not None and (end > 0 or not spec.log_y):
            points += [Point(names[i], x, y), Point(names[i], x, end), Point("", x, None)]
    if not points:
        return None
    gaps = frozenset(i for i in range(len(points)) if i % 3 != 1)
    return Points(heading(spec.thread), points, LOOK.rule, "dash", 7, line=1.25, bare=gaps)


def _list_left_out(
    one: Slide,
    box: Box,
    frame: pd.DataFrame,
    spec: Native,
    names: Sequence[str],
    rows: Sequence[int],
    ys: Sequence[float | None],
    name: str,
) -> None:
    """Rows without a place on the scales stand beside the chart, never dropped in silence."""
    outside = _is_outside(frame)
    cells = []
    for i in rows:
        model = frame[spec.colour_by].iloc[i] if spec.colour_by else None
        tint = _model_fill(model, outside[i])
        value = "" if ys[i] is None else _value_words(float(ys[i] or 0), {}, spec.unit)
        cells.append(
            [
                Cell(((Run("■\u00a0", 0, False, tint), Run(names[i], 0, True, INK)),)),
                grid.cell(value, align="r"),
            ]
        )
    what = (spec.x_unit or heading(spec.x or "")).split(",")[0].lower()
    head = [f"Without {what}", heading(spec.value)]
    room = Box(box.x, box.y, box.w, box.h)
    columns = [box.w - 0.7, 0.7]
    longest = max(width(f"■\u00a0{names[i]}", 1.0, True) for i in rows)
    sizes = [s for s in (11.0, 10.0, 9.0) if longest * s <= (columns[0] - 0.24) * 72] or [9.0]
    laid = grid.lay_out(head, cells, room, sizes=sizes, widths=columns, row=0.3, most_rows=14, most_lines=1)
    shown = laid.pages[0]
    tall = grid.draw(
        one, room, laid, shown, f"{name}:left-out", f"{plural(len(rows), 'row')} {head[0].lower()}."
    )
    if len(shown) < len(rows):
        words = f"and {len(rows) - len(shown)} more in the workbook"
        text_box(
            one,
            Box(box.x, box.y + tall, box.w, 0.2),
            [[Run(words, 10, False, GREY)]],
            f"{name}:left-out-more",
        )


def _lines(card: Card, spec: Native, body: Box) -> list[Draw]:
    """One line a series over `x` (or its category), in steps where that is a day, named at its end."""
    frame = card.frame.reset_index(drop=True)
    assert spec.series is not None
    across = spec.x or spec.category
    xs, days = _value_of(frame[across])
    ys, _ = _value_of(frame[spec.value])
    owners = _categories(frame, spec.series)
    if not any(x is not None and y is not None for x, y in zip(xs, ys, strict=True)):
        return _table(card, body)

    def draw(one: Slide, name: str) -> None:
        x_seen = [x for x in xs if x is not None]
        y_seen = [y for y in ys if y is not None]
        x_axis = _axis(x_seen, days, False, across, spec.x_unit)
        y_axis = _axis(y_seen, False, False, spec.value, spec.unit)
        last = {o: y for o, y in zip(owners, ys, strict=True) if y is not None}
        ends_in = {
            o: f" {_value_words(y, {}, spec.unit) if abs(y) >= 1000 else f'{y:.0f}'}" for o, y in last.items()
        }
        side = min(max(width(o + t, native.LABEL, True) for o, t in ends_in.items()) / 72 + 0.2, 3.4)
        inner, _, unit = units(one, body, "", spec.unit, name)
        box = Box(inner.x - 0.1, inner.y - 0.05, inner.w + 0.1, inner.h + 0.05)
        plot = Box(box.x + 0.6, box.y + 0.4, box.w - 0.6 - side, box.h - 0.4 - 0.36)
        series: list[Points] = []
        ends: list[tuple[str, float, str]] = []
        for owner in dict.fromkeys(owners):
            rows = [i for i, o in enumerate(owners) if o == owner and xs[i] is not None and ys[i] is not None]
            if not rows:
                continue
            model = frame[spec.colour_by].iloc[rows[-1]] if spec.colour_by else None
            tint = (
                _model_fill(model, False)
                if spec.colour_by
                else (LOOK.ink, LOOK.levels[3], "#8793AB")[len(series) % 3]
            )
            mark = MODEL[str(model)].slide_marker if str(model) in MODEL else PLAIN_MARKS[len(series) % 4]
            points: list[Point] = []
            corners: set[int] = set()
            y = 0.0
            for i in rows:
                before, x, y = y, float(xs[i] or 0), float(ys[i] or 0)
                if days and points and before != y:
                    corners.add(len(points))
                    points.append(Point("", x, before))
                points.append(Point(owner, x, y))
            series.append(
                Points(
                    owner,
                    points,
                    tint,
                    "circle" if mark == "none" else mark,
                    6,
                    line=2.25,
                    bare=frozenset(corners),
                    in_key=False,
                )
            )
            ends.append((owner, y, INK if is_missing(model) else LOOK.name_colour(str(model))))
        native.scatter(
            one,
            Box(box.x, box.y, box.w - side, box.h),
            series,
            x_axis=x_axis,
            y_axis=_titled(y_axis, unit, 0.004, 0.0),
            headings=(heading(spec.series or ""), heading(across)),
            plot=plot,
            days=days,
            x_code="yyyy-mm-dd" if days else "General",
            y_code="General",
            name=name,
            alt=card.alt,
            created=card.as_of_date.to_pydatetime(),
        )
        step, low = 0.21, plot.y + plot.h + 0.1
        spots = []
        # More names than lines of text: the first of the frame are named, the workbook holds all.
        named = ends[: int(plot.h / step)]
        for owner, y, tint in sorted(named, key=lambda e: e[1]):
            low = min(plot.y + (1 - _at(y, y_axis)) * plot.h, low - step)
            spots.append((owner, y, tint, low))
        over = max(plot.y - min(s[3] for s in spots), 0)
        for owner, _, tint, at in spots:
            room = side * 72 - width(ends_in[owner], native.LABEL) - 10
            words = shorten(owner, room, native.LABEL, True)
            runs = [Run(words, native.LABEL, True, tint), Run(ends_in[owner], native.LABEL, False, GREY)]
            place = Box(plot.x + plot.w + 0.1, at + over - step / 2, side, step)
            text_box(one, place, [runs], f"{name}:name:{owner}", anchor="ctr")

    return [draw]


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
