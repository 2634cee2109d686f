"""Charts of how models may be used: licences of open models by year."""

from __future__ import annotations

import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts.rows import by_year, counted, lone_top, released_models, worded, years_of
from dashboard.charts.spec import Chart, on
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.facts.models import LICENCE_NOT_STATED, licence_class, open_weights
from dashboard.look.scales import LICENCES
from dashboard.look.theme import is_missing

#: Kinds of licence as a sentence begins with them.
NAMED = {
    "Other standard licence": "Another standard licence",
    "Licence of the developer": "A licence of the developer",
}
#: A share of fewer models than this is an accident of a few releases.
FEWEST = 8

LICENCES_FRAME = col.Frame(
    "years and kinds of licence, years ascending, kinds from free to not stated; combinations without a model left out",
    **col.by_year(licence=col.LICENCE),
    licence_names=col.names("the licences' own names"),
    model_names=col.names("the models, by name"),
    last_release_date=col.day("newest release of the year with weights to download"),
)


def licences(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Released models whose weights can be downloaded, by year and kind of licence."""
    models = released_models(tables, selection.basis)
    models = models[["weights", "release_date", "license", "model_name", "source_ids"]]
    models = models[open_weights(models["weights"])]
    rows = []
    kinds, licence = (
        worded(models["license"].fillna(""), licence_class),
        models["license"].to_numpy(dtype=object),
    )
    for kind, counts, at in by_year(tables, models, kinds, LICENCES):
        named = sorted({name for name in licence[at].tolist() if not is_missing(name)}, key=str.casefold)
        rows.append(counts | {"licence": kind, "licence_names": ", ".join(named)})
    named = sum(r["models"] for r in rows if r["licence"] != LICENCE_NOT_STATED)
    return counted(LICENCES_FRAME.of(rows), len(models), named=named)


def licences_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """The kind of licence of most open models in the newest year, against the year before."""
    counts = frame.pivot_table("models", "release_year", "licence", "sum", fill_value=0)
    counts = counts.drop(columns=LICENCE_NOT_STATED, errors="ignore")
    totals, top = counts.sum(axis="columns"), lone_top(counts.iloc[-1], fewest=1)
    if totals.iloc[-1] < FEWEST or top is None:
        return ""
    shares = (counts[top] / totals.clip(lower=1) * 100).round().astype("int64")
    text = f"{NAMED.get(top, top)} covers {shares.iloc[-1]} % of open models with a named licence in {counts.index[-1]}"
    if len(shares) < 2 or totals.iloc[-2] < FEWEST:
        return text
    before, now = shares.tail(2)
    return f"{text}, {'as' if before == now else f'{before} %'} in {counts.index[-2]}"


CHARTS = on(
    "models",
    Chart(
        title="Licences of open models",
        question="Under which licences are open models released?",
        subtitle="Models whose weights can be downloaded, per year, by licence; {total.models} of {noted[out_of]} have a release date, {noted[named]} a licence by name; {as_of}",
        shows=LICENCES_FRAME.by(licences, licences_finding),
        kind=years_of("licence"),
        note="Kinds by the licence's own name; “Modified MIT” counts as a licence of the developer. Shares leave out models without a licence by name.",
    ),
)
