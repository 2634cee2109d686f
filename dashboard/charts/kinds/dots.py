"""Dots on lanes: values of one measure side by side, with the range of a group or the field behind them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pandas as pd

from dashboard.charts.columns import Frame
from dashboard.charts.kinds import marks
from dashboard.charts.kinds.axes import UNPICKED, Axis, Picked, Reading, reading
from dashboard.look.measure import width
from dashboard.look.room import Room
from dashboard.look.scales import GOVERNANCE, Value
from dashboard.look.theme import is_blank, is_missing, short_name

#: Lanes that fit a screen and a picture.
MOST, MOST_BESIDE = 20, 14
#: Of companies whose best stands further down, at most so many are shown all the same.
KEPT = 4
#: Share of the width that names at the left may take, and share of the plot for words behind a dot; in a small room.
NAMES_AT_MOST, NAMES_SMALL = 0.3, 0.38
BEHIND_AT_MOST, BEHIND_SMALL = 0.55, 0.72


@dataclass(frozen=True)
class Range:
    """Columns of what a lane's dots add up to: how many, their median, the lowest and the highest."""

    count: str
    median: str
    low: str
    high: str


@dataclass(frozen=True)
class Field:
    """Columns of the field that each lane's dot is set against, on a scale of the lane's own.

    Attributes:
        values: All values of the field, "; " between them.
        low: Where the lane begins.
        high: Where it ends.
        strokes: Columns of values that are upright strokes, and the word of each; the first is the one that counts.
        cells: Heading, column of a value or of a rank, and column that completes it, for words at the right; "{lane}"
            stands for the one the dots are of, and an empty second column for "n of N".
        of: Column that names the one the dots are of.
    """

    values: str
    low: str
    high: str
    strokes: tuple[tuple[str, str], ...]
    cells: tuple[tuple[str, str, str], ...]
    of: str


@dataclass(frozen=True)
class Dots:
    """Dots on lanes, one scale across.

    Attributes:
        lane: Names at the left; one lane each, in the frame's order.
        value: Across.
        colour: Column of a vocabulary.
        picked: The measures of which one is shown.
        name: What a dot is; "" where a lane has one.
        strong: Column of flags: drawn large, named with its value; the others are faint. Where none can be strong every
            dot that has a name has it over itself.
        hollow: Column of flags: drawn hollow, as the note says why.
        behind: Columns whose words follow the value of a lane's only dot, the most telling first.
        under: Columns whose words stand under the lane's name.
        keep: Column of owners: the best of each is shown even where only the best lanes have room.
        range: What the dots of a lane add up to.
        field: The field that each lane sets its dot against.
    """

    lane: str
    value: str
    colour: str = "governance_model"
    picked: Picked = UNPICKED
    name: str = ""
    strong: str = ""
    hollow: str = ""
    behind: tuple[str, ...] = ()
    under: tuple[str, ...] = ()
    keep: str = ""
    range: Range | None = None
    field: Field | None = None

    @property
    def all_named(self) -> bool:
        """Whether every dot has its name over it."""
        return bool(self.name) and not self.strong

    @property
    def reads(self) -> tuple[str, ...]:
        """Columns that it shows, in a reader's order; the first names a row."""
        cells = () if self.field is None else (c for cell in self.field.cells for c in cell[1:])
        return marks.named(self.name, self.lane, self.value, *self.under, *self.behind, *cells)


@dataclass(frozen=True)
class Dot(marks.Seen):
    """One row: its lane, its place across, its look, its whole name and what is written beside it."""

    lane: int
    x: float
    name: str
    words: str
    strong: bool


@dataclass(frozen=True)
class Lane(marks.Lane):
    """One lane; words behind it follow its only dot.

    Attributes:
        under: Grey words under the name.
        value: Look of the lane, where its name is a value of a vocabulary.
        span: Lowest and highest of its dots; None where it has one.
        median: Their median.
        others: Places of the field.
        strokes: Places of the strokes; None where there is none.
        cells: Words at the right: strong, then grey.
    """

    under: str = ""
    value: Value | None = None
    span: tuple[float, float] | None = None
    median: float | None = None
    others: tuple[float, ...] = ()
    strokes: tuple[float | None, ...] = ()
    cells: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Rows(marks.OnLanes[Lane]):
    """The marks of dots.

    Attributes:
        dots: By lane.
        x: Scale across; from 0, the lowest, to 1, the highest, where each lane has its own.
        heads: Headings of the words at the right.
        owner: Whose the dots are, where lanes have a field.
        strokes: Words of the strokes.
        values: Looks of dots that no words beside them tell, for a key, in legend order.
    """

    dots: tuple[Dot, ...]
    x: Axis
    heads: tuple[str, ...] = ()
    owner: str = ""
    strokes: tuple[str, ...] = ()
    values: tuple[Value, ...] = ()

    def of(self, lane: int) -> list[Dot]:
        """Dots of a lane, from the left."""
        return sorted((d for d in self.dots if d.lane == lane), key=lambda d: d.x)

    def names_over(
        self, lane: int, share: Callable[[float], float], wide: float, name: Callable[[str], float]
    ) -> list[tuple[Dot, int, float]]:
        """Dots of a lane from the left, each with the tier of its name over it and the middle of that.

        Args:
            lane: Which lane.
            share: Where a value stands on the scale, 0 to 1.
            wide: Width of the plot.
            name: Width of a name, with what must stay free beside it.
        """
        mine = self.of(lane)
        found = tiers([(share(d.x) * wide, name(d.words)) for d in mine], wide)
        return [(d, *spot) for d, spot in zip(mine, found, strict=True)]


def state(kind: Dots, frame: pd.DataFrame, columns: Frame, room: Room) -> Rows:
    """The marks of a frame in a room.

    One row a dot; lanes in the order of their first rows.
    """
    read = reading(columns, kind.value, frame, kind.picked)
    rows = [r for r in marks.held(frame, columns, kind.value) if read.at(r) is not None]
    firsts = {name: mine[0] for name, mine in marks.grouped(rows, kind.lane).items()}
    most = len(firsts) if room.paged else MOST_BESIDE if room.beside else MOST
    shown = _shown(kind, rows, list(firsts), most)
    lane_of = {name: n for n, name in enumerate(shown)}
    size = room.type_size
    cap = room.width * (NAMES_SMALL if room.is_small else NAMES_AT_MOST)
    lanes = [_lane(kind, read, n, firsts[n], cap, room) for n in shown]
    names_width = max((_name_width(one, size, kind) for one in lanes), default=0.0) * 1.06 + size
    names_width = min(names_width, cap + size)
    dots = [_dot(kind, read, r, lane_of[lane]) for r in rows if (lane := str(r[kind.lane])) in lane_of]
    if kind.field is not None:
        x = Axis((), -0.03, 1.03, (), (0.0, 1.0))
    else:
        x = read.scale([d.x for d in dots], room)
        behind = BEHIND_SMALL if room.is_small else BEHIND_AT_MOST
        lanes, x = _with_words(lanes, dots, x, room.width - names_width - 2 * size, size, behind)
    # What a colour means stands at the left, behind the dots, or in the key of a field.
    is_told = kind.field is not None or kind.colour in (kind.lane, *kind.behind)
    owner = str(read.first.get(kind.field.of, "")) if kind.field else ""
    heads = [h for h, _, _ in kind.field.cells] if kind.field else []
    return Rows(
        tuple(lanes),
        names_width,
        marks.and_more(len(firsts) - len(shown)),
        tuple(dots),
        x,
        tuple(h.replace("{of}", short_name(owner)) for h in heads),
        owner,
        tuple(words for _, words in kind.field.strokes) if kind.field else (),
        () if is_told else marks.legend((d.value for d in dots), columns[kind.colour].scale),
    )


def _shown(kind: Dots, rows: list[marks.Row], names: list[str], most: int) -> list[str]:
    """The first lanes, and the best of every owner in the field that is not among them."""
    if len(names) <= most or not kind.keep:
        return names[:most]
    head = set(names[:most])
    seen = {str(r[kind.keep]) for r in rows if str(r[kind.lane]) in head}
    late: list[str] = []
    for r in rows:
        if not r.is_outside and str(r[kind.keep]) not in seen:
            seen.add(str(r[kind.keep]))
            late.append(str(r[kind.lane]))
    late = late[:KEPT]
    return [*names[: most - len(late)], *late]


def _dot(kind: Dots, read: Reading, r: marks.Row, lane: int) -> Dot:
    at = read.at(r) or 0.0
    name, said = str(r[kind.name or kind.lane]), read.told(r)
    strong = bool(r[kind.strong]) if kind.strong else True
    words = short_name(name) if kind.all_named else f"{name} {said}" if kind.strong and strong else ""
    if kind.hollow and r[kind.hollow]:
        # Hollow is how a mark says that it is not to be taken at its face; the note says which reason it is here.
        r.caveats |= {"estimated"}
    place = _between(r, kind.field, at) if kind.field else at
    told = r.told(f"{name}: {said}", kind.name or kind.lane, kind.value)
    return Dot(*told, r.value(kind.colour), lane, place, name, words, strong)


def _between(r: marks.Row, found: Field, value: float) -> float:
    """Where a value stands between the lowest and the highest of its lane."""
    low, high = float(r[found.low]), float(r[found.high])
    return (value - low) / ((high - low) or 1.0)


def _lane(kind: Dots, read: Reading, name: str, r: marks.Row, cap: float, room: Room) -> Lane:
    """The lane of a first row, whose name has room for `cap`; all its words behind the dot, whether they fit or not."""
    size = room.type_size
    strong = not r.is_outside
    value = GOVERNANCE.of(r[kind.lane]) if r.columns[kind.lane].scale is GOVERNANCE else None
    said = value.word if value is not None else name
    parts = [r.words(c) for c in kind.under if not is_blank(r[c])]
    while not room.paged and len(parts) > 1 and width(", ".join(parts), size) > cap:
        parts = parts[:-1]
    behind: list[marks.Piece] = []
    if kind.behind or not (kind.name or kind.field):
        # How it governs AI is not told of what stands outside.
        told = [c for c in kind.behind if strong or r.columns[c].scale is not GOVERNANCE]
        behind = [marks.Piece(r.words(kind.value), "strong")]
        behind += [marks.Piece(short_name(r.words(c)), "grey") for c in told if not is_blank(r[c])]
    lines = marks.name_lines(said, cap / 1.06, size + 1, strong=strong)
    lane = Lane(said, lines, strong, tuple(behind), ", ".join(parts), value)
    if kind.range is not None:
        lane = _with_range(lane, kind.range, read, r)
    return lane if kind.field is None else _with_field(lane, kind.field, read, r)


def _with_range(lane: Lane, found: Range, read: Reading, r: marks.Row) -> Lane:
    """The lane with what its dots add up to, where there are several."""
    count, median = int(r[found.count]), float(r[found.median])
    if count < 2:
        return replace(lane, under=f"n = {count:,}")
    span = (float(r[found.low]), float(r[found.high]))
    return replace(lane, under=f"n = {count:,}, median {read.says(median)}", span=span, median=median)


def _with_field(lane: Lane, found: Field, read: Reading, r: marks.Row) -> Lane:
    """The lane with the places of its field, and the words at its right."""
    values = [float(v) for v in str(r[found.values]).split("; ") if v]
    # The lane's own dot is one of the field.
    if (own := read.at(r)) in values:
        values.remove(own)
    strokes = [None if is_missing(r[c]) else _between(r, found, float(r[c])) for c, _ in found.strokes]
    others = tuple(_between(r, found, v) for v in values)
    cells = tuple(_cell(r, column, beside) for _, column, beside in found.cells)
    return replace(lane, others=others, strokes=tuple(strokes), cells=cells)


def _cell(r: marks.Row, column: str, beside: str) -> tuple[str, str]:
    if is_missing(r[column]):
        return "", "none scored"
    said = r.words(column)
    return ("", said) if r.columns[column].form == "count" else (said, r.text(beside))


def _name_width(one: Lane, size: float, kind: Dots) -> float:
    under = width(one.under, size) if kind.range is not None or kind.field is not None else 0.0
    return max([under, *(width(t, size + 1, one.strong) for t in one.lines)])


def _with_words(
    lanes: list[Lane], dots: list[Dot], x: Axis, plot: float, size: float, most: float
) -> tuple[list[Lane], Axis]:
    """The lanes with the words that fit behind their dots, and a scale that leaves those room.

    The scale goes on for words of at most a share of the plot, lest long ones press all dots together; behind a dot
    that then has more room than that, as many more words stand as it holds.
    """
    plot = max(plot, size)
    beside = 1.6 * size
    high = x.high
    fewest = [marks.fitting_pieces(one.behind, most * plot, size) for one in lanes]
    for dot in dots:
        if x.log or not fewest[dot.lane]:
            continue
        taken = marks.pieces_width(fewest[dot.lane], size) + beside
        high = max(high, x.low + (dot.x - x.low) * plot / max(plot - taken, plot * 0.3))
    x = replace(x, high=high)
    free = {dot.lane: plot * (1 - x.share(dot.x)) - beside for dot in dots}
    kept = [
        replace(one, behind=max(few, marks.fitting_pieces(one.behind, free.get(n, 0.0), size), key=len))
        for n, (one, few) in enumerate(zip(lanes, fewest, strict=True))
    ]
    return kept, x


def tiers(wanted: list[tuple[float, float]], room: float) -> list[tuple[int, float]]:
    """Tier and middle of names over one lane, so that none touches another: the lowest tier with room, from the left.

    Args:
        wanted: Place and width of each name, from the left.
        room: Width of the plot.
    """
    ends: list[float] = []
    out = []
    for at, wide in wanted:
        middle = min(max(at, wide / 2), max(room - wide / 2, wide / 2))
        tier = next((n for n, end in enumerate(ends) if middle - wide / 2 > end), len(ends))
        if tier == len(ends):
            ends.append(0.0)
        ends[tier] = middle + wide / 2
        out.append((tier, middle))
    return out
