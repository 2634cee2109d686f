"""Charts of how models may be used: licences of open models by year."""

from __future__ import annotations

import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts.kinds.bars import Columns
from dashboard.charts.marks import joined_sources
from dashboard.charts.rows import by_year, counted, released_models
from dashboard.charts.spec import Chart
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.facts.models import open_weights
from dashboard.look.theme import format_day, is_missing

#: From the freest to the least known; the order of columns and key.
LICENCES = ("Apache 2.0", "MIT", "Other standard licence", "Licence of the developer", "Not stated")
#: Beginnings of names of licences that many publishers share.
STANDARD = (
    "bsd",
    "cc-",
    "cc by",
    "cc0",
    "creative",
    "gpl",
    "lgpl",
    "agpl",
    "openrail",
    "bigscience",
    "bigcode",
    "unlicense",
)


def licence_class(name: object) -> str:
    """Which kind of licence a name stands for: "Apache-2.0" is Apache 2.0, "Qwen License" one of the developer."""
    if is_missing(name) or not str(name).strip():
        return "Not stated"
    text = str(name).strip().casefold()
    if text.startswith("apache"):
        return "Apache 2.0"
    # "Modified MIT" adds terms of the developer's own.
    if text in ("mit", "mit license", "mit licence", "the mit license"):
        return "MIT"
    if text.startswith(STANDARD):
        return "Other standard licence"
    return "Licence of the developer"


LICENCES_FRAME = col.Frame(
    "years and kinds of licence, years ascending, kinds from free to not stated; combinations without a model left out",
    release_year="year of the release",
    licence=col.LICENCE,
    models=col.count("model"),
    licence_names=col.names("the licences' own names"),
    model_names=col.names("the models, by name"),
    last_release_date=col.day("newest release of the year with weights to download"),
)


def licences(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Released models whose weights can be downloaded, by year and kind of licence."""
    models = released_models(tables, selection.basis)
    read = ["release_date", "license", "model_name", "source_ids"]
    models = models.loc[open_weights(models["weights"]), read]
    dated = models[models["release_date"].notna()]
    kinds = pd.Series([licence_class(n) for n in dated["license"].tolist()], index=dated.index, dtype="str")
    rows = [
        {
            "release_year": year,
            "licence": kind,
            "models": len(part["model_name"]),
            "licence_names": ", ".join(
                sorted(dict.fromkeys(n for n in part["license"] if not is_missing(n)), key=str.casefold)
            ),
            "model_names": ", ".join(sorted(part["model_name"], key=str.casefold)),
            "last_release_date": newest,
            "source_ids": joined_sources(*part["source_ids"]),
        }
        for year, newest, kind, part in by_year(
            dated, kinds, LICENCES, ["license", "model_name", "source_ids"]
        )
    ]
    return counted(LICENCES_FRAME.of(rows), len(models))


def licences_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """The kind of licence of most open models in the newest year, against the year before."""
    known: dict[int, dict[str, int]] = {int(year): {} for year in sorted(set(frame["release_year"].tolist()))}
    cells = (frame[c].tolist() for c in ("release_year", "licence", "models"))
    for year, licence, count in zip(*cells, strict=True):
        if licence != "Not stated":
            known[year][licence] = known[year].get(licence, 0) + int(count)
    *earlier, year = known
    new = known[year]
    most = max(new.values(), default=0)
    if sum(new.values()) < 8 or list(new.values()).count(most) > 1:
        return ""
    top = next(licence for licence, count in new.items() if count == most)
    share = round(most / sum(new.values()) * 100)
    name = {
        "Other standard licence": "Another standard licence",
        "Licence of the developer": "A licence of the developer",
    }
    text = f"{name.get(top, top)} covers {share} % of open models with a named licence in {year}"
    old = known[earlier[-1]] if earlier else {}
    if sum(old.values()) < 8:
        return text
    before = round(old.get(top, 0) / sum(old.values()) * 100)
    return f"{text}, {f'{before} %' if before != share else 'as'} in {earlier[-1]}"


def licences_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Unit, what is counted, how many have a date and a licence by name."""
    shown = int(frame["models"].sum())
    named = shown - int(frame.loc[frame["licence"] == "Not stated", "models"].sum())
    total = frame.attrs.get("out_of", shown)
    return (
        f"Models whose weights can be downloaded, per year, by licence; {shown:,} of {total:,} have a release date, "
        f"{named:,} a licence by name; as of {format_day(selection.as_of)}"
    )


CHARTS = (
    Chart(
        id="licences",
        topic="models",
        title="Licences of open models",
        question="Under which licences are open models released?",
        subtitle=licences_subtitle,
        data=licences,
        columns=LICENCES_FRAME,
        kind=Columns("release_year", "models", stack="licence", until="last_release_date"),
        finding=licences_finding,
        note="Kinds by the licence's own name; “Modified MIT” counts as a licence of the developer. Shares leave out "
        "models without a licence by name.",
    ),
)
