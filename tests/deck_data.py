"""Decks and changed data for the tests of decks, refresh and command line, each made once."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pptx

from dashboard.data.selection import Selection
from dashboard.data.store import Snapshot
from dashboard.deck import basket, builds, decks
from dashboard.deck.basket import Basket, Slide
from dashboard.deck.decks import Data

#: One chart of each native form.
CHARTS = (
    "landscape-matrix",
    "governance-mix",
    "governance-lanes",
    "dimension-scores",
    "releases-by-company",
    "price-capability",
    "company-metrics",
)
TAKEAWAY = "One centre wins.\n阿里巴巴 moved twice in three years, and nobody moved back."


@cache
def data(folder: Path) -> Data:
    return builds.load(folder)


@cache
def wanted(folder: Path) -> Basket:
    """A basket with every form, a section, a title and a takeaway of a reader's own."""
    now = data(folder).snapshot
    view = Selection(as_of=now.as_of, newest=now.as_of, names="both")
    slides = [basket.frozen(c, view, now.id) for c in CHARTS]
    slides[1] = replace(slides[1], layout="takeaways", takeaway=TAKEAWAY)
    slides[4] = replace(slides[4], title="Our own words 自己的话")
    slides[6] = replace(slides[6], layout="table")
    return Basket("Board 董事会", (Slide(kind="section", title="Governance 治理"), *slides))


@cache
def deck(folder: Path) -> bytes:
    return decks.build(wanted(folder), data(folder), address="https://landscape.example/")


@cache
def changed(folder: Path) -> Data:
    """The same data a day later: a metric revised, a company relabelled, three models gone."""
    now = data(folder)
    tables = dict(now.tables)
    metrics = tables["company_metrics"].copy()
    metrics.loc[metrics["company_id"] == "tencent", "value"] *= 1.5
    labels = tables["governance_assessments"].copy()
    in_force = (labels["company_id"] == "bytedance") & labels["valid_to"].isna()
    labels.loc[in_force, "governance_model_id"] = "federated"
    models = tables["models"]
    latest = models[models["company_id"] == "alibaba"].sort_values("release_date").index[-4:-1]
    models = models.drop(latest)
    tables |= {"company_metrics": metrics, "governance_assessments": labels, "models": models}
    return Data(tables, Snapshot("feedbeef", now.snapshot.as_of))


def opened(data_: bytes) -> Any:
    return pptx.Presentation(io.BytesIO(data_))


def saved(presentation: Any) -> bytes:
    out = io.BytesIO()
    presentation.save(out)
    return out.getvalue()


def some_of(deck_: bytes, *charts: str, also: Callable[[Any], bool] = lambda one: False) -> bytes:
    """A deck without the slides that hold none of these charts (nor what `also` finds), as a person deletes them."""
    presentation = opened(deck_)
    listed = presentation.slides._sldIdLst
    for entry, one in zip(list(listed), list(presentation.slides), strict=True):
        held = {s.name.split(":")[1].partition(".")[0] for s in one.shapes if s.name.startswith("landscape:")}
        if not held & set(charts) and not also(one):
            presentation.part.drop_rel(entry.rId)
            listed.remove(entry)
    return saved(presentation)


def values(data_: bytes) -> dict[tuple[str, str, str], str]:
    """Every number of a deck's charts with categories, and every cell of its tables: (shape, row, column) to text."""
    found: dict[tuple[str, str, str], str] = {}
    for one in opened(data_).slides:
        for shape in one.shapes:
            # A table continued on another slide is one table.
            name = ":".join(shape.name.split(":")[:2])
            if shape.has_table:
                rows = [[" ".join(c.text_frame.text.split()) for c in r.cells] for r in shape.table.rows]
                for row in rows[1:]:
                    found |= {(name, row[0], h): t for h, t in zip(rows[0][1:], row[1:], strict=True)}
            elif shape.has_chart and shape.chart._chartSpace.xpath(".//c:cat"):
                for plot in shape.chart.plots:
                    for s in plot.series:
                        for category, value in zip(plot.categories, s.values, strict=False):
                            text = "" if value is None else f"{value:.10g}"
                            found[name, str(category), s.name] = text
    return found


#: Two charts a slide; the last two are the same chart of two companies.
PAIRS = (
    ("governance-mix", "company-metrics"),
    ("price-capability", "index-over-time"),
    ("company-releases", "company-releases"),
)


@cache
def halves(folder: Path) -> Basket:
    """Charts side by side, one that needs more than half a slide, and one without a neighbour."""
    now = data(folder).snapshot
    view = Selection(as_of=now.as_of, newest=now.as_of, names="both")
    slides = [basket.frozen(c, view, now.id) for pair in PAIRS[:2] for c in pair]
    for company in ("alibaba", "tencent"):
        slides.append(basket.frozen("company-releases", replace(view, companies=(company,)), now.id))
    slides += [
        basket.frozen(c, view, now.id)
        for c in ("landscape-matrix", "claims-by-verdict", "weights-by-year", "governance-now")
    ]
    slides[3] = replace(slides[3], title="Seven moved in 自己的话")
    return Basket("Side by side", tuple(replace(s, layout="half") for s in slides), appendix=False)


@cache
def halves_deck(folder: Path) -> bytes:
    return decks.build(halves(folder), data(folder))
