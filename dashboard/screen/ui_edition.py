"""Parts of the edition page: the watch list, the edition made of it, and its forms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

import streamlit as st

from dashboard.charts import CHARTS
from dashboard.data import permalink
from dashboard.data.memory import Memory
from dashboard.deck import editions
from dashboard.deck.editions import Since
from dashboard.export import edition as forms
from dashboard.export.edition import Edition, Item
from dashboard.facts import watch as watching
from dashboard.facts.edition import RANK
from dashboard.facts.watch import PARTS, Watch, WatchError
from dashboard.look.markdown import link, plain
from dashboard.screen import address, ui, ui_deck, ui_progress
from dashboard.screen.saving import save_button, slug

#: What is offered in words for each part of a list.
LABELS = {
    "companies": "Companies",
    "governance": "Governance models",
    "people": "People",
    "measures": "Measures",
    "claims": "Claims",
    "events": "Events",
}


def watch_list(now: ui.View) -> Watch:
    """The list in the address, with what changes it, saves it and opens a saved one."""
    found, said = watching.of_selection(now.selection, now.tables)
    for sentence in said:
        st.caption(plain(sentence))
    # Closed it costs nothing: a list offers every person, claim and event of the data.
    chooser = st.expander(
        f"Watch list: {plain(found.name) or 'no name'} · {plain(found.words())}",
        icon=":material/visibility:",
        # Its label changes with what is chosen, and another label is another part: open it stays open.
        expanded=st.session_state.get("_watch_list_open", False),
        key="watch-list",
        on_change="rerun",
    )
    st.session_state["_watch_list_open"] = chooser.open
    if chooser.open:
        with chooser:
            _choices(now, found)
    if found.names_nothing and now.selection.is_narrowed:
        # Without a list the filters are one.
        companies = tuple(now.selected["companies"]["company_id"])
        if not companies:
            ui.nothing(now.selection)
            ui.stop()
        return replace(found, companies=companies)
    return found


def _choices(now: ui.View, found: Watch) -> None:
    st.text_input(
        "Name", value=found.name, key="watch-name", on_change=_keep_text, args=("name",), max_chars=120
    )
    with st.grid(2, min_column_width=320, gap="small"):
        for part in PARTS:
            _choose(now, part, getattr(found, part))
    st.text_input(
        "A view whose companies are watched, too",
        value=found.view,
        key="watch-view",
        on_change=_keep_text,
        args=("view",),
        placeholder="type=lab&governance=lab_led, or the whole address",
    )
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        save_button(
            "Save watch list",
            watching.to_json(found),
            f"watch-{slug(found.name) or 'list'}.json",
            icon=":material/download:",
            kind="secondary",
        )
        st.file_uploader(
            "Open a saved list", type="json", key="watch-file", on_change=_open, max_upload_size=2
        )


def _choose(now: ui.View, part: str, chosen: Sequence[str]) -> None:
    there = watching.known(now.tables, part)
    widget = f"watch-{part}"
    if st.session_state.get(widget) != list(chosen):
        st.session_state[widget] = list(chosen)
    st.multiselect(
        LABELS[part],
        list(there),
        key=widget,
        format_func=lambda i: there.get(i, i),
        on_change=_keep_choice,
        args=(part,),
        placeholder="Any",
    )


def _pick(name: str, value: str) -> None:
    picked = st.session_state.setdefault("_picked", {})
    if value:
        picked[f"watch.{name}"] = value
    else:
        picked.pop(f"watch.{name}", None)
    ui.set_picked_address()


def _keep_choice(part: str) -> None:
    _pick(part, ",".join(st.session_state[f"watch-{part}"]))


def _keep_text(part: str) -> None:
    _pick(part, str(st.session_state[f"watch-{part}"] or "").strip())


def _open() -> None:
    file = st.session_state.get("watch-file")
    if file is None:
        return
    try:
        found, said = watching.from_json(file.getvalue(), ui.view().tables)
    except WatchError as error:
        address.say([f"“{file.name}” was not opened: {error}."])
        return
    for name, value in watching.picks(found).items():
        _pick(name.removeprefix("watch."), value)
    for part in ("name", "view"):
        st.session_state.pop(f"watch-{part}", None)
    address.say([f"Watch list “{found.name or file.name}” opened.", *said])


# --- The edition ---

#: Changes of a section that are read at once; what follows in rank is folded away.
LISTED = 12
#: Those that the page is sent in all; every one is sent, seen or not.
MOST_FOLDED = 200


@dataclass(frozen=True)
class Made:
    """The edition as the page tells it, and what makes the whole of it, its charts looked up, for its files."""

    told: Edition
    whole: Callable[[], Edition]


def made(now: ui.View, wanted: Watch) -> Made:
    """The edition of the list since the day of comparison, or since an earlier edition that the reader opens."""
    left, right = st.columns([3, 2], gap="medium", vertical_alignment="bottom")
    with right:
        file = st.file_uploader(
            "Since an earlier edition (its edition.json)",
            type="json",
            key="edition-before",
            max_upload_size=5,
        )
    before = None
    if file is not None:
        try:
            before = forms.from_json(file.getvalue())
        except ValueError as error:
            st.warning(plain(f"“{file.name}”: {error}."), icon=":material/block:")
    at_hand = ui_deck.builds_at_hand()
    shown = now.selection.as_of
    # A view of the first days compares with a day before the data.
    day = max(min(now.selection.since, shown), permalink.EARLIEST)
    basis, names = now.selection.basis, now.selection.names
    from_ = Since(edition=before) if before is not None else editions.since(f"{day:%Y-%m-%d}", None, wanted)
    handed_in = sha256(file.getvalue()).hexdigest() if file is not None else ""
    asked = (at_hand.newest.snapshot.id, wanted, f"{day:%Y-%m-%d}", basis, names, handed_in, shown)

    stood = ui.everything_as_of(now)

    def of(most: int) -> Edition:
        return _editions.get(
            (*asked, most),
            lambda: editions.make(
                at_hand,
                wanted,
                from_,
                basis=basis,
                names=names,
                until=shown,
                stood=stood,
                looked_up=most > MOST_FOLDED,
                most=most,
            ),
        )

    with st.spinner("Reading what changed …"):
        told = of(MOST_FOLDED)
    with left:
        st.markdown(f"**{plain(told.lead)}**  \n:small[:gray[{plain(RANK)}.]]")
    return Made(told, lambda: of(editions.MOST_ITEMS))


#: Editions under a view, as the page shows them or whole. Streamlit's cache would copy one at every run.
_editions: Memory[Edition] = Memory(
    "editions", 32_000_000, lambda edition: 2_000 * len(edition.items) + 10_000, least=1
)


def forms_of(edition: Made) -> None:
    """Downloads of every form; none where nothing changed."""
    if edition.told.is_quiet:
        return
    base = (st.context.url or "").split("?")[0].rpartition("/")[0]
    at_hand = ui_deck.builds_at_hand()
    whole = edition.whole
    makes = {
        "Slides": (
            "pptx",
            ui_progress.made_apart(
                "pptx", lambda: editions.deck(whole(), at_hand.newest.tables), at_hand, base
            ),
        ),
        "Page for mail": (
            "html",
            ui_progress.counted("edition", lambda: editions.mail_page(whole(), at_hand, base)),
        ),
        "Markdown": ("md", lambda: forms.markdown(whole(), base).encode()),
        "Feed": ("xml", lambda: forms.atom([whole()], whole().title, None).encode()),
        "JSON": ("json", lambda: forms.to_json(whole()).encode()),
    }
    name = "-".join(n for n in ("edition", edition.told.day, slug(edition.told.name)) if n)
    with st.container(horizontal=True, gap="small"):
        for label, (ending, make) in makes.items():
            save_button(label, make, f"{name}.{ending}", icon=":material/download:", key=f"edition-{ending}")


def told(edition: Edition) -> None:
    """What the edition says, section by section, each statement with its documents and its chart."""
    for heading, items in forms.sections(edition):
        count = len(items) + (len(edition.untold) if items is edition.items else 0)
        with st.container(border=True, gap="small"):
            st.subheader(plain(heading), anchor=False)
            for one in items[:LISTED]:
                _item(one)
            if count > LISTED:
                with st.expander(f"{count - LISTED:,} more, in the same order"):
                    folded = [_words(one) for one in items[LISTED:MOST_FOLDED]]
                    if count > MOST_FOLDED:
                        folded.append(f":gray[{count - MOST_FOLDED:,} more stand in the files below.]")
                    st.markdown("\n\n".join(folded))
    for heading, sentences in forms.lists(edition):
        with st.container(border=True, gap="small"):
            st.subheader(plain(heading), anchor=False)
            st.markdown("\n".join(f"- {plain(u)}" for u in sentences))
    # The number of an edition is that of its files, which tell their charts, too.
    notes = [n for n in edition.notes if not n.startswith(RANK)]
    st.markdown("  \n".join(f":small[:gray[{plain(n)}]]" for n in notes))


def _words(one: Item) -> str:
    meta = " · ".join(t for t in (one.heading, one.day, one.confidence) if t)
    lines = [f":small[:gray[{plain(meta)}]]", f"**{plain(one.what)}**"]
    if one.why:
        lines.append(f"Why it matters: {plain(one.why)}")
    if one.documents:
        cited = " · ".join(
            link(d.publisher, d.url) + (f", {plain(d.published)}" if d.published else "")
            for d in one.documents
        )
        lines.append(f":small[{cited}]")
    return "  \n".join(lines)


def _item(one: Item) -> None:
    with st.container(gap=None):
        st.markdown(_words(one))
        if one.chart:
            query = {k: list(v) for k, v in one.query.items() if k != permalink.SNAPSHOT}
            st.page_link(
                "app_pages/gallery.py",
                label=plain(f"Chart: {CHARTS[one.chart].title}"),
                icon=":material/monitoring:",
                query_params={**query, "gallery.chart": [one.chart]},
            )


__all__ = ["Made", "forms_of", "made", "told", "watch_list"]
