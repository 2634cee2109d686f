"""How large models are: parameters and context windows."""

from __future__ import annotations

from math import log2

import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts import marks
from dashboard.charts.kinds.points import Along, Points
from dashboard.charts.rows import counted, ordered, released_models
from dashboard.charts.spec import Chart, on
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.look.theme import format_count, format_tokens, join_words

# --- Size over time ---

PARAMETERS = col.Frame(
    "models, release days ascending",
    "is_outside",
    "confidence",
    "caveat",
    model_name=col.model(),
    **col.WHO,
    release_date=col.day("day of the release"),
    parameters_total=col.count("parameter", "all parameters, every expert", heading="Parameters"),
    parameters_active=col.count("parameter", "parameters active per token; empty where not stated"),
    architecture=col.ARCHITECTURE,
    is_largest=col.flag("largest of its company"),
)


def parameters(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Models with a release date and a stated number of parameters."""
    models = released_models(tables, selection.basis)
    is_told = models["release_date"].notna() & (models["parameters_total"] > 0)
    rows = models.loc[is_told, PARAMETERS.among(models, "company_id", "alternatives")]
    largest = ordered(rows, "-parameters_total", "release_date").drop_duplicates("company_id").index
    is_disputed = rows["alternatives"].str.contains("parameter", case=False, na=False)
    rows = rows.assign(
        architecture=rows["architecture"].fillna("not stated"),
        caveat=marks.caveat_cells(rows, disputed=is_disputed),
        is_largest=rows.index.isin(largest),
    )
    return counted(ordered(rows, "release_date", "parameters_total")[PARAMETERS.names], len(models))


def parameters_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Names the largest model stated, or both where two are as large."""
    top = frame["parameters_total"].max()
    names = list(dict.fromkeys(frame.loc[frame["parameters_total"] == top, "model_name"]))
    if len(names) > 2:
        return ""
    said = (
        f"{names[0]} is the largest model"
        if len(names) == 1
        else f"{join_words(names)} are the largest models"
    )
    return f"{said} whose size is stated: {format_count(top)} parameters"


# --- Context window over time ---

CONTEXT_WINDOW = col.Frame(
    "models, release days ascending",
    "is_outside",
    model_name=col.model(),
    **col.WHO,
    release_date=col.day("day of the release"),
    context_tokens=col.tokens("longest input, in tokens", "Context window"),
    is_record=col.flag("longer by a tenth than every model before"),
)


def context_window(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Models with a release date and a stated context window."""
    models = released_models(tables, selection.basis)
    is_told = models["release_date"].notna() & (models["context_tokens"] > 0)
    rows = ordered(models.loc[is_told, CONTEXT_WINDOW.among(models)], "release_date", "-context_tokens")
    tokens = rows["context_tokens"].astype("float64")
    # 1,000,000 and 1,048,576 are both sold as "1M": a record is a window a tenth longer than all before.
    rows = rows.assign(is_record=tokens > tokens.cummax().shift(fill_value=0.0) * 1.1)
    return counted(rows[CONTEXT_WINDOW.names], len(models))


def context_window_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """How many times the typical window grew from the first to the last full year shown."""
    years = frame["release_date"].dt.year
    typical = frame["context_tokens"].astype("float64").groupby(years).median()
    typical = typical[years.value_counts().reindex(typical.index) >= 8]
    if len(typical) < 2 or typical.iloc[-1] <= typical.iloc[0]:
        return ""
    (first, old), *_, (last, new) = typical.items()
    return f"The median context window grew from {_about(old)} tokens in {first} to {_about(new)} in {last}"


def _about(tokens: float) -> str:
    """A median may fall between two windows: the nearest power of two names it where one is within a tenth."""
    power = 2 ** round(log2(tokens))
    return format_tokens(power if abs(power / tokens - 1) < 0.1 else round(tokens))


CHARTS = on(
    "models",
    Chart(
        title="Model size over time",
        question="How large have models become?",
        subtitle="Total parameters by release day, largest model of each company named; {models:disclose size and date}; {as_of}",
        shows=PARAMETERS.by(parameters, parameters_finding),
        kind=Points(
            "release_date",
            "parameters_total",
            "model_name",
            "architecture",
            strong="is_largest",
            said="parameters_total",
            thread="parameters_active",
            log="y",
            trim=(0.02, 0.02),
        ),
        note="A thread leads from the largest models to the parameters active per token, where stated.",
    ),
    Chart(
        title="Context window over time",
        question="How much can a model read at once?",
        subtitle="Context window by release day; the line is the longest so far; {models:disclose window and date}; {as_of}",
        shows=CONTEXT_WINDOW.by(context_window, context_window_finding),
        kind=Points(
            "release_date",
            "context_tokens",
            "model_name",
            strong="is_record",
            said="context_tokens",
            join=Along("longest so far"),
            log="y",
        ),
        note="A record is a window at least a tenth longer than all before it.",
    ),
)
