"""The deck page's pieces: slides in order, the company's template, everything a deck is saved as, earlier decks refreshed."""

from __future__ import annotations

import hashlib
import itertools
import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import streamlit as st

from dashboard.charts import CHARTS
from dashboard.data import store
from dashboard.deck import basket, compose, decks
from dashboard.deck import template as templates
from dashboard.deck.basket import LAYOUTS, Basket, Slide
from dashboard.deck.opening import FileRefusedError, limits
from dashboard.deck.refresh import Refreshed
from dashboard.deck.template import ROLES, USES, Template
from dashboard.draw import plotly
from dashboard.export import picture, server_picture, table
from dashboard.look.markdown import plain
from dashboard.look.theme import Look, format_day, plural
from dashboard.screen import basket_state, figure, tables, ui, ui_picture

LOG = logging.getLogger(__name__)
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"

#: Decks built at one time: others wait their turn, and readers of pages do not feel it.
_BUILDING = threading.BoundedSemaphore(2)


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
    return decks.Data(ui.load(folder, snapshot_id), snapshot, ui.dictionary(folder, snapshot_id))


def builds() -> decks.Builds:
    """The builds at hand, read once for all readers."""
    return decks.Builds.of(store.processed_folder(), _data)


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
    for name in ("deck-title", "deck-cover", "deck-appendix", "deck-shape"):
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
    made = basket.PRESETS[name](now.tables, now.selection, now.snapshot.id)
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
        _replace_basket(basket.from_json(file.getvalue()))
    except basket.BasketError as error:
        st.session_state.setdefault("_deck_errors", []).append(f"“{file.name}” was not opened: {error}.")


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
            for name in basket.PRESETS:
                st.button(
                    f"Start from the {name.lower()}",
                    icon=":material/library_add:",
                    key=f"preset-{name}",
                    on_click=_use_preset,
                    args=(name,),
                    help="Landscape, governance, models, companies and claims, under your filters.",
                )
            st.page_link(
                "app_pages/gallery.py",
                label="Look for charts in the gallery",
                icon=":material/arrow_forward:",
            )
        st.file_uploader(
            "Open a saved deck (JSON)", type="json", key="deck-file", on_change=_open_file, max_upload_size=1
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
                    st.caption(places[n])
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.button("Add section", icon=":material/title:", on_click=_add_section, type="tertiary")
        for name in basket.PRESETS:
            st.button(
                f"Add the {name.lower()}",
                icon=":material/library_add:",
                key=f"add-preset-{name}",
                on_click=_use_preset,
                args=(name,),
                type="tertiary",
            )
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
    if one.layout == "picture" and server_picture.why_not():
        st.caption(f"{plain(server_picture.why_not())} The slide carries the editable chart instead.")
    if look.open:
        with look:
            _preview(one, key, at_hand)


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
    card = found.card
    st.markdown(f"**{plain(card.title)}**  \n:small[:gray[{plain(card.subtitle)}]]")
    if card.frame.empty:
        st.markdown(":gray[No data under its filters.]")
    elif found.chart.screen == "table" or one.layout == "table":
        tables.words_table(compose.in_layout(card, one.layout), key=f"rows-{key}")
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
            ("appendix", "List of sources", "Every document behind the deck, on as many slides as it needs."),
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
    words = "-".join("".join(c if c.isalnum() else " " for c in now.title or "deck").split()).lower()
    return f"{words[:60] or 'deck'}-{snapshot_id}"


@dataclass(frozen=True)
class Form:
    """One thing a deck is saved as: its name, file ending, media type, and how it is made under progress."""

    label: str
    ending: str
    mime: str
    make: Callable[[decks.Progress | None], bytes]


def _forms(now: Basket, at_hand: decks.Builds, own: Template | None) -> list[Form]:
    address = (st.context.url or "").split("?")[0].removesuffix("deck")
    draws = None if server_picture.why_not() else decks.pictures()

    def html(tell: decks.Progress | None) -> bytes:
        return decks.html(now, at_hand, address=address, progress=tell)

    forms = [
        Form(
            "PowerPoint, editable",
            "pptx",
            PPTX,
            lambda tell: decks.build(now, at_hand, template=own, draws=draws, address=address, progress=tell),
        ),
        Form(
            "ZIP: deck, data, sources",
            "zip",
            "application/zip",
            lambda tell: decks.archive(
                now, at_hand, template=own, draws=draws, address=address, progress=tell
            ),
        ),
        Form("Web page in one file", "html", "text/html", html),
    ]
    if server_picture.browser():
        forms.append(
            Form("PDF", "pdf", "application/pdf", lambda tell: server_picture.pdf_of_page(html(tell)))
        )
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
            st.download_button(
                f"Download {form.ending.upper()}, {len(data) / 1e6:.1f} MB",
                data=data,
                file_name=f"{stem}.{form.ending}",
                mime=form.mime,
                on_click="ignore",
                width="stretch",
                key=f"deck-{form.ending}",
                icon=":material/download:",
                type="primary" if main else "secondary",
            )
        elif st.button(
            form.label,
            width="stretch",
            key=f"make-{form.ending}",
            icon=":material/slideshow:" if main else None,
            disabled=not now.slides,
        ):
            _make(form, made)
    st.download_button(
        "Deck as a small file (JSON)",
        data=basket.to_json(now).encode(),
        file_name=f"{stem}.json",
        mime="application/json",
        on_click="ignore",
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
        else [_hash(held[1]), st.session_state.get("_template_roles", {}).get(_hash(held[1]))]
    )
    ways = [st.session_state.get(f"template-{name}") for name in ("fonts", "colours")]
    return json.dumps([basket.to_json(now), at_hand.newest.snapshot.id, own, ways])


def _make(form: Form, made: dict[str, bytes]) -> None:
    """Makes a file while the reader sees which slide is at work and may stop it."""
    with _progress(f"Making {form.label}") as tell:
        try:
            with _BUILDING:
                made[form.ending] = form.make(tell)
        except Exception as error:
            LOG.exception("deck: %s could not be made", form.label)
            st.error(
                f"{form.label} could not be made: {plain(error)}. The deck is as it was; the server's log says more.",
                icon=":material/error:",
            )
            return
    st.rerun()


@contextmanager
def _progress(words: str) -> Iterator[decks.Progress]:
    """A bar that names what is at work, and a button that stops it.

    Any click ends the run of the page at its next word to the browser, so at the next slide: stopping needs no more.
    """
    with st.container(border=True, gap="small", key="deck-progress"):
        bar = st.progress(0.0, text=f"{words}: waiting for its turn …")
        st.button("Stop", key="deck-stop", icon=":material/stop_circle:", type="tertiary")

    def tell(done: int, total: int, what: str) -> None:
        bar.progress(min(done / max(total, 1), 1.0), text=f"{words}, {done} of {total}: {plain(what)}")

    yield tell


# --- The company's template ---


def chosen_template() -> tuple[str, Template] | None:
    """Name and template of this visit; None is the plain master."""
    held = st.session_state.get("_template")
    if held is None:
        return None
    name, data = held
    found = _read(
        data,
        tuple(sorted(st.session_state.get("_template_roles", {}).get(_hash(data), {}).items())),
        bool(st.session_state.get("template-fonts", False)),
        bool(st.session_state.get("template-colours", False)),
    )
    return (name, found) if isinstance(found, Template) else None


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


@st.cache_data(max_entries=20, show_spinner=False)
def _read(data: bytes, roles: tuple[tuple[str, int], ...], fonts: bool, colours: bool) -> Template | str:
    try:
        return templates.read(data, dict(roles), fonts=fonts, colours=colours)
    except FileRefusedError as refused:
        return str(refused)


def _take_template() -> None:
    file = st.session_state.get("template-file")
    if file is None:
        return
    found = _read(file.getvalue(), (), False, False)
    if isinstance(found, str):
        st.session_state["_template_refused"] = f"“{file.name}” cannot serve as a template. {found}"
        st.session_state["_template"] = None
    else:
        st.session_state["_template_refused"] = ""
        st.session_state["_template"] = (file.name, file.getvalue())


def _forget_template() -> None:
    st.session_state["_template"] = None


def _choose_layout(use: str, key: str) -> None:
    _, data = st.session_state["_template"]
    roles = st.session_state.setdefault("_template_roles", {}).setdefault(_hash(data), {})
    roles[use] = st.session_state[key]


def template_panel() -> None:
    """Upload of a template, what was understood of it, and the choices it leaves."""
    st.markdown(
        "Slides on your company's own master: its fonts for titles, its colours for text, its logo and page number. Charts "
        "stay editable."
    )
    st.file_uploader(
        f"Template: {limits()}",
        type=["pptx", "potx"],
        key="template-file",
        on_change=_take_template,
        max_upload_size=60,
    )
    if refused := st.session_state.get("_template_refused"):
        st.warning(f"{plain(refused)} The plain master is used instead.", icon=":material/block:")
    held = st.session_state.get("_template")
    if held is None:
        return
    now = chosen_template()
    if now is None:
        return
    name, one = now
    left, right = st.columns([2, 3], gap="small")
    with left, st.container(border=True, gap="small", height="stretch"):
        st.subheader(plain(name), anchor=False)
        st.markdown(
            f":small[:gray[{one.width:.2f} x {one.height:.2f} inches · "
            f"{plain(one.fonts[0] or 'no face named')} for titles]]"
        )
        for words in one.warnings:
            st.markdown(f":material/warning: {plain(words)}")
        if not one.warnings:
            st.markdown(":material/check: Every role has a placeholder.")
        st.selectbox(
            "Layout for charts",
            list(one.choices),
            index=list(one.choices).index(one.layouts["chart"].index),
            format_func=lambda i: one.choices[i],
            key="template-layout",
            on_change=_choose_layout,
            args=("chart", "template-layout"),
        )
        st.toggle(
            "Text of charts in the template's font",
            key="template-fonts",
            persist_state="session",
            help="Set a little smaller where the font is not one whose widths are known here.",
        )
        st.toggle(
            "Plain bars in the template's first accent",
            key="template-colours",
            persist_state="session",
            help="Colours of governance models stay: they mean the same everywhere.",
        )
        with st.container(horizontal=True, gap="small"):
            st.download_button(
                "Save this map",
                data=templates.roles_json(one),
                file_name=f"{Path(name).name}.roles.json",
                mime="application/json",
                on_click="ignore",
                type="tertiary",
                help="Laid beside the template, the command line reads it.",
            )
            st.button("Plain master again", on_click=_forget_template, type="tertiary")
    with right, st.container(border=True, gap="small", height="stretch"):
        for use, words in USES.items():
            st.markdown(f"**{words}** :small[:gray[{plain(one.layouts[use].name)}]]")
            st.image(templates.preview(one, use), width="stretch" if use == "chart" else 260)
        rows = [
            {
                "Role": ROLES[role],
                "Placeholder": place.name if place.idx is not None else "our own box",
            }
            for role, place in one.layouts["chart"].places.items()
        ]
        st.dataframe(pd.DataFrame(rows), hide_index=True, key="template-map")


# --- Earlier decks ---


def refresh_panel(at_hand: decks.Builds) -> None:
    """Upload of an earlier deck, what has changed since, and the deck with new numbers."""
    st.markdown(
        "Hand in a deck that was saved here, also one that was edited since: its charts are found, their numbers "
        "brought up to date, formatting and your own slides left as they are. Titles are never rewritten: those that "
        "no longer hold are listed."
    )
    file = st.file_uploader("Earlier deck (.pptx)", type="pptx", key="refresh-file", max_upload_size=150)
    if file is None:
        st.session_state.pop("_refreshed", None)
        return
    key = (_hash(file.getvalue()), at_hand.newest.snapshot.id)
    held = st.session_state.get("_refreshed")
    if held is None or held[0] != key:
        with _progress("Refreshing the deck") as tell:
            held = (key, _refreshed(file.getvalue(), at_hand, tell))
        st.session_state["_refreshed"] = held
        st.rerun()
    done = held[1]
    if isinstance(done, str):
        st.warning(plain(f"“{file.name}” was not read. {done}"), icon=":material/block:")
        return
    snapshot = at_hand.newest.snapshot
    st.markdown(
        f"**{plain(done.words())}**  \n:small[:gray[Against snapshot {snapshot.id} of {format_day(snapshot.as_of)}]]"
    )
    st.download_button(
        "Refreshed deck",
        data=done.data,
        file_name=f"{Path(file.name).stem}-{snapshot.id}.pptx",
        mime=PPTX,
        on_click="ignore",
        icon=":material/download:",
        disabled=not (done.changed or done.dated),
        key="refreshed-deck",
    )
    changes = done.frame()
    if len(changes):
        st.dataframe(
            changes,
            hide_index=True,
            key="refresh-changes",
            column_config={
                "slide": st.column_config.NumberColumn("Slide", width="small"),
                "chart": "Chart",
                "what": "What",
                "row": "Row",
                "column": "Column",
                "before": "Before",
                "after": "After",
            },
        )
        st.download_button(
            "Change list (CSV)",
            data=table.frame_csv(changes),
            file_name=f"{Path(file.name).stem}-changes.csv",
            mime="text/csv",
            on_click="ignore",
            type="tertiary",
        )


def _refreshed(data: bytes, at_hand: decks.Builds, tell: decks.Progress) -> Refreshed | str:
    draws = None if server_picture.why_not() else decks.pictures()
    try:
        with _BUILDING:
            return decks.refresh(data, at_hand, draws=draws, progress=tell)
    except FileRefusedError as refused:
        return str(refused)
