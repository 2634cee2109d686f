"""Tables on screen: drawn from the declaration that pictures and slides read, each cell a link to its documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import pandas as pd
import streamlit as st

from dashboard.charts.card import Card, card_table
from dashboard.charts.columns import Frame
from dashboard.charts.kinds.table import Entry, Line, Table, rows
from dashboard.charts.spec import Chart
from dashboard.data import citations
from dashboard.look.markdown import link, plain, web_address
from dashboard.look.scales import Value
from dashboard.look.theme import NOT_DISCLOSED, Look, badge, is_blank, is_missing, short_name
from dashboard.screen.part import part

if TYPE_CHECKING:
    from dashboard.screen.ui import View

#: Characters of a cell that may lead to a document as a whole; behind longer ones its publishers stand.
LINKED = 60
#: Characters from which on words may take a second line where there is little room.
LONG, SHORT = 16, 13
#: Height of a table where it shares a screen, pixels; the rest is scrolled to.
FRONT_ROWS = 244
#: Rows of a table that a page is sent, and of one that shares a screen: each is sent whole, seen or not. Files and the
#: sortable tables have all of them.
MOST_ROWS, MOST_FRONT = 200, 60


@part
def draw(now: View, one: Chart, frame: pd.DataFrame, *, front: bool = False) -> None:
    """A chart of kind table: its rows, the first ones open; on a phone as blocks under each other.

    Args:
        now: The view.
        one: The chart.
        frame: Its rows, at least one.
        front: It shares a screen with others: one line a row.
    """
    kind, columns = one.kind, one.columns
    assert isinstance(kind, Table) and columns is not None
    if kind.sortable and not front:
        _grid(now, one, frame)
        return
    most = MOST_FRONT if front else MOST_ROWS
    whole, frame = len(frame), frame.head(most)
    if front:
        _front(now, one, frame)
    else:
        _lines(now, one, kind, columns, frame)
    if whole > most:
        st.caption(f"The first {most} of {whole:,} rows, in their order; its files have all of them.")


def _lines(now: View, one: Chart, kind: Table, columns: Frame, frame: pd.DataFrame) -> None:
    """Rows that wrap, with their documents where the columns name none."""
    found = rows(kind, frame, columns, "screen")
    sources = now.tables["sources"]
    own = any(c.sources for c in found.columns)
    heads = [
        _head(plain(head), c.head, one, frame, now.look)
        for head, c in zip(found.heads, found.columns, strict=True)
    ]
    shown = []
    for line in found.lines:
        cells = {h: cell(e, line, sources, now.look) for h, e in zip(heads, line.entries, strict=True)}
        if not own and "source_ids" in frame:
            cells["Sources"] = citations.links(frame.at[line.row, "source_ids"], sources)
        shown.append(cells)
    first = shown[: kind.shown] if kind.shown else shown
    rows_table(now, first)
    if rest := shown[len(first) :]:
        with st.expander(f"Show {len(rest):,} more"):
            rows_table(now, rest)


def _head(head: str, column: str, one: Chart, frame: pd.DataFrame, look: Look) -> str:
    """A heading, and the word of the vocabulary that holds for all of its column."""
    if not column or frame.empty or one.columns is None:
        return head
    scale = one.columns[column].scale
    held = frame[column].iloc[0]
    return head if scale is None or is_missing(held) else f"{head} {chip(scale.of(held), look)}"


def cell(entry: Entry, line: Line, sources: pd.DataFrame, look: Look) -> str:
    """One cell in Markdown: what it says, what follows in grey, and the way to its documents.

    Rows on weak ground look so: italic where estimated, grey where stale; where sources disagree the first cell says it.
    """
    is_first = entry is line.entries[0]
    links = entry.sources
    said = []
    if entry.value is not None:
        said.append(chip(entry.value, look, entry.words))
    elif not entry.is_known:
        said.append(f":gray[{plain(entry.words)}]" if entry.words else "")
    else:
        head, colon, explained = entry.words.partition(": ")
        if entry.strong or len(entry.words) < LINKED or not colon:
            text = plain(entry.words)
        else:
            # What stands before the colon is the point; what follows explains it.
            text = f"{plain(head)}  \n:gray[{plain(explained)}]"
        if len(entry.words) < LINKED and not is_missing(links):
            text, links = link_cell(entry.words, links, sources), None
        if "estimated" in line.caveats:
            text = f"*{text}*"
        if "stale" in line.caveats:
            text = f":gray[{text}]"
        said.append(f"**{text}**" if entry.strong else text)
    if is_first and "disputed" in line.caveats:
        said[0] += " :gray-badge[sources disagree]"
    for words in filter(None, (entry.beneath, *entry.also)):
        if entry.value is None or is_missing(links):
            said.append(f":gray[{plain(words)}]")
            continue
        # A sentence stands whole, its documents behind it.
        short = len(words) < LINKED
        cited = f":gray[{plain(words)}] {citations.links(links, sources)}"
        said.append(link_cell(words, links, sources) if short else cited)
        links = None
    if not is_missing(links):
        said[-1] = f"{said[-1]} {citations.links(links, sources)}".strip()
    return "  \n".join(said)


def _front(now: View, one: Chart, frame: pd.DataFrame) -> None:
    """One line a row, in small type; on a phone the first column and the vocabulary alone."""
    assert isinstance(one.kind, Table) and one.columns is not None
    found = rows(one.kind, frame, one.columns, "front")
    sources = now.tables["sources"]

    def said(entry: Entry) -> str:
        if entry.value is not None:
            disputed = "  \n:small[:gray[disputed]]" if entry.dissent else ""
            return f":small[{chip(entry.value, now.look, entry.words)}]{disputed}"
        words = short_name(entry.words) if entry.is_known else "–"
        if len(words) < (LONG if entry.strong else SHORT):
            # One line a row where there is room: the words of a cell stay together, but for those that would be cut.
            words = words.replace(" ", "\u00a0")
        text = link_cell(words, entry.sources, sources) if entry.is_known else f":gray[{words}]"
        return f":small[**{text}**]" if entry.strong else f":small[{text}]"

    kept = [
        n
        for n in range(len(found.heads))
        if not now.look.compact or n == 0 or any(line.entries[n].value is not None for line in found.lines)
    ]
    shown = pd.DataFrame(
        [{found.heads[n]: said(line.entries[n]) for n in kept} for line in found.lines],
    )
    st.table(shown, border="horizontal", hide_index=True, height=FRONT_ROWS)


def _grid(now: View, one: Chart, frame: pd.DataFrame) -> None:
    """Every row, to be sorted and searched."""
    assert isinstance(one.kind, Table) and one.columns is not None
    found = rows(one.kind, frame.iloc[:1], one.columns, "screen")
    config: dict[str, Any] = {}
    for head, c in zip(found.heads, found.columns, strict=True):
        longest = frame[c.column].dropna().astype("str").str.len().max() if not c.ordered else 0
        config[c.ordered or c.column] = (
            head
            if not longest > 24
            else st.column_config.TextColumn(head, width="large" if longest > 80 else "medium")
        )
    data_table(frame, now, config, key=f"grid-{one.id}")


def rows_table(now: View, shown: list[dict[str, str]]) -> None:
    """Rows of Markdown cells as a table; on a phone as blocks under each other, where a cell has the whole width."""
    if not now.look.compact:
        st.table(pd.DataFrame(shown), border="horizontal", hide_index=True)
        return
    for row in shown:
        (_, first), *rest = row.items()
        with st.container(border=True, gap=None):
            st.markdown(
                "  \n".join([first, *(f":small[:gray[{name}]] {text}" for name, text in rest if text)])
            )


def words_table(card: Card, key: str) -> None:
    """A card's rows in the words that its slide has, to be scrolled."""
    found = rows(card_table(card), card.frame, card.columns or Frame(""))
    shown = pd.DataFrame([[e.words for e in line.entries] for line in found.lines], columns=list(found.heads))
    st.dataframe(shown, hide_index=True, key=key, height=240)


def chip(value: Value, look: Look, words: str = "") -> str:
    """A value of a vocabulary as a Markdown chip, under its own word where no other is given."""
    return badge(words or value.word, value.text(look), value.fill(look))


def link_cell(text: object, source_ids: object, sources: pd.DataFrame) -> str:
    """A cell's text which leads to its first source; "not disclosed" in grey where it is null."""
    if is_blank(text):
        return f":gray[{NOT_DISCLOSED}]"
    if is_missing(source_ids):
        return plain(text)
    found = citations.strongest_first(source_ids, sources)
    urls = [place.url for place in found if web_address(place.url)]
    if not urls:
        # The founding article has no known address: the Data page tells what is known of it.
        return plain(text) + (f" :gray-background[{plain(found[0].publisher)}]" if found else "")
    return link(text, urls[0])


def data_table(
    frame: pd.DataFrame,
    now: View,
    columns: dict[str, Any],
    key: str,
    height: int | Literal["auto", "content"] = 460,
    *,
    none: str = "",
    placeholder: str = "–",
) -> None:
    """A sortable, searchable table; the last columns lead to the first source and say how sure the row is.

    Args:
        frame: Rows with `source_ids`, and `confidence` where it has one.
        now: The view.
        columns: Column to its heading, or to a Streamlit column configuration.
        key: Name of the element.
        height: Pixels, "content" for a table of few rows shown whole, or "auto" for ten rows at most.
        none: What is said instead where there is no row; "" shows the table without any.
        placeholder: What stands in an empty cell.
    """
    if none and frame.empty:
        st.markdown(f":gray[{plain(none)}]")
        return
    shown = frame[list(columns)].copy()
    config: dict[str, Any] = {}
    for name, how in columns.items():
        is_named_day = isinstance(how, str) and pd.api.types.is_datetime64_any_dtype(shown[name])
        config[name] = st.column_config.DateColumn(how, format="D MMM YYYY") if is_named_day else how
    if "source_ids" in frame:
        known = citations.places(now.tables["sources"])
        first = [citations.strongest(c, known) for c in frame["source_ids"].tolist()]
        shown["source"] = [p.url if p and p.url.startswith("http") else None for p in first]
        config["source"] = st.column_config.LinkColumn(
            "Source", display_text=r"https?://(?:www\.)?([^/]+)", help="The strongest of the row's documents."
        )
    if "confidence" in frame:
        shown["confidence"] = frame["confidence"]
        config["confidence"] = st.column_config.TextColumn(
            "Confidence", help="How well documents support the row; reported: one source alone says so."
        )
    st.dataframe(
        shown, column_config=config, hide_index=True, height=height, key=key, placeholder=placeholder
    )
