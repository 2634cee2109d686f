"""Parts of the pages on companies: the directory, one company's profile, and two to four side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.charts import compare, profile
from dashboard.charts.companies import INFRASTRUCTURE_KINDS
from dashboard.data import permalink
from dashboard.data.cut import everyone, once, once_for_frames
from dashboard.data.overlay import added_companies
from dashboard.data.selection import HOME_COUNTRY, Selection, counted
from dashboard.data.store import Tables
from dashboard.facts import flagships, headlines, landscape, over_time, ratings
from dashboard.look.markdown import plain
from dashboard.look.theme import (
    MODEL_ORDER,
    NOT_DISCLOSED,
    chip,
    day_known,
    format_day,
    format_score,
    is_missing,
    join_words,
    model_short,
    short_name,
)
from dashboard.screen import chart_card, sections, tables, ui
from dashboard.screen.part import part

PROFILE = "app_pages/company.py"
#: Cards of the directory on one page: every one is sent whole, seen or not.
MOST_CARDS = 60
SORTS = {
    "governance": "Governance model",
    "name": "Name",
    "release": "Newest release",
    "rating": "Arena rating",
    "change": "Last reorganisation",
}
TYPE_WORDS = {
    "giant": "technology group",
    "operator": "telecom operator",
    "device_maker": "device maker",
    "carmaker": "carmaker",
    "chip_maker": "chip maker",
    "robotics": "robot maker",
    "startup": "start-up",
    "lab": "lab",
}
WEIGHTS_WORDS = {
    "open": "open weights",
    "restricted": "weights under restrictions",
    "closed": "closed weights",
}


def to_profile(now: ui.View, company_id: str) -> dict[str, list[str]]:
    """Parameters of an address that shows one company under the reader's other choices."""
    return permalink.query(now.selection.picking(profile.COMPANY, company_id))


def both_names(row: Any) -> str:
    """Name of a company in both scripts, the Chinese one grey, as Markdown."""
    zh = row.company_name_zh
    if is_missing(zh) or zh == row.company_name:
        return f"**{plain(row.company_name)}**"
    return f"**{plain(row.company_name)}** :gray[{plain(zh)}]"


def dated(text: object, day: object, precision: object) -> str:
    """Words, and the day as exactly as it is known, in grey."""
    return f"{plain(str(text))} :gray[{format_day(day, precision)}]"


def card(title: str, about: str) -> Any:
    """A card with a title and one line on what it holds; as tall as its neighbour."""
    box = st.container(border=True, gap="small", height="stretch")
    with box, st.container(gap=None):
        st.subheader(plain(title), anchor=False)
        st.markdown(f":small[:gray[{plain(about)}]]")
    return box


# --- Directory ---


def directory(now: ui.View) -> None:
    """Cards of the selected companies, sorted as the reader picks; each leads to the company's profile."""
    count = counted(now.selected["companies"], now.tables, now.selection, "organisation")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.markdown(f"**{count}**", width="stretch")
        order = ui.pick("companies.sort", "Sort by", SORTS, resets=("companies.page",), width=220)
        shown = ui.window("companies.page", len(now.selected["companies"]), MOST_CARDS)
    _cards(now, order, shown.start)


@part
def _cards(now: ui.View, order: str, first: int) -> None:
    rows = _directory_rows(now, order, first)
    with st.grid(3, min_column_width=270, gap="small"):
        for r in rows.itertuples(index=False):
            with st.container(border=True, gap="small", height="stretch", key=f"card-of-{r.company_id}"):
                lines = [
                    both_names(r),
                    chip(r.governance_model_id, now.look),
                    f":gray[AI lead] {plain(r.lead) if r.lead else f':gray[{NOT_DISCLOSED}]'}",
                    ":gray[Flagship] "
                    + (
                        f":gray[{NOT_DISCLOSED}]"
                        if is_missing(r.flagship)
                        else dated(r.flagship, r.flagship_date, r.flagship_precision)
                    ),
                    ":gray[Last reorganisation] "
                    + (
                        ":gray[none found]"
                        if is_missing(r.event)
                        else dated(r.event, r.event_date, r.event_precision)
                    ),
                ]
                if not is_missing(r.rating):
                    lines.append(f":gray[Best Arena rating] {format_score(r.rating, 'elo')}")
                st.markdown("  \n".join(lines))
                st.space("stretch")
                st.page_link(
                    PROFILE,
                    label=plain(f"Profile of {short_name(r.company_name)}"),
                    icon=":material/arrow_forward:",
                    query_params=to_profile(now, r.company_id),
                )


def _directory_rows(now: ui.View, order: str, first: int) -> pd.DataFrame:
    """One row a card: names, model in force, lead, flagship, last reorganisation, best rating.

    The order is found of all selected companies, the rest is put together of those on the page.
    """
    every = now.tables["companies"]
    selected = np.flatnonzero(every["company_id"].isin(now.selected["companies"]["company_id"]))
    ids = every["company_id"].take(selected)
    keys = pd.DataFrame(
        {"_key": _sorted_by(order, now, ids), "_name": _by_name(every)[selected], "_at": selected},
        index=ids.index,
    ).sort_values(
        ["_key", "_name"], ascending=[order == "governance", True], na_position="last", kind="stable"
    )
    companies = every.take(keys["_at"].to_numpy()[first : first + MOST_CARDS])
    ids = companies["company_id"]
    # What is found of each company by itself is the day's, whoever else is chosen.
    day = everyone(now.selected)
    leads, models, events = (
        landscape.leads_in_force(day),
        flagships.flagships(day),
        landscape.newest_events(day),
    )

    def of(frame: pd.DataFrame, column: str) -> pd.Series:
        # Not map(): pandas 3.1 cannot map by a column of days without rows.
        return frame[column].reindex(ids).set_axis(companies.index)

    return companies.assign(
        governance_model_id=ids.map(_labels(now)),
        lead=of(leads, "person_name").fillna(""),
        flagship=of(models, "model_name"),
        flagship_date=of(models, "release_date"),
        flagship_precision=of(models, "release_date_precision"),
        event=of(events, "title"),
        event_date=of(events, "event_date"),
        event_precision=of(events, "event_date_precision"),
        rating=of(_best(day), "arena_rating"),
    )


@once_for_frames
def _by_name(companies: pd.DataFrame) -> np.ndarray:
    """Place of each company by its name, whatever the case; the same for those called alike."""
    return pd.factorize(companies["company_name"].str.casefold().to_numpy(dtype=object), sort=True)[0]


def _labels(now: ui.View) -> dict[str, str]:
    """Governance model in force by company id, of everyone."""
    return landscape.labels_in_force(everyone(now.selected), now.selection.basis)


@once
def _best(tables: Tables) -> pd.DataFrame:
    """The best Arena rating of each company, by company id."""
    return ratings.arena(tables).drop_duplicates("company_id").set_index("company_id")


def _sorted_by(order: str, now: ui.View, ids: pd.Series) -> pd.Series | None:
    """What the reader sorts cards by, before their names; None for the names alone."""
    day = everyone(now.selected)
    match order:
        case "governance":
            places = {cid: MODEL_ORDER.get(label) for cid, label in _labels(now).items()}
            return pd.Series([places.get(cid) for cid in ids.tolist()], index=ids.index)
        case "release":
            found = flagships.flagships(day)["release_date"]
        case "rating":
            found = _best(day)["arena_rating"]
        case "change":
            found = landscape.newest_events(day)["event_date"]
        case _:
            return None
    return found.reindex(ids).set_axis(ids.index)


# --- Profile ---


def pick_company(now: ui.View) -> tuple[ui.View, ui.View, Any]:
    """Title, chips and the choice of company.

    Returns:
        The view narrowed to the company; the view of the whole field as of the day; the company's row.
    """
    everything = ui.everything_as_of(now)
    options = profile.company_options(everything, now.selection)
    # One company in the filter is the one that is meant, until another is picked.
    for meant in now.selection.companies if len(now.selection.companies) == 1 else ():
        if meant in options:
            options = {meant: options[meant], **options}
    left, right = st.columns([3, 1], gap="small", vertical_alignment="bottom")
    with right:
        cid = ui.pick(profile.COMPANY, "Company", options, label_visibility="collapsed")
    whole = replace(
        now.selection.picking(profile.COMPANY, cid),
        companies=(),
        governance_models=(),
        company_types=(),
        outside=True,
    )
    only = replace(whole, companies=(cid,))
    one = ui.narrowed(now, only)
    field = replace(now, selection=whole, selected=everything)
    row = next(everything["companies"].loc[everything["companies"]["company_id"] == cid].itertuples())
    with left:
        _title(one, row)
    return one, field, row


@part
def _title(one: ui.View, row: Any) -> None:
    zh = row.company_name_zh
    st.title(
        plain(row.company_name if is_missing(zh) or zh == row.company_name else f"{row.company_name} {zh}"),
        anchor=False,
    )
    st.markdown(label_line(one, row.company_id, "reported"))
    coded = label_line(one, row.company_id, "coded")
    st.markdown(f":small[{coded}]")


def label_line(one: ui.View, company_id: str, basis: str) -> str:
    """Chip of the model in force, since when, and the model before it, on one basis."""
    periods = over_time.periods(one.selected, basis, company_id)
    word = "Reported" if basis == "reported" else "Coded by the printed rule"
    if periods.empty:
        return f"{word}: :gray[{'no source found' if basis == 'reported' else 'not scored'}]"
    now = periods.iloc[-1]
    parts = [f"{word}: {chip(now['governance_model_id'], one.look)}"]
    since = format_day(now["valid_from"], now["valid_from_precision"])
    if is_missing(now["valid_to"]):
        parts.append(tables.link_cell(f"since {since}", now["source_ids"], one.tables["sources"]))
    else:
        parts.append(f"until {format_day(now['valid_to'])}, no source since")
    before = periods[periods["governance_model_id"] != now["governance_model_id"]]
    # A model that another source still reports is no past one.
    if len(before) and model_short(before.iloc[-1]["governance_model_id"]) not in now["others"]:
        parts[-1] += ","
        parts.append(f"before that {chip(before.iloc[-1]['governance_model_id'], one.look)}")
    held = landscape.spoken_for(one.selected, basis, one.selection.as_of)
    if company_id in held.index:
        seen, doubt = held.at[company_id, "seen"], held.at[company_id, "doubt"]
        if said := ", ".join(filter(None, (seen, doubt))):
            parts.append(f":gray[({plain(said)})]")
    if now["others"]:
        parts.append(f":gray[disputed, also: {plain(now['others'])}]")
    if basis == "coded":
        index = landscape.index_in_force(one.selected)
        if company_id in index.index and not is_missing(index.loc[company_id, "centralisation_index"]):
            r = index.loc[company_id]
            parts.append(
                f":gray[centralisation index {r['centralisation_index']:.0f} of 100, {int(r['scored_count'])} of 6 "
                "dimensions sourced]"
            )
    return " ".join(parts)


@part
def fact_line(one: ui.View, row: Any) -> None:
    """What is known of the company in one paragraph made by rule, each statement a link to its source."""
    selected, sources = one.selected, one.tables["sources"]
    cid = row.company_id

    def linked(text: str, source_ids: object) -> str:
        return tables.link_cell(text, source_ids, sources)

    about = [TYPE_WORDS[row.company_type]]
    if not is_missing(row.founded_year):
        about.append(f"founded in {row.founded_year}")
    if not is_missing(row.hq_city):
        about.append(f"based in {row.hq_city}")
    if not is_missing(row.listing):
        places = [p.strip() for p in str(row.listing).split(";")]
        about.append("privately held" if row.listing == "private" else f"listed on {join_words(places)}")
    sentences = [f"{plain(row.company_name)} is " + linked(f"a {', '.join(about)}", row.source_ids) + "."]
    leads = landscape.leads_in_force(selected)
    if cid in leads.index:
        r = leads.loc[cid]
        since = day_known(r["valid_from"], r["valid_from_precision"], " since {}")
        sentences.append(
            f"{linked(r['person_name'], r['source_ids'])} leads its AI ({plain(r['role'])}{since})."
        )
    models = flagships.flagships(selected)
    if cid in models.index:
        r = models.loc[cid]
        weights = WEIGHTS_WORDS.get(str(r["weights"]), "")
        why = plain(r["why"]) if is_missing(r["why_sources"]) else linked(r["why"], r["why_sources"])
        old = flagships.since_words(r, one.selection.as_of)
        sentences.append(
            f"Its flagship is {linked(r['model_name'], r['source_ids'])} of "
            f"{format_day(r['release_date'], r['release_date_precision'])}{', with ' + weights if weights else ''} "
            f"({why}{'; ' + plain(old) if old else ''})."
        )
    levers = landscape.headline_levers(selected)
    if cid in levers.index:
        r = levers.loc[cid]
        sentences.append(f"It turns AI into business through {linked(r['lever_name'], r['source_ids'])}.")
    events = landscape.newest_events(selected)
    if cid in events.index:
        r = events.loc[cid]
        sentences.append(
            f"Its last reorganisation known: {linked(r['title'], r['source_ids'])}, "
            f"{format_day(r['event_date'], r['event_date_precision'])}."
        )
    st.markdown(" ".join(sentences), help=f"{flagships.FLAGSHIP}." if cid in models.index else None)


@part
def profile_numbers(one: ui.View, field: ui.View, row: Any) -> None:
    """Models released, open share, best rating with rank, transparency: grey, for no direction is good or bad."""
    cid = row.company_id
    found = {h.label: h for h in headlines.of_models(one.selected, one.selection)}
    with st.grid(4, min_column_width=150, gap="small"):
        for label in ("Models released", "With open weights"):
            h = found.get(label)
            if h is None:
                _number(label, "No release", None, None, "No model was released in the time compared.")
            else:
                _number(
                    label,
                    h.value,
                    h.delta,
                    h.since if h.delta else None,
                    f"{h.help} {sections.source_words(h.rows, one)}",
                )
        own = added_companies(one.tables) if not one.selection.count_own else frozenset()
        rated = ratings.arena(field.selected).drop_duplicates("company_id")
        country = field.selected["companies"].set_index("company_id")["country"]
        mine = rated[rated["company_id"] == cid]
        if mine.empty:
            _number(
                "Best Arena rating", "Not rated", None, None, "No Arena text rating of its models is known."
            )
        else:
            r = mine.iloc[0]
            home = rated[rated["company_id"].map(country) == HOME_COUNTRY]
            rivals, where = (home, "in China") if country[cid] == HOME_COUNTRY else (rated, "of all")
            rivals = rivals[~rivals["company_id"].isin(own)]
            rank = int((rivals["arena_rating"] > r["arena_rating"]).sum()) + 1
            name = field.selected["models"].set_index("model_id")["model_name"][r["model_id"]]
            _number(
                "Best Arena rating",
                format_score(r["arena_rating"], "elo"),
                _place(rank, len(rivals), cid in own),
                where,
                f"{name}, Arena text rating without style control, {format_day(r['rating_date'])}; rank among the "
                f"best models of companies {where}. {sections.source_words(mine, one, 'rating_source_ids')}",
            )
        scores = field.selected["transparency_scores"]
        edition = scores[scores["published_date"] == scores["published_date"].max()]
        mine = edition[edition["company_id"] == cid]
        edition = edition[~edition["company_id"].isin(own)]
        if mine.empty:
            _number(
                "Transparency index",
                "No score",
                None,
                None,
                "The newest edition of the Foundation Model Transparency Index known does not score it.",
            )
        else:
            r = mine.iloc[0]
            rank = int((edition["score"] > r["score"]).sum()) + 1
            _number(
                "Transparency index",
                f"{r['score']} of {r['indicators']}",
                _place(rank, len(edition), cid in own),
                format_day(r["published_date"], "month"),
                f"{r['index_name']}: indicators met. {sections.source_words(mine, one)}",
            )


def _place(rank: int, of: int, is_own: bool) -> str:
    """A rank; that of the reader's own company, which is none of those counted, stands beside them."""
    return f"{rank} beside {of}" if is_own else f"{rank} of {of}"


def _number(label: str, value: str, delta: str | None, after: str | None, about: str) -> None:
    # A rank is no change: only a signed number gets an arrow.
    signed = delta is not None and delta[:1] in "+-"
    st.metric(
        plain(label),
        plain(value),
        delta,
        border=True,
        height="stretch",
        delta_color="off",
        delta_arrow="auto" if signed else "off",
        delta_description=plain(after) if after else None,
        help=plain(about),
    )


def chart_of(
    chart_id: str,
    one: ui.View,
    table: str,
    selection: Selection | None = None,
    without: tuple[str, ...] = (),
) -> None:
    """The card of a chart, where the company has rows of the table that it is drawn from.

    Args:
        chart_id: Which chart.
        one: The view of the company.
        table: The table.
        selection: What it shows; the company alone when None.
        without: Names of choices that the page itself has put to the reader.
    """
    if not one.selected[table].empty:
        chart_card.chart(chart_id, selection=selection or one.selection, without=without)


@part
def neighbours(now: ui.View, company_id: str) -> None:
    """Links to the company before and after by name, and to a comparison that starts with this one."""
    ids = list(profile.company_options(ui.everything_as_of(now), now.selection).items())
    at = [i for i, _ in ids].index(company_id)
    with st.container(horizontal=True, gap="small"):
        if at > 0:
            st.page_link(
                PROFILE,
                label=plain(ids[at - 1][1]),
                icon=":material/arrow_back:",
                query_params=to_profile(now, ids[at - 1][0]),
            )
        if at + 1 < len(ids):
            st.page_link(
                PROFILE,
                label=plain(ids[at + 1][1]),
                icon=":material/arrow_forward:",
                query_params=to_profile(now, ids[at + 1][0]),
            )
        st.page_link(
            "app_pages/compare.py",
            label="Compare with others",
            icon=":material/compare_arrows:",
            query_params=permalink.query(now.selection.picking(compare.PICKS[0], company_id)),
        )


@part
def key_facts(one: ui.View, row: Any) -> None:
    """Key-value list of the company, each value a link to its source."""
    selected, sources = one.selected, one.tables["sources"]

    def listed(frame: pd.DataFrame, column: str, most: int = 5) -> str:
        if frame.empty:
            return ":gray[no source found]"
        shown = [
            tables.link_cell(n, s, sources)
            for n, s in zip(frame[column].head(most), frame["source_ids"].head(most), strict=True)
        ]
        rest = f" :gray[and {len(frame) - most:,} more]" if len(frame) > most else ""
        return ", ".join(shown) + rest

    facts: dict[str, str] = {}
    people = selected["people"]
    people = people[people["valid_to"].isna()]
    leads = landscape.leads_in_force(selected)
    if row.company_id in leads.index:
        lead = leads.loc[row.company_id]
        facts["Leads AI"] = (
            f"{tables.link_cell(lead['person_name'], lead['source_ids'], sources)}, {plain(lead['role'])}"
        )
        people = people[people["person_id"] != lead["person_id"]]
    else:
        facts["Leads AI"] = ":gray[no source found]"
    if len(people):
        facts["Also"] = listed(people.drop_duplicates("person_id"), "person_name")
    facts["Model families"] = listed(
        selected["model_families"].sort_values("is_primary", ascending=False, kind="stable"), "family_name"
    )
    owned = selected["infrastructure"]
    for kind, words in INFRASTRUCTURE_KINDS.items():
        part = owned[owned["infrastructure_kind"] == kind]
        if len(part) or kind in ("chip", "cloud"):
            facts[f"Own {words.lower()}"] = listed(part, "infrastructure_name")
    levers = selected["commercial_levers"].sort_values("is_headline", ascending=False, kind="stable")
    facts["Commercial lever"] = listed(levers, "lever_name", 1)
    facts["Founded"] = tables.link_cell(row.founded_year, row.source_ids, sources)
    facts["Head office"] = tables.link_cell(row.hq_city, row.source_ids, sources)
    ticker = "" if is_missing(row.ticker) else f", {row.ticker}"
    facts["Listed"] = (
        f":gray[{NOT_DISCLOSED}]"
        if is_missing(row.listing)
        else tables.link_cell(f"{row.listing}{ticker}", row.source_ids, sources)
    )
    with card("Profile", f"As of {format_day(one.selection.as_of)}; each value leads to its source"):
        st.table(facts, border="horizontal")
        if not is_missing(row.note):
            st.markdown(f":small[:gray[{plain(row.note)}]]")


# --- Two to four side by side ---


def pick_compared(now: ui.View) -> ui.View:
    """Four choices of a company, the last two may stay empty; the view narrowed to those chosen, in their order."""
    everything = ui.everything_as_of(now)
    options = profile.company_options(everything, now.selection)
    defaults = compare.compared(now.selected, now.selection)[:2]
    defaults += [c for c in options if c not in defaults][: 2 - len(defaults)]
    chosen: list[str] = []
    with st.grid(4, min_column_width=160, gap="small"):
        for n, name in enumerate(compare.PICKS):
            if n < 2:
                first = defaults[n]
                offered = {first: options[first], **{i: w for i, w in options.items() if i != first}}
            else:
                offered = {"": "None", **options}
            one = ui.pick(name, ("First", "Second", "Third", "Fourth")[n], offered)
            if one and one not in chosen:
                chosen.append(one)
    selection = replace(
        now.selection, companies=tuple(chosen), governance_models=(), company_types=(), outside=True
    )
    return ui.narrowed(now, selection)


@part
def profile_links(one: ui.View, now: ui.View) -> None:
    """Links to the profiles of the companies compared."""
    names = one.selected["companies"].set_index("company_id")["company_name"]
    with st.container(horizontal=True, gap="small"):
        for cid in one.selection.companies:
            if cid in names.index:
                st.page_link(
                    PROFILE,
                    label=plain(f"Profile of {short_name(names[cid])}"),
                    icon=":material/arrow_forward:",
                    query_params=to_profile(now, cid),
                )
