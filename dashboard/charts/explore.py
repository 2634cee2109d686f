"""The reader's own chart: rows, a kind that fits, columns, colour, filter, order and length are picked, all else follows.

The picks stand in the address as any chart's do, so a chart of one's own is linked, saved and refreshed like ours.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd

from dashboard.charts.columns import Column, Frame, key, names
from dashboard.charts.explore_picks import (
    CHOICES,
    EVERYTHING,
    HOWS,
    MOST_CELLS,
    MOST_LISTED,
    Picked,
    heading,
    picked,
    where_options,
)
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

# --- The frame ---


def _rows_shown(tables: Tables, selection: Selection, now: Picked) -> pd.DataFrame:
    """Rows that the filter keeps and that have what is asked for."""
    frame = now.rows.read(tables, selection.basis)
    column, _, value = now.where.partition("=")
    if now.where != EVERYTHING and column in now.rows.columns:
        frame = frame[frame[column].astype("str") == value]
    total = len(frame)
    needed = {"time": [now.rows.day], "against": [now.across], "list": []}.get(now.kind, now.groups)
    needed += [] if now.is_counted or now.kind == "list" else [now.measure]
    frame = frame.dropna(subset=needed)
    for c in needed if now.kind == "against" else ():
        frame = frame[frame[c] > 0] if _is_log(now.rows.columns[c]) else frame
    return counted(frame, total)


def refusal(tables: Tables, selection: Selection) -> str:
    """Why the choices make no chart, and what to change; "" where they do."""
    now = picked(selection)
    if now.where != EVERYTHING and now.where not in where_options(tables, selection):
        asked = now.where.partition("=")[2]
        return f"No {now.rows.noun} has “{asked}” there on this day: choose “Everything” or another value."
    frame = _rows_shown(tables, selection, now)
    if frame.empty:
        return ""
    apart = now.rows.one.get(now.measure) or now.rows.one.get(now.across)
    if apart and now.kind != "cells" and (count := frame[apart].nunique()) > 1:
        one = _said(now, apart)
        return f"Values of {count} different {one}s do not compare: under “Only” choose one {one}."
    if now.kind == "cells" and (count := frame[now.across].nunique()) > MOST_CELLS:
        return (
            f"{heading(now.rows, now.across)} has {count} different values and a chart has room for {MOST_CELLS} columns: "
            "choose another across, or fewer rows under “Only”."
        )
    if now.how == "sum" and not now.is_each and not now.is_counted and now.measure not in ADDED:
        return f"A sum of {_said(now, now.measure)} means nothing: choose the median, the largest or the smallest."
    return ""


def explore(tables: Tables, selection: Selection) -> pd.DataFrame:
    """One row a bar, column, or part of one; empty where the choices make no chart (see `refusal`)."""
    now = picked(selection)
    columns = list(frame_of(now))
    if refusal(tables, selection):
        return pd.DataFrame(columns=columns)
    rows = _rows_shown(tables, selection, now)
    if rows.empty:
        return counted(pd.DataFrame(columns=columns), 0)
    if now.is_each:
        return _each(rows, now, columns)
    if now.kind == "time":
        days = rows[now.rows.day].dt
        years = days.year.astype(str)
        rows = rows.assign(period=years if now.step == "year" else years + " Q" + days.quarter.astype(str))
    first = now.groups[0]
    colour = [now.coloured] if now.coloured and now.is_counted else []
    parts = rows.groupby([*now.groups, *colour], sort=False, observed=True, dropna=False)
    frame = pd.DataFrame([_row(now, key, part) for key, part in parts], columns=columns)
    if now.kind == "time":
        return counted(ordered(frame, "period"), len(rows))
    totals = frame.groupby(first, sort=False)[now.value_name].sum().sort_index(key=lambda s: s.str.casefold())
    if now.order != "name":
        totals = totals.sort_values(ascending=now.order == "least", kind="stable")
    shown = totals.index[: now.most]
    frame = frame[frame[first].isin(shown)]
    return counted(ordered(frame, "_place", _place=frame[first].map(shown.get_loc)), len(totals))


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
    rows, own = now.rows, dict[str, Column | str]()
    if now.kind == "list":
        told = [rows.name, now.measure, *rows.columns]
    elif now.kind == "against":
        who = ["company_name"] if "company_name" in rows.columns else []
        told = [rows.name, *who, now.coloured, now.across, now.measure]
    elif now.kind == "time":
        own["period"] = f"{now.step} of the {_said(now, rows.day)} day"
        told = [now.coloured]
    else:
        is_marked = now.kind == "cells" and now.by == "company_name"
        told = [*now.groups, "governance_model" if is_marked else "", now.coloured]
    own |= {c: rows.columns[c] for c in told if c}
    if now.is_each:
        for c, declared in rows.columns.items():
            if c in own and declared.beside:
                own.setdefault(declared.beside, Column(f"what completes the {_said(now, c)}", "id"))
        return _in_order(now, rows.nouns, own)
    value = now.value
    means = value.means if now.is_counted else f"{HOWS[now.how]}: {value.means}"
    own[now.value_name] = replace(value, means=means)
    own["which"] = names(f"the {rows.nouns} behind it", rows.nouns.capitalize())
    if now.kind == "time":
        own["until"] = key("newest day counted")
    if value.beside:
        own[value.beside] = key("what the value is stated in")
    return _in_order(now, f"{now.step if now.kind == 'time' else _said(now, now.by)}s", own)


def _in_order(now: Picked, rows: str, own: dict[str, Column | str]) -> Frame:
    return Frame(f"{rows}, in the order chosen", **own)


def _is_log(column: Column) -> bool:
    """Measures that differ by powers of ten between rows."""
    return column.form in ("tokens", "money") or column.unit in ("parameters", "FLOP")


# --- The declaration, under a choice ---


def _said(now: Picked, column: str) -> str:
    """A column inside a sentence."""
    return heading(now.rows, column).lower()


def title(now: Picked) -> str:
    """Title written from the choices: "Models by organisation and weights"."""
    if now.title:
        return now.title[:150]
    what, measured = now.rows.nouns.capitalize(), heading(now.rows, now.measure)
    match now.kind:
        case "against":
            across = "by day" if now.across == now.rows.day else f"against {_said(now, now.across)}"
            whole = f"{measured} {across}"
        case "list":
            is_day = now.measure == now.rows.day
            most, least = (
                ("newest", "oldest") if is_day else (f"{w} {measured.lower()}" for w in ("highest", "lowest"))
            )
            first = {"value": f"{most} first", "least": f"{least} first"}
            whole = f"{what}, {first.get(now.order, 'by name')}"
        case "cells":
            whole = f"{what} by {_said(now, now.by)} and {_said(now, now.across)}"
        case _:
            by = f"a {now.step}" if now.kind == "time" else f"by {_said(now, now.by)}"
            if now.is_counted:
                whole = f"{what} {by}{f' and {_said(now, now.coloured)}' if now.coloured else ''}"
            elif now.kind == "compare" and now.by == now.rows.name:
                whole = f"{measured} {by}"
            else:
                whole = f"{measured}, {HOWS[now.how].removeprefix('the ')} {by}"
    return whole if now.where == EVERYTHING else f"{whole}: {now.where.partition('=')[2]}"


def subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Unit, scope, how many of how many, and the day."""
    now = picked(selection)
    out_of = frame.attrs.get("out_of", 0)
    if now.is_each:
        some = (
            f"{len(frame):,} of {out_of:,} {now.rows.nouns}"
            if out_of > len(frame)
            else plural(len(frame), now.rows.noun)
        )
        return f"{some}{' that state both' if now.kind == 'against' else ''}; {as_of(selection)}"
    unit = now.value.unit or now.value.means
    scope = (
        f"Number of {now.rows.nouns}"
        if now.is_counted
        else f"{unit[:1].upper()}{unit[1:]}; {HOWS[now.how]} of each"
    )
    shown = frame[now.groups[0]].nunique()
    some = f"; {shown} of {out_of} shown" if now.kind != "time" and out_of > shown else ""
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
            x, y = (_is_log(now.rows.columns[c]) for c in (now.across, now.measure))
            log: dict[tuple[bool, bool], Literal["", "x", "y", "xy"]] = {
                (True, True): "xy",
                (True, False): "x",
                (False, True): "y",
            }
            return Points(now.across, now.measure, now.rows.name, colour, log=log.get((x, y), ""))
        case "list":
            told = [c for c in columns.own if columns[c].is_told]
            cells = tuple(Cell(c, none="–") if n else c for n, c in enumerate(told))
            return Table(cells[:MOST_LISTED], more=cells[MOST_LISTED:], sortable=True)
        case "cells":
            is_listed = now.by != now.rows.name
            return Matrix(
                now.by,
                now.across,
                value,
                words="which" if is_listed else "",
                listed=is_listed,
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
    choices=CHOICES,
    under=under,
    topic="data",
)

CHARTS = (EXPLORE,)


@dataclass(frozen=True)
class Start:
    """A starting point: its question and what is picked for it."""

    question: str
    picks: tuple[tuple[str, str], ...]


#: Ready starting points: a question, and what is picked for it as an address says it.
STARTS = tuple(
    Start(
        question,
        tuple((f"explore.{name}", option) for name, option in (p.split("=") for p in picks.split("&"))),
    )
    for question, picks in (
        ("Whose models are open?", "rows=models&by=company_name&colour=weights"),
        ("How fast do models come?", "rows=models&kind=time&step=quarter&colour=weights"),
        (
            "Who builds the largest models?",
            "rows=models&by=company_name&measure=parameters_total&how=max&colour=governance_model",
        ),
        ("Who releases which kinds of models?", "rows=models&kind=cells&by=company_name&across=modality"),
        ("What happened last?", "rows=events&kind=list"),
        (
            "Do larger models read longer inputs?",
            "rows=models&kind=against&across=parameters_total&measure=context_tokens&colour=weights",
        ),
        (
            "Who is steered most from the centre?",
            "rows=companies&by=company_name&measure=centralisation_index&colour=governance_model",
        ),
        ("Where do they sit?", "rows=companies&by=hq_city&colour=company_type"),
        ("Who earns with AI how?", "rows=levers&kind=cells&by=company_name&across=lever"),
        ("How do claims hold up, section by section?", "rows=claims&by=section&colour=claim_kind"),
    )
)
