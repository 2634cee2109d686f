"""The reader's own chart: rows, a kind that fits, columns, colour, filter, order and length are picked, all else follows.

The picks stand in the address as any chart's do, so a chart of one's own is linked, saved and refreshed like ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pandas as pd

from dashboard.charts.columns import Column, Frame, count, names
from dashboard.charts.explore_rows import ROWS, Rows
from dashboard.charts.kinds.bars import Bars, Columns
from dashboard.charts.marks import caveats, joined_sources, weakest
from dashboard.charts.rows import counted
from dashboard.charts.spec import Chart, Choice, Kind
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.look.theme import format_day, is_missing, plural

KINDS = {"compare": "Compare", "time": "Over time"}
HOWS = {"median": "the median", "max": "the largest", "min": "the smallest", "sum": "the sum"}
ORDERS = {"value": "Largest first", "least": "Smallest first", "name": "By name"}
TOPS = {"15": "15", "10": "10", "5": "5", "30": "30", "all": "All"}
STEPS = {"year": "Year", "quarter": "Quarter"}
COUNT, NO_COLOUR, EVERYTHING = "count", "none", "all"
#: Most different words in a column that a chart can compare.
MOST_WORDS = 60


@dataclass(frozen=True)
class Picked:
    """What is picked, with the first of each list where nothing is.

    Attributes:
        rows: Kind of rows.
        kind: Key of KINDS.
        by: Column whose values are compared.
        measure: COUNT, or a number column.
        how: How several values of one thing become one: key of HOWS.
        colour: Column of a vocabulary, or NO_COLOUR.
        where: "column=value" to keep, or EVERYTHING.
        order: Key of ORDERS.
        top: Key of TOPS.
        step: Key of STEPS.
        title: The reader's own; "" writes one from the choices.
    """

    rows: Rows
    kind: str
    by: str
    measure: str
    how: str
    colour: str
    where: str
    order: str
    top: str
    step: str
    title: str

    @property
    def value(self) -> Column:
        """What is measured."""
        return count(self.rows.noun) if self.measure == COUNT else self.rows.columns[self.measure]


def _of(selection: Selection, name: str, options: dict[str, str]) -> str:
    asked = selection.pick(f"explore.{name}")
    return asked if asked in options else next(iter(options))


def picked(selection: Selection) -> Picked:
    """Reads the picks; what does not exist among them is as if it had not been picked."""
    rows = ROWS[_of(selection, "rows", _rows())]
    kind = _of(selection, "kind", _kinds(rows))
    by = _of(selection, "by", _bys(rows))
    measure = _of(selection, "measure", _measures(rows, kind))
    return Picked(
        rows,
        kind,
        by,
        measure,
        _of(selection, "how", HOWS),
        _of(selection, "colour", _colours(rows, kind, by, measure)),
        selection.pick("explore.where", EVERYTHING),
        _of(selection, "order", ORDERS),
        _of(selection, "top", TOPS),
        _of(selection, "step", STEPS),
        selection.pick("explore.title").strip(),
    )


# --- What is offered ---


def _rows() -> dict[str, str]:
    return {key: plural(2, rows.noun)[2:].capitalize() for key, rows in ROWS.items()}


def _kinds(rows: Rows) -> dict[str, str]:
    return {k: word for k, word in KINDS.items() if k != "time" or rows.day}


def _heading(rows: Rows, column: str) -> str:
    return Frame("", **rows.columns).heading(column)


def _bys(rows: Rows) -> dict[str, str]:
    """Columns of words, the organisation first; what names a row where each row has numbers of its own."""
    words = [c for c, d in rows.columns.items() if not d.is_number and d.form == "text" and c != rows.name]
    words.sort(key=lambda c: c != "company_name")
    measured = any(d.is_number for d in rows.columns.values())
    named = [rows.name] if measured else []
    order = [*named, *words] if rows.name == "company_name" else [*words, *named]
    return {c: _heading(rows, c) for c in order if c not in SENTENCES}


#: Columns of whole sentences: no chart compares them.
SENTENCES = frozenset(("what_changed", "evidence", "claim", "role"))


def _measures(rows: Rows, kind: str) -> dict[str, str]:
    numbers = {c: _heading(rows, c) for c, d in rows.columns.items() if d.is_number}
    return {COUNT: f"Number of {plural(2, rows.noun)[2:]}"} | numbers


def _colours(rows: Rows, kind: str, by: str, measure: str) -> dict[str, str]:
    """Vocabularies; of a measure other than a count only those that say who the organisation is."""
    found = {c: _heading(rows, c) for c, d in rows.columns.items() if d.scale is not None and c != by}
    if measure != COUNT:
        own = by in ("company_name", rows.name)
        found = {
            c: w
            for c, w in found.items()
            if own and kind == "compare" and c in ("governance_model", "company_type")
        }
    return {NO_COLOUR: "One colour"} | found


def _where(tables: Tables, selection: Selection) -> dict[str, str]:
    """Values of columns with few of them, as "Heading: value"."""
    rows = ROWS[_of(selection, "rows", _rows())]
    frame = rows.frame(tables, selection)
    out = {EVERYTHING: "Everything"}
    for column, declared in rows.columns.items():
        if declared.form != "text" or (column == rows.name and rows.name != "measure") or column in SENTENCES:
            continue
        values = frame[column].dropna().astype(str)
        most = values.value_counts()
        # One value of these must be chosen: all of them are offered.
        if len(most) >= 2 and (len(most) <= MOST_WORDS or column in rows.one.values()):
            out |= {f"{column}={v}": f"{_heading(rows, column)}: {v}" for v in most.index}
    return out


def _choice(name: str, label: str, options: object) -> Choice:
    def offered(tables: Tables, selection: Selection) -> dict[str, str]:
        return options(tables, selection)  # type: ignore[operator]

    return Choice(f"explore.{name}", label, offered)


CHOICES = (
    _choice("rows", "Rows", lambda t, s: _rows()),
    _choice("kind", "Show", lambda t, s: _kinds(picked(s).rows)),
    _choice("by", "Of each", lambda t, s: _bys(picked(s).rows) if picked(s).kind == "compare" else {}),
    _choice("step", "By", lambda t, s: STEPS if picked(s).kind == "time" else {}),
    _choice("measure", "Measure", lambda t, s: _measures(picked(s).rows, picked(s).kind)),
    _choice("how", "Where there are several", lambda t, s: HOWS if picked(s).measure != COUNT else {}),
    _choice(
        "colour",
        "Colour",
        lambda t, s: _colours(picked(s).rows, picked(s).kind, picked(s).by, picked(s).measure),
    ),
    _choice("where", "Only", _where),
    _choice("order", "Order", lambda t, s: ORDERS if picked(s).kind == "compare" else {}),
    _choice("top", "At most", lambda t, s: TOPS if picked(s).kind == "compare" else {}),
)


# --- The frame ---


def _rows_shown(tables: Tables, selection: Selection, now: Picked) -> pd.DataFrame:
    """Rows that the filter keeps and that have what is asked for."""
    frame = now.rows.frame(tables, selection)
    column, _, value = now.where.partition("=")
    if now.where != EVERYTHING and column in now.rows.columns:
        frame = frame[frame[column].astype("str") == value]
    needed = [now.by] if now.kind == "compare" else [now.rows.day]
    needed += [] if now.measure == COUNT else [now.measure]
    total = len(frame)
    for c in needed:
        frame = frame[frame[c].notna()]
    return counted(frame, total)


def refusal(tables: Tables, selection: Selection) -> str:
    """Why the choices make no chart, and what to change; "" where they do."""
    now = picked(selection)
    frame = _rows_shown(tables, selection, now)
    if now.where != EVERYTHING and now.where not in _where(tables, selection):
        return f"No {now.rows.noun} has “{now.where.partition('=')[2]}” there on this day: choose “Everything” or another value."
    if frame.empty:
        return ""
    apart = now.rows.one.get(now.measure)
    if apart and frame[apart].nunique() > 1:
        return (
            f"Values of {frame[apart].nunique()} different {_heading(now.rows, apart).lower()}s do not compare: under “Only” "
            f"choose one {_heading(now.rows, apart).lower()}."
        )
    if now.how == "sum" and now.measure not in (COUNT, "value", "models", "events", "systems"):
        return f"A sum of {_heading(now.rows, now.measure).lower()} means nothing: choose the median, the largest or the smallest."
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
    first = now.by if now.kind == "compare" else "period"
    if now.kind == "time":
        rows = rows.assign(period=[_period(d, now.step) for d in rows[now.rows.day]])
    groups = [first] + ([now.colour] if now.colour != NO_COLOUR and now.measure == COUNT else [])
    out = [
        _row(now, key, part) for key, part in rows.groupby(groups, sort=False, observed=True, dropna=False)
    ]
    frame = pd.DataFrame([r for r in out if r is not None], columns=columns)
    totals = frame.groupby(first, sort=False)[_value_name(now)].sum()
    frame = _sorted(frame, totals, first, now)
    return counted(frame, len(totals) if now.kind == "compare" else len(rows))


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
    if now.kind == "compare":
        own[now.by] = rows.columns[now.by]
    else:
        own["period"] = f"{now.step} of the {_heading(rows, rows.day).lower()} day"
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


# --- The declaration, under a choice ---


def _label(now: Picked) -> str:
    return now.step + "s" if now.kind == "time" else _heading(now.rows, now.by).lower() + "s"


def title(now: Picked) -> str:
    """Title written from the choices: "Models by organisation and weights"."""
    if now.title:
        return now.title[:150]
    what = plural(2, now.rows.noun)[2:].capitalize()
    if now.measure != COUNT:
        what = _heading(now.rows, now.measure)
        what += (
            ""
            if now.by == now.rows.name and now.kind == "compare"
            else f", {HOWS[now.how].removeprefix('the ')}"
        )
    by = f" a {now.step}" if now.kind == "time" else f" by {_heading(now.rows, now.by).lower()}"
    colour = (
        f" and {_heading(now.rows, now.colour).lower()}"
        if now.colour != NO_COLOUR and now.measure == COUNT
        else ""
    )
    only = "" if now.where == EVERYTHING else f": {now.where.partition('=')[2]}"
    return f"{what}{by}{colour}{only}"


def subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Unit, scope, how many of how many, and the day."""
    now = picked(selection)
    unit = plural(2, now.rows.noun)[2:] if now.measure == COUNT else now.value.unit or now.value.means
    if now.measure != COUNT:
        unit = f"{unit[:1].upper()}{unit[1:]}; {HOWS[now.how]} of each"
    else:
        unit = f"Number of {unit}"
    first = now.by if now.kind == "compare" else "period"
    shown, total = frame[first].nunique(), frame.attrs.get("out_of")
    some = f"; {shown} of {total} shown" if now.kind == "compare" and total and total > shown else ""
    return f"{unit}{some}; as of {format_day(selection.as_of)}"


def under(selection: Selection) -> Chart:
    """The chart that a selection's picks describe: of the kind that fits, with its own columns and title."""
    now = picked(selection)
    kind: Kind
    coloured = now.colour if now.colour != NO_COLOUR else ""
    if now.kind == "time":
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
    return replace(EXPLORE, title=title(now), tables=now.rows.tables, columns=frame_of(now), kind=kind)


EXPLORE = Chart(
    id="explore",
    topic="data",
    title="A chart of your own",
    question="What do you want to see?",
    subtitle=subtitle,
    tables=ROWS["models"].tables,
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
        ("Which kinds of models are released?", {"rows": "models", "by": "modality", "colour": "weights"}),
        ("At whom does most happen?", {"rows": "events", "by": "company_name"}),
        (
            "What kinds of events are there?",
            {"rows": "events", "by": "event_type", "colour": "company_type"},
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
        ("How do they earn with AI?", {"rows": "levers", "by": "lever", "colour": "governance_model"}),
        (
            "How do claims hold up, section by section?",
            {"rows": "claims", "by": "section", "colour": "claim_kind"},
        ),
    ):
        yield Start(question, tuple((f"explore.{k}", v) for k, v in picks.items()))


#: Ten ready starting points.
STARTS = tuple(_starts())
