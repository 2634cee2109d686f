"""The reader's own chart: rows, a kind that fits, columns, colour, filter, order and length are picked, all else follows.

The picks stand in the address as any chart's do, so a chart of one's own is linked, saved and refreshed like ours.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, cast
from urllib.parse import parse_qsl

import pandas as pd

from dashboard.charts import explore_picks as picks
from dashboard.charts.columns import Column, Frame, key, names
from dashboard.charts.explore_picks import Picked, picked
from dashboard.charts.kinds.bars import Bars, Columns
from dashboard.charts.kinds.matrix import Matrix
from dashboard.charts.kinds.points import Points
from dashboard.charts.kinds.table import Cell, Table
from dashboard.charts.marks import caveat_cells, caveats, joined_sources, weakest
from dashboard.charts.rows import as_of, counted, ordered
from dashboard.charts.spec import Chart, Kind
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.look.theme import plural

#: What may be added up.
ADDED = ("value", "models", "events", "systems")
Log = Literal["", "x", "y", "xy"]

# --- The frame ---


def _rows_shown(tables: Tables, selection: Selection, now: Picked) -> pd.DataFrame:
    """Rows that the filter keeps and that have what is asked for."""
    frame = now.rows.read(tables, selection.basis)
    column, _, value = now.where.partition("=")
    if column in now.rows.declared:
        frame = frame[frame[column].astype("str") == value]
    total = len(frame)
    needed = {"time": [now.rows.day], "against": [now.across], "list": []}.get(now.kind, now.groups)
    needed += [] if now.is_counted or now.kind == "list" else [now.measure]
    frame = frame.dropna(subset=needed)
    for c in needed if now.kind == "against" else ():
        frame = frame[frame[c] > 0] if _is_log(now, c) else frame
    return counted(frame, total)


def refusal(tables: Tables, selection: Selection) -> str:
    """Why the choices make no chart, and what to change; "" where they do."""
    now = picked(selection)
    if now.where != picks.EVERYTHING and now.where not in picks.where_options(tables, selection):
        asked = now.where.partition("=")[2]
        return f"No {now.rows.noun} has “{asked}” there on this day: choose “Everything” or another value."
    frame = _rows_shown(tables, selection, now)
    if frame.empty:
        return ""
    apart = now.rows.one.get(now.measure) or now.rows.one.get(now.across)
    if apart and now.kind != "cells" and (count := frame[apart].nunique()) > 1:
        one = _said(now, apart)
        return f"Values of {count} different {one}s do not compare: under “Only” choose one {one}."
    if now.kind == "cells" and (count := frame[now.across].nunique()) > picks.MOST_CELLS:
        return (
            f"{now.rows.columns.heading(now.across)} has {count} different values and a chart has room for {picks.MOST_CELLS} columns: "
            "choose another across, or fewer rows under “Only”."
        )
    if now.how == "sum" and not now.is_each and not now.is_counted and now.measure not in ADDED:
        return f"A sum of {_said(now, now.measure)} means nothing: choose the median, the largest or the smallest."
    return ""


def explore(tables: Tables, selection: Selection) -> pd.DataFrame:
    """One row a bar, column, or part of one; empty where the choices make no chart (see `refusal`)."""
    now = picked(selection)
    columns = list(frame_of(now))
    rows = _rows_shown(tables, selection, now)
    if rows.empty or refusal(tables, selection):
        return counted(pd.DataFrame(columns=columns), 0)
    if now.is_each:
        return _each(rows, now, columns)
    if now.kind == "time":
        days = rows[now.rows.day].dt
        years = days.year.astype(str)
        rows = rows.assign(period=years if now.step == "year" else years + " Q" + days.quarter.astype(str))
    first = now.groups[0]
    by = [*now.groups, *([now.coloured] if now.coloured and now.is_counted else [])]
    if now.kind == "time":
        return counted(ordered(_parts(rows, now, by, columns), "period"), len(rows))
    # What stands first is found of numbers alone; the rest of a bar is told of those that are shown.
    parts = rows.groupby(by, sort=False, observed=True, dropna=False)
    values = (parts.size() if now.is_counted else parts[now.measure].agg(now.how)).astype(float)
    totals = values.groupby(values.index.get_level_values(0).map(str), sort=False).sum()
    totals = totals.sort_index(key=lambda s: s.str.casefold())
    if now.order != "name":
        totals = totals.sort_values(ascending=now.order == "least", kind="stable")
    shown = totals.index[: now.most]
    frame = _parts(rows[rows[first].map(str).isin(shown)], now, by, columns)
    return counted(ordered(frame, "_place", _place=frame[first].map(shown.get_loc)), len(totals))


def _parts(rows: pd.DataFrame, now: Picked, by: list[str], columns: list[str]) -> pd.DataFrame:
    """A row for each bar, column, part of one or cell, in the order in which they first come."""
    parts = rows.groupby(by, sort=False, observed=True, dropna=False)
    return pd.DataFrame([_row(now, key, part) for key, part in parts], columns=columns)


def _each(rows: pd.DataFrame, now: Picked, columns: list[str]) -> pd.DataFrame:
    """Rows as they are, the first ones of the order chosen."""
    total = rows.attrs["out_of"] if now.kind == "against" else len(rows)
    sign = {"name": [], "least": [now.measure]}.get(now.order, [f"-{now.measure}"])
    rows = ordered(rows, *sign, "_name", _name=rows[now.rows.name].astype(str).str.casefold())
    rows = rows.iloc[: now.most]
    rows = rows.assign(caveat=caveat_cells(rows))
    return counted(rows[[c for c in columns if c in rows]], total)


def _row(now: Picked, key: tuple[object, ...], part: pd.DataFrame) -> dict[str, object]:
    """What one bar, column, part of one or cell says of its rows."""
    values = None if now.is_counted else part[now.measure].astype(float)
    shown = part
    if values is not None and now.how in ("max", "min"):
        shown = part.loc[[values.idxmax() if now.how == "max" else values.idxmin()]]
    listed = dict.fromkeys(map(str, shown[now.rows.name].dropna()))
    is_of_one = now.by in ("company_name", now.rows.name)
    firm = weakest(part["confidence"])
    told = ("governance_model", now.coloured, now.value.beside)
    return {
        **{c: part[c].iloc[0] for c in told if c in part},
        **dict(zip(now.groups, map(str, key), strict=False)),
        now.value_name: len(part) if values is None else float(getattr(values, now.how)()),
        "which": ", ".join(listed) if now.rows.name != now.by else None,
        "until": part[now.rows.day].max() if now.kind == "time" else None,
        "is_outside": is_of_one and bool(part["is_outside"].all()),
        "confidence": firm,
        "caveat": caveats(estimated=firm == "low") if values is not None else None,
        "source_ids": joined_sources(*shown["source_ids"]),
    }


def frame_of(now: Picked) -> Frame:
    """The columns that these choices give."""
    rows, declared, is_time = now.rows, now.rows.declared, now.kind == "time"
    own: dict[str, Column | str] = (
        {"period": f"{now.step} of the {_said(now, rows.day)} day"} if is_time else {}
    )
    is_marked = now.kind == "cells" and now.by == "company_name"
    told = {
        "list": [rows.name, now.measure, *declared],
        "against": [rows.name, "company_name", now.coloured, now.across, now.measure],
    }.get(now.kind, [*now.groups, "governance_model" if is_marked else "", now.coloured])
    own |= {c: declared[c] for c in told if c in declared}
    if now.is_each:
        for c, d in declared.items():
            if c in own and d.beside:
                own.setdefault(d.beside, key(f"what completes the {_said(now, c)}"))
        return Frame(f"{rows.nouns}, in the order chosen", **own)
    value = now.value
    means = value.means if now.is_counted else f"{picks.HOWS[now.how]}: {value.means}"
    own[now.value_name] = replace(value, means=means)
    own["which"] = names(f"the {rows.nouns} behind it", rows.nouns.capitalize())
    if is_time:
        own["until"] = key("newest day counted")
    if value.beside:
        own[value.beside] = key("what the value is stated in")
    return Frame(f"{now.step if is_time else _said(now, now.by)}s, in the order chosen", **own)


def _is_log(now: Picked, column: str) -> bool:
    """Whether values of a measure differ by powers of ten between rows."""
    declared = now.rows.columns[column]
    return declared.form in ("tokens", "money") or declared.unit in ("parameters", "FLOP")


# --- The declaration, under a choice ---


def _said(now: Picked, column: str) -> str:
    """A column inside a sentence."""
    return now.rows.columns.heading(column).lower()


def title(now: Picked) -> str:
    """Title written from the choices: "Models by organisation and weights"."""
    if now.title:
        return now.title[:150]
    what, measured = now.rows.nouns.capitalize(), now.rows.columns.heading(now.measure)
    by = f"a {now.step}" if now.kind == "time" else f"by {_said(now, now.by)}"
    match now.kind:
        case "against":
            across = "by day" if now.across == now.rows.day else f"against {_said(now, now.across)}"
            whole = f"{measured} {across}"
        case "list":
            of = "" if now.measure == now.rows.day else f" {measured.lower()}"
            words = {"value": "highest" if of else "newest", "least": "lowest" if of else "oldest"}
            whole = f"{what}, {f'{words[now.order]}{of} first' if now.order in words else 'by name'}"
        case "cells":
            whole = f"{what} {by} and {_said(now, now.across)}"
        case _ if now.is_counted:
            whole = f"{what} {by}{f' and {_said(now, now.coloured)}' if now.coloured else ''}"
        case "compare" if now.by == now.rows.name:
            whole = f"{measured} {by}"
        case _:
            whole = f"{measured}, {picks.HOWS[now.how].removeprefix('the ')} {by}"
    return whole if now.where == picks.EVERYTHING else f"{whole}: {now.where.partition('=')[2]}"


def subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Unit, scope, how many of how many, and the day."""
    now = picked(selection)
    out_of = frame.attrs.get("out_of", 0)
    if now.is_each:
        some = plural(len(frame), now.rows.noun)
        if out_of > len(frame):
            some = f"{len(frame):,} of {out_of:,} {now.rows.nouns}"
        return f"{some}{' that state both' if now.kind == 'against' else ''}; {as_of(selection)}"
    scope = f"Number of {now.rows.nouns}"
    if not now.is_counted:
        unit = now.value.unit or now.value.means
        scope = f"{unit[:1].upper()}{unit[1:]}; {picks.HOWS[now.how]} of each"
    shown = frame[now.groups[0]].nunique()
    some = f"; {shown:,} of {out_of:,} shown" if now.kind != "time" and out_of > shown else ""
    return f"{scope}{some}; {as_of(selection)}"


def under(selection: Selection) -> Chart:
    """The chart that a selection's picks describe: of the kind that fits, with its own columns and title."""
    now = picked(selection)
    columns = frame_of(now)
    return replace(EXPLORE, title=title(now), shows=columns.by(explore), kind=_kind(now, columns))


def _kind(now: Picked, columns: Frame) -> Kind:
    value, colour = now.value_name, now.coloured
    match now.kind:
        case "against":
            log = "".join(
                axis for axis, c in zip("xy", (now.across, now.measure), strict=True) if _is_log(now, c)
            )
            return Points(now.across, now.measure, now.rows.name, colour, log=cast(Log, log))
        case "list":
            told = [c for c in columns.own if columns[c].is_told]
            cells = tuple(Cell(c, none="–") if n else c for n, c in enumerate(told))
            return Table(cells[: picks.MOST_LISTED], more=cells[picks.MOST_LISTED :], sortable=True)
        case "cells":
            return Matrix(
                now.by,
                now.across,
                value,
                listed="which" if now.by != now.rows.name else "",
                mark="governance_model" if now.by == "company_name" else "",
                noun=value.replace("_", " "),
            )
        case "time":
            stack = colour if now.is_counted else ""
            if now.step == "quarter":
                return Columns("period", value, stack=stack, tick="quarter")
            return Columns("period", value, stack=stack, until="until")
    if now.is_counted and colour:
        return Bars(now.by, value, stack=colour)
    return Bars(now.by, value, colour=colour or ("governance_model" if now.by == "governance_model" else ""))


EXPLORE = Chart(
    title="A chart of your own",
    question="What do you want to see?",
    subtitle=subtitle,
    shows=frame_of(picked(Selection(pd.Timestamp("2026-01-01"), pd.Timestamp("2026-01-01")))).by(explore),
    kind=Bars("company_name", "models"),
    choices=picks.CHOICES,
    under=under,
    topic="data",
)

CHARTS = (EXPLORE,)


@dataclass(frozen=True)
class Start:
    """A starting point: its question, and what is picked for it as an address says it."""

    question: str
    address: str

    @property
    def picks(self) -> tuple[tuple[str, str], ...]:
        """Names of choices and what is picked of each."""
        return tuple((f"explore.{name}", option) for name, option in parse_qsl(self.address))


STARTS = (
    Start("Whose models are open?", "rows=models&by=company_name&colour=weights"),
    Start("How fast do models come?", "rows=models&kind=time&step=quarter&colour=weights"),
    Start(
        "Who builds the largest models?",
        "rows=models&by=company_name&measure=parameters_total&how=max&colour=governance_model",
    ),
    Start("Who releases which kinds of models?", "rows=models&kind=cells&by=company_name&across=modality"),
    Start("What happened last?", "rows=events&kind=list"),
    Start(
        "Do larger models read longer inputs?",
        "rows=models&kind=against&across=parameters_total&measure=context_tokens&colour=weights",
    ),
    Start(
        "Who is steered most from the centre?",
        "rows=companies&by=company_name&measure=centralisation_index&colour=governance_model",
    ),
    Start("Where do they sit?", "rows=companies&by=hq_city&colour=company_type"),
    Start("Who earns with AI how?", "rows=levers&kind=cells&by=company_name&across=lever"),
    Start("How do claims hold up, section by section?", "rows=claims&by=section&colour=claim_kind"),
)
