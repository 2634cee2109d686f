"""Lanes: periods and dated events along time, one lane a name."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from dashboard.charts.columns import Frame
from dashboard.charts.kinds import flags, marks
from dashboard.charts.kinds.axes import day_span, month_ticks
from dashboard.look.measure import shorten, width, wrap
from dashboard.look.room import Room
from dashboard.look.scales import PLAIN, Value, ramp
from dashboard.look.theme import OWN_SIGN, format_day, is_missing

#: Lanes that fit a picture, and a phone; a screen scrolls, slides go on to a further page.
MOST, MOST_SCREEN = 12, 40
#: Share of the width that names at the left may take; in a small room.
NAMES_AT_MOST, NAMES_SMALL = 0.18, 0.3
#: Fonts that stand in for ours run wider.
SLACK = 1.08
#: Nobody reads a reorganisation of six years ago from a lane: a scale of periods begins this long before its end.
LONGEST = pd.DateOffset(years=5, months=8)
#: Rows of flags under the lanes; where a height is given, as many as it holds up to the second number.
TIERS, MOST_TIERS = 4, 7
#: Days of a scale whose quarters are told.
SHORT = 900
#: Room of a row of flags and of the lanes above them, in type sizes.
TIER, BANDS = 2.9, 10.0
#: Widths up to which words of an event under the lanes stand in one line, the second where more then find a place, and
#: that of the newest one behind a lane with its day; in type sizes. Fewer events whole say more than many without their ends.
FLAG, NARROW_FLAG, LATEST = 13.5, 6.5, 11.5


@dataclass(frozen=True)
class Lanes:
    """Periods and events on lanes, in the frame's own order.

    Attributes:
        lane: Names at the left; one lane each.
        first: First day of a period, day of an event.
        last: Last day of a period; rows without one are events. "" where all rows are events.
        fill: Column of a vocabulary that fills periods and colours strokes.
        lit: Column and value of the events that show their colour, and the word for all others: what the strokes of
            releases are about is whether weights are open, and whose they are only there.
        words: What happened, for events.
        silence: What is said of days without a period.
        flags: Events are told in words under the lanes, for lanes of one company: column of those told first where there
            is no room for all.
        latest: The newest event of each lane is told behind it.
    """

    lane: str
    first: str
    last: str = ""
    fill: str = "governance_model"
    lit: tuple[str, str, str] | None = None
    words: str = ""
    silence: str = "no assessment"
    flags: str = ""
    latest: bool = False

    @property
    def reads(self) -> tuple[str, ...]:
        """Columns that it shows, in a reader's order; the first names a row."""
        return marks.named(self.lane, self.fill if self.last else self.words, self.first, self.last)


@dataclass(frozen=True)
class Days:
    """Days of a lane as drawn."""

    lane: int
    first: pd.Timestamp
    last: pd.Timestamp


@dataclass(frozen=True)
class Span(Days, marks.Seen):
    """A period: its look, and its words where they fit inside."""

    inside: str = ""


@dataclass(frozen=True)
class Gap(Days):
    """Days that no row covers, and what is said of them."""

    said: str
    inside: str = ""


@dataclass(frozen=True)
class Event(marks.Seen):
    """A dated event: its lane, day, look and words."""

    lane: int
    day: pd.Timestamp
    said: str = ""


@dataclass(frozen=True)
class Flag:
    """Words under the lanes: of which event, in which row, on which side of its day.

    `title` is one line over that of the day, or two of which the day ends the second.
    """

    event: Event
    tier: int
    is_left: bool
    title: tuple[str, ...]
    day: str

    @property
    def lines(self) -> tuple[tuple[str, str], tuple[str, str]]:
        """Both lines, each as words and the day behind them."""
        first, *second = self.title
        return (first, ""), (f"{second[0]}  " if second else "", self.day)


@dataclass(frozen=True)
class Lane(marks.Lane):
    """One lane; words behind it have the colour of a value."""

    value: Value | None = None


@dataclass(frozen=True)
class Timeline(marks.OnLanes[Lane]):
    """The marks of lanes.

    Attributes:
        spans: By lane and day.
        gaps: By lane and day; none where there are only events.
        events: In the frame's order.
        flags: Those told in words.
        first: Where the scale begins: a year's or a quarter's first day.
        last: Where it ends.
        key: Values to be named in a key.
        side_width: Room that words behind the lanes take.
        ticks: Days with their words: years, and quarters between them where they are few.
    """

    spans: tuple[Span, ...]
    gaps: tuple[Gap, ...]
    events: tuple[Event, ...]
    flags: tuple[Flag, ...]
    first: pd.Timestamp
    last: pd.Timestamp
    key: tuple[Value, ...]
    side_width: float
    ticks: tuple[tuple[pd.Timestamp, str], ...]

    @property
    def tiers(self) -> int:
        """Rows that the flags take."""
        return max((f.tier for f in self.flags), default=-1) + 1

    @property
    def days(self) -> int:
        """Length of the scale."""
        return max((self.last - self.first).days, 1)

    def share(self, day: pd.Timestamp) -> float:
        """Where a day stands on the scale, 0 to 1."""
        return (day - self.first).days / self.days


#: Words behind a lane, in the colour of a value where there is one.
Behind = tuple[tuple[marks.Piece, ...], Value | None]
#: How an event looks that is not one of the lit ones.
_UNLIT = ramp(2)


@dataclass(frozen=True)
class _Scale:
    """Days from the first to the last over a plot of some length, in type of a size."""

    first: pd.Timestamp
    last: pd.Timestamp
    plot: float
    size: float

    @cached_property
    def _span(self) -> tuple[int, int]:
        """Number of the first day, and how many there are."""
        begun = self.first.toordinal()
        return begun, max(self.last.toordinal() - begun, 1)

    def at(self, day: pd.Timestamp) -> float:
        """Where a day stands."""
        # Days by number: the difference of two takes ten times as long.
        begun, length = self._span
        return (day.toordinal() - begun) * self.plot / length

    def fits(self, one: Span) -> bool:
        """Whether the words of a period have room inside."""
        return (
            self.at(one.last) - self.at(one.first) >= width(one.value.word, self.size, True) + 1.3 * self.size
        )


def state(kind: Lanes, frame: pd.DataFrame, columns: Frame, room: Room) -> Timeline:
    """The marks of a frame in a room; rows wholly before the scale have none.

    One row a period or event; the periods of a lane do not overlap.
    """
    size = room.type_size
    names = marks.words_in(frame, kind.lane)
    most = len(names) if room.paged else MOST if room.is_small or room.beside else MOST_SCREEN
    lane_of = {n: i for i, n in enumerate(marks.first_of(names, most))}
    mine = marks.held(frame, columns, at=marks.rows_of(frame, kind.lane, lane_of))
    rows = [(lane_of[str(r[kind.lane])], r) for r in mine]
    for _, r in rows:
        # Some frames say in a column of flags that sources disagree.
        r.caveats |= {"disputed"} if r.get("is_disputed") else frozenset()
    first, last = _window(kind, frame, any(n.endswith(OWN_SIGN) for n in names))
    spans = _spans(kind, [(n, r) for n, r in rows if _is_period(kind, r)], first, last)
    events = [
        _event(kind, lane, r)
        for lane, r in rows
        if not _is_period(kind, r) and first <= r[kind.first] <= last
    ]
    share = NAMES_SMALL if room.is_small else NAMES_AT_MOST
    lines = [
        marks.name_lines(n, room.width * share / SLACK, size + 1, strong=not kind.flags) for n in lane_of
    ]
    names_width = max((width(t, size + 1, True) for one in lines for t in one), default=0) * SLACK + size
    behind: dict[int, Behind] = {}
    side = 0.0
    # Words behind a lane narrow the plot, so that further words may not fit inside.
    for _ in range(3):
        over = _Scale(first, last, max(room.width - names_width - side - size, size), size)
        if not room.is_small or room.paged:
            behind = _newest(kind, rows, size) if kind.latest else _short(kind, spans, over)
        side = max((marks.pieces_width(p, size) * SLACK + size for p, _ in behind.values()), default=0.0)
    spans = [s if over.fits(s) else replace(s, inside="") for s in spans]
    told_below = _flags(kind, frame, columns, events, over, room) if kind.flags else []
    told = {s.value for s in spans if s.inside} | {v for _, v in behind.values() if v is not None}
    drawn = {s.value for s in spans} if kind.last else {e.value for e in events}
    key = drawn if room.paged or not kind.last else drawn - told
    return Timeline(
        tuple(Lane(n, lines[i], not kind.flags, *behind.get(i, ((), None))) for n, i in lane_of.items()),
        names_width,
        marks.and_more(len(names) - len(lane_of)),
        tuple(spans),
        tuple(_gaps(kind, spans, list(lane_of), over)) if kind.last else (),
        tuple(events),
        tuple(told_below),
        first,
        last,
        tuple(sorted(key, key=lambda v: _rank(kind, columns, v))),
        side,
        month_ticks(first, last, 12 if (last - first).days > SHORT else 6 if room.is_small else 3),
    )


def _rank(kind: Lanes, columns: Frame, value: Value) -> tuple[bool, int]:
    """Place of a value in the key: what is not lit stands last."""
    scale = columns[kind.fill].scale if kind.fill else None
    known = scale.values if scale is not None else ()
    unlit = kind.lit is not None and value.word == kind.lit[2]
    return unlit, known.index(value) if value in known else 99


def _is_period(kind: Lanes, r: marks.Row) -> bool:
    return bool(kind.last) and not is_missing(r[kind.last])


def _window(kind: Lanes, frame: pd.DataFrame, has_own: bool) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First and last day of the scale: it begins with a year, a short one with a quarter; `has_own` says that there are lanes of a reader's own."""
    if frame.empty:
        return pd.Timestamp("2024-01-01"), pd.Timestamp("2026-01-01")
    # Periods of a reader's own that are older than the field's begin where the scale does.
    own = np.zeros(len(frame), dtype=bool)
    if has_own and kind.last:
        own |= [str(lane).endswith(OWN_SIGN) for lane in frame[kind.lane].tolist()]
    low = frame[kind.first][~own if not own.all() else own].min()
    high = frame[kind.first].max()
    if kind.last and not is_missing(frame[kind.last].max()):
        high = max(high, frame[kind.last].max())
    first, last = day_span(max(low, high - LONGEST), high)
    # Strokes at the very end stand clear of the words behind them.
    return first, last if kind.last else last + pd.Timedelta(days=(last - first).days // 60)


def _spans(
    kind: Lanes, rows: list[tuple[int, marks.Row]], first: pd.Timestamp, last: pd.Timestamp
) -> list[Span]:
    """Periods by lane and day, cut to the scale and to what those before them leave."""
    out: list[Span] = []
    reached: dict[int, pd.Timestamp] = {}
    for lane, r in sorted(rows, key=lambda one: (one[0], one[1][kind.first])):
        start, end = max(r[kind.first], reached.get(lane, first)), min(r[kind.last], last)
        if end <= start:
            continue
        reached[lane] = end
        value = r.value(kind.fill, own=False)
        days = f"{r.words(kind.first)} to {r.words(kind.last)}"
        title = f"{r[kind.lane]}: {r.words(kind.fill)}" if kind.fill else str(r[kind.lane])
        # Where a period's words are those of its value they are told already.
        same = (kind.words,) if kind.words and str(r[kind.words]) == value.word else ()
        told = r.told(title, kind.lane, kind.fill, kind.first, kind.last, *same, second=days)
        out.append(Span(*told, value, lane, start, end, value.word))
    return out


def _event(kind: Lanes, lane: int, r: marks.Row) -> Event:
    value = PLAIN
    if kind.lit is not None:
        column, wanted, other = kind.lit
        is_lit = r[column] == wanted
        value = r.value(kind.fill, own=False) if is_lit else Value(other, other, *_UNLIT)
    words, day = r.text(kind.words), r.words(kind.first)
    where = f"{r[kind.lane]}, {day}" if words else day
    told = r.told(words or str(r[kind.lane]), kind.words, kind.first, kind.last, kind.lane, second=where)
    return Event(*told, value, lane, r[kind.first], words)


def _newest(kind: Lanes, rows: list[tuple[int, marks.Row]], size: float) -> dict[int, Behind]:
    """The newest event of each lane, behind it; of events of one day the last of the frame."""
    newest = dict(sorted(rows, key=lambda one: one[1][kind.first]))
    out: dict[int, Behind] = {}
    for n, r in newest.items():
        words, day = str(r[kind.words]), marks.Piece(r.words(kind.first), "grey")
        most = LATEST * size
        # The day stands on the scale, too: it gives way to a long name.
        whole = marks.Piece(shorten(words, most + marks.pieces_width((day,), size), size))
        out[n] = ((whole, day) if width(words, size) <= most else (whole,)), None
    return out


def _short(kind: Lanes, spans: Sequence[Span], over: _Scale) -> dict[int, Behind]:
    """The words of the newest period of each lane, behind it, where the period is too short for them."""
    late = [s for s in spans if s.last >= over.last and not kind.flags and not over.fits(s)]
    return {s.lane: ((marks.Piece(s.value.word),), s.value) for s in late}


def _gaps(kind: Lanes, spans: Sequence[Span], names: Sequence[str], over: _Scale) -> list[Gap]:
    out = []
    least = width(kind.silence, over.size) + 2.5 * over.size
    for lane, name in enumerate(names):
        at = over.first
        mine = [(s.first, s.last) for s in spans if s.lane == lane]
        for start, end in (*mine, (over.last, over.last)):
            if start > at:
                said = f"{name}: {kind.silence} from {format_day(at)} to {format_day(start)}"
                fits = bool(kind.flags) and over.at(start) - over.at(at) >= least
                out.append(Gap(lane, at, start, said, kind.silence if fits else ""))
            at = max(at, end)
    return out


#: What is said of each event; key, place and width of its words; and where those stand that found a place.
_Laid = tuple[
    dict[Hashable, tuple[Event, tuple[str, ...], str]],
    list[tuple[Hashable, float, float]],
    dict[Hashable, flags.Spot],
]


def _flags(
    kind: Lanes, frame: pd.DataFrame, columns: Frame, events: Sequence[Event], over: _Scale, room: Room
) -> list[Flag]:
    """Words that find a free place, those to be told first first, then the newest; others keep their stroke."""
    size = over.size
    early = set(frame.index[frame[kind.flags].astype(bool)])
    rows = int((room.height / size - BANDS) / TIER) if room.height else TIERS
    tiers = min(max(rows, 1), MOST_TIERS)
    order = sorted(events, key=lambda e: (e.row not in early, -e.day.value))
    days = {e.row: columns[kind.first].words(e.day, frame.loc[e.row].to_dict()) for e in order}

    def laid(most: float) -> _Laid:
        """All of them, in one line up to a width."""
        said, wishes = {}, []
        for e in order:
            day = days[e.row]
            title = (e.said,) if width(e.said, size) <= most else _two_lines(e.said, day, size)
            said[e.row] = (e, title, day)
            wishes.append((e.row, over.at(e.day), _flag_width(title, day, size)))
        return said, wishes, flags.place(wishes, over.plot, tiers, size)

    # Where narrow words let more of them find a place they are narrow.
    said, wishes, spots = max((laid(FLAG * size), laid(NARROW_FLAG * size)), key=lambda one: len(one[2]))
    # Words take a second line that others may find a place; where one line takes none away, they stand in one.
    for n, (row, x, wide) in enumerate(wishes):
        e, title, day = said[row]
        if row not in spots or len(title) == 1:
            continue
        whole = [*wishes]
        whole[n] = (row, x, _flag_width((e.said,), day, size))
        found = flags.place(whole, over.plot, tiers, size)
        if whole[n][2] > wide and found.keys() >= spots.keys():
            wishes, spots, said[row] = whole, found, (e, (e.said,), day)
    return [Flag(said[row][0], s.tier, s.left == s.x, *said[row][1:]) for row, s in spots.items()]


def _flag_width(title: Sequence[str], day: str, size: float) -> float:
    """What words under the lanes take with their day, which ends a second line."""
    second = f"{title[1]}  {day}" if len(title) > 1 else day
    return (max(width(title[0], size), width(second, size)) + 0.9 * size) * SLACK


def _two_lines(words: str, day: str, size: float) -> tuple[str, ...]:
    """Words in two lines, as narrow as they go with the day behind the second; in one where a word would be broken."""
    whole = width(words, size)
    room = max((whole + width(f"  {day}", size)) / 2, max(width(t, size) for t in words.split()))
    while room < whole:
        found = wrap(words, room, size)
        if len(found) == 2 and width(f"{found[1]}  {day}", size) <= room:
            return tuple(found)
        room += size / 2
    return (words,)
