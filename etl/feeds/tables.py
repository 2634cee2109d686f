"""The tables of feed rows: what is kept of each feed, apart from the curated tables."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import pyarrow as pya

TEXT, NUMBER = pya.string(), pya.float64()

#: Columns that every feed row has before its own.
FRONT = {
    "feed": TEXT,
    "file": TEXT,
    "upstream_id": TEXT,
    "upstream_version": TEXT,
    "read_at": TEXT,
    "organization": TEXT,
    "name": TEXT,
    "company_id": TEXT,
    "model_id": TEXT,
}


@dataclass(frozen=True)
class FeedTable:
    """One table of feed rows; a row is found again by feed, file and upstream_id.

    Attributes:
        name: Its name.
        description: What one row is.
        own: Its columns after the common ones.
        day: Column by whose month rows are parted, where they are kept for ever.
    """

    name: str
    description: str
    own: dict[str, pya.DataType]
    day: str = "day"

    @property
    def schema(self) -> pya.Schema:
        """Arrow types of all columns, in order."""
        return pya.schema([pya.field(n, t) for n, t in {**FRONT, **self.own}.items()])

    def frame(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The rows with every column of the table, in its order and type; what is missing is null.

        A text column holds str or None, a number float64.
        """
        made = {}
        for name, kind in {**FRONT, **self.own}.items():
            if name not in rows:
                made[name] = pd.Series([None] * len(rows), index=rows.index, dtype=object)
            elif kind == TEXT:
                cells, missing = rows[name].tolist(), rows[name].isna().tolist()
                text = [None if no or cell == "" else cell for cell, no in zip(cells, missing, strict=True)]
                made[name] = pd.Series(text, index=rows.index, dtype=object)
            if kind == NUMBER:
                values = pd.to_numeric(made.get(name, rows.get(name)), errors="coerce").astype("float64")
                made[name] = values.where(values.abs() != float("inf"))
        return pd.DataFrame(made).reset_index(drop=True)


FEED_TABLES: dict[str, FeedTable] = {
    t.name: t
    for t in (
        FeedTable(
            "models",
            "What a feed says of a model. One row per model of the feed.",
            {
                "release_date": TEXT,
                "parameters_total": NUMBER,
                "parameters_active": NUMBER,
                "training_compute_flop": NUMBER,
                "context_tokens": NUMBER,
                "license": TEXT,
                "weights": TEXT,
                "hf_repo": TEXT,
                "country": TEXT,
                "url": TEXT,
            },
            day="release_date",
        ),
        FeedTable(
            "scores",
            "Scores of models. One row per model, benchmark, setting and version of the scale.",
            {
                "benchmark": TEXT,
                "score": NUMBER,
                "score_low": NUMBER,
                "score_high": NUMBER,
                "votes": NUMBER,
                "rank": NUMBER,
                "setting": TEXT,
                "day": TEXT,
                "scale_version": TEXT,
                "country": TEXT,
                "url": TEXT,
            },
        ),
        FeedTable(
            "prices",
            "List prices in USD per million tokens. One row per provider, model and tier.",
            {
                "provider": TEXT,
                "input_price_per_mtok": NUMBER,
                "output_price_per_mtok": NUMBER,
                "currency": TEXT,
                "tier": TEXT,
                "day": TEXT,
                "url": TEXT,
            },
        ),
        FeedTable(
            "usage",
            "Downloads, shares of tokens, ranks. One row per subject, metric and day.",
            {"metric": TEXT, "value": NUMBER, "unit": TEXT, "day": TEXT, "band": TEXT, "parent": TEXT},
        ),
        FeedTable(
            "reports",
            "Revenue, users, rounds, staff and computing of companies as reported. One row per report.",
            {
                "metric": TEXT,
                "value": NUMBER,
                "unit": TEXT,
                "day": TEXT,
                "report_date": TEXT,
                "scope": TEXT,
                "how": TEXT,
                "certainty": TEXT,
                "url": TEXT,
            },
        ),
        FeedTable(
            "registrations",
            "Registered generative services. One row per entry of the register.",
            {"number": TEXT, "jurisdiction": TEXT, "register": TEXT, "day": TEXT, "url": TEXT},
        ),
        FeedTable(
            "documents",
            "Filings and headlines: title, address and day, nothing of the text. One row per document.",
            {"title": TEXT, "day": TEXT, "form": TEXT, "url": TEXT},
        ),
        FeedTable(
            "transparency",
            "Indicators of transparency. One row per company and indicator.",
            {"index_name": TEXT, "indicator": TEXT, "value": NUMBER, "day": TEXT},
        ),
        FeedTable(
            "chips",
            "Accelerators by owner. One row per owner, chip and day.",
            {
                "chip": TEXT,
                "quantity": NUMBER,
                "quantity_low": NUMBER,
                "quantity_high": NUMBER,
                "h100_equivalents": NUMBER,
                "day": TEXT,
            },
        ),
    )
}

__all__ = ["FEED_TABLES", "FRONT", "FeedTable"]
