"""Every table, parents before children."""

from etl.schema import Table
from etl.tables import (
    benchmarks,
    claims,
    companies,
    currency,
    governance,
    measures,
    models,
    prices,
    review,
    sources,
)

TABLES: tuple[Table, ...] = (
    *sources.TABLES,
    *companies.TABLES,
    *governance.TABLES,
    *models.TABLES,
    *benchmarks.TABLES,
    *prices.TABLES,
    *currency.TABLES,
    *measures.TABLES,
    *claims.TABLES,
    *review.TABLES,
)

__all__ = ["TABLES"]
