"""Lists of a company's profile: events, people, labels, prices, what it owns, levers, metrics, claims, sources."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.charts.companies import INFRASTRUCTURE_KINDS
from dashboard.data import citations
from dashboard.data.selection import KNOWN_FROM
from dashboard.facts import proof
from dashboard.facts.metrics import metric_words, money
from dashboard.facts.prices import CURRENCY_WORDS
from dashboard.look.markdown import plain
from dashboard.look.theme import (
    NOT_DISCLOSED,
    chip,
    day_known,
    format_count,
    format_day,
    in_sentence,
    in_words,
    is_missing,
    model_short,
    period_words,
    plural,
)
from dashboard.screen import claimboard, sections, ui
from dashboard.screen.part import part
from dashboard.screen.profiles import card


def _rows_table(rows: list[dict[str, str]], shown: int, key: str) -> None:
    """A table of Markdown cells; what is beyond `shown` rows is one click away."""
    st.table(pd.DataFrame(rows[:shown]), border="horizontal", hide_index=True)
    if rows[shown:]:
        with st.expander(f"Show {len(rows) - shown:,} more", key=f"more-{key}"):
            st.table(pd.DataFrame(rows[shown:]), border="horizontal", hide_index=True)


def _listed(
    title: str,
    about: str,
    found: pd.DataFrame,
    row: Callable[[Any], dict[str, str]],
    key: str,
    none: str,
    shown: int = 6,
) -> None:
    """A card of the rows of a table, each as `row` says it in Markdown; one sentence where there is none."""
    with card(title, about):
        if found.empty:
            st.markdown(f":gray[{none}]")
        else:
            _rows_table([row(r) for r in found.itertuples(index=False)], shown, key)


def _beneath(words: object) -> str:
    """Words as a second line of a cell; nothing where they are missing."""
    return "" if is_missing(words) else f"  \n:gray[{plain(str(words))}]"


def _again(one: ui.View, table: str, row_id: object, column: str, source_ids: object) -> str:
    """What became of a row in its documents, to follow its links; "" where nobody looked."""
    said = proof.of_row(one.tables, table, row_id, column, source_ids)
    return f"  \n:gray[:small[{said}]]" if said else ""


@part
def company_events(one: ui.View) -> None:
    """Every dated reorganisation of the company, newest first, with who says so."""
    events = one.selected["governance_events"].sort_values("event_date", ascending=False, kind="stable")

    def row(r: Any) -> dict[str, str]:
        title = f"**{plain(r.title)}**"
        if not is_missing(r.governance_after):
            before = "" if is_missing(r.governance_before) else f"{model_short(r.governance_before)} → "
            title += f"  \n:gray[{before}{model_short(r.governance_after)}]"
        said = {"Date": format_day(r.event_date, r.event_date_precision), "Event": title}
        if not one.look.compact:
            said["What changed"] = "" if is_missing(r.what_changed) else plain(r.what_changed)
        said["Source"] = citations.links(r.source_ids, one.tables["sources"]) + _again(
            one, "governance_events", r.event_id, "event_date", r.source_ids
        )
        return said if one.look.compact else said | {"Confidence": r.confidence}

    _listed(
        "What changed and who says so",
        f"{plural(len(events), 'dated reorganisation')}, newest first",
        events,
        row,
        "events",
        "No dated reorganisation of its AI work was found in the sources read.",
    )


@part
def company_people(one: ui.View) -> None:
    """Roles with days, those in force first."""
    people = one.selected["people"]
    people = people.assign(_left=people["valid_to"].notna()).sort_values(
        ["_left", "is_ai_lead", "valid_from"], ascending=[True, False, False], kind="stable"
    )

    def row(r: Any) -> dict[str, str]:
        end = "today" if is_missing(r.valid_to) else format_day(r.valid_to, r.valid_to_precision)
        start = (
            ":gray[not disclosed]"
            if is_missing(r.valid_from)
            else format_day(r.valid_from, r.valid_from_precision)
        )
        return {
            "Name": f"**{plain(r.person_name)}**{_beneath(r.person_name_zh)}",
            "Role": plain(r.role) + ("  \n:gray[leads AI]" if r.is_ai_lead else ""),
            "From, to": f"{start} – {end}",
            "Source": citations.links(r.source_ids, one.tables["sources"], 1)
            + _again(one, "people", r.role_id, "", r.source_ids),
        }

    about = f"{plural(len(people), 'role')} in AI, those in force first"
    _listed("People", about, people, row, "people", "No source on who leads its AI was found.")


@part
def company_labels(one: ui.View) -> None:
    """What each source calls the company's governance, with days; the coded label beside them."""
    rows_in = one.selected["governance_assessments"].sort_values(
        ["basis", "valid_from"], ascending=[False, False], kind="stable"
    )

    def row(r: Any) -> dict[str, str]:
        end = "today" if is_missing(r.valid_to) else format_day(r.valid_to, r.valid_to_precision)
        note = "" if r.basis == "reported" else _beneath(r.note)
        days = f"{format_day(r.valid_from, r.valid_from_precision)} – {end}"
        model = chip(r.governance_model_id, one.look)
        # A phone has no room for a column of days.
        return (
            {"Model": f"{model}  \n:gray[{days}]" if one.look.compact else model}
            | {"By": f"{plain(r.reported_by)}{_beneath(r.stated_as)}{note}"}
            | ({} if one.look.compact else {"From, to": days})
            | {
                "Source": citations.links(r.source_ids, one.tables["sources"], 1)
                + _again(one, "governance_assessments", r.assessment_id, "", r.source_ids)
            }
        )

    _listed(
        "Reported and coded",
        "What named sources call its governance, and what the printed rule derives",
        rows_in,
        row,
        "labels",
        "No source names its governance model, and too little is scored for the rule.",
        5,
    )


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
        sections.data_table(
            prices,
            one,
            {
                "model": st.column_config.TextColumn("Model", pinned=True),
                **sections.PRICES,
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
            none="No list price of its models was found.",
        )


@part
def company_owns(one: ui.View) -> None:
    """Chips, clouds, frameworks and platforms of the company."""
    owned = one.selected["infrastructure"]
    order = {k: i for i, k in enumerate(INFRASTRUCTURE_KINDS)}
    owned = owned.assign(_o=owned["infrastructure_kind"].map(order)).sort_values(
        ["_o", "announced_date"], ascending=[True, False], na_position="last", kind="stable"
    )

    def row(r: Any) -> dict[str, str]:
        zh = "" if is_missing(r.infrastructure_name_zh) else f" :gray[{plain(r.infrastructure_name_zh)}]"
        what = [str(v) for v in (r.description, r.status) if not is_missing(v)]
        when = day_known(r.announced_date, r.announced_date_precision, "  \n:gray[{}]")
        return {
            "System": f"**{plain(r.infrastructure_name)}**{zh}  \n"
            f":gray[{INFRASTRUCTURE_KINDS[r.infrastructure_kind].removesuffix('s')}]",
            "What it is": plain("; ".join(what)) + when,
            "Source": citations.links(r.source_ids, one.tables["sources"], 1),
        }

    about = f"{plural(len(owned), 'system')} of its own with a source"
    none = "No source on chips, clouds or frameworks of its own was found."
    _listed("Infrastructure", about, owned, row, "owned", none)


@part
def company_levers(one: ui.View) -> None:
    """How the company turns AI into money or reach, the lever it leads with first."""
    levers = one.selected["commercial_levers"].sort_values(
        ["is_headline", "since_date"], ascending=[False, False], na_position="last", kind="stable"
    )

    def row(r: Any) -> dict[str, str]:
        since = day_known(r.since_date, r.since_date_precision, "  \n:gray[since {}]")
        return {
            "Lever": f"**{plain(r.lever_name)}**  \n:gray[{in_words(r.lever)}]",
            "How it is used": ("" if is_missing(r.description) else plain(r.description)) + since,
            "Source": citations.links(r.source_ids, one.tables["sources"], 1),
        }

    about = f"{plural(len(levers), 'lever')} with a source"
    _listed("Commercial levers", about, levers, row, "levers", "No source on how it earns from AI was found.")


@part
def company_metrics(one: ui.View) -> None:
    """Finance, staff and use as stated, newest first."""
    metrics = one.selected["company_metrics"].rename(columns={"known_date": "day"})
    metrics = metrics.assign(
        what=[metric_words(m) for m in metrics["metric"]],
        when=[period_words(str(p)) for p in metrics["period"]],
        amount=[
            _stated(v, u, c)
            for v, u, c in zip(metrics["value"], metrics["unit"], metrics["currency"], strict=True)
        ],
    )
    use = one.selected["adoption"]
    use = use.assign(
        day=use.get(KNOWN_FROM, use["observed_date"]),
        what=[f"{p}: {in_sentence(in_words(m))}" for p, m in zip(use["product"], use["metric"], strict=True)],
        when=[
            format_day(d, p)
            for d, p in zip(use["observed_date"], use["observed_date_precision"], strict=True)
        ],
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
            none="No figure on money, staff or use was found.",
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

    def row(r: Any) -> dict[str, str]:
        evidence = "" if is_missing(r.evidence) else plain(r.evidence)
        if not is_missing(r.correct_value):
            evidence += f"  \n:gray[Instead: {plain(r.correct_value)}]"
        return {
            "Claim": plain(r.claim),
            "Verdict": f"**{claimboard.VERDICT_WORDS[r.verdict]}**",
            "Evidence": evidence,
            "Sources": citations.links(r.source_ids, one.tables["sources"]),
        }

    about = f"{plural(len(claims), 'claim')} of articles, checked"
    _listed("Claims about it", about, claims.sort_values("claim_id", kind="stable"), row, "claims", "", 4)


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
