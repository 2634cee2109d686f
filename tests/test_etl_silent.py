"""Numbers and links that change in silence: what gives them away, on rows of the real files."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from etl import registry, vocabulary
from etl.build import BuildFailed, check
from etl.neighbours import neighbour_problems
from etl.read import read_table
from etl.tables import TABLES
from etl.tables.currency import derive_prices

BY_NAME = {t.name: t for t in TABLES}


def rows(raw: Path, name: str) -> pd.DataFrame:
    frame, problems = read_table(BY_NAME[name], raw / f"{name}.csv", name)
    assert not problems
    return frame


def told(name: str, frame: pd.DataFrame) -> set[tuple[int, str]]:
    """What rules and neighbours of one table tell, without tables it refers to."""
    table, frames = BY_NAME[name], {name: frame}
    near = neighbour_problems(table, frames, name, {})
    by_rule = [
        (line, column)
        for rule in table.rules
        if rule.__qualname__.startswith(
            (
                "one_unit_each",
                "statements_agree",
                "rates_are",
                "signs_agree",
                "counts_only_grow",
                "ends_of",
            )
        )
        for line, column, _ in rule(frames)
    ]
    return {(p.line, p.column) for p in near} | set(by_rule)


def changed(frame: pd.DataFrame, line: int, column: str, value: object) -> pd.DataFrame:
    frame = frame.copy()
    frame.at[line, column] = value
    return frame


CASES: list[tuple[str, str, Callable[[pd.DataFrame], int], Callable[[object], object]]] = [
    ("exchange_rates", "units_per_usd", lambda f: f.index[5], lambda v: 1 / float(str(v))),
    ("company_metrics", "currency", lambda f: f.index[f["unit"] == "currency"][9], lambda v: "USD" if v == "CNY" else "CNY"),
    ("company_metrics", "currency", lambda f: f.index[f["unit"] == "people"][0], lambda v: "CNY"),
    ("company_metrics", "value", lambda f: f.index[f["unit"] == "percent"][0], lambda v: float(str(v)) / 100),
    ("company_metrics", "unit", lambda f: f.index[f["metric"] == "revenue"][0], lambda v: "people"),
    ("company_metrics", "company_id", lambda f: f.index[3], lambda v: "baidu" if v != "baidu" else "tencent"),
    ("company_metrics", "metric", lambda f: f.index[f["metric"] == "capex"][0], lambda v: "net_profit"),
    ("company_metrics", "period", lambda f: f.index[f["period"] == "2025"][0], lambda v: "2024"),
    ("company_metrics", "value", lambda f: f.index[f["metric"] == "revenue"][3], lambda v: -float(str(v))),
    ("company_metrics", "value", lambda f: f.index[f["metric"] == "net_loss"][0], lambda v: -float(str(v))),
    ("filings", "apps_registered", lambda f: f.index[0], lambda v: int(str(v)) * 1000),
    ("benchmarks", "score_max", lambda f: f.index[f["unit"] == "percent"][3], lambda v: 102_400.0),
    ("benchmark_scores", "score", lambda f: f.index[7], lambda v: 0.0),
    ("company_metrics", "value", lambda f: f.index[7], lambda v: 0.0),
    ("models", "model_name", lambda f: f.index[7], lambda v: "1"),
    ("benchmark_scores", "model_label", lambda f: f.index[7], lambda v: "2026-01-01"),
    ("governance_observations", "evidence", lambda f: f.index[7], lambda v: "0.5"),
    ("model_prices", "currency", lambda f: f.index[2], lambda v: "USD" if v == "CNY" else "CNY"),
    ("model_prices", "model_id", lambda f: f.index[2], lambda v: "openai/gpt-5"),
    ("governance_events", "company_id", lambda f: f.index[2], lambda v: "baidu" if v != "baidu" else "tencent"),
    ("governance_observations", "dimension", lambda f: f.index[2], lambda v: "tooling" if v != "tooling" else "data_access"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "column", "where", "new"), CASES, ids=[f"{n}.{c}-{i}" for i, (n, c, *_) in enumerate(CASES)]
)
def test_one_cell_is_told_and_the_true_rows_are_not(
    name: str,
    column: str,
    where: Callable[[pd.DataFrame], int],
    new: Callable[[object], object],
    raw_folder: Path,
) -> None:
    frame = rows(raw_folder, name)
    line = where(frame)
    before = told(name, frame)
    after = told(name, changed(frame, line, column, new(frame.at[line, column])))
    assert (line, column) in after - before
    assert not {
        p
        for p in before
        if p[1] in ("company_id", "metric", "unit", "currency", "period", "dimension", "model_id")
    }


def test_documents_that_state_one_price_agree_or_both_are_named(raw_folder: Path) -> None:
    frame = rows(raw_folder, "model_prices")
    first, column = int(frame.index[0]), "input_price_per_mtok"
    price = frame[column].iloc[0]
    (rule,) = [r for r in BY_NAME["model_prices"].rules if r.__qualname__.startswith("statements_agree")]
    for factor, is_told in ((1.02, True), (1.001, False)):
        twice = frame.iloc[[0]].assign(
            price_id="another", source_ids="other-1a2b3c4d", **{column: price * factor}
        )
        twice.index = pd.Index([9999])
        found = rule({"model_prices": pd.concat([frame, twice])})
        assert [(line, c) for line, c, _ in found] == [(first, column), (9999, column)] * is_told
        assert not is_told or "other-1a2b3c4d in line 9999" in found[0][2]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda p: p.write_bytes(bytes(64)), "models.tsv:1: no line of the registry"),
        (lambda p: p.write_bytes(b"\xff\xfe"), "models.tsv: cannot be read: it is not UTF-8"),
        (lambda p: p.mkdir(), "models.tsv: cannot be read: got no file"),
        (
            lambda p: p.write_text("<<<<<<< mine\n"),
            "models.tsv:1: no line of the registry: got '<<<<<<< mine'",
        ),
        (lambda p: p.symlink_to("nowhere"), "models.tsv: cannot be read: got no file"),
    ],
)
def test_a_damaged_registry_is_told(spoil: Callable[[Path], None], said: str, tmp_path: Path) -> None:
    (tmp_path / registry.FOLDER).mkdir()
    assert not registry.damaged(tmp_path, str)
    spoil(tmp_path / registry.FOLDER / "models.tsv")
    (one,) = registry.damaged(tmp_path, str)
    assert said in str(one)


def test_the_real_registry_is_sound(raw_folder: Path) -> None:
    assert not registry.damaged(raw_folder, str)


def test_metrics_and_units_are_closed_lists(raw_folder: Path, tmp_path: Path) -> None:
    """Four words that are in no list, in a line of their own each: all are told in one build."""
    wrong = [
        ("metric", "revenu", "no metric that is known here: got 'revenu', expected 'revenue'"),
        ("metric", "users", "no metric that is known here: got 'users'"),
        ("unit", "peoples", "no unit that is known here: got 'peoples', expected 'people'"),
        ("unit", "chips", "not the unit of"),
    ]
    raw = Path(shutil.copytree(raw_folder, tmp_path / "raw"))
    lines = (raw / "company_metrics.csv").read_text(encoding="utf-8").splitlines()
    for n, (column, given, _) in enumerate(wrong, 1):
        at, was = lines[0].split(",").index(column), lines[n].split(",")
        lines[n] = ",".join([*was[:at], given, *was[at + 1 :]])
    (raw / "company_metrics.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(BuildFailed) as failed:
        check(raw)
    found = [str(p) for p in failed.value.problems]
    for n, (column, _, said) in enumerate(wrong, 2):
        assert any(said in p and f"company_metrics.csv:{n}: {column}" in p for p in found), (said, found)


def test_each_metric_stands_under_one_unit_and_is_used(raw_folder: Path) -> None:
    for name, by_unit in (
        ("company_metrics", vocabulary.METRICS_BY_UNIT),
        ("adoption", vocabulary.USE_BY_UNIT),
    ):
        listed = [m for metrics in by_unit.values() for m in metrics]
        assert len(listed) == len(set(listed))
        assert set(listed) == set(rows(raw_folder, name)["metric"])


def test_only_list_prices_in_dollars_and_yuan_are_converted(raw_folder: Path) -> None:
    """Whoever reads the rates converts: one derived table does, and prices in other currencies stay as listed."""

    class Noting(dict[str, pd.DataFrame]):
        def __getitem__(self, name: str) -> pd.DataFrame:
            read.append(name)
            return super().__getitem__(name)

    frames = check(raw_folder)
    readers = []
    for table in TABLES:
        read: list[str] = []
        if table.derive and not table.is_raw:
            table.derive(Noting(frames))
        readers += [table.name] * ("exchange_rates" in read)
    assert readers == ["model_prices_converted"]
    prices = frames["model_prices"].assign(currency="HKD")
    assert derive_prices({**frames, "model_prices": prices}).empty


def test_the_dollar_has_no_rate_to_itself(raw_folder: Path) -> None:
    frame = rows(raw_folder, "exchange_rates")
    line = int(frame.index[5])
    assert (line, "currency") in told("exchange_rates", changed(frame, line, "currency", "USD"))
