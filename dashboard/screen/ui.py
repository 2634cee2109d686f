"""Pieces that pages share: the loaded data, the sidebar filters, chart cards, tables with links, empty states."""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Literal, NoReturn

import pandas as pd
import streamlit as st

import etl
from dashboard.charts import CHARTS, Chart, marks
from dashboard.charts import card as export_card
from dashboard.charts.card import Card
from dashboard.data import citations, history, permalink, store
from dashboard.data.selection import COMPANY_TYPES, HOME_COUNTRY, Selection, named, words
from dashboard.data.store import Snapshot, Tables
from dashboard.deck import basket
from dashboard.draw import plotly
from dashboard.export import page, picture, server_picture, slides, table
from dashboard.facts import landscape
from dashboard.look.markdown import plain, shortened
from dashboard.look.theme import (
    NOT_DISCLOSED,
    PRODUCT,
    Look,
    format_day,
    is_missing,
    model_short,
    plural,
)
from dashboard.screen import address, basket_state, figure, leads, metrics, room, tables, ui_picture
from dashboard.screen import card as card_state

ABOUT = (
    f"**{PRODUCT}**: who steers AI how inside China's tech giants and labs, on any date, with the source of every "
    "value. Data under CC BY 4.0, code under MIT."
)
PROSE = logging.getLogger(__name__)


@dataclass(frozen=True)
class View:
    """What one run of the app shows: all tables, those selected, the choice behind them, and the look."""

    tables: Tables
    selected: Tables
    selection: Selection
    snapshot: Snapshot
    look: Look


# --- Data ---


@st.cache_resource
def _build_lock() -> threading.Lock:
    return threading.Lock()


@st.cache_resource(max_entries=2, show_spinner=False)
def load(folder: str, snapshot_id: str) -> Tables:
    """Loads a build once for every reader; pandas copies on write, so nobody changes another's tables."""
    tables = store.load(Path(folder))
    # Modules and tables stay: a collection need not walk them again for what each run leaves behind.
    gc.collect()
    gc.freeze()
    return tables


def warm() -> None:
    """Loads the tables and makes the cards of the first page, as a first visit sees them.

    Raises:
        DataMissingError: there is no build yet.
    """
    folder = store.served_folder()
    snapshot = store.snapshot(folder)
    tables = load(str(folder), snapshot.id)
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

    With `LANDSCAPE_DATA` set the folder is somebody else's: it is read and never built. A failed build leaves the
    last good data in use and says what is wrong, file and line.
    """
    folder = store.processed_folder()
    own = folder == store.PROJECT / "datasets" / "processed"
    if own and etl.is_stale(store.RAW, folder) and _raw_state() not in _failed:
        with _build_lock():
            if etl.is_stale(store.RAW, folder) and _raw_state() not in _failed:
                _build(folder)
    try:
        _served()
    except store.DataMissingError as missing:
        st.error(f"There is no data to show. {plain(missing)}", icon=":material/error:")
        st.stop()
    if store.refused():
        st.warning(
            "The newest data cannot be read; shown is what was read before. Whoever runs this page finds the reason in its log.",
            icon=":material/history:",
        )


def _served() -> None:
    """Reads the build to show, once for all readers; one whose files are damaged is given up for the one before."""
    folder = store.served_folder()
    try:
        load(str(folder), store.snapshot(folder).id)
    except store.DataMissingError as damaged:
        before = [f for f in store.builds(folder).values() if f != folder]
        store.refuse(folder, str(damaged))
        for older in before:
            try:
                load(str(older), store.snapshot(older).id)
            except store.DataMissingError:
                continue
            store.serve(older)
            return
        raise


#: States of the raw files that a build refused: no reader's click checks them again.
_failed: set[tuple[tuple[str, int, int], ...]] = set()


def _raw_state() -> tuple[tuple[str, int, int], ...]:
    found = ((p.name, p.lstat()) for p in sorted(store.RAW.glob("*.csv")))
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in found)


def _build(folder: Path) -> None:
    with st.status("Building the data …", expanded=True) as status:
        bar = st.progress(0.0)

        def told(share: float, step: str) -> None:
            bar.progress(min(share, 1.0), text=step)

        try:
            etl.build(store.RAW, folder, progress=told)
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


# --- The reader's choice ---


def _ids(name: str) -> list[str]:
    return list(st.session_state.get(name) or [])


def _pinned(folder: Path) -> Path:
    """The build that the address pins, where it is still here; else the newest, and a word on it."""
    if permalink.WHOLE in st.query_params:
        st.session_state["_pin"] = None
    asked = st.query_params.get(permalink.SNAPSHOT) or st.session_state.get("_pin")
    served = store.snapshot(folder)
    if not asked or asked == served.id:
        st.session_state["_pin"] = None
        return folder
    st.session_state["_pin"] = asked
    found = store.builds(folder).get(asked)
    if found is None:
        st.warning(
            f"This link was frozen on snapshot {plain(shortened(asked))}, which is no longer kept here. What you see is snapshot "
            f"{served.id} of {format_day(served.as_of)}; numbers may differ.",
            icon=":material/lock_open:",
        )
        return folder
    old = store.snapshot(found)
    since = history.in_words(moved(found, folder))
    with st.container(horizontal=True, vertical_alignment="center", key="pinned"):
        st.info(
            f"Frozen link: snapshot {old.id} of {format_day(old.as_of)}. Since then, to snapshot {served.id} of "
            f"{format_day(served.as_of)}: {since}.",
            icon=":material/lock:",
        )
        st.button("Show the newest data", on_click=_unpin, type="tertiary")
    return found


def moved(old: Path, new: Path) -> pd.DataFrame:
    """What differs between two builds, compared once."""
    return _moved(str(old), store.snapshot(old).id, str(new), store.snapshot(new).id)


@st.cache_resource(max_entries=4, show_spinner=False)
def _moved(old: str, old_id: str, new: str, new_id: str) -> pd.DataFrame:
    return history.difference(load(old, old_id), load(new, new_id))


def _unpin() -> None:
    st.session_state["_pin"] = None
    if permalink.SNAPSHOT in st.query_params:
        del st.query_params[permalink.SNAPSHOT]


def _reset() -> None:
    for name in (*permalink.PARAMETERS, "_picked"):
        st.session_state.pop(name, None)
    st.session_state["_reset"] = True


#: What the theme has no option for. Streamlit writes the companies chosen in white on the accent, which no accent of a
#: dark theme carries; and beside an open sidebar its wide margins leave a small window no room for charts.
STYLE = (
    "<style>.st-key-history{display:none}.stMultiSelect [data-tag]{background:none;color:inherit;border:1px solid}"
    "@media (min-width:768px) and (max-width:1200px)"
    "{[data-testid='stMainBlockContainer']{padding-left:1.5rem;padding-right:1.5rem}}"
    # Cards of a pair are equally tall: a fragment's own block would end with its content.
    "[data-testid='stGridCellContent']>[data-testid='stLayoutWrapper']:has(>div>*>[class*='st-key-card-'])"
    "{flex:1 1 auto}"
    # Streamlit's own CSV of a table leaves text that a spreadsheet runs as it is: files come from our buttons.
    "[data-testid='stElementToolbarButton']:has([aria-label^='Download as CSV']){display:none}"
    # What measures and what brings the drawing library shows nothing: no gap for it either.
    ".st-key-room,.st-key-plotly-library{display:none}</style>"
)


def choose() -> None:
    """Draws the filters and stores the view for the page."""
    folder = _pinned(store.served_folder())
    snapshot = store.snapshot(folder)
    tables = load(str(folder), snapshot.id)
    if st.session_state.pop("_reset", False):
        st.query_params.clear()
    basket_state.current()
    address.read(tables, snapshot.as_of)
    names = tables["companies"].set_index("company_id")["company_name"]
    zh = tables["companies"].set_index("company_id")["company_name_zh"].fillna("")
    known = permalink.options(tables)
    st.html(STYLE)
    with st.sidebar:
        st.pills(
            "Governance model",
            known["governance"],
            selection_mode="multi",
            key="governance",
            format_func=model_short,
            help="Organisations whose model in force on the day is one of these.",
        )
        st.date_input(
            "As of",
            key="as_of",
            min_value=permalink.EARLIEST.date(),
            max_value=snapshot.as_of.date(),
            format="YYYY-MM-DD",
            help="Facts dated later are not shown.",
        )
        st.date_input(
            "Compare with",
            key="compare",
            value=None,
            min_value=permalink.EARLIEST.date(),
            max_value=snapshot.as_of.date(),
            format="YYYY-MM-DD",
            help="The day that changes are counted from. Left empty: twelve months earlier.",
        )
        st.segmented_control(
            "Governance as",
            list(permalink.BASES),
            key="basis",
            required=True,
            format_func=lambda b: permalink.BASES[b].removeprefix("As ").capitalize(),
            help="Reported: what named sources call it. Coded: what the printed rule derives from scored evidence.",
        )
        st.pills(
            "Company type",
            known["type"],
            selection_mode="multi",
            key="type",
            format_func=lambda t: COMPANY_TYPES[t],
        )
        st.multiselect(
            "Companies",
            known["company"],
            key="company",
            placeholder="All",
            format_func=lambda c: f"{names[c]} {zh[c]}".strip(),
        )
        st.toggle(
            "Include outside China",
            key="outside",
            help="OpenAI, Google, Anthropic, Meta and Mistral count like the others.",
        )
        with st.expander("Names and currency"):
            st.segmented_control(
                "Names in",
                list(permalink.NAMES),
                key="names",
                required=True,
                format_func=lambda n: permalink.NAMES[n],
            )
            st.segmented_control(
                "Currency of derived figures",
                list(permalink.CURRENCIES),
                key="currency",
                required=True,
                format_func=lambda c: permalink.CURRENCIES[c],
            )
        st.button("Clear filters", on_click=_reset, type="tertiary", icon=":material/filter_alt_off:")
    state = {name: st.session_state.get(name) for name in permalink.PARAMETERS}
    state["picked"] = st.session_state.get("_picked", {})
    if not isinstance(state["as_of"], date):
        state["as_of"] = snapshot.as_of.date()
    selection = permalink.selection(state, snapshot.as_of)
    address.write(selection)
    basket_state.write_address()
    mode: Literal["light", "dark"] = "dark" if st.context.theme.type == "dark" else "light"
    st.session_state["_view"] = View(
        tables,
        card_state.applied(snapshot, tables, selection),
        selection,
        snapshot,
        room.fitted(Look(mode=mode), room.wide()),
    )
    for notice in st.session_state.pop("_notices", []):
        st.warning(plain(notice), icon=":material/link_off:")


def view() -> View:
    """The view of this run."""
    return st.session_state["_view"]


def everything_as_of(now: View) -> Tables:
    """All tables as they stood on the chosen day, whatever the filters."""
    return card_state.stood(now.snapshot, now.tables, now.selection.as_of, now.selection.newest)


def narrowed(now: View, selection: Selection, *, keep_outside: bool = False) -> View:
    """The view under another selection."""
    selected = card_state.applied(now.snapshot, now.tables, selection, keep_outside=keep_outside)
    return replace(now, selection=selection, selected=selected)


def head(title: str, question: str = "", *, beside: bool = False) -> View:
    """Title of a page, and the selection in words; beside it where height is dear."""
    now = view()
    with st.container(horizontal=beside, vertical_alignment="bottom", gap="small" if beside else "medium"):
        st.title(title, anchor=False, width="content")
        said = words(now.tables, now.selected, now.selection)
        st.markdown(f":small[{said}]" if beside else said, width="content")
    if question:
        st.markdown(f":gray[{question}]")
    return now


def footer() -> None:
    """Snapshot, licence and where to look further, on every page."""
    now = view()
    st.markdown(
        f":small[:gray[{PRODUCT} · data to {format_day(now.snapshot.as_of)} · snapshot {now.snapshot.id} · "
        f"data CC BY 4.0, code MIT · governance here means how a company steers its own AI work, not state "
        f"regulation]]"
    )


def stop() -> NoReturn:
    """Ends a page that has nothing to show; its foot still names the snapshot."""
    footer()
    st.stop()


def nothing(selection: Selection, what: str = "organisation") -> None:
    """Says that nothing matches, and which filter to widen."""
    tried = []
    if selection.governance_models:
        tried.append(
            "Governance model (" + ", ".join(model_short(m) for m in selection.governance_models) + ")"
        )
    if selection.company_types:
        tried.append("Company type (" + ", ".join(COMPANY_TYPES[t] for t in selection.company_types) + ")")
    if selection.companies:
        tried.append("Companies")
    if selection.as_of != selection.newest:
        tried.append(f"As of ({format_day(selection.as_of)}: choose a later day)")
    if selection.governance_models and selection.basis == "coded":
        tried.append("Governance as (coded: reported may match)")
    advice = f"Widen {' or '.join(tried)} in the sidebar." if tried else "The data holds nothing on this yet."
    st.info(f"No {what} matches. {advice}", icon=":material/filter_alt_off:")


# --- What is picked for one chart or page ---


def pick(name: str, label: str, options: dict[str, str], *, resets: tuple[str, ...] = (), **own: Any) -> str:
    """A choice among option ids, kept in the address and while other pages are open.

    Args:
        name: Parameter in the address; has a dot, "company.id".
        label: What the reader reads beside it.
        options: Option id to label; the first is the default and is left out of the address.
        resets: Other choices that are taken back when this one changes, as what they offer depends on it.
        own: Passed to the selectbox.

    Returns:
        The option's id; the first where the address names one that does not exist, which is said.
    """
    picked = st.session_state.setdefault("_picked", {})
    first = next(iter(options))
    asked = picked.get(name, first)
    if asked not in options:
        st.caption(
            plain(
                f"The link asks for {label.lower()} “{shortened(asked)}”, which does not exist here: ignored."
            )
        )
        asked = first
        picked.pop(name)

    # The widget's own state would be dropped with the page it stands on; what is picked outlives it.
    widget = f"pick-{name}"
    if st.session_state.get(widget) != asked:
        st.session_state[widget] = asked

    def keep() -> None:
        chosen = st.session_state[widget]
        if chosen in (None, first):
            st.session_state["_picked"].pop(name, None)
        else:
            st.session_state["_picked"][name] = chosen
        for other in resets:
            st.session_state["_picked"].pop(other, None)
        set_picked_address()

    st.selectbox(label, list(options), key=widget, format_func=lambda o: options[o], on_change=keep, **own)
    return asked


def repick(name: str, option: str) -> None:
    """Picks an option of `pick` from elsewhere on its page, as a button's callback."""
    st.session_state.setdefault("_picked", {})[name] = option
    set_picked_address()


def set_picked_address() -> None:
    """Brings the address in line with what is picked, without a run of the whole page."""
    wanted = permalink.query(
        replace(view().selection, picked=tuple(sorted(st.session_state["_picked"].items())))
    )
    for name in [k for k in st.query_params if permalink.is_pick(k) and k not in wanted]:
        del st.query_params[name]
    for name in (k for k in wanted if permalink.is_pick(k)):
        st.query_params[name] = wanted[name]
    st.session_state["_address"] = wanted


# --- Chart cards ---


def chart(
    chart_id: str,
    *,
    height: Literal["stretch", "content"] = "content",
    selection: Selection | None = None,
    without: tuple[str, ...] = (),
    front: int = 0,
) -> None:
    """A chart card: finding, unit and scope, the chart, its source, and everything it can be saved as.

    Args:
        chart_id: Which chart.
        height: "stretch" makes neighbours in columns equally tall.
        selection: What it shows instead of the reader's choice, such as one company on that company's page.
        without: Names of choices that the page itself has put to the reader.
        front: Height of the figure, pixels, where it shares a screen with others: drawn as on a phone, what it lets
            pick and how it is read one click away on the gallery. 0 gives it all the room it wants.
    """
    now = view()
    if selection is not None:
        now = narrowed(now, selection)
    look = room.of_card(now.look)
    now = replace(now, look=replace(look, compact=True, height=front) if front else look)
    _chart_card(now, CHARTS[chart_id].picked(now.selection), height, without, front)


@st.fragment
def _chart_card(
    now: View,
    one: Chart,
    height: Literal["stretch", "content"],
    without: tuple[str, ...],
    front: int,
) -> None:
    with st.container(border=True, gap="xsmall" if front else "small", height=height, key=f"card-{one.id}"):
        head = st.container(horizontal=True, wrap=False, vertical_alignment="top", gap="small")
        choices = [(n, c) for n, c in enumerate(one.choices) if c.name not in without]
        if choices and not front:
            with st.container(horizontal=True, gap="small"):
                for n, choice in choices:
                    options = card_state.options(now.snapshot, now.tables, one, now.selection, n)
                    if options:
                        # Nothing to choose between: no widget.
                        first = next(iter(options))
                        option = (
                            first
                            if len(options) == 1
                            else pick(
                                choice.name,
                                choice.label,
                                options,
                                resets=tuple(c.name for c in one.choices[n + 1 :]),
                                width=300,
                            )
                        )
                        now = replace(now, selection=now.selection.picking(choice.name, option))
        shown = card_state.state(now.snapshot, now.tables, one, now.selection)
        frame = shown.frame
        with head:
            with st.container(gap=None):
                st.subheader(
                    plain(shown.finding or one.title),
                    anchor=False,
                    help=plain(shown.subtitle) if front else None,
                )
                if shown.subtitle and not front:
                    st.markdown(f":small[:gray[{plain(shown.subtitle)}]]")
            if not frame.empty and shown.has_sources:
                _add_button(now, one)
                if front:
                    if st.button(
                        "",
                        icon=":material/open_in_full:",
                        help="Full size, with everything it lets you pick",
                        type="tertiary",
                        key=f"full-{one.id}",
                    ):
                        whole = permalink.query(now.selection.picking("gallery.chart", one.id))
                        st.switch_page("app_pages/gallery.py", query_params=whole)
                elif one.screen != "table":
                    st.button(
                        "",
                        icon=":material/table_rows:",
                        help="Hide the table" if st.session_state.get(f"_rows-{one.id}") else "Show as table",
                        type="tertiary",
                        key=f"rows-{one.id}",
                        on_click=_toggle,
                        args=(f"_rows-{one.id}",),
                    )
                _save_menu(now, one, frame)
        if frame.empty:
            nothing(now.selection, "data for this chart")
            return
        if one.screen == "table":
            # Columns give way on a narrow page, not in half of a wide one: words of cells wrap.
            tables.draw(replace(now, look=view().look), one, frame, front=bool(front))
        else:
            packed = card_state.drawn(now.snapshot, now.tables, one, now.selection, now.look)
            closed = st.session_state.get(f"_closed-{one.id}", (0, None))
            mark = figure.show(packed, f"plot-{one.id}", closed[0])
            _row_of_mark(now, one, frame, mark)
            if st.session_state.get(f"_rows-{one.id}") and not front:
                shown_rows(frame, f"table-{one.id}")
        line = shown.publishers if front else shown.line
        st.markdown(f":small[:gray[{plain(line)}]]", help=plain(shown.note) or None if front else None)


def _row_of_mark(now: View, one: Chart, frame: pd.DataFrame, mark: figure.Mark | None) -> None:
    """The row behind the mark that was clicked: what it says, how firmly it stands, and where it leads."""
    if mark is None or mark.row not in frame.index:
        return
    if st.session_state.get(f"_closed-{one.id}", (0, None))[1] == mark.at:
        return
    row = frame.loc[mark.row]
    sources = now.tables["sources"]
    found = leads.of_row(row.to_dict(), everything_as_of(now) | {"companies": named_companies(now)})
    with st.container(border=True, gap="small", key=f"mark-{one.id}"):
        with st.container(horizontal=True, wrap=False, vertical_alignment="top", gap="small"):
            st.markdown(_in_words(row), width="stretch")
            st.button(
                "",
                icon=":material/close:",
                help="Close",
                type="tertiary",
                key=f"close-{one.id}",
                on_click=_close_mark,
                args=(one.id, mark.at),
            )
        firm = marks.standing(frame, mark.row, sources).split("; ")
        links = citations.links(row.get("source_ids"), sources, 4)
        about = [links, *(plain(w) for w in firm if not w.startswith("Source: "))]
        st.markdown(f":small[:gray[Sources:] {' · '.join(a for a in about if a)}]")
        if found:
            with st.container(horizontal=True, gap="small"):
                for lead in found:
                    lead_link(now, lead)


def _in_words(row: pd.Series) -> str:
    """A row as "Label: value" pieces; ids, flags and what is told elsewhere are left out."""
    said = []
    for column, value in row.items():
        name = str(column)
        if name.endswith(("_id", "_ids", "_precision")) or name.startswith("is_") or name in UNSAID:
            continue
        if is_missing(value) or value == "" or isinstance(value, bool | list):
            continue
        if isinstance(value, pd.Timestamp):
            text = format_day(value, row.get(f"{name}_precision", "day"))
        else:
            text = f"{value:,.4g}" if isinstance(value, float) and abs(value) < 10_000 else str(value)
            text = f"{value:,.0f}" if isinstance(value, int | float) and abs(value) >= 10_000 else text
        said.append(f":gray[{plain(heading(name))}] {plain(text)}")
    return " · ".join(said)


#: Columns of frames that place a mark or repeat another column in figures.
UNSAID = frozenset(("confidence", "caveat", "y", "counted", "currency", "kind", "side", "band"))


def named_companies(now: View) -> pd.DataFrame:
    """Every company known on the day, under the names that the reader chose."""
    return named(everything_as_of(now)["companies"], "company_name", now.selection.names)


def lead_link(now: View, lead: leads.Lead) -> None:
    """A link to the page of a thing, under the filters at hand."""
    page, name = leads.PLACES[lead.kind]
    chosen = now.selection.picking(name, lead.id) if name else now.selection
    if lead.kind == "governance":
        chosen = replace(chosen, governance_models=(lead.id,))
    st.page_link(
        page,
        label=plain(lead.label),
        icon=":material/arrow_forward:",
        query_params=permalink.query(chosen),
    )


def _close_mark(chart_id: str, at: int) -> None:
    times, _ = st.session_state.get(f"_closed-{chart_id}", (0, None))
    st.session_state[f"_closed-{chart_id}"] = times + 1, at


def _toggle(name: str) -> None:
    st.session_state[name] = not st.session_state.get(name)


def shown_rows(frame: pd.DataFrame, key: str) -> None:
    """The rows behind a chart as a table that can be sorted and copied; ids that only link tables are left out."""
    columns = [c for c in frame if not str(c).endswith("_ids") and not str(c).endswith("_id")]
    config = {
        c: st.column_config.DateColumn(heading(c), format="D MMM YYYY")
        if pd.api.types.is_datetime64_any_dtype(frame[c])
        else st.column_config.Column(heading(c))
        for c in columns
    }
    st.dataframe(frame[columns], column_config=config, hide_index=True, key=key, placeholder=NOT_DISCLOSED)


@st.fragment
def chart_tools(chart_id: str, said: str = "", *, horizontal: bool = True) -> None:
    """What a chart card offers (into the deck, saved as a file), for a chart that the page shows in a form of its own.

    Args:
        chart_id: Which chart.
        said: Words before the buttons.
        horizontal: Whether the buttons stand side by side.
    """
    now, one = view(), CHARTS[chart_id]
    shown = card_state.state(now.snapshot, now.tables, one, now.selection)
    frame = shown.frame
    if frame.empty or not shown.has_sources:
        return
    with st.container(horizontal=horizontal, vertical_alignment="center", gap="xsmall"):
        if said:
            st.markdown(f":small[:gray[{said}]]", width="content")
        _add_button(now, one)
        _save_menu(now, one, frame)


def _add_button(now: View, one: Chart) -> None:
    st.button(
        "",
        icon=":material/add_to_photos:",
        help="Add to deck",
        type="tertiary",
        key=f"add-{one.id}",
        on_click=add_to_deck,
        args=(now, one),
    )


def add_to_deck(now: View, one: Chart) -> None:
    """Puts a chart into the deck as it is seen now: filters, day and snapshot."""
    changed = basket_state.current().add(basket.frozen(one.id, now.selection, now.snapshot.id))
    basket_state.keep(changed)
    st.toast(f"In the deck: {plural(len(changed.slides), 'slide')}", icon=":material/add_to_photos:")


def card(now: View, one: Chart, frame: pd.DataFrame) -> Card:
    """Everything an export needs to know about a chart, as plain values."""
    return export_card.make(
        one,
        now.tables,
        now.selection,
        now.snapshot,
        frame=frame,
        address=permalink.link(st.context.url, now.selection) if st.context.url else "",
    )


def _save_menu(now: View, one: Chart, frame: pd.DataFrame) -> None:
    menu = st.popover(
        "",
        icon=":material/download:",
        help="Save this chart",
        type="tertiary",
        key=f"save-{one.id}",
        on_change="rerun",
    )
    # Nothing of the menu is made before it is opened: opening reruns this card alone.
    if not menu.open:
        return
    whole = card(now, one, frame)
    stem = f"{one.id}-{now.selection.as_of:%Y-%m-%d}-{now.snapshot.id}"
    with menu:
        st.markdown(":small[:gray[Title, unit, sources and date are inside every file.]]")
        _download("PowerPoint slide, editable", lambda: slides.slide(whole), f"{stem}.pptx", SLIDE, one.id)
        _picture(one, whole, stem)

        def web_page() -> bytes:
            drawn = None if one.screen == "table" else plotly.draw(one, frame, Look(mode="light"))
            return page.page([page.Shown(whole, drawn)], whole.title)

        def pdf() -> bytes:
            return server_picture.pdf_of_page(web_page())

        for side_by_side in (
            (
                ("CSV", lambda: table.csv(whole), "csv", "text/csv"),
                ("Excel with sources", lambda: table.xlsx(whole), "xlsx", SHEET),
            ),
            (
                ("Web page in one file", web_page, "html", "text/html"),
                *([("PDF page", pdf, "pdf", "application/pdf")] if server_picture.browser() else []),
            ),
        ):
            with st.container(horizontal=True, gap="xsmall"):
                for label, make, ending, mime in side_by_side:
                    _download(label, make, f"{stem}.{ending}", mime, one.id)


def _picture(one: Chart, whole: Card, stem: str) -> None:
    """Pictures of a chart in the size, sharpness and ground that the reader picks."""
    preset = ui_picture.preset_choice(f"picture-{one.id}")
    try:
        drawing = picture.drawn(one, whole, preset)
    except picture.PictureError as error:
        st.markdown(f":small[:material/block: {plain(str(error))}]")
        return
    said = "" if preset.size == "full" else f"-{preset.size}"
    said += "" if preset.ground == "light" else f"-{preset.ground}"
    ui_picture.picture_buttons(drawing.to_json(), preset, stem + said, key=f"pictures-{one.id}")


def brief_button(
    now: View,
    title: str,
    chart_ids: Sequence[str],
    facts: Callable[[], Sequence[tuple[str, str]]] = tuple,
    numbers: Callable[[], Sequence[tuple[str, str]]] = tuple,
) -> None:
    """Downloads of one sheet, landscape, ready to print on either paper: facts or numbers, and charts of the view.

    Charts without data under the view are left out. Nothing is made before the click.
    """
    address = permalink.link(st.context.url or "", now.selection) if st.context.url else ""

    def made(paper: str) -> bytes:
        shown = []
        for one in (CHARTS[i] for i in chart_ids):
            whole = export_card.make(one, now.tables, now.selection, now.snapshot, address=address)
            if not whole.frame.empty and not whole.sources.empty:
                shown.append(page.Shown(whole, plotly.draw(one, whole.frame, Look(mode="light"))))
        intro = words(now.tables, now.selected, now.selection).replace("**", "")
        told = facts()
        return page.brief(title, intro, told, shown[: 2 if told else 4], numbers=numbers(), paper=paper)

    stem = "-".join("".join(c if c.isalnum() else " " for c in title).split()).lower()
    with st.container(horizontal=True, gap="medium"):
        for paper in page.PAPERS:
            st.download_button(
                f"One-page brief, {paper}",
                data=partial(made, paper),
                file_name=f"brief-{stem}-{now.selection.as_of:%Y-%m-%d}-{now.snapshot.id}-{paper.lower()}.html",
                mime="text/html",
                on_click="ignore",
                icon=":material/print:",
                type="tertiary",
                key=f"brief-{stem}-{paper.lower()}",
                help=f"A web page in one file that prints on one sheet of {paper}, landscape.",
            )


SLIDE = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _download(label: str, make: Callable[[], bytes], file_name: str, mime: str, chart_id: str) -> None:
    def made() -> bytes:
        metrics.exports.labels(file_name.rpartition(".")[2]).inc()
        try:
            return make()
        except Exception:
            # Streamlit shows only "failed" for a deferred file: the reason must reach the log.
            PROSE.exception("chart %s: %s could not be made", chart_id, file_name)
            raise

    st.download_button(
        label,
        data=made,
        file_name=file_name,
        mime=mime,
        on_click="ignore",
        width="stretch",
        key=f"{chart_id}-{mime[-12:]}",
    )


# --- Tables with links ---


def heading(column: str) -> str:
    """A column's name as a heading: "last_event_date" reads "Last event date"."""
    text = column.removesuffix("_name").replace("_", " ")
    # A column may be a company's name: only the first letter is changed.
    return (text[:1].upper() + text[1:]).replace("Ai ", "AI ")


def outside_count(now: View) -> int:
    """Companies of the selection that sit outside China."""
    return int((now.selected["companies"]["country"] != HOME_COUNTRY).sum())


def labels(now: View) -> dict[str, str]:
    """Governance model in force by company id, on the selection's basis."""
    return landscape.labels_in_force(now.selected, now.selection.basis)
