"""The reader's own chart: rows, a kind that fits, columns, colour, filter, order and length are picked, all else follows.

The picks stand in the address as any chart's do, so a chart of one's own is linked, saved and refreshed like ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pandas as pd

from dashboard.charts.columns import Column, Frame, names
from dashboard.charts.explore_picks import (
    CHOICES,
    COUNT,
    EVERYTHING,
    HOWS,
    MOST_CELLS,
    MOST_LISTED,
    NO_COLOUR,
    Picked,
    heading,
    picked,
    where_options,
)
from dashboard.charts.kinds.bars import Bars, Columns
from dashboard.charts.kinds.matrix import Matrix
from dashboard.charts.kinds.points import Points
from dashboard.charts.kinds.table import Cell, Table
from dashboard.charts.marks import caveats, joined_sources, weakest
from dashboard.charts.rows import counted
from dashboard.charts.spec import Chart, Kind
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.look.theme import format_day, is_missing, plural

# --- The frame ---


def _rows_shown(tables: Tables, selection: Selection, now: Picked) -> pd.DataFrame:
    """Rows that the filter keeps and that have what is asked for."""
    frame = now.rows.read(tables, selection.basis)
    column, _, value = now.where.partition("=")
    if now.where != EVERYTHING and column in now.rows.columns:
        frame = frame[frame[column].astype("str") == value]
    needed = {
        "compare": [now.by],
        "time": [now.rows.day],
        "against": [now.across],
        "cells": [now.by, now.across],
        "list": [],
    }[now.kind]
    needed += [] if now.measure == COUNT or now.kind == "list" else [now.measure]
    total = len(frame)
    for c in needed:
        frame = frame[frame[c].notna()]
        if now.kind == "against" and _is_log(now.rows.columns[c]):
            frame = frame[frame[c] > 0]
    return counted(frame, total)


def refusal(tables: Tables, selection: Selection) -> str:
    """Why the choices make no chart, and what to change; "" where they do."""
    now = picked(selection)
    frame = _rows_shown(tables, selection, now)
    if now.where != EVERYTHING and now.where not in where_options(tables, selection):
        return f"No {now.rows.noun} has “{now.where.partition('=')[2]}” there on this day: choose “Everything” or another value."
    if frame.empty:
        return ""
    apart = now.rows.one.get(now.measure) or now.rows.one.get(now.across)
    if apart and now.kind != "cells" and frame[apart].nunique() > 1:
        return (
            f"Values of {frame[apart].nunique()} different {heading(now.rows, apart).lower()}s do not compare: under “Only” "
            f"choose one {heading(now.rows, apart).lower()}."
        )
    if now.kind == "cells" and frame[now.across].nunique() > MOST_CELLS:
        return (
            f"{heading(now.rows, now.across)} has {frame[now.across].nunique()} different values and a chart has room for "
            f"{MOST_CELLS} columns: choose another across, or fewer rows under “Only”."
        )
    if (
        now.how == "sum"
        and not now.is_each
        and now.measure not in (COUNT, "value", "models", "events", "systems")
    ):
        return f"A sum of {heading(now.rows, now.measure).lower()} means nothing: choose the median, the largest or the smallest."
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
    first = now.by if now.kind != "time" else "period"
    if now.kind == "time":
        rows = rows.assign(period=[_period(d, now.step) for d in rows[now.rows.day]])
    groups = [first, now.across] if now.kind == "cells" else [first]
    groups += [now.colour] if now.colour != NO_COLOUR and now.measure == COUNT else []
    out = [
        _row(now, key, part) for key, part in rows.groupby(groups, sort=False, observed=True, dropna=False)
    ]
    frame = pd.DataFrame([r for r in out if r is not None], columns=columns)
    totals = frame.groupby(first, sort=False)[_value_name(now)].sum()
    frame = _sorted(frame, totals, first, now)
    return counted(frame, len(totals) if now.kind != "time" else len(rows))


def _each(rows: pd.DataFrame, now: Picked, columns: list[str]) -> pd.DataFrame:
    """Rows as they are, the first ones of the order chosen."""
    total = rows.attrs["out_of"] if now.kind == "against" else len(rows)
    name = rows[now.rows.name].astype(str).str.casefold()
    rows = rows.assign(_name=name).sort_values("_name", kind="stable")
    if now.order != "name":
        rows = rows.sort_values(now.measure, ascending=now.order == "least", kind="stable")
    if now.top != "all":
        rows = rows.head(int(now.top))
    rows = rows.assign(
        caveat=[caveats(estimated=weakest(pd.Series([c])) == "low") for c in rows["confidence"]]
    )
    return counted(rows[[c for c in columns if c in rows]], total)


def _sorted(frame: pd.DataFrame, totals: pd.Series, first: str, now: Picked) -> pd.DataFrame:
    if now.kind == "time":
        return frame.sort_values("period", kind="stable", ignore_index=True)
    order = totals.sort_index(key=lambda s: s.str.casefold())
    if now.order != "name":
        order = order.sort_values(ascending=now.order == "least", kind="stable")
    kept = order.index if now.top == "all" else order.index[: int(now.top)]
    rank = {name: n for n, name in enumerate(kept)}
    frame = frame[frame[first].isin(rank)]
    return (
        frame.assign(_r=frame[first].map(rank))
        .sort_values("_r", kind="stable", ignore_index=True)
        .drop(columns="_r")
    )


def _period(day: pd.Timestamp, step: str) -> str:
    return str(day.year) if step == "year" else f"{day.year} Q{day.quarter}"


def _value_name(now: Picked) -> str:
    return plural(2, now.rows.noun)[2:].replace(" ", "_") if now.measure == COUNT else now.measure


def _row(now: Picked, key: tuple[object, ...], part: pd.DataFrame) -> dict[str, object]:
    values = None if now.measure == COUNT else part[now.measure].astype(float)
    shown = part
    if values is not None and now.how in ("max", "min"):
        shown = part.loc[[values.idxmax() if now.how == "max" else values.idxmin()]]
    value = len(part) if values is None else float(getattr(values, now.how)())
    row: dict[str, object] = {"period" if now.kind == "time" else now.by: str(key[0])}
    if now.kind == "cells":
        row[now.across] = str(key[1])
        if now.by == "company_name":
            row["governance_model"] = part["governance_model"].iloc[0]
    if now.colour != NO_COLOUR:
        row[now.colour] = part[now.colour].iloc[0]
    row[_value_name(now)] = value
    listed = [str(n) for n in dict.fromkeys(shown[now.rows.name]) if not is_missing(n)]
    row["which"] = ", ".join(listed) if now.rows.name != now.by else None
    if now.kind == "time":
        row["until"] = part[now.rows.day].max()
    row["is_outside"] = bool(part["is_outside"].all()) if now.by in ("company_name", now.rows.name) else False
    firm = weakest(part["confidence"])
    row["confidence"] = firm
    row["caveat"] = caveats(estimated=firm == "low") if values is not None else None
    if values is not None and now.value.beside and now.value.beside in part:
        row[now.value.beside] = part[now.value.beside].iloc[0]
    row["source_ids"] = joined_sources(*shown["source_ids"])
    return row


def frame_of(now: Picked) -> Frame:
    """The columns that these choices give."""
    rows = now.rows
    own: dict[str, Column | str] = {}
    if now.is_each:
        return _frame_each(now)
    if now.kind in ("compare", "cells"):
        own[now.by] = rows.columns[now.by]
    else:
        own["period"] = f"{now.step} of the {heading(rows, rows.day).lower()} day"
    if now.kind == "cells":
        own[now.across] = rows.columns[now.across]
        if now.by == "company_name":
            own["governance_model"] = rows.columns["governance_model"]
    if now.colour != NO_COLOUR:
        own[now.colour] = rows.columns[now.colour]
    value = (
        now.value if now.measure == COUNT else replace(now.value, means=f"{HOWS[now.how]}: {now.value.means}")
    )
    own[_value_name(now)] = value
    own["which"] = names(f"the {plural(2, rows.noun)[2:]} behind it", plural(2, rows.noun)[2:].capitalize())
    if now.kind == "time":
        own["until"] = Column("newest day counted", "id")
    if value.beside and now.measure != COUNT:
        own[value.beside] = Column("what the value is stated in", "id")
    return Frame(f"{_label(now)}, in the order chosen", **own)


def _frame_each(now: Picked) -> Frame:
    rows, own = now.rows, {}
    if now.kind == "against":
        told = [rows.name, *(["company_name"] if "company_name" in rows.columns else [])]
        told += [c for c in (now.colour, now.across, now.measure) if c != NO_COLOUR]
    else:
        told = [now.rows.name, now.measure, *rows.columns]
    for c in dict.fromkeys(told):
        own[c] = rows.columns[c]
    for c in tuple(own):
        if own[c].beside and own[c].beside not in own:
            own[own[c].beside] = Column(f"what completes the {heading(rows, c).lower()}", "id")
    return Frame(f"{plural(2, rows.noun)[2:]}, in the order chosen", **own)


def _is_log(column: Column) -> bool:
    """Measures that differ by powers of ten between rows."""
    return column.form in ("tokens", "money") or column.unit in ("parameters", "FLOP")


# --- The declaration, under a choice ---


def _label(now: Picked) -> str:
    return now.step + "s" if now.kind == "time" else heading(now.rows, now.by).lower() + "s"


def title(now: Picked) -> str:
    """Title written from the choices: "Models by organisation and weights"."""
    if now.title:
        return now.title[:150]
    what = plural(2, now.rows.noun)[2:].capitalize()
    only = "" if now.where == EVERYTHING else f": {now.where.partition('=')[2]}"
    if now.kind == "against":
        against = (
            "by day" if now.across == now.rows.day else f"against {heading(now.rows, now.across).lower()}"
        )
        return f"{heading(now.rows, now.measure)} {against}{only}"
    if now.kind == "list":
        if now.measure == now.rows.day:
            first = {"value": "newest first", "least": "oldest first"}
        else:
            said = heading(now.rows, now.measure).lower()
            first = {"value": f"highest {said} first", "least": f"lowest {said} first"}
        return f"{what}, {first.get(now.order, 'by name')}{only}"
    if now.kind == "cells":
        return (
            f"{what} by {heading(now.rows, now.by).lower()} and {heading(now.rows, now.across).lower()}{only}"
        )
    if now.measure != COUNT:
        what = heading(now.rows, now.measure)
        what += (
            ""
            if now.by == now.rows.name and now.kind == "compare"
            else f", {HOWS[now.how].removeprefix('the ')}"
        )
    by = f" a {now.step}" if now.kind == "time" else f" by {heading(now.rows, now.by).lower()}"
    colour = (
        f" and {heading(now.rows, now.colour).lower()}"
        if now.colour != NO_COLOUR and now.measure == COUNT
        else ""
    )
    return f"{what}{by}{colour}{only}"


def subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Unit, scope, how many of how many, and the day."""
    now = picked(selection)
    if now.is_each:
        known = " that state both" if now.kind == "against" else ""
        out_of = frame.attrs.get("out_of", len(frame))
        some = (
            f"{len(frame)} of {out_of:,} {plural(2, now.rows.noun)[2:]}"
            if out_of > len(frame)
            else plural(len(frame), now.rows.noun)
        )
        return f"{some}{known}; as of {format_day(selection.as_of)}"
    unit = plural(2, now.rows.noun)[2:] if now.measure == COUNT else now.value.unit or now.value.means
    if now.measure != COUNT:
        unit = f"{unit[:1].upper()}{unit[1:]}; {HOWS[now.how]} of each"
    else:
        unit = f"Number of {unit}"
    first = now.by if now.kind != "time" else "period"
    shown, total = frame[first].nunique(), frame.attrs.get("out_of")
    some = f"; {shown} of {total} shown" if now.kind != "time" and total and total > shown else ""
    return f"{unit}{some}; as of {format_day(selection.as_of)}"


def under(selection: Selection) -> Chart:
    """The chart that a selection's picks describe: of the kind that fits, with its own columns and title."""
    now = picked(selection)
    kind: Kind
    coloured = now.colour if now.colour != NO_COLOUR else ""
    if now.kind == "against":
        log = "".join(
            axis for axis, c in (("x", now.across), ("y", now.measure)) if _is_log(now.rows.columns[c])
        )
        kind = Points(now.across, now.measure, now.rows.name, coloured, log=log)  # type: ignore[arg-type]
    elif now.kind == "list":
        told = [c for c in frame_of(now).own if frame_of(now)[c].is_told]
        cells = tuple(Cell(c, none="–") if n else c for n, c in enumerate(told))
        kind = Table(cells[:MOST_LISTED], more=cells[MOST_LISTED:], sortable=True)
    elif now.kind == "cells":
        kind = Matrix(
            now.by,
            now.across,
            _value_name(now),
            words="which" if now.by != now.rows.name else "",
            listed=now.by != now.rows.name,
            mark="governance_model" if now.by == "company_name" else "",
            noun=_value_name(now).replace("_", " "),
        )
    elif now.kind == "time":
        stack = coloured if now.measure == COUNT else ""
        kind = Columns(
            "period",
            _value_name(now),
            stack=stack,
            tick="year" if now.step == "year" else "quarter",
            until="until",
        )
        if now.step == "quarter":
            kind = replace(kind, until="")
    elif now.measure == COUNT and coloured:
        kind = Bars(now.by, _value_name(now), stack=coloured)
    else:
        kind = Bars(
            now.by,
            _value_name(now),
            colour=coloured or ("governance_model" if now.by == "governance_model" else ""),
        )
    return replace(EXPLORE, title=title(now), columns=frame_of(now), kind=kind)


EXPLORE = Chart(
    id="explore",
    topic="data",
    title="A chart of your own",
    question="What do you want to see?",
    subtitle=subtitle,
    data=explore,
    columns=frame_of(picked(Selection(pd.Timestamp("2026-01-01"), pd.Timestamp("2026-01-01")))),
    kind=Bars("company_name", "models"),
    choices=CHOICES,
    under=under,
)

CHARTS = (EXPLORE,)


@dataclass(frozen=True)
class Start:
    """A starting point: its question and what is picked for it."""

    question: str
    picks: tuple[tuple[str, str], ...]


def _starts() -> Iterator[Start]:
    for question, picks in (
        ("Whose models are open?", {"rows": "models", "by": "company_name", "colour": "weights"}),
        (
            "How fast do models come?",
            {"rows": "models", "kind": "time", "step": "quarter", "colour": "weights"},
        ),
        (
            "Who builds the largest models?",
            {
                "rows": "models",
                "by": "company_name",
                "measure": "parameters_total",
                "how": "max",
                "colour": "governance_model",
            },
        ),
        (
            "Who releases which kinds of models?",
            {"rows": "models", "kind": "cells", "by": "company_name", "across": "modality"},
        ),
        ("What happened last?", {"rows": "events", "kind": "list"}),
        (
            "Do larger models read longer inputs?",
            {
                "rows": "models",
                "kind": "against",
                "across": "parameters_total",
                "measure": "context_tokens",
                "colour": "weights",
            },
        ),
        (
            "Who is steered most from the centre?",
            {
                "rows": "companies",
                "by": "company_name",
                "measure": "centralisation_index",
                "colour": "governance_model",
            },
        ),
        ("Where do they sit?", {"rows": "companies", "by": "hq_city", "colour": "company_type"}),
        (
            "Who earns with AI how?",
            {"rows": "levers", "kind": "cells", "by": "company_name", "across": "lever"},
        ),
        (
            "How do claims hold up, section by section?",
            {"rows": "claims", "by": "section", "colour": "claim_kind"},
        ),
    ):
        yield Start(question, tuple((f"explore.{k}", v) for k, v in picks.items()))


#: Ten ready starting points.
STARTS = tuple(_starts())
