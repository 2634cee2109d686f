"""A chart as pages show it: its card, what it lets pick, the row behind a mark, and its downloads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Literal
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from dashboard.charts import CHARTS, Chart, marks
from dashboard.charts import card as export_card
from dashboard.charts.card import Card
from dashboard.data import citations, permalink
from dashboard.data.selection import Selection, named, words
from dashboard.deck import basket
from dashboard.draw import plotly
from dashboard.export import markdown, page, picture, server_picture, slides, table
from dashboard.look.markdown import plain
from dashboard.look.theme import (
    NOT_DISCLOSED,
    Look,
    format_day,
    is_blank,
    plural,
)
from dashboard.screen import basket_state, figure, leads, room, tables, ui_assistant, ui_picture
from dashboard.screen import card as card_state
from dashboard.screen.saving import save_button, slug
from dashboard.screen.ui import View, everything_as_of, heading, narrowed, nothing, pick, view
from dashboard.screen.ui_progress import counted


def chart(
    *chart_ids: str,
    selection: Selection | None = None,
    without: tuple[str, ...] = (),
    front: int = 0,
) -> None:
    """Chart cards: finding, unit and scope, the chart, its source, and everything it can be saved as.

    Args:
        chart_ids: Which charts, one under the other; beside what else stands in a row of `room`, as tall as that.
        selection: What they show instead of the reader's choice, such as one company on that company's page.
        without: Names of choices that the page itself has put to the reader.
        front: Height of the figure, pixels, where it shares a screen with others: drawn as on a phone, what it lets
            pick and how it is read one click away on the gallery. Alone in its row it is as high as its marks need;
            0 gives it all the room it wants.
    """
    now = view()
    if selection is not None:
        now = narrowed(now, selection)
    look = room.of_card(now.look)
    high = front if room.height() == "stretch" else 0
    now = replace(now, look=replace(look, compact=True, height=high) if front else look)
    for chart_id in chart_ids:
        _chart_card(now, CHARTS[chart_id].picked(now.selection), room.height(), without, front)


def pair(*chart_ids: str, selection: Selection | None = None) -> None:
    """Chart cards two in a row, one above the other where the window is too narrow for both."""
    with room.pair():
        chart(*chart_ids, selection=selection)


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
        ui_assistant.stands_here(one.id, partial(card, now, one))
        with head:
            with st.container(gap=None):
                st.subheader(
                    # A number and its sign stay in one line.
                    plain(shown.finding or one.title).replace(" %", "\u00a0%"),
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
                _save_menu(now, one, lambda: frame)
        if frame.empty:
            if said := "" if now.selected["companies"].empty else one.nothing(now.selected, now.selection):
                st.markdown(f"{plain(said)}.")
            else:
                nothing(now.selection, "data for this chart", one.empty)
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
        if is_blank(value) or isinstance(value, bool | list):
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
    page, name = permalink.PLACES[lead.kind]
    chosen = now.selection.picking(name, lead.id) if name else now.selection
    if lead.kind == "governance":
        chosen = replace(chosen, governance_models=(lead.id,))
    st.page_link(
        f"app_pages/{page}.py",
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
def chart_tools(
    chart_id: str, said: str = "", *, horizontal: bool = True, stands: bool | None = None
) -> None:
    """What a chart card offers (into the deck, saved as a file), for a chart that the page shows in a form of its own.

    Args:
        chart_id: Which chart.
        said: Words before the buttons.
        horizontal: Whether the buttons stand side by side.
        stands: Whether there are rows, and documents behind them; None asks the chart for them.
    """
    now, one = view(), CHARTS[chart_id]

    def shown() -> card_state.State:
        return card_state.state(now.snapshot, now.tables, one, now.selection)

    if not (shown().has_sources if stands is None else stands):
        return
    ui_assistant.stands_here(one.id, partial(card, now, one))
    with st.container(horizontal=horizontal, vertical_alignment="center", gap="xsmall"):
        if said:
            st.markdown(f":small[:gray[{said}]]", width="content")
        _add_button(now, one)
        _save_menu(now, one, lambda: shown().frame)


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


def card(now: View, one: Chart, frame: pd.DataFrame | None = None) -> Card:
    """Everything an export needs to know about a chart, as plain values."""
    return export_card.make(
        one,
        now.tables,
        now.selection,
        now.snapshot,
        frame=frame,
        address=permalink.link(st.context.url, now.selection) if st.context.url else "",
    )


def _save_menu(now: View, one: Chart, rows: Callable[[], pd.DataFrame]) -> None:
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
    frame = rows()
    whole = card(now, one, frame)
    stem = f"{one.id}-{now.selection.as_of:%Y-%m-%d}-{now.snapshot.id}"

    def form(label: str, make: Callable[[], bytes], ending: str) -> None:
        name, key = f"{stem}.{ending}", f"{one.id}-{ending}"
        save_button(label, counted(ending, make, name), name, kind="secondary", width="stretch", key=key)

    with menu:
        st.markdown(":small[:gray[Title, unit, sources and date are inside every file.]]")
        form("PowerPoint slide, editable", lambda: slides.slide(whole), "pptx")
        _picture(one, whole, stem)

        def web_page() -> bytes:
            drawn = None if one.screen == "table" else plotly.draw(one, frame, Look(mode="light"))
            return page.page([page.Shown(whole, drawn)], whole.title)

        def pdf() -> bytes:
            return server_picture.pdf_of_page(web_page())

        for side_by_side in (
            (
                ("CSV", lambda: table.csv(whole), "csv"),
                ("Excel with sources", lambda: table.xlsx(whole), "xlsx"),
            ),
            (
                ("Web page in one file", web_page, "html"),
                *([("PDF page", pdf, "pdf")] if server_picture.browser() else []),
            ),
        ):
            with st.container(horizontal=True, gap="xsmall"):
                for each in side_by_side:
                    form(*each)
        # As with every file: nothing leaves without a source.
        if not whole.sources.empty:
            pinned = replace(whole, permalink=_frozen_address(now, now.selection))
            ui_assistant.copy_button(markdown.for_assistant(pinned), key=f"assistant-{one.id}")


@st.fragment
def copy_page(title: str) -> None:
    """All cards that stand on the page as text for the reader's assistant; nothing on a page without any.

    A click runs this piece alone, and only then are the cards' rows put into words.
    """
    standing = ui_assistant.standing()
    if not standing:
        return
    asked = st.button(
        "Copy this page for your assistant",
        icon=":material/content_copy:",
        type="tertiary",
        key=f"copy-{title}",
        help="Findings, first rows, definitions, sources and link of every card on this page, as text",
    )
    if not asked:
        return
    now = view()
    cards = [make() for make in standing]
    here = replace(now.selection, picked=tuple(sorted(st.session_state.get("_picked", {}).items())))
    text = markdown.page_for_assistant(title, cards, _frozen_address(now, here))
    if not text:
        st.markdown(":small[:gray[No card of this page has rows under these filters.]]")
        return
    with st.container(width=420):
        ui_assistant.copy_button(text, key=f"assistant-page-{title}")
    st.markdown(
        f":small[:gray[{plural(len(cards), 'card')} in {len(text):,} characters. What stands behind a closed tab is not "
        "among them.]]"
    )


def _frozen_address(now: View, selection: Selection) -> str:
    """The address of a view on this build, for a text that is read without the app; "" where it is not known."""
    base = (st.context.url or "").partition("?")[0]
    return f"{base}?{urlencode(permalink.frozen(selection, now.snapshot.id), doseq=True)}" if base else ""


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
    numbers: Callable[[], Sequence[tuple[str, str]]] = tuple,
) -> None:
    """Downloads of one sheet, landscape, ready to print on either paper: numbers and charts of the view.

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
        return page.brief(title, intro, shown[:4], numbers=numbers(), paper=paper)

    stem = slug(title)
    with st.container(horizontal=True, gap="medium"):
        for paper in page.PAPERS:
            save_button(
                f"One-page brief, {paper}",
                counted("brief", partial(made, paper)),
                f"brief-{stem}-{now.selection.as_of:%Y-%m-%d}-{now.snapshot.id}-{paper.lower()}.html",
                icon=":material/print:",
                key=f"brief-{stem}-{paper.lower()}",
                help=f"A web page in one file that prints on one sheet of {paper}, landscape.",
            )
