"""Closed lists used by more than one table."""

CONFIDENCE = ("high", "medium", "low", "reported")
PRECISION = ("day", "month", "quarter", "year", "approx")
DIMENSIONS = (
    "decision_authority",
    "base_model_strategy",
    "compute_allocation",
    "data_access",
    "innovation_locus",
    "tooling",
)
QUALIFIERS = ("product_units", "outside_capital")
CURRENCIES = ("USD", "CNY", "HKD", "EUR")
