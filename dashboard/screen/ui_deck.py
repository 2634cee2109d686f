"""The deck page's own deck: slides in order, and everything it is saved as."""

from __future__ import annotations

import itertools
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple

import streamlit as st

from dashboard.charts import CHARTS
from dashboard.data import store
from dashboard.data.overlay import Laid
from dashboard.deck import apart, basket, compose, decks, turns
from dashboard.deck import template as templates
from dashboard.deck.basket import LAYOUTS, Basket, BasketError, Slide
from dashboard.deck.template import Template
from dashboard.draw import plotly
from dashboard.export import picture, server_picture
from dashboard.look.markdown import plain
from dashboard.look.theme import Look, plural
from dashboard.screen import basket_state, builds, figure, own_state, tables, ui, ui_picture, ui_review
from dashboard.screen.saving import save_button, slug
from dashboard.screen.ui_progress import Telling, progress, reader
from dashboard.screen.ui_template import chosen_template, hash_of

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Seen:
    """What a slide of the basket shows, in short."""

    finding: str
    scope: str
    view: str
    rows: int
    said: str


# --- Data ---


def _data(folder: Path) -> decks.Data:
    return _kept(str(folder), store.snapshot(folder).id)


@st.cache_resource(max_entries=3, show_spinner=False)
def _kept(folder: str, snapshot_id: str) -> decks.Data:
    """A build once for all readers, with the cards made from it lately."""
    snapshot = store.snapshot(Path(folder))
    return decks.Data(builds.load(folder, snapshot_id), snapshot)


@st.cache_resource(max_entries=4, show_spinner=False)
def _kept_own(snapshot_id: str, _laid: Laid) -> decks.Data:
    """A build under own rows, of whose content the id is a hash, with the cards made from it lately."""
    return decks.Data(_laid.tables, _laid.snapshot)


def builds_at_hand() -> decks.Builds:
    """The builds at hand, read once for all readers, under this reader's own rows."""
    return decks.Builds.of(
        store.served_folder(),
        _data,
        own=builds.overlays(store.served_folder()),
        wraps=lambda laid: _kept_own(laid.snapshot.id, laid),
    )


@st.cache_data(max_entries=1000, show_spinner=False)
def _seen(snapshot_id: str, slide: str, _slide: Slide, _builds: decks.Builds) -> Seen:
    found = decks.resolve(_slide, _builds)
    assert found.card is not None
    return Seen(
        found.card.title, found.card.subtitle, found.card.filter_line, len(found.card.frame), found.said
    )


def seen(one: Slide, at_hand: decks.Builds) -> Seen:
    """What a slide shows; found once for each chart and view."""
    return _seen(at_hand.newest.snapshot.id, *_bare(one), at_hand)


def _bare(one: Slide) -> tuple[str, Slide]:
    """A slide without the reader's words, and what it is known by."""
    bare = replace(one, title="", takeaway="", layout="chart")
    return json.dumps([bare.chart, sorted(bare.query.items())], ensure_ascii=False), bare


@st.cache_data(max_entries=200, show_spinner=False)
def _small(snapshot_id: str, slide: str, _slide: Slide, _builds: decks.Builds) -> str:
    """The figure of a slide in small, as JSON; "" where nothing is drawn."""
    found = decks.resolve(_slide, _builds)
    if (
        found.chart is None
        or found.card is None
        or found.card.frame.empty
        or not found.card.source_line.strip()
    ):
        return ""
    return str(picture.drawn(found.chart, found.card).to_json())


# --- Keys of widgets ---

_NUMBERS = itertools.count(1)


def _keys(now: Basket) -> list[int]:
    """A number for each slide that stays with it when slides move: widgets are named by it."""
    keys: list[int] = st.session_state.setdefault("_deck_keys", [])
    while len(keys) < len(now.slides):
        keys.append(next(_NUMBERS))
    del keys[len(now.slides) :]
    return keys


def _replace_basket(changed: Basket) -> None:
    """Another basket altogether: no widget keeps what it said of the last one."""
    st.session_state["_deck_keys"] = []
    for name in (
        "deck-title",
        "deck-cover",
        "deck-figures",
        "deck-appendix",
        "deck-every_source",
        "deck-shape",
    ):
        st.session_state.pop(name, None)
    basket_state.keep(changed)


def _move(key: int, by: int) -> None:
    now, keys = basket_state.current(), st.session_state["_deck_keys"]
    n = keys.index(key)
    changed = now.move(n, by)
    if changed != now:
        keys.insert(n + by, keys.pop(n))
        basket_state.keep(changed)


def _remove(key: int) -> None:
    keys = st.session_state["_deck_keys"]
    n = keys.index(key)
    keys.pop(n)
    basket_state.keep(basket_state.current().remove(n))


def _change(key: int, field: str, widget: str) -> None:
    n = st.session_state["_deck_keys"].index(key)
    basket_state.keep(basket_state.current().change(n, **{field: st.session_state[widget] or ""}))


def _change_deck(field: str, widget: str) -> None:
    basket_state.keep(replace(basket_state.current(), **{field: st.session_state[widget]}))


# --- Ways to begin ---


def _use_preset(name: str) -> None:
    now = ui.view()
    try:
        made = basket.PRESETS[name](now.tables, now.selection, now.snapshot.id)
    except BasketError as refused:
        st.session_state["_deck_errors"] = [f"Not added: {refused}."]
        return
    kept = basket_state.current()
    if kept.slides:
        basket_state.keep(replace(kept, slides=(*kept.slides, *made.slides)[: basket.MOST_SLIDES]))
    else:
        _replace_basket(made)


def _add_section() -> None:
    basket_state.keep(basket_state.current().add(Slide(kind="section", title="New section")))


def _clear() -> None:
    _replace_basket(Basket())


def _open_file() -> None:
    file = st.session_state.get("deck-file")
    if file is None:
        return
    try:
        found = basket.from_json(file.getvalue())
        own = basket.brought(found.own_rows)
    except basket.BasketError as error:
        st.session_state.setdefault("_deck_errors", []).append(f"“{file.name}” was not opened: {error}.")
        return
    _replace_basket(found)
    if said := own_state.take(own):
        st.session_state.setdefault("_deck_errors", []).append(said)


def empty() -> None:
    """What to do while there is nothing in the deck."""
    with st.container(border=True, gap="small", key="deck-empty"):
        st.subheader("Nothing in the deck yet", anchor=False)
        st.markdown(
            "Every chart card has :material/add_to_photos: **Add to deck**: it freezes the chart with your filters, the "
            "day and the snapshot. Here you order the slides, give them your titles, and save them as PowerPoint "
            "that colleagues can edit."
        )
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            _preset_buttons("Start from the", "preset", "secondary")
            st.page_link(
                "app_pages/gallery.py",
                label="Look for charts in the gallery",
                icon=":material/arrow_forward:",
            )
        st.file_uploader(
            "Open a saved deck (JSON)", type="json", key="deck-file", on_change=_open_file, max_upload_size=1
        )


def _preset_buttons(words: str, key: str, kind: Literal["secondary", "tertiary"]) -> None:
    for name in basket.PRESETS:
        st.button(
            plain(f"{words} {name.lower()}"),
            icon=":material/library_add:",
            key=f"{key}-{name}",
            on_click=_use_preset,
            args=(name,),
            type=kind,
            help=basket.ABOUT[name],
        )


# --- Slides in order ---


def slide_list(now: Basket, at_hand: decks.Builds) -> None:
    """Every slide as a card: title, view, layout, takeaway, and its place."""
    keys = _keys(now)
    views = {seen(s, at_hand).view for s in now.slides if s.kind == "chart"}
    common = views.pop() if len(views) == 1 else ""
    if common:
        st.markdown(f":small[:gray[Every slide: {plain(common)}]]")
    places = _places(now, at_hand)
    for n, (one, key) in enumerate(zip(now.slides, keys, strict=True)):
        with st.container(border=True, gap="small", key=f"slide-{key}"):
            if one.kind != "chart":
                _slide_head(one, key, n, len(now.slides), at_hand)
                continue
            small, words = st.columns([2, 5], gap="small")
            with small:
                _thumbnail(one, key, at_hand)
            with words:
                _slide_head(one, key, n, len(now.slides), at_hand)
                _slide_body(one, key, at_hand, common)
                if n in places:
                    st.caption(plain(places[n]))
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.button("Add section", icon=":material/title:", on_click=_add_section, type="tertiary")
        _preset_buttons("Add the", "add-preset", "tertiary")
        st.page_link("app_pages/gallery.py", label="Find more charts", icon=":material/arrow_forward:")


def _thumbnail(one: Slide, key: int, at_hand: decks.Builds) -> None:
    """The chart in small, under its own finding."""
    name, bare = _bare(one)
    figure = _small(at_hand.newest.snapshot.id, name, bare, at_hand)
    if figure:
        ui_picture.thumbnail(
            figure, f"{at_hand.newest.snapshot.id} {name}", seen(one, at_hand).finding, f"small-{key}"
        )


def _slide_head(one: Slide, key: int, n: int, count: int, at_hand: decks.Builds) -> None:
    is_section = one.kind == "section"
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="small"):
        st.markdown(f"**{n + 1}**", width=22)
        st.text_input(
            f"Title of slide {n + 1}",
            value=one.title,
            key=f"title-{key}",
            placeholder="Section title" if is_section else seen(one, at_hand).finding,
            icon=":material/title:" if is_section else None,
            label_visibility="collapsed",
            max_chars=300,
            on_change=_change,
            args=(key, "title", f"title-{key}"),
            width="stretch",
        )
        for icon, words, by, off in (
            ("arrow_upward", "Move up", -1, n == 0),
            ("arrow_downward", "Move down", 1, n == count - 1),
        ):
            st.button(
                "",
                icon=f":material/{icon}:",
                help=words,
                key=f"{words}-{key}",
                on_click=_move,
                args=(key, by),
                disabled=off,
                type="tertiary",
            )
        st.button(
            "",
            icon=":material/close:",
            help="Take out",
            key=f"out-{key}",
            on_click=_remove,
            args=(key,),
            type="tertiary",
        )


def _slide_body(one: Slide, key: int, at_hand: decks.Builds, common: str) -> None:
    about = seen(one, at_hand)
    parts = [plain(CHARTS[one.chart].title)]
    if about.view != common:
        parts.append(plain(about.view))
    parts.append(plural(about.rows, "row") if about.rows else "**no data under its filters**")
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.markdown(f":small[:gray[{' · '.join(parts)}]]", width="stretch")
        look = st.popover(
            "Preview", icon=":material/visibility:", type="tertiary", key=f"look-{key}", on_change="rerun"
        )
        st.selectbox(
            "Layout",
            list(LAYOUTS),
            index=list(LAYOUTS).index(one.layout),
            key=f"layout-{key}",
            format_func=lambda name: LAYOUTS[name],
            on_change=_change,
            args=(key, "layout", f"layout-{key}"),
            width=190,
            label_visibility="collapsed",
        )
    if about.said:
        st.warning(plain(about.said), icon=":material/lock_open:")
    if one.layout == "takeaways":
        st.text_area(
            "Takeaway",
            value=one.takeaway,
            key=f"takeaway-{key}",
            placeholder="What follows from it, in your words: stands beside the chart",
            label_visibility="collapsed",
            height=76,
            max_chars=1000,
            on_change=_change,
            args=(key, "takeaway", f"takeaway-{key}"),
        )
    _noted(one, key, at_hand)
    if one.layout == "picture" and server_picture.why_not():
        st.caption(f"{plain(server_picture.why_not())} The slide carries the editable chart instead.")
    if look.open:
        with look:
            _preview(one, key, at_hand)


def _noted(one: Slide, key: int, at_hand: decks.Builds) -> None:
    def change(field: str, value: object) -> None:
        st.session_state[f"{field}-of-{key}"] = value
        _change(key, field, f"{field}-of-{key}")

    ui_review.note_and_review(one, key, decks.resolve(one, at_hand).record, change)


def _places(now: Basket, at_hand: decks.Builds) -> dict[int, str]:
    """What becomes of slides that ask for half of one, by position."""
    halves = [n for n, one in enumerate(now.slides) if one.layout == "half" and one.kind == "chart"]
    if not halves:
        return {}
    own = chosen_template()
    template = own[1] if own else templates.plain(now.shape)
    fits = {n: _fits_half(now.slides[n], at_hand, template) for n in halves}
    said = {}
    for group in basket.grouped(now.slides, lambda n: fits[n]):
        for n, words in zip(
            group,
            ("Left half; its title is the slide's.", "Right half; its title stands over the chart.")
            if len(group) == 2
            else ("Stands on a slide of its own until the one before or after it is half a slide, too.",),
            strict=True,
        ):
            said[n] = words if fits.get(n) else "Needs more than half a slide: stands on slides of its own."
    return {n: said[n] for n in halves}


def _fits_half(one: Slide, at_hand: decks.Builds, own: Template | None) -> bool:
    card = decks.resolve(one, at_hand).card
    return card is not None and compose.fits_half(card, own)


def _preview(one: Slide, key: int, at_hand: decks.Builds) -> None:
    found = decks.resolve(one, at_hand)
    assert found.card is not None and found.chart is not None
    card = compose.in_layout(found.card, one.layout)
    st.markdown(f"**{plain(card.title)}**  \n:small[:gray[{plain(card.subtitle)}]]")
    if card.frame.empty:
        st.markdown(":gray[No data under its filters.]")
    elif found.chart.screen == "table" or one.layout == "table":
        tables.words_table(card, key=f"rows-{key}")
    else:
        look = Look(mode="dark" if st.context.theme.type == "dark" else "light")
        drawn = figure.plain(plotly.draw(found.chart, card.frame, look))
        figure.show(figure.packed(drawn, card.alt), f"figure-{key}")
    st.markdown(f":small[:gray[{plain(card.source_line)}]]")


# --- The deck as a whole ---


def deck_panel(now: Basket, at_hand: decks.Builds) -> None:
    """Title, cover and appendix of the deck, and everything it is saved as."""
    with st.container(border=True, gap="small", key="deck-panel"):
        st.text_input(
            "Title of the deck",
            value=now.title,
            key="deck-title",
            placeholder="China AI Landscape",
            max_chars=200,
            on_change=_change_deck,
            args=("title", "deck-title"),
        )
        for field, words, help_ in (
            ("cover", "Cover", "Title, selection, day and snapshot; contents by section."),
            (
                "figures",
                "List of figures",
                "Every figure with its document, the day that was read, and whether the value was found in it again.",
            ),
            (
                "appendix",
                "List of sources",
                "The documents that most of each slide rests on, on a slide or two; notes name all.",
            ),
            ("every_source", "Every document in it", "On as many slides as the list needs."),
        ):
            st.toggle(
                words,
                value=getattr(now, field),
                key=f"deck-{field}",
                help=help_,
                on_change=_change_deck,
                args=(field, f"deck-{field}"),
            )
        own = chosen_template()
        if own is None:
            st.segmented_control(
                "Shape of slides",
                list(templates.SHAPES),
                default=now.shape,
                required=True,
                key="deck-shape",
                on_change=_change_deck,
                args=("shape", "deck-shape"),
            )
        long = basket_state.said()
        st.markdown(
            f":small[:gray[{plural(len(now.slides), 'slide')} · "
            f"{'on ' + plain(own[0]) if own else 'on the plain master'}"
            f"{'' if long else ' · the address of this page holds the deck: copy it to share'}]]"
        )
        if long:
            st.markdown(f":small[:material/warning: {plain(long)}]")
        _downloads(now, at_hand, own[1] if own else None)
    with st.expander("Open or clear"):
        st.file_uploader(
            "Open a saved deck (JSON)", type="json", key="deck-file", on_change=_open_file, max_upload_size=1
        )
        st.button("Clear the deck", icon=":material/delete:", on_click=_clear, type="tertiary")


def _stem(now: Basket, snapshot_id: str) -> str:
    return f"{slug(now.title)[:60] or 'deck'}-{snapshot_id}"


class Form(NamedTuple):
    """One thing a deck is saved as: its name, file ending, and how it is made under progress."""

    label: str
    ending: str
    make: Callable[[Telling], bytes]


def _forms(now: Basket, at_hand: decks.Builds, own: Template | None) -> list[Form]:
    address = (st.context.url or "").split("?")[0].removesuffix("deck")
    draws = None if server_picture.why_not() else decks.pictures()
    who = reader()

    def made(form: str, tell: Telling) -> bytes:
        turns.once_more(turns.MADE, who)
        return apart.make(
            form,
            now,
            store.served_folder(),
            template=own,
            draws=draws,
            builds=at_hand,
            address=address,
            progress=tell.step,
            who=who,
            waits=tell.waits,
        )

    forms = [
        Form("PowerPoint, editable", "pptx", partial(made, "pptx")),
        Form("ZIP: deck, data, sources", "zip", partial(made, "zip")),
        Form("Web page in one file", "html", partial(made, "html")),
    ]
    if server_picture.browser():

        def printed(tell: Telling) -> bytes:
            return server_picture.pdf_of_page(made("html", tell))

        forms.append(Form("PDF", "pdf", printed))
    return forms


def _downloads(now: Basket, at_hand: decks.Builds, own: Template | None) -> None:
    """A button for each form: made under progress on the first click, kept for download until the deck changes."""
    stem = _stem(now, at_hand.newest.snapshot.id)
    of = _made_of(now, at_hand)
    if st.session_state.get("_made", {}).get("of") != of:
        st.session_state["_made"] = {"of": of}
    made = st.session_state["_made"]
    for form in _forms(now, at_hand, own):
        main = form.ending == "pptx"
        if form.ending in made:
            data: bytes = made[form.ending]
            save_button(
                f"Download {form.ending.upper()}, {len(data) / 1e6:.1f} MB",
                data,
                f"{stem}.{form.ending}",
                width="stretch",
                key=f"deck-{form.ending}",
                icon=":material/download:",
                kind="primary" if main else "secondary",
            )
        elif st.button(
            form.label,
            width="stretch",
            key=f"make-{form.ending}",
            icon=":material/slideshow:" if main else None,
            disabled=not now.slides,
        ):
            _make(form, made)
    save_button(
        "Deck as a small file (JSON)",
        basket.to_json(now, at_hand.own).encode(),
        f"{stem}.json",
        kind="secondary",
        width="stretch",
        key="deck-json",
        disabled=not now.slides,
    )
    if not server_picture.browser():
        st.caption(
            "PDF and pictures need Chromium or Chrome on the server; the web page prints to PDF in your browser."
        )


def _made_of(now: Basket, at_hand: decks.Builds) -> str:
    """What a made file depends on: another basket, snapshot or template makes it out of date."""
    held = st.session_state.get("_template")
    own = (
        []
        if held is None
        else [hash_of(held[1]), st.session_state.get("_template_roles", {}).get(hash_of(held[1]))]
    )
    ways = [st.session_state.get(f"template-{name}") for name in ("fonts", "colours", "footer")]
    return json.dumps([basket.to_json(now), at_hand.newest.snapshot.id, own, ways])


def _make(form: Form, made: dict[str, bytes]) -> None:
    """Makes a file while the reader sees which slide is at work and may stop it."""
    with progress(f"Making {form.label}") as tell:
        try:
            made[form.ending] = form.make(tell)
        except turns.BusyError as busy:
            st.warning(plain(busy), icon=":material/hourglass_empty:")
            return
        except Exception as error:
            LOG.exception("deck: %s could not be made", form.label)
            st.error(
                f"{form.label} could not be made: {plain(str(error).rstrip('.'))}. The deck is as it was; the server's log says more.",
                icon=":material/error:",
            )
            return
    st.rerun()
