"""Parts of the pages on companies: the directory, one company's profile, and two to four side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pandas as pd
import streamlit as st

from dashboard.charts import compare, profile
from dashboard.charts.companies import (
    INFRASTRUCTURE_KINDS,
    METRIC_WORDS,
    in_sentence,
    in_words,
    money,
    period_words,
)
from dashboard.data import citations, permalink
from dashboard.data.selection import HOME_COUNTRY
from dashboard.facts import flagships, headlines, landscape, ratings
from dashboard.facts.prices import CURRENCY_WORDS, list_prices
from dashboard.look.markdown import plain
from dashboard.look.theme import (
    MODEL_ORDER,
    NOT_DISCLOSED,
    chip,
    format_count,
    format_day,
    format_score,
    is_missing,
    join_words,
    model_short,
    plural,
)
from dashboard.screen import claimboard, sections, tables, ui
from dashboard.screen.part import part

PROFILE = "app_pages/company.py"
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


def _dated(text: object, day: object, precision: object) -> str:
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
    count = len(now.selected["companies"])
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.markdown(f"**{plural(count, 'organisation')}**", width="stretch")
        order = ui.pick("companies.sort", "Sort by", SORTS, width=220)
    _cards(now, order)


@part
def _cards(now: ui.View, order: str) -> None:
    rows = _directory_rows(now).sort_values(
        {
            "governance": ["_rank", "_name"],
            "name": ["_name"],
            "release": ["flagship_date", "_name"],
            "rating": ["rating", "_name"],
            "change": ["event_date", "_name"],
        }[order],
        ascending=order in ("governance", "name") or [False, True],
        na_position="last",
        kind="stable",
    )
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
                        else _dated(r.flagship, r.flagship_date, r.flagship_precision)
                    ),
                    ":gray[Last reorganisation] "
                    + (
                        ":gray[none found]"
                        if is_missing(r.event)
                        else _dated(r.event, r.event_date, r.event_precision)
                    ),
                ]
                if not is_missing(r.rating):
                    lines.append(f":gray[Best Arena rating] {format_score(r.rating, 'elo')}")
                st.markdown("  \n".join(lines))
                st.space("stretch")
                st.page_link(
                    PROFILE,
                    label=plain(f"Profile of {r.company_name}"),
                    icon=":material/arrow_forward:",
                    query_params=to_profile(now, r.company_id),
                )


def _directory_rows(now: ui.View) -> pd.DataFrame:
    """One row a selected company: names, model in force, lead, flagship, last reorganisation, best rating."""
    selected = now.selected
    names = now.tables["companies"]
    companies = names[names["company_id"].isin(selected["companies"]["company_id"])]
    labels = ui.labels(now)
    leads, models = landscape.leads_in_force(selected), flagships.flagships(selected)
    events = landscape.newest_events(selected)
    best = ratings.arena(selected).drop_duplicates("company_id").set_index("company_id")["arena_rating"]

    def of(frame: pd.DataFrame, column: str) -> pd.Series:
        # Not map(): pandas 3.1 cannot map by a column of days without rows.
        return frame[column].reindex(companies["company_id"]).set_axis(companies.index)

    return companies.assign(
        governance_model_id=companies["company_id"].map(labels),
        _rank=companies["company_id"].map(labels).map(MODEL_ORDER),
        _name=companies["company_name"].str.casefold(),
        lead=of(leads, "person_name").fillna(""),
        flagship=of(models, "model_name"),
        flagship_date=of(models, "release_date"),
        flagship_precision=of(models, "release_date_precision"),
        event=of(events, "title"),
        event_date=of(events, "event_date"),
        event_precision=of(events, "event_date_precision"),
        rating=companies["company_id"].map(best),
    )


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
    periods = landscape.periods(one.selected, basis, company_id)
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
        since = (
            ""
            if is_missing(r["valid_from"])
            else f" since {format_day(r['valid_from'], r['valid_from_precision'])}"
        )
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
    found = {h.label: h for h in headlines.headlines(one.selected, one.selection)}
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
            rank = int((rivals["arena_rating"] > r["arena_rating"]).sum()) + 1
            name = field.selected["models"].set_index("model_id")["model_name"][r["model_id"]]
            _number(
                "Best Arena rating",
                format_score(r["arena_rating"], "elo"),
                f"{rank} of {len(rivals)}",
                where,
                f"{name}, Arena text rating without style control, {format_day(r['rating_date'])}; rank among the "
                f"best models of companies {where}. {sections.source_words(mine, one, 'rating_source_ids')}",
            )
        scores = field.selected["transparency_scores"]
        edition = scores[scores["published_date"] == scores["published_date"].max()]
        mine = edition[edition["company_id"] == cid]
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
                f"{rank} of {len(edition)}",
                format_day(r["published_date"], "month"),
                f"{r['index_name']}: indicators met. {sections.source_words(mine, one)}",
            )


def _number(label: str, value: str, delta: str | None, after: str | None, about: str) -> None:
    # A rank is no change: only a signed number gets an arrow.
    signed = delta is not None and delta[:1] in "+-"
    st.metric(
        label,
        value,
        delta,
        border=True,
        height="stretch",
        delta_color="off",
        delta_arrow="auto" if signed else "off",
        delta_description=after,
        help=plain(about),
    )


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
        rest = f" :gray[and {len(frame) - most} more]" if len(frame) > most else ""
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


def _rows_table(rows: list[dict[str, str]], shown: int, key: str) -> None:
    """A table of Markdown cells; what is beyond `shown` rows is one click away."""
    st.table(pd.DataFrame(rows[:shown]), border="horizontal", hide_index=True)
    if rows[shown:]:
        with st.expander(f"Show {len(rows) - shown} more", key=f"more-{key}"):
            st.table(pd.DataFrame(rows[shown:]), border="horizontal", hide_index=True)


@part
def company_events(one: ui.View) -> None:
    """Every dated reorganisation of the company, newest first, with who says so."""
    events = one.selected["governance_events"].sort_values("event_date", ascending=False, kind="stable")
    with card("What changed and who says so", f"{plural(len(events), 'dated reorganisation')}, newest first"):
        if events.empty:
            st.markdown(":gray[No dated reorganisation of its AI work was found in the sources read.]")
            return
        rows = []
        for r in events.itertuples(index=False):
            title = f"**{plain(r.title)}**"
            if not is_missing(r.governance_after):
                before = "" if is_missing(r.governance_before) else f"{model_short(r.governance_before)} → "
                title += f"  \n:gray[{before}{model_short(r.governance_after)}]"
            row = {
                "Date": format_day(r.event_date, r.event_date_precision),
                "Event": title,
            }
            if not one.look.compact:
                row["What changed"] = "" if is_missing(r.what_changed) else plain(r.what_changed)
            row["Source"] = citations.links(r.source_ids, one.tables["sources"])
            if not one.look.compact:
                row["Confidence"] = r.confidence
            rows.append(row)
        _rows_table(rows, 6, "events")


@part
def company_people(one: ui.View) -> None:
    """Roles with days, those in force first."""
    people = one.selected["people"]
    people = people.assign(_left=people["valid_to"].notna()).sort_values(
        ["_left", "is_ai_lead", "valid_from"], ascending=[True, False, False], kind="stable"
    )
    with card("People", f"{plural(len(people), 'role')} in AI, those in force first"):
        if people.empty:
            st.markdown(":gray[No source on who leads its AI was found.]")
            return
        rows = []
        for r in people.itertuples(index=False):
            zh = "" if is_missing(r.person_name_zh) else f"  \n:gray[{plain(r.person_name_zh)}]"
            end = "today" if is_missing(r.valid_to) else format_day(r.valid_to, r.valid_to_precision)
            start = "?" if is_missing(r.valid_from) else format_day(r.valid_from, r.valid_from_precision)
            rows.append(
                {
                    "Name": f"**{plain(r.person_name)}**{zh}",
                    "Role": plain(r.role) + ("  \n:gray[leads AI]" if r.is_ai_lead else ""),
                    "From, to": f"{start.replace('?', ':gray[not disclosed]')} – {end}",
                    "Source": citations.links(r.source_ids, one.tables["sources"], 1),
                }
            )
        _rows_table(rows, 6, "people")


@part
def company_labels(one: ui.View) -> None:
    """What each source calls the company's governance, with days; the coded label beside them."""
    rows_in = one.selected["governance_assessments"].sort_values(
        ["basis", "valid_from"], ascending=[False, False], kind="stable"
    )
    with card(
        "Reported and coded", "What named sources call its governance, and what the printed rule derives"
    ):
        if rows_in.empty:
            st.markdown(":gray[No source names its governance model, and too little is scored for the rule.]")
            return
        rows = []
        for r in rows_in.itertuples(index=False):
            end = "today" if is_missing(r.valid_to) else format_day(r.valid_to, r.valid_to_precision)
            said = "" if is_missing(r.stated_as) else f"  \n:gray[{plain(r.stated_as)}]"
            note = "" if is_missing(r.note) or r.basis == "reported" else f"  \n:gray[{plain(r.note)}]"
            days = f"{format_day(r.valid_from, r.valid_from_precision)} – {end}"
            model = chip(r.governance_model_id, one.look)
            # A phone has no room for a column of days.
            rows.append(
                {"Model": f"{model}  \n:gray[{days}]" if one.look.compact else model}
                | {"By": f"{plain(r.reported_by)}{said}{note}"}
                | ({} if one.look.compact else {"From, to": days})
                | {"Source": citations.links(r.source_ids, one.tables["sources"], 1)}
            )
        _rows_table(rows, 5, "labels")


@part
def company_prices(one: ui.View) -> None:
    """List prices of the company's models, each as one provider listed it on one day."""
    models = one.selected["models"].set_index("model_id")
    prices = one.selected["model_prices"]
    prices = prices.assign(
        model=prices["model_id"].map(models["model_name"]).fillna(prices["model_id"]),
        tier=prices["tier"].str.replace("_", " "),
        _released=models["release_date"].reindex(prices["model_id"]).to_numpy(),
        _extra=prices["tier"] != "standard",
    ).sort_values(
        ["_released", "model", "_extra", "price_date"],
        ascending=[False, True, True, False],
        na_position="last",
        kind="stable",
    )
    days = prices["price_date"]
    currency = one.selection.currency
    converted = one.selected["model_prices_converted"].set_index("price_id")
    prices = prices.assign(
        _in_chosen=converted[f"output_price_{currency.lower()}_per_mtok"]
        .reindex(prices["price_id"])
        .to_numpy(),
        _rate=converted["cny_per_usd"].reindex(prices["price_id"]).to_numpy(),
        _rate_month=converted["rate_month"].reindex(prices["price_id"]).to_numpy(),
    )
    foreign = bool((prices["currency"] != currency).any())
    about = "Per million tokens, as listed"
    if foreign:
        about += f"; in {CURRENCY_WORDS[currency]} at the average rate of the month, the last known where that has none"
    if len(prices):
        about += f"; {plural(len(prices), 'offer')}, {format_day(days.min())} to {format_day(days.max())}"
    with card("Prices", about):
        if prices.empty:
            st.markdown(":gray[No list price of its models was found.]")
            return
        sections.data_table(
            prices,
            one,
            {
                "model": st.column_config.TextColumn("Model", pinned=True),
                "provider": "Provider",
                "tier": "Tier",
                "currency": "Currency",
                "input_price_per_mtok": st.column_config.NumberColumn("Input", format="%.3g"),
                "output_price_per_mtok": st.column_config.NumberColumn("Output", format="%.3g"),
                "price_date": "Listed on",
                **(
                    {
                        "_in_chosen": st.column_config.NumberColumn(f"Output, {currency}", format="%.3g"),
                        "_rate": st.column_config.NumberColumn("Yuan a dollar", format="%.2f"),
                        "_rate_month": st.column_config.DateColumn("Rate of", format="MMM YYYY"),
                    }
                    if foreign
                    else {}
                ),
                **({"zero_reason": "Why zero"} if prices["zero_reason"].notna().any() else {}),
            },
            key="company-prices",
            height="content" if len(prices) <= 8 else 320,
        )


@part
def company_owns(one: ui.View) -> None:
    """Chips, clouds, frameworks and platforms of the company."""
    owned = one.selected["infrastructure"]
    order = {k: i for i, k in enumerate(INFRASTRUCTURE_KINDS)}
    owned = owned.assign(_o=owned["infrastructure_kind"].map(order)).sort_values(
        ["_o", "announced_date"], ascending=[True, False], na_position="last", kind="stable"
    )
    with card("Infrastructure", f"{plural(len(owned), 'system')} of its own with a source"):
        if owned.empty:
            st.markdown(":gray[No source on chips, clouds or frameworks of its own was found.]")
            return
        rows = []
        for r in owned.itertuples(index=False):
            zh = "" if is_missing(r.infrastructure_name_zh) else f" :gray[{plain(r.infrastructure_name_zh)}]"
            what = [str(v) for v in (r.description, r.status) if not is_missing(v)]
            when = (
                ""
                if is_missing(r.announced_date)
                else f"  \n:gray[{format_day(r.announced_date, r.announced_date_precision)}]"
            )
            rows.append(
                {
                    "System": f"**{plain(r.infrastructure_name)}**{zh}  \n"
                    f":gray[{INFRASTRUCTURE_KINDS[r.infrastructure_kind].removesuffix('s')}]",
                    "What it is": plain("; ".join(what)) + when,
                    "Source": citations.links(r.source_ids, one.tables["sources"], 1),
                }
            )
        _rows_table(rows, 6, "owned")


@part
def company_levers(one: ui.View) -> None:
    """How the company turns AI into money or reach, the lever it leads with first."""
    levers = one.selected["commercial_levers"].sort_values(
        ["is_headline", "since_date"], ascending=[False, False], na_position="last", kind="stable"
    )
    with card("Commercial levers", f"{plural(len(levers), 'lever')} with a source"):
        if levers.empty:
            st.markdown(":gray[No source on how it earns from AI was found.]")
            return
        rows = []
        for r in levers.itertuples(index=False):
            since = (
                ""
                if is_missing(r.since_date)
                else f"  \n:gray[since {format_day(r.since_date, r.since_date_precision)}]"
            )
            rows.append(
                {
                    "Lever": f"**{plain(r.lever_name)}**  \n:gray[{in_words(r.lever)}]",
                    "How it is used": ("" if is_missing(r.description) else plain(r.description)) + since,
                    "Source": citations.links(r.source_ids, one.tables["sources"], 1),
                }
            )
        _rows_table(rows, 6, "levers")


@part
def company_metrics(one: ui.View) -> None:
    """Finance, staff and use as stated, newest first."""
    metrics = one.selected["company_metrics"].rename(columns={"known_date": "day"})
    metrics = metrics.assign(
        what=[METRIC_WORDS.get(m, in_words(m)) for m in metrics["metric"]],
        when=[period_words(str(p)) for p in metrics["period"]],
        amount=[
            _stated(v, u, c)
            for v, u, c in zip(metrics["value"], metrics["unit"], metrics["currency"], strict=True)
        ],
    )
    use = one.selected["adoption"].rename(columns={"observed_date": "day"})
    use = use.assign(
        what=[f"{p}: {in_sentence(in_words(m))}" for p, m in zip(use["product"], use["metric"], strict=True)],
        when=[format_day(d, p) for d, p in zip(use["day"], use["observed_date_precision"], strict=True)],
        amount=[f"{format_count(v)} {u}" for v, u in zip(use["value"], use["unit"], strict=True)],
        note=[
            "; ".join(str(x) for x in (t and f"counted by {t}", n) if x and not is_missing(x))
            for t, n in zip(use["tracker"].fillna(""), use["note"], strict=True)
        ],
    )
    kept = ["day", "what", "when", "amount", "note", "confidence", "source_ids"]
    both = (
        pd.concat([f[kept] for f in (metrics, use) if len(f)]) if len(metrics) + len(use) else metrics[kept]
    )
    both = both.sort_values("day", ascending=False, kind="stable")
    with card("Metrics", f"{plural(len(both), 'statement')} on money, staff and use, newest first"):
        if both.empty:
            st.markdown(":gray[No figure on money, staff or use was found.]")
            return
        sections.data_table(
            both,
            one,
            {
                "what": st.column_config.TextColumn("Metric", pinned=True),
                "when": "Period",
                "amount": "Value",
                "note": st.column_config.TextColumn("Note", width="medium"),
            },
            key="company-metrics-table",
            height="content" if len(both) <= 8 else 340,
        )


def _stated(value: float, unit: str, currency: object) -> str:
    if not is_missing(currency):
        return money(float(value), str(currency))
    if unit.startswith("percent"):
        return f"{value:g} %" + (" against the year before" if unit == "percent_yoy" else "")
    return f"{format_count(value)} {unit.replace('_', ' ')}"


@part
def company_claims(one: ui.View) -> None:
    """Claims of articles about the company, with verdict and evidence."""
    claims = one.selected["claims"]
    if claims.empty:
        return
    with card("Claims about it", f"{plural(len(claims), 'claim')} of articles, checked"):
        rows = []
        for r in claims.sort_values("claim_id", kind="stable").itertuples(index=False):
            evidence = "" if is_missing(r.evidence) else plain(r.evidence)
            if not is_missing(r.correct_value):
                evidence += f"  \n:gray[Instead: {plain(r.correct_value)}]"
            rows.append(
                {
                    "Claim": plain(r.claim),
                    "Verdict": f"**{claimboard.VERDICT_WORDS[r.verdict]}**",
                    "Evidence": evidence,
                    "Sources": citations.links(r.source_ids, one.tables["sources"]),
                }
            )
        _rows_table(rows, 4, "claims")


@part
def company_sources(one: ui.View) -> None:
    """Every document that a row of the company rests on, most used first."""
    cells = [
        frame["source_ids"]
        for name, frame in one.selected.items()
        if name != "sources" and "company_id" in frame and "source_ids" in frame
    ]
    used = citations.cited(pd.concat(cells), one.tables["sources"])
    counts: dict[str, int] = {}
    for cell in pd.concat(cells).dropna():
        for one_id in cell.split("; "):
            counts[one_id] = counts.get(one_id, 0) + 1
    used = used.assign(rows=used["source_id"].map(counts))
    with card(
        "All sources",
        f"{plural(len(used), 'document')} of {plural(used['publisher'].nunique(), 'publisher')}, most used first",
    ):
        st.dataframe(
            used[["publisher", "title", "published_date", "kind", "rows", "url", "accessed_date"]],
            column_config={
                "publisher": st.column_config.TextColumn("Publisher", pinned=True),
                "title": st.column_config.TextColumn("Title", width="large"),
                "published_date": st.column_config.DateColumn("Published", format="D MMM YYYY"),
                "kind": "Kind",
                "rows": st.column_config.NumberColumn("Facts", help="Facts of this company that rest on it."),
                "url": st.column_config.LinkColumn("Address", width="medium"),
                "accessed_date": st.column_config.DateColumn("Read", format="D MMM YYYY"),
            },
            hide_index=True,
            height="content" if len(used) <= 8 else 320,
            key="company-sources",
            placeholder=NOT_DISCLOSED,
        )


# --- Every model ---

#: Columns of models that the table shows at first, in order; the rest waits in its column menu.
MODEL_COLUMNS = (
    "model_name",
    "company",
    "family",
    "release_date",
    "weights",
    "license",
    "modality",
    "parameters_total",
    "parameters_active",
    "context_tokens",
    "arena_rating",
    "output_price_per_mtok",
    "converted_from",
    "source",
)


def models_table(now: ui.View) -> None:
    """Every model of the selection with every column; a company's name leads to its profile."""
    with card(
        "Every model",
        f"{plural(len(now.selected['models']), 'model')}, newest first; empty means not disclosed. Search, columns and "
        "download: top right of the table",
    ):
        ui.chart_tools("model-list", "The newest models in a list, as slide or file")
        _models_rows(now)


@part
def _models_rows(now: ui.View) -> None:
    selected = now.selected
    names = selected["companies"].set_index("company_id")["company_name"]
    families = selected["model_families"].set_index("family_id")["family_name"]
    currency = now.selection.currency
    urls = now.tables["sources"].set_index("source_id")["url"]
    models = selected["models"].merge(
        ratings.arena(selected)[["model_id", "arena_rating"]], on="model_id", how="left"
    )
    models = models.merge(
        list_prices(selected, currency)[["model_id", "output_price_per_mtok", "converted_from"]],
        on="model_id",
        how="left",
    )
    models = models.sort_values("release_date", ascending=False, na_position="last", kind="stable")
    first = [urls.get(citations.first_id(c)) for c in models["source_ids"]]
    models = models.assign(
        company=[
            f"{permalink.link('company', now.selection.picking(profile.COMPANY, c))}#{quote(str(names[c]))}"
            for c in models["company_id"]
        ],
        family=models["family_id"].map(families),
        source=[u if u and u.startswith("http") else None for u in first],
    )
    hidden = ("model_id", "company_id", "family_id", "source_ids")
    about: dict[str, Any] = {
        "model_name": st.column_config.TextColumn("Model", pinned=True),
        "company": st.column_config.LinkColumn(
            "Company", display_text=r"#(.+)$", help="Leads to the company's profile."
        ),
        "family": "Family",
        "release_date": st.column_config.DateColumn("Released", format="D MMM YYYY"),
        "release_date_precision": "Date exact to",
        "weights": "Weights",
        "license": "Licence",
        "modality": "Modality",
        "parameters_total": st.column_config.NumberColumn("Parameters, total", format="compact"),
        "parameters_active": st.column_config.NumberColumn("Parameters, active", format="compact"),
        "context_tokens": st.column_config.NumberColumn("Context, tokens", format="compact"),
        "max_output_tokens": st.column_config.NumberColumn("Longest output, tokens", format="compact"),
        "arena_rating": st.column_config.NumberColumn(
            "Arena rating", format="%.0f", help="Text, without style control, newest snapshot known."
        ),
        "output_price_per_mtok": st.column_config.NumberColumn(
            f"Output price, {currency}",
            format="%.3g",
            help="Per million tokens; newest standard offer, one listed in this currency first.",
        ),
        "converted_from": st.column_config.TextColumn(
            "Price converted from",
            help="Where the offer is listed in the other currency: amount, rate, its month.",
        ),
        "input_modalities": "Inputs",
        "output_modalities": "Outputs",
        "architecture": "Architecture",
        "is_reasoning": "Reasons",
        "training_compute_flop": st.column_config.NumberColumn("Training compute, FLOP", format="scientific"),
        "hf_repo": "Hugging Face",
        "is_rolling_alias": "Model changes",
        "alternatives": st.column_config.TextColumn("Other values", help="What other sources give."),
        "note": "Note",
        "confidence": "Confidence",
        "source": st.column_config.LinkColumn(
            "Source", display_text=r"https?://(?:www\.)?([^/]+)", help="The first of the row's documents."
        ),
    }
    st.dataframe(
        models[[*MODEL_COLUMNS, *(c for c in models if c not in MODEL_COLUMNS and c not in hidden)]],
        column_config=about,
        column_order=MODEL_COLUMNS,
        hide_index=True,
        height=560,
        key="models-table",
        placeholder=NOT_DISCLOSED,
    )


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
                    label=plain(f"Profile of {names[cid]}"),
                    icon=":material/arrow_forward:",
                    query_params=to_profile(now, cid),
                )
