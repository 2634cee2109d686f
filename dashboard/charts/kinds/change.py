"""Changes: dumbbells from one day or window to another, one a row, also in panels that share their rows and scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from dashboard.charts.columns import Frame
from dashboard.charts.kinds import marks
from dashboard.charts.kinds.matrix import in_order
from dashboard.look.measure import shorten, width, wrap
from dashboard.look.room import Room
from dashboard.look.scales import Value
from dashboard.look.theme import OWN_SIGN, is_missing

#: Rows that fit a picture, and those that a screen scrolls through: those that moved most are kept.
MOST, MOST_SCREEN = 14, 40
#: Panels that are drawn; slides go on to a further page.
MOST_PANELS = 12
#: Panels beside each other: where there is room, and in a small one.
ACROSS, ACROSS_SMALL = 4, 2
#: Share of the width that names at the left may take.
NAMES_AT_MOST = 0.34
#: Fonts that stand in for ours run wider.
SLACK = 1.08
#: What a scale of scores without a zero shows beyond its ends.
BEYOND = 60.0


@dataclass(frozen=True)
class Change:
    """Two values a row, the earlier grey, the later in the colour of what holds then, and a line between them.

    Attributes:
        row: Names at the left; one dumbbell each, in a panel one each that has it.
        before: The earlier value.
        after: The later value.
        scale: Ends of the scale that all rows share, and the step between its marks; None gives each row its own.
        title: What the shared scale says, from end to end; and in few words.
        fill: Column of a vocabulary: what holds at the later value.
        said: Columns of both values in words, where rows do not share a scale.
        unit: Column with the unit of a row that has its own scale: "percent" runs to 100, "elo" has no zero.
        note: Column of words under the name of a row that has its own scale: what its values rest on.
        panel: Column whose values have a panel each.
        head: Under a panel's name: columns of its first row, pairs joined by an arrow.
    """

    row: str
    before: str
    after: str
    scale: tuple[float, float, float] | None = None
    title: tuple[str, str] = ("", "")
    fill: str = ""
    said: tuple[str, str] = ("", "")
    unit: str = ""
    note: str = ""
    panel: str = ""
    head: tuple[tuple[str, ...], ...] = ()

    @property
    def reads(self) -> tuple[str, ...]:
        """Columns that it shows, in a reader's order; the first names a row."""
        heads = (c for part in self.head for c in part)
        return marks.named(
            self.panel, self.row, *heads, self.before, self.fill, self.after, *self.said, self.note
        )


@dataclass(frozen=True)
class Dumbbell(marks.Seen):
    """One row's values: its panel and line, where they stand on the scale, null where unknown, their words, and the later one's look."""

    panel: int
    lane: int
    before: float | None
    after: float | None
    before_words: str
    after_words: str

    @property
    def has_moved(self) -> bool:
        """Whether both values are known and differ."""
        return self.before is not None and self.after is not None and self.before != self.after

    @property
    def rises(self) -> bool:
        """Whether the later value stands right of the earlier one, or is not left of it."""
        return self.before is None or self.after is None or self.after >= self.before

    @property
    def ends(self) -> tuple[tuple[float | None, str, bool], tuple[float | None, str, bool]]:
        """Both values with their words, and whether these stand at the right: outside of the line between them."""
        return (self.before, self.before_words, not self.rises), (self.after, self.after_words, self.rises)


@dataclass(frozen=True)
class Row(marks.Lane):
    """A row, the same in each panel, with lines of what its values rest on."""

    note: tuple[str, ...] = ()


@dataclass(frozen=True)
class Panel:
    """A panel: its name, words under it with the look of the value that they name, and plain ones."""

    name: str
    named: tuple[tuple[str, Value], ...] = ()
    plain: tuple[str, ...] = ()


@dataclass(frozen=True)
class Dumbbells(marks.OnLanes[Row]):
    """The marks of changes; `more` may count panels.

    Attributes:
        panels: In order; one without a name where there are none.
        marks: In the frame's order.
        low: Begin of the scale.
        high: Its end; 0 and 1 where rows have scales of their own.
        ticks: Values marked on the shared scale.
        before_width: Room that words left of the scale's begin may take, in the room's unit.
        after_width: The same right of its end.
        key: Values that a key names.
    """

    panels: tuple[Panel, ...]
    marks: tuple[Dumbbell, ...]
    low: float
    high: float
    ticks: tuple[float, ...]
    before_width: float
    after_width: float
    key: tuple[Value, ...]


def state(kind: Change, frame: pd.DataFrame, columns: Frame, room: Room) -> Dumbbells:
    """The marks of a frame in a room. One row a dumbbell."""
    shown, more = _shown(kind, frame, room)
    low, high, step = kind.scale or (0.0, 1.0, 0.0)
    scale = columns[kind.fill].scale
    said = kind.said if kind.said[0] else (kind.before, kind.after)
    panels = marks.grouped(marks.held(shown, columns), kind.panel)
    names = in_order([[str(r[kind.row]) for r in mine] for mine in panels.values()])
    skipped = (kind.panel, kind.row, kind.before, kind.after, *kind.said)
    drawn: list[Dumbbell] = []
    for panel, mine in enumerate(panels.values()):
        for n, r in enumerate(mine):
            title = ", ".join(dict.fromkeys(str(r[c]) for c in (kind.panel, kind.row) if c))
            told = r.told(f"{title}: {' → '.join(map(r.words, said))}", *skipped)
            lane = names.index(str(r[kind.row])) if kind.panel else n
            before, after = _at(kind, r)
            words = _words(kind, r, before, after)
            drawn.append(Dumbbell(*told, r.value(kind.fill, own=False), panel, lane, before, after, *words))
    rows = _rows(kind, [r for mine in panels.values() for r in mine], names, room)
    is_headed = any(kind.fill in part for part in kind.head)
    heads = tuple(_panel(kind, name, mine[0]) for name, mine in panels.items())
    return Dumbbells(
        rows,
        0.0 if _is_above(kind, room) else _names_width(rows, room.type_size, not kind.panel),
        more,
        heads if kind.panel else (Panel(""),),
        tuple(drawn),
        low,
        high,
        tuple(low + k * step for k in range(int((high - low) / step) + 1)) if step else (),
        *_sides(drawn, low, high, room),
        () if is_headed else marks.legend((m.value for m in drawn if m.after is not None), scale),
    )


def _shown(kind: Change, frame: pd.DataFrame, room: Room) -> tuple[pd.DataFrame, str]:
    """The rows that there is room for, and how many more there are; those that moved most go first."""
    if kind.panel:
        panels = list(dict.fromkeys(frame[kind.panel]))
        if room.paged or len(panels) <= MOST_PANELS:
            return frame, ""
        return frame[frame[kind.panel].isin(panels[:MOST_PANELS])], marks.and_more(len(panels) - MOST_PANELS)
    most = MOST if room.beside else len(frame) if room.paged else MOST_SCREEN
    if len(frame) <= most:
        return frame, ""
    moved = (frame[kind.after] - frame[kind.before]).abs().fillna(-1).astype("float64")
    # A reader's own are drawn whether they moved or not.
    moved = moved.mask(frame[kind.row].astype("str").str.endswith(OWN_SIGN).fillna(False), float("inf"))
    kept = moved.reset_index(drop=True).sort_values(ascending=False, kind="stable").index[:most]
    return frame.iloc[sorted(kept)], marks.and_more(len(frame) - most)


def _at(kind: Change, r: marks.Row) -> tuple[float | None, float | None]:
    """Where both values stand: on the shared scale, or 0 to 1 on the row's own."""
    both = [None if is_missing(r[c]) else float(r[c]) for c in (kind.before, kind.after)]
    if kind.scale is not None:
        return both[0], both[1]
    known = [v for v in both if v is not None]
    unit = r.get(kind.unit)
    low = min(known, default=0.0) - BEYOND if unit == "elo" else min(0.0, *known, 0.0)
    high = 100.0 if unit == "percent" else max(known, default=1.0) + (BEYOND if unit == "elo" else 0.0)
    length = (high - low) or 1.0
    before, after = (None if v is None else (v - low) / length for v in both)
    return before, after


def _words(kind: Change, r: marks.Row, before: float | None, after: float | None) -> tuple[str, str]:
    """Words of both values beside their marks; a shared scale tells the later one's step, panels tell nothing."""
    if kind.panel:
        return "", ""
    if before is None and after is None:
        return "no source", ""
    if kind.said[0]:
        return f"{r[kind.said[0]]} before", f"{r[kind.said[1]]} after"
    told = [f"{v:.0f}" if v is not None else "" for v in (before, after)]
    if before is None or after is None or before == after:
        return ("", told[1]) if after is not None else (told[0], "")
    # The difference of the numbers as they are shown: 75 after 62 is 13, whatever was rounded away.
    return told[0], f"{told[1]} ({float(told[1]) - float(told[0]):+.0f})"


def _panel(kind: Change, name: str, r: marks.Row) -> Panel:
    """A panel with the words of its first row: pairs joined by an arrow, numbers after what they are."""
    named: list[tuple[str, Value]] = []
    plain = []
    for part in kind.head:
        if any(is_missing(r[c]) for c in part):
            continue
        is_number, scale = r.columns[part[-1]].is_number, r.columns[part[-1]].scale
        told = [f"{float(r[c]):.0f}" if is_number else r.words(c) for c in part]
        if is_number:
            what = r.columns.heading(part[0]).removesuffix(" before").lower()
            plain.append(f"{what} {' → '.join(told)}")
        elif scale is None:
            plain.append(" → ".join(told))
        else:
            named += [
                (f"{'→ ' if n else ''}{t}", scale.of(r[c]))
                for n, (t, c) in enumerate(zip(told, part, strict=True))
            ]
    return Panel(name, tuple(named), tuple(plain))


def _rows(kind: Change, rows: Sequence[marks.Row], names: Sequence[str], room: Room) -> tuple[Row, ...]:
    """The rows of a chart with a note of at most two lines each; of panels the names that their rows share."""
    if kind.panel:
        # Of a panel's name for its rows a small room has the first word.
        first = room.is_small and not room.paged
        return tuple(Row(n, (n.split()[0] if first else n,)) for n in names)
    share = 1.0 if _is_above(kind, room) else NAMES_AT_MOST
    size, cap = room.type_size, room.width * share / SLACK
    out = []
    for r in rows:
        words = r.text(kind.note)
        note = wrap(shorten(words, cap, size - 1, False, 2), cap, size - 1)[:2] if words else []
        out.append(Row(str(r[kind.row]), marks.name_lines(str(r[kind.row]), cap, size + 1), note=tuple(note)))
    return tuple(out)


def _is_above(kind: Change, room: Room) -> bool:
    """Whether names stand over their rows: in a small room, where each row has a scale of its own."""
    return kind.scale is None and not kind.panel and room.is_small and not room.paged


def _names_width(rows: Sequence[Row], size: float, strong: bool) -> float:
    names = [width(t, size + 1, strong) for r in rows for t in r.lines]
    return max([*names, *(width(t, size) for r in rows for t in r.note)], default=0) * SLACK + size


def _sides(drawn: Sequence[Dumbbell], low: float, high: float, room: Room) -> tuple[float, float]:
    """Room for words beyond both ends of the scale, at most: those of marks that stand at the ends."""
    plot = room.width * 0.5
    left = right = room.type_size
    for m in drawn:
        for at, words, outwards in m.ends:
            wide = width(words, room.type_size, True) * SLACK + 1.2 * room.type_size
            share = 0.0 if at is None else (at - low) / (high - low)
            if at is None or outwards:
                right = max(right, wide - (1 - share) * plot)
            else:
                left = max(left, wide - share * plot)
    return left, right
