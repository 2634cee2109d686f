"""The same words carry the same number, on whatever page, chart, headline, profile or slide they stand."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache, cached_property

import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard.charts import CHARTS
from dashboard.charts.kinds.marks import caveats_of
from dashboard.data.selection import Selection
from dashboard.draw import plotly
from dashboard.facts import changes, flagships, freshness, headlines, landscape, over_time, ratings
from dashboard.facts.landscape import apply
from dashboard.facts.prices import list_prices
from dashboard.look.theme import Look, format_money, format_score, join_words, model_short

Tables = dict[str, pd.DataFrame]

#: Twelve views: days, filters, bases, currencies and scripts that readers use.
VIEWS: dict[str, dict[str, object]] = {
    "today": {},
    "coded": {"basis": "coded"},
    "yuan": {"currency": "CNY"},
    "in Chinese": {"names": "zh"},
    "with the world": {"outside": True},
    "giants": {"company_types": ("giant",)},
    "start-ups": {"company_types": ("startup",)},
    "one company": {"companies": ("alibaba",)},
    "four companies": {"companies": ("alibaba", "tencent", "moonshot", "xiaomi")},
    "end of 2025": {"as_of": pd.Timestamp("2025-12-31")},
    "mid 2024": {"as_of": pd.Timestamp("2024-06-30")},
    "this year alone": {"compare": pd.Timestamp("2025-12-31")},
}


def view_of(tables: Tables, name: str) -> Selection:
    newest = tables["sources"]["accessed_date"].max()
    return replace(Selection(newest, newest), **VIEWS[name])  # type: ignore[arg-type]


class View:
    """One view; each chart's frame is made once for all tests of it."""

    def __init__(self, tables: Tables, name: str) -> None:
        self.name = name
        self.selection = view_of(tables, name)
        self.selected = apply(tables, self.selection)

    @cached_property
    def names(self) -> dict[str, str]:
        companies = self.selected["companies"]
        return dict(zip(companies["company_id"], companies["company_name"], strict=True))

    @cached_property
    def flagships(self) -> dict[str, str]:
        return {self.names[c]: m for c, m in flagships.flagships(self.selected)["model_name"].items()}

    @cache  # noqa: B019 - lives as long as the module's tests
    def frame(self, chart: str, option: str = "") -> pd.DataFrame:
        selection = self.selection
        if option:
            selection = selection.picking(CHARTS[chart].choices[0].name, option)
        return CHARTS[chart].data(self.selected, selection)

    def compared(self) -> tuple[pd.DataFrame, list[str]]:
        """Facts side by side by fact, and the companies that stand there."""
        table = self.frame("compare-table").set_index("fact")
        return table, [c for c in table.columns if c in self.names.values()]


@pytest.fixture(scope="module", params=VIEWS)
def view(tables: Tables, request: pytest.FixtureRequest) -> View:
    return View(tables, request.param)


def percent(text: str) -> int:
    found = re.search(r"(\d+) %", text)
    assert found, text
    return int(found[1])


def told(selected: Tables, selection: Selection) -> dict[str, headlines.Headline]:
    return {h.label: h for h in headlines.headlines(selected, selection)}


# --- With open weights ---


def test_open_weights_of_a_year_are_those_of_the_headline(tables: Tables) -> None:
    """The overview's share of this year is the share that the chart of years ends in, and starts from last year's."""
    selection = view_of(tables, "this year alone")
    selected = apply(tables, selection)
    here = told(selected, selection)["With open weights"]
    chart = CHARTS["weights-by-year"]
    said = chart.finding(chart.data(selected, selection), selection)
    old, new = (int(n) for n in re.findall(r"(\d+) %", said))
    assert new == percent(here.value)
    whole_year = replace(selection, as_of=pd.Timestamp("2025-12-31"), compare=pd.Timestamp("2024-12-31"))
    before = told(apply(tables, whole_year), whole_year)["With open weights"]
    assert old == percent(before.value)


def test_open_weights_of_twelve_months_are_one_number(view: View) -> None:
    """Headline, sentence, releases and comparison count the same models by the same rule."""
    yearly = replace(view.selection, compare=None)
    found = told(view.selected, yearly)
    frame = view.frame("releases-by-company")
    assert int(frame["models"].sum()) == int(found["Models released"].value.replace(",", ""))
    counts = frame.groupby(["company_name", "weights"])["models"].sum().unstack(fill_value=0)
    counts = counts.reindex(columns=["Open", "Restricted", "Closed", "Not disclosed"], fill_value=0)
    opened = counts["Open"] + counts["Restricted"]
    known = opened + counts["Closed"]
    if "With open weights" in found:
        share = round(100 * opened.sum() / known.sum())
        assert percent(found["With open weights"].value) == share
        assert f"{opened.sum()} of the {known.sum()} models" in found["With open weights"].help
        for sentence in headlines.takeaways(view.selected, yearly):
            if "open weights" in sentence.text:
                assert percent(sentence.text) == share
    table, companies = view.compared()
    for name in companies:
        words = table.at["With open weights", name]
        if known.get(name, 0):
            assert words == f"{round(100 * opened[name] / known[name])} %, {opened[name]} of {known[name]}"
            assert table.at["Released in 12 months", name].startswith(f"{counts.loc[name].sum()} model")


# --- List price, flagship, best rating ---


def test_a_model_has_one_list_price(view: View) -> None:
    """List, map and price chart ask for a model what the rule gives."""
    currency = view.selection.currency
    rule = list_prices(view.selected, currency).set_index("model_id")["output_price_per_mtok"]
    names = view.selected["models"].set_index("model_id")["model_name"]
    by_name = {names[m]: format_money(p, currency) for m, p in rule.items() if m in names}
    for r in view.frame("model-list").itertuples():
        assert not isinstance(r.output_price, str) or r.output_price == by_name[r.model_name]
    for r in view.frame("price-capability").itertuples():
        assert format_money(r.output_price_per_mtok, currency) == by_name[r.model_name]
    for r in view.frame("positioning", "price").itertuples():
        assert r.value_words == by_name[r.model_name]


def test_a_company_has_one_flagship(view: View) -> None:
    """Matrix, comparison, what changed and the map name the same model."""
    matrix = view.frame("landscape-matrix")
    named = matrix.dropna(subset=["flagship"]).set_index("company_name")["flagship"].to_dict()
    assert named == view.flagships
    table, companies = view.compared()
    for name in set(companies) & set(view.flagships):
        assert str(table.at["Flagship", name]).startswith(f"{view.flagships[name]}, ")
    changed = changes.changes(view.selected, view.selection)
    for r in changed[changed["kind"] == "flagship"].itertuples():
        assert r.after == view.flagships[r.company_name]
    for r in view.frame("positioning", "price").itertuples():
        assert r.model_name == view.flagships[r.company_name]


def test_a_company_has_one_best_rating(view: View) -> None:
    """Comparison, map and outcomes give a company the same Arena rating."""
    best = ratings.arena(view.selected).drop_duplicates("company_id").set_index("company_id")["arena_rating"]
    by_name = {view.names[c]: v for c, v in best.items()}
    for chart, option in (("positioning", "capability"), ("outcomes", "score")):
        for r in view.frame(chart, option).itertuples():
            assert r.value == by_name[r.company_name], chart
    table, companies = view.compared()
    for name in set(companies) & set(by_name):
        assert str(table.at["Best Arena rating", name]).startswith(format_score(by_name[name], "elo"))


# --- Label history ---


def test_the_strip_of_a_company_is_its_lane_and_its_history(view: View) -> None:
    """Profile, lanes and comparison tell one history: the same model in force, since the same day."""
    basis = view.selection.basis
    spans = over_time.history(view.selected, basis)
    labels = landscape.labels_in_force(view.selected, basis)
    for cid in list(view.names)[:12]:
        mine = spans[spans["company_id"] == cid]
        fine = over_time.periods(view.selected, basis, cid)
        assert set(fine["governance_model_id"]) == set(mine["governance_model_id"])
        assert fine["valid_from"].min() == mine["valid_from"].min() or fine.empty
        assert bool((fine["others"] != "").any()) == bool(mine["is_disputed"].any())
        open_ = mine.loc[mine["valid_to"].isna(), "governance_model_id"].tolist()
        assert open_ == ([] if labels[cid] == landscape.UNDETERMINED and not open_ else [labels[cid]])
    table, companies = view.compared()
    fact = f"Governance, {basis}"
    by_name = {n: c for c, n in view.names.items()}
    for name in companies:
        held = labels[by_name[name]]
        if isinstance(table.at[fact, name], str) and held != landscape.UNDETERMINED:
            assert table.at[fact, name].startswith(f"{model_short(held)} since ")


# --- Stale ---


def rows_of(trace: go.Bar) -> list[object]:
    return [c[0] if isinstance(c, list | tuple) else c for c in trace.customdata]


def opacities(trace: go.Bar) -> list[float]:
    many = trace.marker.opacity
    return [1.0 if many is None else many] * len(trace.customdata) if many is None else list(many)


def test_stale_is_faint_by_one_rule_on_screen_and_on_slides(tables: Tables) -> None:
    """Bars of money fade where their caveat says stale, and nowhere else; on the slide the same ones."""
    chart = CHARTS["company-metrics"]
    for day in ("2026-11-25", "2026-06-30", "2025-09-30"):
        selection = replace(view_of(tables, "today"), as_of=pd.Timestamp(day))
        frame = chart.data(apply(tables, selection), selection)
        drawn = go.Figure(plotly.draw(chart, frame, Look()))
        bars = [t for t in drawn.data if t.type == "bar" and t.customdata is not None]
        opacity = {r: o for t in bars for r, o in zip(rows_of(t), opacities(t), strict=True)}
        faint = [opacity[r] < 1 for r in frame.index if r in opacity]
        assert faint == ["stale" in c for c in caveats_of(frame)][: len(faint)] and faint
        stale = [freshness.is_stale("company_metrics", d, selection.as_of) for d in frame["period_end_date"]]
        assert faint == ([False] * len(frame) if all(stale) else stale)[: len(faint)]


# --- Positioning ---


@pytest.mark.parametrize("name", ["today", "giants", "mid 2024"])
def test_the_map_opens_with_what_places_most(tables: Tables, name: str) -> None:
    """Nothing picked shows the measure that places most; where that is few, it names what places more."""
    view = View(tables, name)
    chart = CHARTS["positioning"]
    options = chart.choices[0].options(view.selected, view.selection)
    counts = {i: int(re.findall(r"\((\d+) placed\)", words)[0]) for i, words in options.items()}
    assert list(counts.values()) == sorted(counts.values(), reverse=True)
    first = view.frame("positioning")
    for option, n in counts.items():
        frame = view.frame("positioning", option)
        assert frame["centralisation_index"].notna().sum() == n
        if option == next(iter(counts)) and len(first):
            assert frame["y"].iloc[0] == first["y"].iloc[0]
        if frame.empty:
            continue
        said = chart.scope_line(frame, view.selection)
        assert f"{n} of {frame.attrs['out_of']} organisation" in said
        assert (" places " in said) == (n < 8 and max(counts.values()) > n), said
        drawn = [a["text"] for a in plotly.draw(chart, frame, Look())["layout"]["annotations"]]
        assert any(t.startswith(frame["unit"].iloc[0]) for t in drawn) and frame["unit"].iloc[0]
        held = frame.loc[frame["caveat"].fillna("").str.contains("estimated"), "company_name"]
        if 0 < len(held) <= 3:
            said = chart.note_on(frame)
            assert f"({join_words(held.tolist())})" in said, "the company's index is weak, not its model"
