"""Charts that are lists: the headline numbers, reorganisations, models."""

from __future__ import annotations

import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts import marks
from dashboard.charts.kinds.table import Cell, Table
from dashboard.charts.rows import counted, days, lone_top, names_of, ordered, worded
from dashboard.charts.spec import Chart, Choice, on
from dashboard.data.overlay import added_companies
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.facts import headlines, landscape, ratings
from dashboard.facts.metrics import METRIC_WORDS, money, plans_in_force
from dashboard.facts.models import released
from dashboard.facts.prices import converted_note, list_prices
from dashboard.look import theme
from dashboard.look.scales import GOVERNANCE

# --- Headline numbers ---

HEADLINE_NUMBERS = col.Frame(
    "numbers, in the overview's order",
    number="what is counted",
    value="as shown, with its unit",
    change="as shown, with its unit; empty where there is nothing to compare with",
    compared_with="what the change is counted from",
    definition="what the number means",
)


def headline_numbers(tables: Tables, selection: Selection) -> pd.DataFrame:
    """The numbers that open the overview."""
    found = [] if tables["companies"].empty else headlines.headlines(tables, selection)
    rows = [
        (
            h.label,
            h.value,
            h.delta,
            h.against if h.delta else None,
            h.help,
            marks.joined_sources(*h.source_ids),
        )
        for h in found
    ]
    return pd.DataFrame(rows, columns=HEADLINE_NUMBERS.names).astype("str")


def headline_numbers_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """The first number in words, with its change."""
    first = frame.iloc[0]
    if first["number"] != "Centralised, CEO" or first["value"].endswith(" of 1"):
        return ""
    said = f"{first['value']} organisations put AI under the chief executive"
    if theme.is_missing(first["change"]):
        return said
    more = "more" if first["change"].startswith("+") else "fewer"
    return f"{said}, {first['change'].lstrip('+-')} {more} than on {first['compared_with']}"


# --- Reorganisations ---

WINDOW = "reorganisations.window"
CHOOSE_WINDOW = Choice(
    WINDOW,
    "Period",
    lambda tables, selection: {"all": "All years", "since": f"Since {theme.format_day(selection.since)}"},
)
REORGANISATIONS = col.Frame(
    "dated changes, newest first",
    "confidence",
    event_date=col.day("day of the change, or of its announcement"),
    day=col.text("the day as exactly as it is known", "Date"),
    company_name=col.company(),
    title=col.text("what happened", "Reorganisation"),
    what_changed="what it changed",
    before=col.of_scale(GOVERNANCE, "governance model before, where a source states it", "Before"),
    after=col.of_scale(GOVERNANCE, "governance model after, where a source states it", "After"),
    people="who was named, moved or left",
)


def reorganisations(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Dated changes in who steers AI, those of the picked period."""
    events = landscape.reorganisations(tables)
    if selection.pick(WINDOW) == "since":
        events = events[events["event_date"] > selection.since]
    events = ordered(events, "-event_date", "event_id")
    events = events.assign(
        day=days(events, "event_date"),
        company_name=events["company_id"].map(names_of(tables)),
        before=worded(events["governance_before"], theme.model_short),
        after=worded(events["governance_after"], theme.model_short),
    )
    return REORGANISATIONS.of(events)


def reorganisations_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Who reorganised most, where one company did; of one alone how often, and what came last."""
    counts = frame["company_name"].value_counts()
    if len(counts) == 1:
        last, changes = frame.iloc[0], theme.plural(len(frame), "dated change")
        return (
            f"{last['company_name']}: {changes} in who steers AI, the newest “{last['title']}”, {last['day']}"
        )
    top = lone_top(counts)
    if top is None:
        return ""
    return f"{top} reorganised its AI most often: {counts[top]:,} of {len(frame):,} dated changes"


# --- Plans ---

INVESTMENT_PLANS = col.Frame(
    "plans; running ones first, then by share of a year within a currency, largest first",
    "confidence",
    company_name=col.company(),
    plan="what the money is for",
    period="calendar years that the plan covers",
    amount="sum in the currency stated",
    a_year="equal share of one year of the plan",
    announced="day of the announcement, as exactly as it is known",
    is_over=col.flag("the period has ended"),
    value=col.money("sum, in whole currency units", "currency"),
    currency="currency of the sum; never converted",
    note="what to know of the plan",
)


def investment_plans(tables: Tables, selection: Selection) -> pd.DataFrame:
    """What companies have said they will spend, as stated; nothing is converted or added up."""
    rows = plans_in_force(tables["company_metrics"])
    share = rows["value"] / rows["period"].map(_years)
    rows = rows.assign(
        company_name=rows["company_id"].map(names_of(tables)),
        plan=rows["metric"].map(METRIC_WORDS),
        period=rows["period"].map(theme.period_words),
        amount=list(map(money, rows["value"], rows["currency"])),
        a_year=list(map(money, share, rows["currency"])),
        announced=days(rows, "known_date"),
        is_over=rows["period_end_date"] < selection.as_of,
    )
    return INVESTMENT_PLANS.of(ordered(rows, "is_over", "currency", "-_share", "metric_id", _share=share))


def _years(period: str) -> int:
    """Years of a period: three of "2025 to 2027", one of "2026"."""
    first, _, last = period.partition(" to ")
    return int(last) - int(first) + 1 if last else 1


def investment_plans_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """The largest running plan, where all are of one currency."""
    running = frame[~frame["is_over"]]
    if len(running) < 2 or running["currency"].nunique() > 1:
        return ""
    first = running.iloc[0]
    return f"{first['company_name']} plans most a year: {first['a_year']}, announced {first['announced']}"


# --- Models ---

ORDER = "model-list.order"
ORDERS = {"newest": "Newest first", "best": "Best Arena rating first"}
CHOOSE_ORDER = Choice(ORDER, "Order", lambda tables, selection: ORDERS)
#: Models of the list; all of them are in the table of the Models page.
MOST_MODELS = 24
MODEL_LIST = col.Frame(
    "models, in the picked order",
    "confidence",
    model_name=col.model(),
    company_name=col.company(),
    released="day of the release, as exactly as it is known",
    weights=col.WEIGHTS,
    parameters="all parameters, in short scale",
    context=col.text("context window", "Context, tokens"),
    arena=col.text("text rating without style control, points", "Arena rating"),
    output_price="list price of a million tokens of output, in the currency of the selection",
    converted_from="listed amount, rate and its month; empty where listed in that currency",
    order="newest or best",
    models=col.count("model", "how many there are in all"),
    model_id=col.key("id of the model"),
)


def model_list(tables: Tables, selection: Selection) -> pd.DataFrame:
    """The first models in the picked order, and a reader's own among them; those without what the order needs are left out."""
    models = released(tables["models"])
    for more in (ratings.arena(tables).drop(columns="company_id"), list_prices(tables, selection.currency)):
        models = models.merge(more, on="model_id", how="left")
    order = CHOOSE_ORDER.picked(tables, selection)
    by = {"newest": "release_date", "best": "arena_rating"}[order]
    models = ordered(models.dropna(subset=[by]), f"-{by}", "model_id")
    own = models["company_id"].isin(added_companies(tables))
    shown = models[own.groupby(own).cumcount() < MOST_MODELS]
    shown = shown.assign(
        company_name=shown["company_id"].map(names_of(tables)),
        released=days(shown, "release_date"),
        parameters=worded(shown["parameters_total"], theme.format_count),
        context=worded(shown["context_tokens"], theme.format_tokens),
        arena=worded(shown["arena_rating"], theme.format_score, "elo"),
        output_price=worded(shown["output_price_per_mtok"], theme.format_money, selection.currency),
        order=order,
        models=len(models),
        source_ids=marks.cited(shown, "source_ids", "rating_source_ids", "price_source_ids"),
    )
    first = "newest first" if order == "newest" else "best rating first"
    converted = converted_note(shown["converted_from"], ", {}")
    return counted(MODEL_LIST.of(shown), len(models), first=first, converted=converted)


def model_list_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """What stands first."""
    first = frame.iloc[0]
    if first["order"] == "best":
        return f"{first['company_name']} leads the Arena ratings shown, with {first['model_name']} at {first['arena']}"
    return f"Newest on record: {first['model_name']} of {first['company_name']}, {first['released']}"


CHARTS = on(
    "overview",
    Chart(
        title="The landscape in five numbers",
        question="What changed since the last board meeting?",
        subtitle="On {day}, change since {since}",
        shows=HEADLINE_NUMBERS.by(headline_numbers, headline_numbers_finding),
        kind=Table(HEADLINE_NUMBERS.own),
        note="Earlier periods hold fewer reorganisations because fewer were collected.",
    ),
    Chart(
        title="Reorganisations",
        question="Which reorganisations are on record?",
        subtitle="{rows:dated change} at {organisations}, {oldest.event_date:month} to {newest.event_date:month}, newest first",
        shows=REORGANISATIONS.by(reorganisations, reorganisations_finding),
        kind=Table(
            (Cell("day", ordered="event_date"), "company_name", "title", "what_changed"),
            more=("before", "after", "people"),
            sortable=True,
        ),
        topic="governance",
        note="The day is that of the announcement where known; months and quarters stand as stated.",
        choices=(CHOOSE_WINDOW,),
    ),
    Chart(
        title="Announced plans of investment",
        question="Who plans to spend how much on AI?",
        subtitle="{rows:plan} of {organisations}, as stated; a year of several: the equal share",
        shows=INVESTMENT_PLANS.by(investment_plans, investment_plans_finding),
        kind=Table(("company_name", "plan", "period", "amount", "a_year", "announced")),
        topic="companies",
        note="A plan is what a company or a report said would be spent, not what was; plans may overlap.",
    ),
    Chart(
        title="Models in a list",
        question="Which models are newest, or best rated?",
        subtitle="{rows} of {most.models:model}, {noted[first]}; list price of output per million tokens{noted[converted]}",
        shows=MODEL_LIST.by(model_list, model_list_finding),
        kind=Table(MODEL_LIST.own[: MODEL_LIST.own.index("converted_from")]),
        topic="models",
        note="Arena: text ratings without style control, newest snapshot known.",
        choices=(CHOOSE_ORDER,),
        scales=("lmarena-text", ratings.RATES),
    ),
)
