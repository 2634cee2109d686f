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
    readings,
    review,
    sources,
    verifications,
)

TABLES: tuple[Table, ...] = (
    *sources.TABLES,
    *companies.TABLES,
    *governance.TABLES,
    *readings.TABLES,
    *models.TABLES,
    *benchmarks.TABLES,
    *prices.TABLES,
    *currency.TABLES,
    *measures.TABLES,
    *claims.TABLES,
    *review.TABLES,
    *verifications.TABLES,
)

__all__ = ["TABLES"]
