"""Words for what companies state of themselves: metrics, and sums of money."""

from __future__ import annotations

import pandas as pd

from dashboard.look.theme import format_count, in_words, money_sign

METRIC_WORDS = {
    "capex": "Capital expenditure",
    "cloud_revenue": "Cloud revenue",
    "ai_and_cloud_capex": "AI and cloud capital expenditure",
    "r_d_spend": "Research and development",
    "r_d_staff": "Staff in research and development",
    "capex_plan": "Planned capital expenditure",
    "ai_capex_plan": "Planned AI capital expenditure",
    "ai_chip_budget": "Budget for AI chips",
    "ai_investment_plan": "Planned investment in AI",
    "r_d_plan": "Planned research and development",
}
#: Metrics that state what is to come.
PLAN_METRICS = ("capex_plan", "ai_capex_plan", "ai_chip_budget", "ai_investment_plan", "r_d_plan")


def plans_in_force(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of company_metrics that state a sum to be spent: of one purpose and period the one told last.

    An older one was raised or cut since, and is no plan any more.
    """
    rows = rows[rows["metric"].isin(PLAN_METRICS) & rows["value"].notna() & rows["currency"].notna()]
    last = rows.groupby(["company_id", "metric", "period"])["known_date"].transform("max")
    return rows[rows["known_date"].eq(last) | last.isna()]


def metric_words(metric: str) -> str:
    """A metric in words."""
    return METRIC_WORDS.get(metric, in_words(metric))


def money(value: float, currency: str) -> str:
    """¥126B, $3.4M: a sum in short scale, in the currency that is stated."""
    return money_sign(currency) + format_count(value)
