"""The data behind slides: the newest build, those kept beside it, and a reader's own rows over them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from dashboard.charts.card import Card
from dashboard.data import older, overlay, store
from dashboard.data.overlay import Laid, Overlay, OverlayError
from dashboard.data.selection import Selection
from dashboard.data.store import DataMissingError, Snapshot, Tables
from dashboard.facts.views import Views

#: Cards that a build remembers: rows of a chart are small, but views are many.
MOST_CARDS = 120


@dataclass(frozen=True)
class Data:
    """One build: its tables, its name, and the cards that were made from it lately."""

    tables: Tables
    snapshot: Snapshot
    cards: dict[tuple[str, Selection], Card] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )


def load(folder: Path) -> Data:
    """A build from its folder."""
    return Data(store.load(folder), store.snapshot(folder))


@dataclass
class Builds:
    """The newest build, and those kept beside it, loaded when asked for.

    Attributes:
        newest: What is shown where nothing else is asked, a reader's own rows over it.
        kept: Folders of the builds at hand, by snapshot id.
        loads: Reads a folder; the app hands in one that remembers.
        own: A reader's own rows; a slide frozen without them is shown without.
        plain: The newest build without them.
        wraps: Makes data of a build with own rows over it; the app hands in one that remembers.
        required: Columns that are never empty in the newest build, as `store.required` gives them.
    """

    newest: Data
    kept: dict[str, Path] = field(default_factory=dict)
    loads: Callable[[Path], Data] = load
    own: tuple[Overlay, ...] = ()
    plain: Data | None = None
    wraps: Callable[[Laid], Data] = lambda laid: Data(laid.tables, laid.snapshot)
    required: frozenset[tuple[str, str]] = frozenset()
    _found: dict[str, Data] = field(default_factory=dict)
    _views: Views = field(default_factory=Views)

    @classmethod
    def of(
        cls,
        source: Path | Data,
        loads: Callable[[Path], Data] = load,
        own: Sequence[Overlay] | None = None,
        wraps: Callable[[Laid], Data] | None = None,
    ) -> Builds:
        """The builds of a folder; or one build alone. Without `own` the installation's overlays are over it.

        Raises:
            OverlayError: own rows do not go with the newest build.
        """
        plain = source if isinstance(source, Data) else loads(source)
        kept = {} if isinstance(source, Data) else store.builds(source)
        one = cls(plain, kept, loads, tuple(overlay.installed() if own is None else own), plain)
        if wraps is not None:
            one.wraps = wraps
        if not isinstance(source, Data):
            one.required = store.required(source)
        return one.under(one.own)

    def under(self, own: tuple[Overlay, ...]) -> Builds:
        """The same builds with other own rows over them.

        Raises:
            OverlayError: they do not go with the newest build.
        """
        plain = self.plain or self.newest
        return replace(self, newest=self._under(plain, own), own=own, plain=plain, _found={}, _views=Views())

    def _under(self, data: Data, own: tuple[Overlay, ...]) -> Data:
        return self.wraps(overlay.lay(data.tables, data.snapshot, own)) if own else data

    def at(self, snapshot_id: str | None) -> tuple[Data, bool]:
        """The build of that name, and whether it is that one; the newest where it is not kept."""
        if not snapshot_id or snapshot_id == self.newest.snapshot.id:
            return self.newest, True
        if snapshot_id in self._found:
            return self._found[snapshot_id], True
        build, mark = overlay.parted(snapshot_id)
        folder = self.kept.get(build)
        if mark and mark != overlay.overlays_id(self.own):
            return self.newest, False
        plain = self.plain or self.newest
        if build == plain.snapshot.id:
            return plain, True
        if folder is None:
            return self.newest, False
        try:
            found = self._under(self._older(folder), self.own if mark else ())
        except (OverlayError, DataMissingError):
            # What the rows refer to is not in that older build, or what is read of one.
            return self.newest, False
        # Only the last one stays in memory: a deck of many snapshots must not hold them all.
        self._found = {snapshot_id: found}
        return found, True

    def _older(self, folder: Path) -> Data:
        data, known = self.loads(folder), (self.plain or self.newest).tables
        tables = older.completed(data.tables, str(folder), known, self.required)
        return data if tables is data.tables else Data(tables, data.snapshot)

    def missing(self, snapshot_id: str | None) -> str:
        """Why `at` gave another build than the one asked for, as a sentence."""
        build, mark = overlay.parted(snapshot_id or "")
        if mark and mark != overlay.overlays_id(self.own):
            return (
                f"Made with own rows of the mark {mark}, which are not at hand: shown "
                f"{'with those at hand' if self.own else 'without them'}, from the newest."
            )
        if mark and build in self.kept:
            return f"Your own rows do not go with snapshot {build}, which other code built: shown from the newest."
        if build in self.kept:
            return f"Frozen on snapshot {build}, which other code built and this version cannot read: shown from the newest."
        return f"Frozen on snapshot {build if not mark else snapshot_id}, which is no longer kept: shown from the newest."

    def stood(self, tables: Tables, selection: Selection) -> Tables:
        """All tables as they stood on the selection's day: those that `applied` narrows."""
        return self._views.stood(tables, selection.as_of, selection.newest)

    def applied(self, tables: Tables, selection: Selection, *, keep_outside: bool = False) -> Tables:
        """`landscape.apply` that remembers: a deck asks for the same view again and again."""
        return self._views.applied(tables, selection, keep_outside=keep_outside)
