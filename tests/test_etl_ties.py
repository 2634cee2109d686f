"""Rows held against those they lean on, in copies of the real files: what is told, and that true rows are not."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from etl.read import read_table
from etl.tables import TABLES
from etl.ties import owners, tied

Frames = dict[str, pd.DataFrame]
Spoil = Callable[[Frames], tuple[str, int, str, object]]
BY_NAME = {t.name: t for t in TABLES}


@pytest.fixture(scope="module")
def frames(raw_folder) -> Frames:  # type: ignore[no-untyped-def]
    return {t.name: read_table(t, raw_folder / f"{t.name}.csv", t.name)[0] for t in TABLES if t.is_raw}


def anothers_document(table: str) -> Spoil:
    """The first row of a company gets a document of another one beside its own."""

    def spoil(frames: Frames) -> tuple[str, int, str, object]:
        rows = frames[table].dropna(subset=["company_id"])
        line = int(rows.index[0])
        whose = owners(frames["sources"], frames["company_aliases"])
        other = next(i for i, company in sorted(whose.items()) if company != rows.at[line, "company_id"])
        return table, line, "source_ids", f"{rows.at[line, 'source_ids']}; {other}"

    return spoil


def before_it_was(table: str, column: str) -> Spoil:
    def spoil(frames: Frames) -> tuple[str, int, str, object]:
        return table, int(frames[table][column].dropna().index[0]), column, pd.Timestamp("1851-02-03")

    return spoil


def day_of_an_address(frames: Frames) -> tuple[str, int, str, object]:
    rows = frames["sources"]
    told = rows["url"].str.contains(r"/20\d\d/[01]\d/[0-3]\d/") & (rows["published_date_precision"] == "day")
    line = int(rows.index[told.fillna(False)][0])
    return "sources", line, "published_date", rows.at[line, "published_date"] - pd.Timedelta(days=90)


def score_of_no_reader(frames: Frames) -> tuple[str, int, str, object]:
    mute = frames["second_readings"].loc[lambda r: r["note"].isna(), ["observation_id", "first_score"]]
    rows = frames["governance_observations"]
    line = int(rows.index[rows["observation_id"] == mute["observation_id"].iloc[3]][0])
    return "governance_observations", line, "score", (int(rows.at[line, "score"]) + 1) % 5


SPOILED: dict[str, Spoil] = {
    **{f"another's document: {t}": anothers_document(t) for t in ("models", "people", "company_metrics")},
    "a role before the company": before_it_was("people", "valid_from"),
    "an event before the company": before_it_was("governance_events", "event_date"),
    "a figure before the company": before_it_was("company_metrics", "period_end_date"),
    "the day of an address": day_of_an_address,
    "a score of no reader": score_of_no_reader,
}


@pytest.mark.parametrize("name", SPOILED)
def test_one_cell_is_told(name: str, frames: Frames) -> None:
    table, line, column, value = SPOILED[name](frames)
    rows = frames[table].copy()
    rows.loc[line, column] = value
    found = tied(BY_NAME[table], frames | {table: rows})
    assert {(at, where) for at, where, _ in found} == {(line, column)}
    assert all(" got " in what and "expected " in what for *_, what in found)


def test_true_rows_are_not_told(frames: Frames) -> None:
    assert not [(name, p) for name in frames for p in tied(BY_NAME[name], frames)]


def test_whose_a_document_is(frames: Frames) -> None:
    sources = pd.DataFrame(
        {
            "source_id": ["a", "b", "c", "d", "e"],
            "url": [
                "https://github.com/zai-org/GLM-4.5",
                "https://huggingface.co/deepseek-ai/DeepSeek-V3",
                "https://www.example.org/zai-org/",
                "https://[broken/",
                "https://example.org/annual.pdf",
            ],
            "publisher": ["GitHub", "Hugging Face", "A newspaper", "Nobody", "Alibaba"],
        }
    )
    assert owners(sources, frames["company_aliases"]) == {"a": "zhipu", "b": "deepseek", "e": "alibaba"}
