"""Numbers about companies: finance and staff, use of products, state registrations, transparency."""

from etl.schema import Table, day, evidence, integer, key, number, one_of, precision, reference, text
from etl.vocabulary import CURRENCIES

METRICS = Table(
    "company_metrics",
    "Finance, staff and investment as stated. One row per company, metric, period and statement.",
    {
        "metric_id": key("Company, metric and period."),
        "company_id": reference("companies.company_id", "Company."),
        "metric": text("Metric, snake_case."),
        "period": text("2025, 2025-H1 or 2025-Q2 in calendar time, or a day."),
        "period_end_date": day("Last day of the period.", ahead=12),
        "known_date": day(
            "Day from which the number is shown: of a plan, the day it was announced; else the last of the period."
        ),
        "known_date_precision": precision("known_date"),
        "value": number("Value in whole units."),
        "unit": text("currency, percent, percent_yoy, people or what the source counts."),
        "currency": one_of(CURRENCIES, "Currency as stated.", nullable=True),
        "note": text("What a reader should know.", nullable=True),
        **evidence(),
    },
)

ADOPTION = Table(
    "adoption",
    "Use of products: users, downloads, tokens a day. One row per product, metric, day and tracker.",
    {
        "adoption_id": key("Company, product, metric, day and tracker."),
        "company_id": reference("companies.company_id", "Company."),
        "product": text("Product or model."),
        "metric": text("Metric, snake_case."),
        "value": number("Value in whole units.", ge=0),
        "unit": text("What is counted: people, downloads, tokens a day."),
        "observed_date": day("Day, or first day of the period, that was counted."),
        "observed_date_precision": precision("observed_date"),
        "tracker": text("Who counted; trackers of one product differ widely.", nullable=True),
        "note": text("What a reader should know.", nullable=True),
        **evidence(),
    },
)

FILINGS = Table(
    "filings",
    "Cumulative counts of generative-AI services registered with the state. One row per announcement.",
    {
        "filing_id": key("Day of the count."),
        "as_of_date": day("Day of the count."),
        "services_filed": integer("Services filed so far.", ge=0),
        "apps_registered": integer("Applications registered so far.", nullable=True, ge=0),
        "announced_date": day("Day of the announcement.", nullable=True),
        "note": text("What a reader should know.", nullable=True),
        **evidence(),
    },
)

TRANSPARENCY = Table(
    "transparency_scores",
    "Scores of the Foundation Model Transparency Index. One row per company and edition.",
    {
        "transparency_id": key("Company and edition."),
        "company_id": reference("companies.company_id", "Company, where it is one of ours.", nullable=True),
        "company_label": text("Name as the index writes it."),
        "index_name": text("Edition of the index."),
        "published_date": day("Day of publication."),
        "score": integer("Indicators met.", ge=0, le=100),
        "indicators": integer("Indicators asked.", ge=1),
        **evidence(),
    },
)

TABLES = (METRICS, ADOPTION, FILINGS, TRANSPARENCY)
