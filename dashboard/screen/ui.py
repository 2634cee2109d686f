"""Pieces that pages share: the loaded data, the sidebar filters, chart cards, tables with links, empty states."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Literal, NoReturn
from urllib.parse import urlsplit

import pandas as pd
import streamlit as st

from dashboard.data import cells, history, overlay, permalink, store
from dashboard.data.cut import Cut, once_for_frames
from dashboard.data.selection import COMPANY_TYPES, Selection, words
from dashboard.data.store import Snapshot, Tables
from dashboard.facts import landscape
from dashboard.look.markdown import plain, shortened
from dashboard.look.theme import (
    PRODUCT,
    Look,
    format_day,
    is_missing,
    model_short,
)
from dashboard.screen import address, basket_state, builds, own_state, room
from dashboard.screen import card as card_state

ABOUT = (
    f"**{PRODUCT}**: who steers AI how inside China's tech giants and labs, on any date, with the source of every "
    "value. Data under CC BY 4.0, code under MIT."
)


@dataclass(frozen=True)
class View:
    """What one run of the app shows: all tables, those selected, the choice behind them, and the look."""

    tables: Tables
    selected: Tables
    selection: Selection
    snapshot: Snapshot
    look: Look


# --- The reader's choice ---


def _ids(name: str) -> list[str]:
    return list(st.session_state.get(name) or [])


def _pinned(folder: Path) -> Path:
    """The build that the address pins, where it is still here; else the newest, and a word on it."""
    if permalink.WHOLE in st.query_params:
        st.session_state["_pin"] = None
    asked = st.query_params.get(permalink.SNAPSHOT) or st.session_state.get("_pin")
    served = store.snapshot(folder)
    asked, own = overlay.parted(asked or "")
    if own:
        st.session_state["_pin_own"] = own
    if not asked or asked == served.id:
        st.session_state["_pin"] = None
        return folder
    st.session_state["_pin"] = asked
    found = store.builds(folder).get(asked)
    if found is None or builds.unreadable(found):
        gone = "is no longer kept here" if found is None else "other code built and this version cannot read"
        st.warning(
            f"This link was frozen on snapshot {plain(shortened(asked))}, which {gone}. What you see is snapshot "
            f"{served.id} of {format_day(served.as_of)}; numbers may differ.",
            icon=":material/lock_open:",
        )
        return folder
    old = store.snapshot(found)
    since = history.in_words(builds.moved(found, folder))
    with st.container(horizontal=True, vertical_alignment="center", key="pinned"):
        st.info(
            f"Frozen link: snapshot {old.id} of {format_day(old.as_of)}. Since then, to snapshot {served.id} of "
            f"{format_day(served.as_of)}: {plain(since)}.",
            icon=":material/lock:",
        )
        st.button("Show the newest data", on_click=_unpin, type="tertiary")
    return found


def _missing_own(snapshot: Snapshot) -> None:
    """Says where a link was made with own rows that are not those at hand."""
    asked = st.session_state.get("_pin_own")
    if asked and asked != overlay.parted(snapshot.id)[1]:
        st.warning(
            f"This link was frozen with own rows of the mark {plain(shortened(asked))}, which are not at hand. Open their "
            "file on the page “Our company” to see them.",
            icon=":material/lock_open:",
        )


def _unpin() -> None:
    st.session_state["_pin"] = st.session_state["_pin_own"] = None
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
    ":is([data-testid='stGridCellContent'],[data-testid='stColumn']>div)"
    ">[data-testid='stLayoutWrapper']:has(>div>*>[class*='st-key-card-']){flex:1 1 auto}"
    # Streamlit's own CSV of a table leaves text that a spreadsheet runs as it is: files come from our buttons.
    "[data-testid='stElementToolbarButton']:has([aria-label^='Download as CSV']){display:none}"
    # What measures and what brings the drawing library shows nothing: no gap for it either.
    ".st-key-room,.st-key-plotly-library{display:none}</style>"
)


@once_for_frames
def _both_names(companies: pd.DataFrame) -> dict[str, str]:
    """How the filter calls each company: by both names where it has a Chinese one."""
    named = cells.rows(companies, "company_id", "company_name", "company_name_zh")
    return {cid: name if is_missing(zh) else f"{name} {zh}".strip() for cid, name, zh in named}


def choose() -> None:
    """Draws the filters and stores the view for the page."""
    own_state.read()
    folder = _pinned(store.served_folder())
    laid, wrong = builds.shown(folder)
    snapshot, tables = laid.snapshot, laid.tables
    st.session_state.setdefault("_notices", []).extend([*wrong, *laid.said])
    _missing_own(snapshot)
    if st.session_state.pop("_reset", False):
        st.query_params.clear()
    basket_state.current()
    address.read(tables, snapshot.as_of)
    names = _both_names(tables["companies"])
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
        day_input = partial(
            st.date_input,
            min_value=permalink.EARLIEST.date(),
            max_value=snapshot.as_of.date(),
            format="YYYY-MM-DD",
        )
        day_input(
            "As of",
            key="as_of",
            help="Facts dated later are not shown. A figure of a period counts from the day the first document told it.",
        )
        day_input(
            "Compare with",
            key="compare",
            value=None,
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
            format_func=names.__getitem__,
        )
        st.toggle(
            "Include outside China",
            key="outside",
            help="OpenAI, Google, Anthropic, Meta and Mistral count like the others.",
        )
        if overlay.added_companies(tables):
            st.toggle(
                "Count our own",
                key="count_own",
                help="Organisations that were put in are always shown; with this they count like the others.",
            )
        with st.expander("Names and currency"):
            for label, key, known_words in (
                ("Names in", "names", permalink.NAMES),
                ("Currency of derived figures", "currency", permalink.CURRENCIES),
            ):
                st.segmented_control(
                    label, list(known_words), key=key, required=True, format_func=known_words.__getitem__
                )
        st.button("Clear filters", on_click=_reset, type="tertiary", icon=":material/filter_alt_off:")
    state = {name: st.session_state.get(name) for name in permalink.PARAMETERS}
    state["picked"] = st.session_state.get("_picked", {})
    if not isinstance(state["as_of"], date):
        state["as_of"] = snapshot.as_of.date()
    selection = permalink.selection(state, snapshot.as_of)
    address.write(selection)
    mode: Literal["light", "dark"] = "dark" if st.context.theme.type == "dark" else "light"
    st.session_state["_view"] = View(
        tables,
        card_state.applied(snapshot, tables, selection),
        selection,
        snapshot,
        room.fitted(Look(mode=mode), room.wide()),
    )
    for notice in _notices(selection):
        st.warning(plain(notice), icon=":material/link_off:")


def _notices(selection: Selection) -> list[str]:
    """What was said of the link, until the reader chooses something else or opens another page.

    The page runs again by itself, as when its width is known: what stands for one run is not read.
    """
    here = (selection, st.session_state.get("_basket", ""), urlsplit(st.context.url or "").path)
    fresh = st.session_state.pop("_notices", [])
    said, where = st.session_state.get("_said", ([], None))
    kept = [*(said if where == here else []), *fresh]
    if where is not None and where[2] != here[2]:
        st.session_state.pop("_not_had", None)
    st.session_state["_said"] = (list(dict.fromkeys(kept)), here)
    return st.session_state["_said"][0]


def view() -> View:
    """The view of this run."""
    return st.session_state["_view"]


def everything_as_of(now: View) -> Cut:
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
        st.title(plain(title), anchor=False, width="content")
        said = words(now.tables, now.selected, now.selection)
        st.markdown(f":small[{said}]" if beside else said, width="content")
    if question:
        st.markdown(f":gray[{plain(question)}]")
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


def nothing(selection: Selection, what: str = "organisation", needs: str = "") -> None:
    """Says that nothing matches, which filter to widen, and what rows there would have to be."""
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
    st.info(plain(f"No {what} matches. {advice} {needs}".rstrip()), icon=":material/filter_alt_off:")


def need(now: View, table: str = "companies", what: str = "organisation") -> None:
    """Ends a page that a table has no row for, with what to widen."""
    if now.selected[table].empty:
        nothing(now.selection, what)
        stop()


# --- What is picked for one chart or page ---


def pick(
    name: str,
    label: str,
    options: dict[str, str],
    *,
    resets: tuple[str, ...] = (),
    among: str = "",
    **own: Any,
) -> str:
    """A choice among option ids, kept in the address and while other pages are open.

    Args:
        name: Parameter in the address; has a dot, "company.id".
        label: What the reader reads beside it.
        options: Option id to label; the first is the default and is left out of the address.
        resets: Other choices that are taken back when this one changes, as what they offer depends on it.
        among: Tells one set of options from another that has the same ids under other words: a browser sends words.
        own: Passed to the selectbox.

    Returns:
        The option's id; the first where the address names one that does not exist, which is said.
    """
    picked = st.session_state.setdefault("_picked", {})
    first = next(iter(options))
    asked = picked.get(name, first)
    wrong = st.session_state.setdefault("_not_had", {})
    if asked not in options:
        called = {words.casefold(): option for option, words in options.items()}
        wrong[name] = permalink.not_here(label.lower(), asked, options, called)
        asked = first
        picked.pop(name)
        set_picked_address()
    elif name in picked:
        wrong.pop(name, None)
    if name in wrong:
        # The page runs again by itself: it stands until something else is picked, or another page opened.
        st.caption(plain(wrong[name]))

    # The widget's own state would be dropped with the page it stands on; what is picked outlives it.
    widget = f"pick-{name}{among}"
    if st.session_state.get(widget) != asked:
        st.session_state[widget] = asked

    def keep() -> None:
        chosen = st.session_state[widget]
        wrong.pop(name, None)
        if chosen in (None, first):
            st.session_state["_picked"].pop(name, None)
        else:
            st.session_state["_picked"][name] = chosen
        for other in resets:
            st.session_state["_picked"].pop(other, None)
        set_picked_address()

    st.selectbox(
        plain(label), list(options), key=widget, format_func=lambda o: options[o], on_change=keep, **own
    )
    return asked


def repick(name: str, option: str) -> None:
    """Picks an option of `pick` from elsewhere on its page, as a button's callback."""
    st.session_state.setdefault("_picked", {})[name] = option
    set_picked_address()


def window(name: str, number: int, most: int) -> slice:
    """Which of many rows are sent, a page of them at a time; the reader picks the page where there is more than one.

    Args:
        name: Parameter of the page in the address, "companies.page".
        number: Rows there are.
        most: Rows of a page.
    """
    if number <= most:
        return slice(0, number)
    pages = {
        str(n + 1): f"{begin + 1:,} to {min(begin + most, number):,} of {number:,}"
        for n, begin in enumerate(range(0, number, most))
    }
    picked = st.session_state.setdefault("_picked", {})
    if (asked := str(picked.get(name, "1"))) not in pages:
        # A link to data that had more, or filters that leave fewer than the reader had turned over.
        st.caption(plain(f"Of {number:,} there is no page “{shortened(asked)}”: the first is shown."))
        picked.pop(name)
    begin = (int(pick(name, "Shown", pages, among=f" of {number}", width=220)) - 1) * most
    return slice(begin, begin + most)


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


# --- Tables with links ---


def heading(column: str) -> str:
    """A column's name as a heading: "last_event_date" reads "Last event date"."""
    text = column.removesuffix("_name").replace("_", " ")
    # A column may be a company's name: only the first letter is changed.
    return (text[:1].upper() + text[1:]).replace("Ai ", "AI ")


def labels(now: View) -> dict[str, str]:
    """Governance model in force by company id, on the selection's basis."""
    return landscape.labels_in_force(now.selected, now.selection.basis)
