"""Parts of the governance page that are not charts: what changed and why, one event, the printed rule, the what-if."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.charts.before_after import COMPANY, EVENT, company_options, event_options
from dashboard.charts.governance import DIMENSIONS
from dashboard.charts.ways import QUALIFIER_WORDS
from dashboard.data import citations
from dashboard.data.cut import everyone
from dashboard.data.selection import apart, earlier, kept, names_by_id
from dashboard.facts import changes, landscape, over_time, what_if, windows
from dashboard.facts.flagships import FLAGSHIP
from dashboard.look.markdown import plain
from dashboard.look.theme import chip, format_day, is_missing, join_words, model_short, plural
from dashboard.screen import chart_card, ui
from dashboard.screen.part import part
from dashboard.screen.tables import rows_table
from etl.governance_rule import INDEX_SENTENCE, LEVELS, RULE, UNDETERMINED, has_units

#: Rows of a list before the rest is folded away.
LISTED = 6
#: Rows of a list at most: fewer than any reader reads, more than thirty organisations give.
TOLD = 50


# --- What changed between the two days ---


@part
def what_changed(now: ui.View) -> None:
    """Relabelled organisations with reason and sources, new leaders, new flagships between the two days."""
    found = changes.found_since(now.selected, now.selection, changes.STEERING)
    names = names_by_id(now.selected)
    found = found.assign(company_name=[names.get(c) for c in found["company_id"].tolist()])
    since = min(now.selection.since, now.selection.as_of)
    kind = found["kind"].to_numpy(dtype=object)
    labels, leaders, flagships = (kept(found, kind == one) for one in changes.STEERING)
    both = (labels[c].tolist() for c in ("before_model_id", "after_model_id"))
    became = np.array(list(map(changes.moved, *both)), dtype=object)
    known, first, lost = (kept(labels, became == which) for which in ("moved", "first", "lost"))
    with st.container(border=True, gap="small", key="what-changed"):
        with st.container(gap=None):
            st.subheader(plain(_changed_words(*apart(known, now.tables, now.selection), since)), anchor=False)
            st.markdown(
                f":small[:gray[What changed from {format_day(since)} to {format_day(now.selection.as_of)}: governance model "
                f"{now.selection.basis_words}, who leads AI, and each organisation’s flagship]]",
                help=f"{FLAGSHIP}.",
            )
        if found.empty:
            st.markdown(
                ":gray[Nothing that is known here changed between the two days. Choose an earlier day to compare with in the "
                "sidebar.]"
            )
            return
        if len(known):
            told = _relabelled(now, _told(now, known))
            rows_table(now, told[:LISTED])
            if len(told) > LISTED:
                with st.expander(f"{len(known) - LISTED:,} more"):
                    rows_table(now, told[LISTED:])
                    _and_more(len(known) - TOLD)
        for rows, words in (
            (first, f"Described now, not on {format_day(since)}"),
            (lost, f"Described on {format_day(since)}, no longer now"),
        ):
            if len(rows):
                who = [
                    f"{plain(r.company_name)} ({model_short(r.after_model_id)})"
                    if r.after_model_id != UNDETERMINED
                    else plain(r.company_name)
                    for r in rows.head(TOLD).itertuples()
                ]
                more = f", and {len(rows) - TOLD:,} more" if len(rows) > TOLD else ""
                st.markdown(f":small[**{plain(words)}:** {', '.join(who)}{more}]")
        _on_the_day(now, since)
        left, right = st.columns(2, gap="medium")
        with left:
            _listed(now, leaders, "New leaders of AI", _leader)
        with right:
            _listed(now, flagships, "New flagships", _flagship)


class _Change(NamedTuple):
    """What `changes.between` tells of one change, as far as it is shown here."""

    company_id: str
    company_name: str
    before: object
    after: object
    before_model_id: str
    after_model_id: str
    change_date: object
    change_date_precision: object
    reason: object
    reason_detail: object
    reason_date: object
    also: object
    source_ids: object


def _told(now: ui.View, rows: pd.DataFrame) -> list[_Change]:
    """The first rows of what was found in words: of thousands that moved those that are shown are told."""
    # Who is chosen changes nothing of one company: everyone's tables are cut already.
    whole, some = everyone(now.selected), rows.head(TOLD)
    told = changes.in_words(some, earlier(whole, now.selection), whole, now.selection.basis)
    told["company_name"] = some["company_name"].tolist()
    return list(map(_Change, *(told[c] for c in _Change._fields)))


def _changed_words(known: pd.DataFrame, own: pd.DataFrame, since: pd.Timestamp) -> str:
    names, ours = known["company_name"].tolist(), own["company_name"].tolist()
    if ours and len(names) > 3:
        return f"{_changed_words(known, own[:0], since)}, and {join_words(ours)}"
    # Where all are named one by one, nothing is counted.
    names += ours
    if not names:
        return f"No organisation changed its governance model since {format_day(since)}"
    if len(names) <= 3:
        return f"{join_words(names)} changed {'their' if len(names) > 1 else 'its'} governance model since {format_day(since)}"
    return f"{len(names):,} organisations changed their governance model since {format_day(since)}"


def _relabelled(now: ui.View, known: list[_Change]) -> list[dict[str, str]]:
    unexplained, read = (
        [r.company_id for r in known if is_missing(r.reason)],
        ("stated_as", "note", "reported_by"),
    )
    shown = landscape.shown_of(everyone(now.selected), now.selection.basis, unexplained, *read)
    rows = []
    for r in known:
        if is_missing(r.reason):
            stated, note, reporter = shown.get(r.company_id, (None, None, None))
            said = note if is_missing(stated) else stated
            why = ":gray[no dated event near it]"
            if not is_missing(said):
                why = f"{plain(str(reporter))}: {plain(str(said))}"
        else:
            why = f"**{plain(r.reason)}**, {format_day(r.reason_date)}  \n:gray[{plain(r.reason_detail)}]"
        if not is_missing(r.also):
            why += f"  \n:small[Also near it: {plain(r.also)}]"
        scores = _moved_scores(now, r.company_id)
        rows.append(
            {
                "Organisation": f"**{plain(r.company_name)}**  \n:gray[{format_day(r.change_date, r.change_date_precision)}]",
                "From, to": f"{chip(r.before_model_id, now.look)}  \n:gray[↓]  \n{chip(r.after_model_id, now.look)}",
                "Why": why
                + (f"  \n:small[:gray[Scores: {scores}]]" if scores else "")
                + f"  \n:small[{citations.links(r.source_ids, now.tables['sources'], most=3)}]",
            }
        )
    return rows


def _moved_scores(now: ui.View, company_id: str) -> str:
    """Dimensions that moved between the two days, in words: decision authority 1 → 4."""
    since = min(now.selection.since, now.selection.as_of)
    whole = everyone(now.selected)
    old, new = (windows.scores_on(whole, company_id, day) for day in (since, now.selection.as_of))
    moved = [
        f"{DIMENSIONS[d].lower()} {old[d]} → {new[d]}"
        for d in DIMENSIONS
        if d in old and d in new and old[d] != new[d]
    ]
    return ", ".join(moved)


def _on_the_day(now: ui.View, since: pd.Timestamp) -> None:
    """A change on the very day of comparison has already happened on it: it is said, or it would be missed."""
    eve = replace(now.selection, as_of=since, compare=since - pd.Timedelta(days=1))
    if eve.compare is None or eve.as_of == now.selection.as_of:
        return
    then = earlier(now.selected, now.selection)
    spans = over_time.history(everyone(then), eve.basis)
    is_that_day = (spans[["valid_from", "valid_to"]] == since).any(axis=1).to_numpy()
    if names_by_id(then).keys().isdisjoint(kept(spans, is_that_day)["company_id"].tolist()):
        return
    found = changes.changes(then, eve, ("governance",))
    found = found[found["before_model_id"] != UNDETERMINED]
    for r in found.itertuples():
        reason = "" if is_missing(r.reason) else f": {plain(r.reason)}"
        st.markdown(
            f":small[**On {format_day(since)} itself:** {plain(r.company_name)}, from "
            f"{model_short(r.before_model_id)} to {model_short(r.after_model_id)}{reason} "
            f"({citations.links(r.source_ids, now.tables['sources'])})]"
        )


def _listed(now: ui.View, rows: pd.DataFrame, title: str, words: Callable[[_Change], str]) -> None:
    """A short list; what is more than LISTED is folded away."""
    field, mine = apart(rows, now.tables, now.selection)
    st.markdown(f"**{title}** :gray[{len(field):,}{f' and {len(mine):,} of your own' if len(mine) else ''}]")
    if rows.empty:
        st.markdown(":small[:gray[None known between the two days.]]")
        return
    lines = [
        f":small[{words(r)} · {citations.links(r.source_ids, now.tables['sources'], most=1)}]"
        for r in _told(now, rows)
    ]
    st.markdown("  \n".join(lines[:LISTED]))
    if len(lines) > LISTED:
        with st.expander(f"{len(rows) - LISTED:,} more"):
            st.markdown("  \n".join(lines[LISTED:]))
            _and_more(len(rows) - TOLD)


def _and_more(number: int) -> None:
    if number > 0:
        st.caption(
            f"{number:,} older changes are not listed: choose companies, or a later day to compare with."
        )


def _leader(r: _Change) -> str:
    before = "" if is_missing(r.before) else f" after {plain(r.before)}"
    return (
        f"**{plain(r.company_name)}** {plain(r.after)}{before} "
        f":gray[{format_day(r.change_date, r.change_date_precision)}]"
    )


def _flagship(r: _Change) -> str:
    before = "" if is_missing(r.before) else f" after {plain(r.before)}"
    return (
        f"**{plain(r.company_name)}** {plain(r.after)}{before} "
        f":gray[{format_day(r.change_date, r.change_date_precision)}, {plain(r.reason)}]"
    )


# --- One event, before and after ---


@st.fragment
def before_after(now: ui.View) -> None:
    """Any company and any of its events: the dimensions before and after, and the months around."""
    companies = company_options(now.selected, now.selection)
    if not companies:
        ui.nothing(now.selection, "dated event")
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        company = ui.pick(COMPANY, "Company", companies, resets=(EVENT,), width=240)
        selection = now.selection.picking(COMPANY, company)
        events = event_options(now.selected, selection)
        event = ui.pick(EVENT, "Event", events, width=520)
    selection = selection.picking(EVENT, event)
    chart_card.chart("before-after", selection=selection, without=(COMPANY, EVENT))
    chart_card.chart("event-window", selection=selection, without=(COMPANY, EVENT))


# --- How this is coded ---

BESIDE = (
    "Structure on paper is not behaviour: a chart of boxes says who may decide, not who does.",
    "Press and insiders are the main sources; companies seldom publish how their AI work is steered.",
    "The day a reorganisation is announced is not the day it works.",
    "Fewer than thirty companies can illustrate, not prove.",
)
LIMITS = (
    "A score is a dated row with one sentence of evidence and its documents. No evidence, no row: an empty dimension is "
    "unknown, not zero.",
    "A label holds from the first day on which its scores hold until the day on which another clause fits.",
    "Where two sources support different scores, both stay. The better-sourced is used (primary over press over analysis, "
    "then the newer), and the other is shown beside it.",
    "The index compares organisations on the dimensions that happen to be known; how many of six stands beside every index.",
    "Labs and start-ups have no units to centralise, so they get a label and no index.",
    "What named sources call a company is kept beside the coded label and never overwritten.",
)


@part
def rule_printed(now: ui.View) -> None:
    """The rule on one page: levels, index, clauses, and what must be said beside them."""
    with st.container(border=True, gap="small", key="rule"):
        with st.container(gap=None):
            st.subheader("How this is coded", anchor=False)
            st.markdown(
                ":small[:gray[Six dimensions, scored 0 (each unit for itself) to 4 (one group authority), an index, and a "
                "label: the same rule for every organisation. Decision rights by domain follow Weill and Ross, IT Governance "
                "(2004).]]"
            )
        st.markdown("**1. Scores**")
        rows_table(
            now,
            [
                {"Dimension": f"**{DIMENSIONS[d]}**"} | {str(n): word for n, word in enumerate(words)}
                for d, words in LEVELS.items()
            ],
        )
        st.markdown(f"**2. Index**  \n{INDEX_SENTENCE}")
        st.markdown("**3. Label**: the first clause that fits, from top to bottom")
        st.table(
            pd.DataFrame(
                [
                    {"": str(n), "Governance model": chip(model, now.look), "When": sentence}
                    for n, (model, sentence) in enumerate(RULE, 1)
                ]
            ),
            border="horizontal",
            hide_index=True,
        )
        left, right = st.columns(2, gap="medium")
        with left:
            st.markdown("**What must be said beside it**\n\n" + "\n".join(f"- {line}" for line in BESIDE))
        with right:
            st.markdown("**Evidence and limits**\n\n" + "\n".join(f"- {line}" for line in LIMITS))


# --- What if ---


def _scenario(now: ui.View) -> what_if.Scenario:
    picked = st.session_state.get("_picked", {})
    ids = set(now.tables["companies"]["company_id"])
    found, said = what_if.parse(picked.get(what_if.WEIGHTS, ""), picked.get(what_if.SCORES, ""), ids)
    for sentence in said:
        st.caption(plain(sentence))
    return found


def _level(words: Sequence[str], score: int | None) -> str:
    """A score in words, as offered in the select."""
    return "no score" if score is None else f"{score} · {words[score]}"


def _keep(scenario: what_if.Scenario) -> None:
    """Puts a scenario into the address; it is nowhere else."""
    for name, value in zip((what_if.WEIGHTS, what_if.SCORES), what_if.written(scenario), strict=True):
        if value:
            st.session_state["_picked"][name] = value
        else:
            st.session_state["_picked"].pop(name, None)
    ui.set_picked_address()


def _put(widget: str, value: Any) -> None:
    """What stands in the address stands in the widget."""
    if st.session_state.get(widget, ...) != value:
        st.session_state[widget] = value


@st.fragment
def what_if_panel(now: ui.View) -> None:
    """Other weights and scores, by the same rule: the reader's own, in the address, never in the data."""
    companies = now.selected["companies"]
    companies = companies[companies["company_type"].map(has_units)].sort_values("company_name", kind="stable")
    stated = {
        c: windows.scores_on(everyone(now.selected), c, now.selection.as_of)
        for c in companies["company_id"].tolist()
    }
    with st.container(border=True, gap="small", key="what-if"):
        scenario = _scenario(now)
        with st.container(horizontal=True, vertical_alignment="top", gap="small", wrap=False):
            with st.container(gap=None):
                st.subheader("What if you scored it otherwise?", anchor=False)
                st.markdown(
                    ":small[:gray[Change weights and scores, and the printed rule is put to them. Whatever you set here is "
                    "yours: it stands in the address, moves nothing else in the app and is never saved.]]"
                )
            if not scenario.is_empty:
                st.button(
                    "Back to the data",
                    icon=":material/undo:",
                    type="tertiary",
                    key="whatif-reset",
                    on_click=_keep,
                    args=(what_if.Scenario(),),
                )
        # A link opens on the company that it rescores; else on the one of which most is known.
        rescored = {company for company, _ in scenario.scores}
        known = [(c in rescored, len(stated[c])) for c in companies["company_id"]]
        companies = companies.assign(_known=known).sort_values("_known", ascending=False, kind="stable")
        offered = {
            c: str(n)
            for c, n in zip(companies["company_id"], companies["company_name"], strict=True)
            if stated[c]
        }
        if not offered:
            ui.nothing(now.selection, "scored organisation")
            return
        company = ui.pick(what_if.COMPANY, "Company to score", offered, width=280)
        left, right = st.columns([3, 2], gap="medium")
        with left:
            _sliders(company, stated[company], scenario)
        with right:
            _result(now, company, offered[company], stated[company], scenario)
        _everyone(now, offered, stated, scenario)


def _sliders(company: str, stated: what_if.Scores, scenario: what_if.Scenario) -> None:
    mine = what_if.applied(stated, company, scenario)

    def score_changed(dimension: str, widget: str) -> None:
        _keep(scenario.scoring(company, dimension, st.session_state[widget], stated.get(dimension)))

    def weight_changed(dimension: str, widget: str) -> None:
        _keep(scenario.weighing(dimension, int(st.session_state[widget])))

    def flag_changed(dimension: str, widget: str) -> None:
        before = stated.get(dimension)
        wanted = 4 if st.session_state[widget] else None
        same = (before == 4) == (wanted == 4)
        _keep(scenario.scoring(company, dimension, before if same else wanted, before))

    for dimension, words in LEVELS.items():
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom", wrap=False):
            widget = f"whatif-{company}-{dimension}"
            _put(widget, mine.get(dimension))
            changed = (company, dimension) in scenario.scores
            options: list[int | None] = [None, *range(len(words))]
            st.selectbox(
                DIMENSIONS[dimension] + (" · yours" if changed else ""),
                options,
                key=widget,
                format_func=partial(_level, words),
                placeholder="no score",
                on_change=score_changed,
                args=(dimension, widget),
                width="stretch",
            )
            weight = f"whatif-weight-{dimension}"
            _put(weight, scenario.weights.get(dimension, 1))
            st.number_input(
                "Weight" + (" · yours" if dimension in scenario.weights else ""),
                0,
                what_if.HEAVIEST,
                key=weight,
                on_change=weight_changed,
                args=(dimension, weight),
                width=130,
            )
    for dimension, question in QUALIFIER_WORDS.items():
        widget = f"whatif-{company}-{dimension}"
        _put(widget, mine.get(dimension) == 4)
        st.toggle(
            question + (" · yours" if (company, dimension) in scenario.scores else ""),
            key=widget,
            on_change=flag_changed,
            args=(dimension, widget),
        )


def _result(
    now: ui.View, company: str, name: str, stated: what_if.Scores, scenario: what_if.Scenario
) -> None:
    data = what_if.outcome(stated, company, "giant", None)
    mine = what_if.outcome(stated, company, "giant", None, scenario)
    moved = None
    if data.index is not None and mine.index is not None and round(mine.index - data.index):
        moved = f"{mine.index - data.index:+.0f}"
    changed = not scenario.is_empty
    st.metric(
        plain(f"{name}: index") + (", yours" if changed else ", as in the data"),
        "not enough scored" if mine.index is None else f"{mine.index:.0f}",
        moved,
        delta_color="off",
        border=True,
    )
    sentence = next(
        s for m, s in RULE if m == mine.model_id and not s.startswith("The company is one model lab")
    )
    st.markdown(
        f"{chip(mine.model_id, now.look)} {'**yours**' if changed else 'by the rule, from the data'}  \n"
        f":gray[{sentence}]"
    )
    if changed:
        index = "no index" if data.index is None else f"index {data.index:.0f}"
        st.markdown(
            f":small[The data gives {chip(data.model_id, now.look)} {index}, {data.scored} of 6 scored. "
            "Weights move the index only; the label follows the scores.]"
        )
    else:
        st.markdown(":small[:gray[Weights move the index only; the label follows the scores.]]")


def _shown(index: float | None) -> str:
    return "–" if index is None else f"{index:.0f}"


def _everyone(
    now: ui.View, offered: dict[str, str], stated: dict[str, what_if.Scores], scenario: what_if.Scenario
) -> None:
    """All organisations under the reader's numbers; nothing where nothing is changed."""
    if scenario.is_empty:
        return
    rows = []
    for company, name in offered.items():
        data = what_if.outcome(stated[company], company, "giant", None)
        mine = what_if.outcome(stated[company], company, "giant", None, scenario)
        if mine.model_id == data.model_id and _shown(mine.index) == _shown(data.index):
            continue
        label = chip(mine.model_id, now.look)
        if mine.model_id != data.model_id:
            label = f"{chip(data.model_id, now.look)} → {label}"
        rows.append(
            {
                "Organisation": f"**{plain(name)}**",
                "Index in the data": _shown(data.index),
                "Yours": f"**{_shown(mine.index)}**",
                "Label": label,
                "_order": -1.0 if mine.index is None else mine.index,
            }
        )
    if not rows:
        st.markdown(":gray[Nothing moves under your numbers.]")
        return
    rows.sort(key=lambda r: -float(str(r["_order"])))
    st.markdown(f"**Under your numbers, {plural(len(rows), 'organisation')} moved**")
    st.table(
        pd.DataFrame(rows).drop(columns="_order"),
        border="horizontal",
        hide_index=True,
    )
