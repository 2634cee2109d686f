"""Every table, parents before children."""

from etl.schema import Table
from etl.tables import claims, companies, currency, governance, measures, models, sources

TABLES: tuple[Table, ...] = (
    *sources.TABLES,
    *companies.TABLES,
    *governance.TABLES,
    *models.TABLES,
    *currency.TABLES,
    *measures.TABLES,
    *claims.TABLES,
)

__all__ = ["TABLES"]
