"""Parts of pages that are not charts: the numbers of the overview, lists, and the tables behind everything."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.charts import CHARTS, marks
from dashboard.data import cells, citations, history, named, permalink, store
from dashboard.data.memory import Memory
from dashboard.data.selection import counted
from dashboard.deck import apart_builds
from dashboard.export import slides
from dashboard.facts import builds_apart, freshness, headlines, landscape, proof
from dashboard.look.markdown import link, plain
from dashboard.look.theme import format_day, is_missing, plural, short_name
from dashboard.screen import builds, chart_card, tables, ui, ui_progress
from dashboard.screen.part import part
from dashboard.screen.saving import save_button
from dashboard.screen.tables import data_table
from dashboard.screen.tabs import tabs
from dashboard.screen.turning import Long, Turn


def headline_row(now: ui.View) -> None:
    """The numbers of the overview, each with its change; grey, for no direction is good or bad."""
    with st.container(gap="xsmall") if now.look.compact else st.container(horizontal=True, wrap=False):
        _headlines(now)
        with st.container(width="content"):
            found = headlines.headlines(now.selected, now.selection)
            stands = any(one.source_ids.notna().any() for one in found)
            chart_card.chart_tools("headline-numbers", horizontal=now.look.compact, stands=stands)


@part
def _headlines(now: ui.View) -> None:
    found = headlines.headlines(now.selected, now.selection)
    # A sign and words: where a page no longer holds what a number was made of, the number says so. Two may be of the same rows.
    rows = {id(one.rows): one for one in found}
    lost = {i: proof.lost(now.tables, one.rows) for i, one in rows.items()}
    cited = {i: named.documents(now.tables, one.table, one.rows.index) for i, one in rows.items()}
    behind = {i: source_words(one.rows, now, cited[i]) for i, one in rows.items()}
    # The fifth stands alone in a grid of two: it takes the row.
    with st.grid(len(found), min_column_width=150, gap="small") as grid:
        for n, one in enumerate(found):
            with grid.cell(column_span=2 if now.look.compact and n == 4 else 1):
                count, said = lost[id(one.rows)], behind[id(one.rows)]
                gone = (
                    f" {plural(count, 'row')} behind it on pages that have changed or gone." if count else ""
                )
                st.metric(
                    f"{one.label}{' :material/history:' if count else ''}",
                    one.value,
                    one.delta,
                    delta_color="off",
                    delta_description=one.since if one.delta else None,
                    help=plain(f"{one.help} {said}{gone}"),
                )


def source_words(rows: pd.DataFrame, now: ui.View, cited: str | np.ndarray = "source_ids") -> str:
    """Who stands behind a number, and how firmly, in words for a tooltip.

    Args:
        rows: What the number is made of, with `confidence` where it is known.
        now: The view.
        cited: Their column of list cells, or the rows of their documents.
    """
    documents = rows[cited] if isinstance(cited, str) else cited
    stand = citations.behind_cells(documents, now.tables["sources"])
    if not stand.documents:
        return ""
    rest = f" and {len(stand.publishers) - 3:,} more" if len(stand.publishers) > 3 else ""
    counts = rows["confidence"].value_counts() if "confidence" in rows else {}
    firm = [f"{counts[c]:,} {words}" for c, words in marks.CONFIDENCE.items() if c in counts]
    return f"Source: {', '.join(stand.publishers[:3])}{rest}, {plural(stand.documents, 'document')}." + (
        f" Rows behind it: {', '.join(firm)}." if firm else ""
    )


#: Reorganisations of the list on the overview.
NEWEST = 6


@part
def latest_changes(now: ui.View) -> None:
    """The newest reorganisations, one line each: day, company and a link to the source."""
    events = landscape.reorganisations(now.selected)
    names = now.selected["companies"].set_index("company_id")["company_name"].map(short_name)
    with st.container(border=True, gap="xsmall", height="stretch", key="latest-changes"):
        with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="small"):
            st.subheader("Latest changes", anchor=False)
            if len(events):
                st.page_link(
                    "app_pages/governance.py",
                    label=f":small[All {counted(events, now.tables, now.selection, 'reorganisation')}]",
                    icon=":material/arrow_forward:",
                )
        if events.empty:
            ui.nothing(now.selection, "reorganisation")
            return
        st.markdown(
            "  \n".join(
                f":small[:gray[{format_day(r.event_date, r.event_date_precision)}] "
                f"**{plain(str(names[r.company_id]))}** "
                f"{tables.link_cell(r.title, r.source_ids, now.tables['sources'])}]"
                for r in events.head(NEWEST).itertuples()
            )
        )


@part
def takeaways_card(now: ui.View) -> None:
    """Three sentences made by rule, with their sources; none where none holds."""
    found = headlines.takeaways(now.selected, now.selection)
    with st.container(border=True, gap="xsmall", height="stretch", key="takeaways"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("What to take away", anchor=False)
        if not found:
            st.markdown(
                f":gray[Nothing of note moved between {format_day(now.selection.since)} and "
                f"{format_day(now.selection.as_of)} under these filters.]"
            )
        for one in found:
            cited = named.documents(now.tables, one.table, one.source_ids.index)
            links = citations.links_behind(cited, now.tables["sources"])
            st.markdown(f":small[**{plain(one.lead)}** {plain(one.text)} :gray[{links}]]")


# --- Gallery ---


def gallery(now: ui.View) -> None:
    """Charts by question, narrowed by words and topic; one at a time is drawn, with everything it can be saved as."""
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        words = st.text_input(
            "Find a chart", key="gallery-words", placeholder="price, federated, open …", width=320
        ).casefold()
        topics = list(dict.fromkeys(c.topic for c in CHARTS.values()))
        topic = st.pills("Topic", topics, key="gallery-topic", format_func=lambda t: plain(t.capitalize()))
    found = [
        c
        for c in CHARTS.values()
        if (not topic or c.topic == topic)
        and all(w in f"{c.title} {c.question} {c.topic} {c.id}".casefold() for w in words.split())
    ]
    if not found:
        st.info("No chart asks that. Try fewer words, or another topic.", icon=":material/search_off:")
        return
    shown = ui.pick("gallery.chart", "Question", {c.id: c.question for c in found})
    chart_card.chart(shown)
    _questions(now, tuple(one.id for one in found))


@part
def _questions(now: ui.View, chart_ids: tuple[str, ...]) -> None:
    """Every chart found, by its question, with a link that shows it."""
    st.markdown(f"**{plural(len(chart_ids), 'chart')}**")
    with st.grid(3, min_column_width=280, gap="small"):
        for one in (CHARTS[i] for i in chart_ids):
            with st.container(border=True, gap=None):
                st.markdown(
                    f"**{plain(one.question)}**  \n:small[:gray[{plain(one.title)} · {plain(one.topic)}]]"
                )
                query = permalink.query(now.selection.picking("gallery.chart", one.id))
                st.page_link(
                    "app_pages/gallery.py", label="Show", icon=":material/bar_chart:", query_params=query
                )


# --- Tables ---


def table_card(title: str, about: str) -> Any:
    """A card with a title and one line on what the table holds."""
    card = st.container(border=True, gap="small")
    with card, st.container(gap=None):
        st.subheader(plain(title), anchor=False)
        st.markdown(f":small[:gray[{plain(about)}]]")
    return card


#: Columns of list prices, wherever they stand in a table.
PRICES: dict[str, Any] = {
    "provider": "Provider",
    "tier": "Tier",
    "currency": "Currency",
    "input_price_per_mtok": st.column_config.NumberColumn("Input", format="%.3g"),
    "output_price_per_mtok": st.column_config.NumberColumn("Output", format="%.3g"),
    "price_date": "Listed on",
}
#: Table to its columns, as `data_table` takes them.
TABLES: dict[str, dict[str, Any]] = {
    "people": {
        "company": "Company",
        "person_name": "Name",
        "person_name_zh": "Chinese",
        "role": st.column_config.TextColumn("Role", width="large"),
        "is_ai_lead": "Leads AI",
        "valid_from": "From",
        "valid_to": "To",
    },
    "infrastructure": {
        "company": "Company",
        "infrastructure_kind": "Kind",
        "infrastructure_name": "Name",
        "infrastructure_name_zh": "Chinese",
        "description": st.column_config.TextColumn("What it is", width="large"),
        "announced_date": "Announced",
        "status": "State",
    },
    "commercial_levers": {
        "company": "Company",
        "lever": "Lever",
        "lever_name": "Headline",
        "description": st.column_config.TextColumn("How it is used", width="large"),
        "since_date": "Since",
    },
    "company_metrics": {
        "company": "Company",
        "metric": "Metric",
        "period": "Period",
        "value": st.column_config.NumberColumn("Value", format="compact"),
        "unit": "Unit",
        "currency": "Currency",
        "note": st.column_config.TextColumn("Note", width="medium"),
    },
}
#: Newest first; the others in the order of their table.
NEWEST_FIRST = {"people": "-valid_from", "company_metrics": "-known_date"}


def company_tables(now: ui.View) -> None:
    """People, infrastructure, levers and metrics of the selection."""
    with (
        table_card(
            "People, infrastructure, levers and metrics", "Everything known of the selection, by table"
        ),
        tabs(
            "infrastructure.table",
            {
                "people": "People",
                "infrastructure": "Infrastructure",
                "commercial_levers": "Levers",
                "company_metrics": "Metrics",
            },
        ) as table,
    ):
        _company_table(now, table, _company_rows(now, table).turned(TABLES[table]))


def _company_rows(now: ui.View, table: str) -> Long:
    return Long(now, f"infrastructure.{table}", table, now.selected[table], NEWEST_FIRST.get(table, ""))


@part
def _company_table(now: ui.View, table: str, turn: Turn) -> None:
    frame = _company_rows(now, table).rows(turn)
    names = now.selected["companies"].set_index("company_id")["company_name"]
    frame = frame.assign(company=frame["company_id"].map(names))
    data_table(frame, now, TABLES[table], key=f"{table}-table")


# --- The data itself ---


@part
def freshness_table(now: ui.View) -> None:
    """Age of each table's newest fact; stale ones first and marked in words."""
    ages = freshness.freshness(now.tables, now.snapshot.as_of)
    stale = int((ages["state"] == "stale").sum())
    about = (
        f"{plural(stale, 'table')} of {len(ages):,} past the shelf life of its kind"
        if stale
        else f"All {len(ages):,} dated tables within the shelf life of their kind"
    )
    with table_card("How fresh", f"Newest fact of each table on {format_day(now.snapshot.as_of)}. {about}"):
        data_table(
            ages,
            now,
            {
                "table": "Table",
                "rows": "Rows",
                "newest_date": "Newest fact",
                "age_days": st.column_config.NumberColumn("Age, days"),
                "shelf_life_months": st.column_config.NumberColumn(
                    "Shelf life, months", help="Older than this, the table's kind of fact is stale."
                ),
                "state": "State",
                "undated_rows": st.column_config.NumberColumn("Rows without a date"),
            },
            key="freshness",
            height="auto",
        )


def review_card(now: ui.View) -> None:
    """How many raw rows say what was read, and by whom they were read."""
    served = store.served_folder()
    stand = store.review(store.builds(served).get(now.snapshot.id, served))
    if not stand:
        return
    changed, new = int(stand["changed"]), int(stand["new"])
    unsigned = int(stand["by"].get("taken-in", 0))
    signed = sum(int(rows) for rows in stand["by"].values()) - unsigned
    about = (
        f"{signed:,} as a reader signed them, {unsigned:,} as they were taken in at the start, which nobody signed; "
        f"{plural(changed, 'row')} changed since, {plural(new, 'new row')} not read yet"
    )
    with table_card("How far reviewed", f"Of {int(stand['rows']):,} raw rows: {about}"):
        readers = pd.DataFrame(
            [
                ("at the start, unsigned" if n == "taken-in" else n, rows)
                for n, rows in sorted(stand["by"].items(), key=lambda by: -int(by[1]))
            ],
            columns=["reader", "rows"],
        )
        st.dataframe(
            readers,
            column_config={"reader": "Last read by", "rows": "Rows as they were read"},
            hide_index=True,
            key="reviewed",
        )


def source_lookup(now: ui.View, offered: pd.DataFrame) -> None:
    """What rests on one document.

    Args:
        now: The view.
        offered: Documents to choose from: those listed above; one that a link names is offered, too.
    """
    sources = now.tables["sources"]
    asked = now.selection.pick("data.source")
    if asked not in set(offered["source_id"].tolist()):
        offered = pd.concat([offered, sources[sources["source_id"] == asked]])
    offered = offered.sort_values("publisher", key=lambda s: s.str.casefold(), kind="stable")
    labels = {
        i: f"{publisher}: {i if is_missing(title) else title}"[:110]
        for i, publisher, title in cells.rows(offered, "source_id", "publisher", "title")
    }
    if not labels:
        return
    with table_card("What rests on this document", "Choose a document; every row that cites it is listed"):
        chosen = ui.pick("data.source", "Document", labels)
        one = offered[offered["source_id"] == chosen].iloc[0]
        rows = _resting.get((now.snapshot.id, chosen), lambda: freshness.resting_on(now.tables, chosen))
        names = now.tables["companies"].set_index("company_id")["company_name"]
        where = link(one["url"], one["url"])
        st.markdown(
            f":small[**{plain(one['publisher'])}**, {format_day(one['published_date'], one['published_date_precision'])}, "
            f"{plain(one['kind'])}, read {format_day(one['accessed_date'])} · {where} · {plural(len(rows), 'row')}]"
        )
        st.dataframe(
            rows.assign(company=rows["company_id"].map(names))[
                ["table", "company", "what", "confidence", "row_id"]
            ],
            column_config={"what": st.column_config.TextColumn("What it says", width="large")},
            hide_index=True,
            key="source-rows",
        )


def snapshots(now: ui.View) -> None:
    """What changed between two snapshots that are kept here."""
    kept = store.builds(store.served_folder())
    with table_card("What changed between snapshots", f"{plural(len(kept), 'snapshot')} kept on this server"):
        if len(kept) < 2:
            st.markdown(
                ":gray[There is one snapshot so far. When the data is built anew with other facts, the one before is "
                "kept, and the difference is listed here cell by cell.]"
            )
            return
        labels = {i: f"{i}, data to {format_day(store.snapshot(p).as_of)}" for i, p in kept.items()}
        newer = next(iter(labels))
        older = {i: words for i, words in labels.items() if i != newer}
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
            before = ui.pick("data.since", "Since snapshot", older, width=320)
            st.markdown(f"to **{plain(labels[newer])}**")
        if builds.unreadable(kept[before]):
            st.markdown(
                f"Snapshot {plain(before)} was built by other code, which this version cannot read: it is not compared."
            )
            return
        moved = builds.moved(kept[before], kept[newer])
        said = history.in_words(moved)
        st.markdown(plain(f"{said[:1].upper()}{said[1:]}."))
        told = builds.apart_card(kept[before], kept[newer], now.selection.basis)
        st.markdown(
            f"**{plain(builds_apart.summary(told.frame))}.** :small[:gray[{plain(apart_builds.NOTE)}.]]"
        )
        if len(told.frame):
            st.dataframe(
                told.frame[["company_name", "change", "what", "cause", "why", "day"]],
                column_config={
                    "company_name": st.column_config.TextColumn("Organisation", pinned=True),
                    "change": "Change",
                    "what": st.column_config.TextColumn("What", width="large"),
                    "cause": "Cause",
                    "why": st.column_config.TextColumn("Why", width="medium"),
                    "day": "Day",
                },
                hide_index=True,
                key="builds-apart",
                placeholder="",
            )
            save_button(
                "Slide",
                ui_progress.counted("changes", partial(slides.slide, told)),
                f"changes-{before}-{newer}.pptx",
                icon=":material/download:",
                key="builds-apart-slide",
                help="The changes as a table on slides.",
            )
        if len(moved):
            st.markdown(":small[:gray[Cell by cell, every table:]]")
            st.dataframe(moved, hide_index=True, key="moved", placeholder="empty")


def table_browser(now: ui.View) -> None:
    """Any table as of the chosen day, with its description and a download of all of it."""
    folder = str(store.served_folder())
    about = builds.dictionary(folder, now.snapshot.id)
    names = list(dict.fromkeys(["governance_events", *about["table"]]))
    turns = tuple(f"data.table-{what}" for what in ("find", "order", "page"))
    with table_card("Tables", "As of the chosen day and narrowed by the filters, as they are on every page"):
        name = ui.pick("data.table", "Table", {n: n for n in names}, resets=turns, width=320)
        mine = about[about["table"] == name]
        frame = now.selected.get(name, pd.DataFrame())
        st.markdown(
            f":small[:gray[{plain(mine['table_description'].iloc[0])} {len(frame):,} of "
            f"{mine['rows'].iloc[0]:,} rows.]]"
        )
        columns = {
            c: c
            if pd.api.types.is_datetime64_any_dtype(frame[c])
            else st.column_config.Column(c, help=plain(f"{d}{f' Unit: {u}.' if u else ''}"))
            for c, d, u in zip(mine["column"], mine["description"], mine["unit"], strict=True)
            if c in frame and c != "confidence"
        }
        long = Long(now, "data.table", name, frame)
        turn = long.turned(columns, saved=False)
        data_table(long.rows(turn), now, columns, key=f"browse-{name}")
        long.save(turn)


@part
def dictionary_table(now: ui.View) -> None:
    """Every column with its meaning, unit and how full it is."""
    about = builds.dictionary(str(store.served_folder()), now.snapshot.id)
    about = about.assign(filled_pct=(about["filled"] / about["rows"].where(about["rows"] > 0) * 100))
    with table_card(
        "Dictionary and coverage", f"{len(about):,} columns of {about['table'].nunique()} tables"
    ):
        st.dataframe(
            about[["table", "column", "description", "unit", "reference", "type", "rows", "filled_pct"]],
            column_config={
                "description": st.column_config.TextColumn("Means", width="large"),
                "filled_pct": st.column_config.ProgressColumn(
                    "Filled",
                    format="%.0f %%",
                    min_value=0,
                    max_value=100,
                    help="Share of rows that have a value.",
                ),
            },
            hide_index=True,
            height=420,
            key="dictionary",
        )


#: Columns of the list of documents.
SOURCES: dict[str, Any] = {
    "publisher": st.column_config.TextColumn("Publisher", pinned=True),
    "title": st.column_config.TextColumn("Title", width="medium"),
    "published_date": "Published",
    "kind": "Kind",
    "rows": st.column_config.NumberColumn("Rows", help="Rows of all tables that rest on it."),
    "checked": st.column_config.TextColumn(proof.CHECKED, help=proof.MEANS, width="medium"),
    "url": st.column_config.LinkColumn("Address", width="medium"),
    "accessed_date": "Read",
    "license": "Licence",
    "note": "Note",
}


def sources_table(now: ui.View) -> pd.DataFrame:
    """Every document, and how many rows rest on it; gives the documents that are shown."""
    long = _sources(now)
    documents = plural(len(long.frame), "document")
    with table_card("Sources", f"{documents} of {long.frame['publisher'].nunique():,} publishers"):
        turn = long.turned(SOURCES)
        _sources_rows(now, turn)
    return long.rows(turn)


def _sources(now: ui.View) -> Long:
    cited = _cited.get(now.snapshot.id, lambda: freshness.rows_by_document(now.tables))
    return Long(now, "data.sources", "sources", now.tables["sources"].assign(rows=cited), "-rows")


#: How many rows rest on each document of a build.
_cited: Memory[np.ndarray] = Memory("rows by document", 8_000_000, lambda rows: rows.nbytes, least=1)


#: What rests on the documents that were looked up: every row of every table is asked for it.
_resting: Memory[pd.DataFrame] = Memory(
    "rows on a document", 8_000_000, lambda rows: 600 * len(rows) + 1_000, least=1
)


@part
def _sources_rows(now: ui.View, turn: Turn) -> None:
    shown = _sources(now).rows(turn)
    checked = proof.of_documents(now.tables, shown["source_id"])
    data_table(shown.assign(checked=checked), now, SOURCES, key="sources-table")
