"""How large models are: parameters and context windows."""

from __future__ import annotations

from math import log2

import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts import marks
from dashboard.charts.kinds.points import Points
from dashboard.charts.rows import counted, n_of, released_models
from dashboard.charts.spec import Chart
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.look.theme import format_count, format_day, format_tokens, is_missing


def _caveats(rows: pd.DataFrame, disputed: str) -> pd.Series:
    """Caveat of each model: low confidence, or other documents that give another value of the kind named."""
    return pd.Series(
        [
            marks.caveats(
                estimated=c == "low", disputed=not is_missing(other) and disputed in str(other).lower()
            )
            for c, other in zip(rows["confidence"], rows["alternatives"], strict=True)
        ],
        index=rows.index,
        dtype="str",
    )


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
    read = [c for c in (*PARAMETERS.names, "company_id", "alternatives") if c in models]
    rows = models.loc[models["release_date"].notna() & (models["parameters_total"] > 0), read]
    if rows.empty:
        return counted(PARAMETERS.of(), len(models))
    by_size = rows[["parameters_total", "release_date", "company_id"]].sort_values(
        ["parameters_total", "release_date"], ascending=[False, True], kind="stable"
    )
    largest = by_size.index[~by_size["company_id"].duplicated()]
    rows = rows.assign(
        architecture=rows["architecture"].fillna("not stated"),
        caveat=_caveats(rows, "parameter"),
        is_largest=rows.index.isin(largest),
    )
    rows = rows[PARAMETERS.names].sort_values(["release_date", "parameters_total"], kind="stable")
    return counted(rows, len(models))


def parameters_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Names the largest model stated."""
    top = frame.sort_values(["parameters_total", "release_date"], ascending=[False, True], kind="stable")
    if len(top) > 1 and top["parameters_total"].iloc[0] == top["parameters_total"].iloc[1]:
        return ""
    row = top.iloc[0]
    return (
        f"{row['model_name']} is the largest model whose size is stated: {format_count(row['parameters_total'])} "
        "parameters"
    )


def parameters_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Unit and how many disclose."""
    return (
        f"Total parameters by release day, largest model of each company named; "
        f"{n_of(frame, 'model', 'disclose size and date')}; as of {format_day(selection.as_of)}"
    )


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
    read = [c for c in CONTEXT_WINDOW.names if c in models]
    rows = models.loc[models["release_date"].notna() & (models["context_tokens"] > 0), read]
    rows = rows.sort_values(["release_date", "context_tokens"], ascending=[True, False], kind="stable")
    tokens = rows["context_tokens"].astype("float64")
    # 1,000,000 and 1,048,576 are both sold as "1M": a record is a window a tenth longer than all before.
    rows["is_record"] = tokens > tokens.cummax().shift(fill_value=0.0) * 1.1
    return counted(rows[CONTEXT_WINDOW.names], len(models))


def context_window_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """How many times the typical window grew from the first to the last full year shown."""
    years = frame["release_date"].dt.year
    typical = frame["context_tokens"].astype("float64").groupby(years).median()
    counts = years.value_counts()
    typical = typical[[y for y in typical.index if counts[y] >= 8]]
    if len(typical) < 2:
        return ""
    old, new = typical.iloc[0], typical.iloc[-1]
    if new <= old:
        return ""
    return (
        f"The median context window grew from {_about(old)} tokens in {typical.index[0]} to {_about(new)} in "
        f"{typical.index[-1]}"
    )


def _about(tokens: float) -> str:
    """A median may fall between two windows: the nearest power of two names it where one is within a tenth."""
    power = 2 ** round(log2(tokens))
    return format_tokens(power if abs(power / tokens - 1) < 0.1 else round(tokens))


def context_window_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Unit and how many disclose."""
    return (
        f"Context window by release day; the line is the longest so far; "
        f"{n_of(frame, 'model', 'disclose window and date')}; as of {format_day(selection.as_of)}"
    )


CHARTS = (
    Chart(
        id="parameters",
        topic="models",
        title="Model size over time",
        question="How large have models become?",
        subtitle=parameters_subtitle,
        data=parameters,
        columns=PARAMETERS,
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
        finding=parameters_finding,
        note="A thread leads from the largest models to the parameters active per token, where stated.",
    ),
    Chart(
        id="context-window",
        topic="models",
        title="Context window over time",
        question="How much can a model read at once?",
        subtitle=context_window_subtitle,
        data=context_window,
        columns=CONTEXT_WINDOW,
        kind=Points(
            "release_date",
            "context_tokens",
            "model_name",
            "governance_model",
            strong="is_record",
            said="context_tokens",
            join="longest so far",
            log="y",
        ),
        finding=context_window_finding,
        note="A record is a window at least a tenth longer than all before it.",
    ),
)
