"""The build that is served: read once for all readers, made where it is missing, compared with those before."""

from __future__ import annotations

import functools
import gc
import logging
import os
import threading
from pathlib import Path

import pandas as pd
import streamlit as st

import etl
from dashboard.charts import CHARTS
from dashboard.charts.card import Card
from dashboard.data import feeds, history, older, overlay, permalink, store
from dashboard.data.store import Tables
from dashboard.deck import apart_builds
from dashboard.deck.builds import Data
from dashboard.look.markdown import plain
from dashboard.look.theme import (
    plural,
)
from dashboard.screen import card as card_state
from dashboard.screen import own_state
from etl.tables import TABLES

PROSE = logging.getLogger(__name__)


@st.cache_resource
def _build_lock() -> threading.Lock:
    return threading.Lock()


@st.cache_resource(max_entries=2, show_spinner=False)
def load(folder: str, snapshot_id: str) -> Tables:
    """Loads a build once for every reader; pandas copies on write, so nobody changes another's tables."""
    tables = of_this_code(store.load(Path(folder)), folder)
    # Modules and tables stay: a collection need not walk them again for what each run leaves behind.
    gc.collect()
    gc.freeze()
    # Streamlit collects everything after each run; within one that makes a hundred thousand objects and keeps most of them,
    # a collection each seven hundred finds nothing.
    gc.set_threshold(20_000, 20, 20)
    return tables


def of_this_code(tables: Tables, folder: str) -> Tables:
    """Tables of a build of other code as this code reads them: what that did not know yet is unknown, what is more stays.

    Raises:
        DataMissingError: a column that is never empty is not there, or one is of another kind.
    """
    return older.completed(tables, folder, *_known())


@functools.cache
def _known() -> tuple[Tables, frozenset[tuple[str, str]]]:
    """Every table of this code without rows, and its columns that are never empty."""
    schemas = {table.name: table.arrow_schema() for table in TABLES}
    required = frozenset((name, f.name) for name, schema in schemas.items() for f in schema if not f.nullable)
    return {name: store.typed(schema.empty_table()) for name, schema in schemas.items()}, required


def overlays(folder: Path) -> tuple[overlay.Overlay, ...]:
    """Own rows that go with a build: the installation's and this reader's; those that do not are left out."""
    return _sound(folder)[0]


def shown(folder: Path) -> tuple[overlay.Laid, tuple[str, ...]]:
    """A build under the own rows at hand, and what is wrong with those left out, in plain text."""
    sound, wrong = _sound(folder)
    return overlay.lay(load(str(folder), store.snapshot(folder).id), store.snapshot(folder), sound), wrong


def _sound(folder: Path) -> tuple[tuple[overlay.Overlay, ...], tuple[str, ...]]:
    snapshot = store.snapshot(folder)
    tables = load(str(folder), snapshot.id)
    laid, wrong = overlay.laid_here(tables, snapshot)
    found = () if laid.snapshot == snapshot else overlay.installed()
    if wrong:
        wrong = (
            "The own rows of this installation are not shown: they do not go with this data. Whoever runs this page "
            "finds the lines in its log.",
        )
    mine = own_state.current()
    if mine is not None:
        try:
            overlay.lay(tables, snapshot, (*found, mine))
        except overlay.OverlayError as refused:
            wrong += tuple(
                f"Your own rows are not shown: {problem}" for problem in refused.problems[: permalink.NAMED]
            )
            if len(refused.problems) > permalink.NAMED:
                wrong += (f"{len(refused.problems) - permalink.NAMED} more problems of your own rows.",)
        else:
            found = (*found, mine)
    return found, wrong


def warm() -> None:
    """Loads the tables and makes the cards of the first page, as a first visit sees them.

    Raises:
        DataMissingError: there is no build yet.
    """
    _served()
    folder = store.served_folder()
    laid, _ = overlay.laid_here(load(str(folder), store.snapshot(folder).id), store.snapshot(folder))
    snapshot, tables = laid.snapshot, laid.tables
    found, _ = permalink.values({}, tables, snapshot.as_of)
    selection = permalink.selection(found, snapshot.as_of)
    for chart_id in ("landscape-matrix", "positioning", "headline-numbers"):
        card_state.state(snapshot, tables, CHARTS[chart_id], selection)


@st.cache_resource(max_entries=2, show_spinner=False)
def dictionary(folder: str, snapshot_id: str) -> pd.DataFrame:
    """The dictionary of a build, read once."""
    return store.dictionary(Path(folder))


def prepare_data() -> None:
    """Builds the data where it is missing or older than its CSV files, showing progress.

    With `LANDSCAPE_DATA` set the data is somebody else's: it is read and never built. A failed build leaves the
    last good data in use and says what is wrong, file and line.
    """
    folder = store.PROJECT / "datasets" / "processed"
    if store.is_own() and _is_asked_for(folder):
        with _build_lock():
            if _is_asked_for(folder):
                state = _raw_state()
                if etl.is_stale(store.RAW, folder, feeds.folder()):
                    if os.access(folder.parent, os.W_OK):
                        _build(folder)
                    else:
                        # A server that may not write (a unit, an image): whoever runs it builds, and no reader is troubled.
                        _failed.add(state)
                        PROSE.warning(
                            "The build that is served was made from other files or code than are here, and this server may "
                            "not write another: run `python -m etl`."
                        )
                _settled.add(state)
    try:
        _served()
    except store.DataMissingError as missing:
        tell_missing(missing)
        st.error(f"There is no data to show. {plain(missing)}", icon=":material/error:")
        st.stop()
    _missing.clear()
    if store.refused():
        st.warning(
            "The newest data cannot be read; shown is what was read before. Whoever runs this page finds the reason in its log.",
            icon=":material/history:",
        )


#: Why no data is served, as the log was told last.
_missing: list[str] = []


def tell_missing(missing: store.DataMissingError) -> None:
    """Writes to the log why no data is served, once and not with each reader."""
    if str(missing) not in _missing:
        _missing[:] = [str(missing)]
        PROSE.error("No data is served: %s", missing)


def _served() -> None:
    """Reads the build to show, once for all readers; one whose files are damaged is given up for the one before."""
    folder = store.served_folder()
    try:
        load(str(folder), store.snapshot(folder).id)
    except store.DataMissingError as damaged:
        before = store.beside(folder)
        store.refuse(folder, str(damaged))
        for older in before:
            try:
                load(str(older), store.snapshot(older).id)
            except store.DataMissingError:
                continue
            store.serve(older)
            PROSE.error("%s. Shown is the build in %s.", damaged, older)
            return
        raise


#: States of the raw files that were compared with the build, and those that a build refused: no reader's click reads
#: them again.
_settled: set[tuple[tuple[str, int, int], ...]] = set()
_failed: set[tuple[tuple[str, int, int], ...]] = set()


def _is_asked_for(folder: Path) -> bool:
    """Whether the raw files may say something that the build does not know."""
    state = _raw_state()
    return state not in _failed and not (store.is_built(folder) and state in _settled)


def _raw_state() -> tuple[tuple[str, int, int], ...]:
    files = [*store.RAW.glob("*.csv"), *feeds.folder().glob("*/state.json")]
    found = ((str(p), p.lstat()) for p in sorted(files))
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in found)


def _build(folder: Path) -> None:
    with st.status("Building the data …", expanded=True) as status:
        bar = st.progress(0.0)

        def told(share: float, step: str) -> None:
            bar.progress(min(share, 1.0), text=plain(step))

        try:
            etl.build(store.RAW, folder, progress=told, feeds=feeds.folder())
        except etl.BuildFailed as failed:
            status.update(label="The data could not be built", state="error")
            st.code("\n".join(str(p) for p in failed.problems[:40]), language=None)
            if not (folder / "datapackage.json").is_file():
                st.stop()
            _failed.add(_raw_state())
            PROSE.error(
                "datasets/raw does not build, the last good build is served; first of %s: %s",
                plural(len(failed.problems), "problem"),
                failed.problems[0],
            )
            st.warning("Shown below is the last good build; correct the lines above and reload.")
        else:
            status.update(label="Data built", state="complete", expanded=False)


def unreadable(folder: Path) -> str:
    """Why a kept build cannot be shown by this code, for the log; "" where it can."""
    try:
        load(str(folder), store.snapshot(folder).id)
    except store.DataMissingError as missing:
        PROSE.warning("A kept build is not shown: %s", missing)
        return str(missing)
    return ""


def moved(old: Path, new: Path) -> pd.DataFrame:
    """What differs between two builds, compared once."""
    return _moved(str(old), store.snapshot(old).id, str(new), store.snapshot(new).id)


@st.cache_resource(max_entries=4, show_spinner=False)
def _moved(old: str, old_id: str, new: str, new_id: str) -> pd.DataFrame:
    return history.difference(load(old, old_id), load(new, new_id))


def apart_card(old: Path, new: Path, basis: str) -> Card:
    """What changed between two builds as pages tell it, compared once."""
    return _apart(str(old), store.snapshot(old).id, str(new), store.snapshot(new).id, basis)


@st.cache_resource(max_entries=4, show_spinner=False)
def _apart(old: str, old_id: str, new: str, new_id: str, basis: str) -> Card:
    was, now = (Data(load(f, i), store.snapshot(Path(f))) for f, i in ((old, old_id), (new, new_id)))
    return apart_builds.card(was, now, basis)
