"""`python -m etl verify`: values looked up in saved copies, in every notation, without a network."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.__main__ import main
from etl.build import BuildFailed, check
from etl.copies import Copy, copies_in, names_of
from etl.notations import is_in, plain

DAY = pd.Timestamp("2025-09-02")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (80.6, "| 80.6 |"),
        (80.6, "a score of 80.60%"),
        (80, "it got 80.0"),
        (671e9, "a 671B model"),
        (671e9, "671 billion parameters"),
        (671e9, "总参数 6710亿"),
        (131072, "a context of 128K tokens"),
        (131072, "131,072 tokens"),
        (1.5e12, "1.5 trillion"),
        (26.4e9, "RMB26.4bn"),
        (DAY, "published 2025-09-02"),
        (DAY, "on September 2, 2025"),
        (DAY, "on 2nd Sep. 2025"),
        (DAY, "2025年9月2日"),
        (DAY, "二〇二五年九月二日"),
        (pd.Timestamp("2025-12-28"), "二零二五年十二月二十八日发布"),
        (DAY, "2025년 9월 2일"),
        (DAY, "２０２５年９月２日"),
        (DAY, "2 September 2025, 2.09.2025, model-20250902"),
        (pd.Timestamp("2025-07-28"), "7/28/2025"),
        (pd.Timestamp("2025-07-28"), "28/07/2025"),
        (380e9, "参数三千八百亿"),
        (380e9, "3.8 千亿"),
        (1.2e12, "1.2万亿"),
        (2e12, "两万亿"),
        (20_500, "二万零五百"),
        (30_000, "三万"),
        (12, "十二家"),
        (1_234_567, "1\u202f234\u202f567"),
        (80.6, "８０．６％"),
        (1e12, "a 1T model"),
        (1e12, "1e+12,1"),
        (1.0027e12, "1.0027E12"),
        (32e9, "GLM-Z1-32B"),
    ],
)
def test_every_notation_is_found(value: object, text: str) -> None:
    assert is_in(value, plain(text))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (80.6, "180.6 and 80.61 and 80.6.1"),
        (80, "1980 and 80.5 and 8,080"),
        (671e9, "671M, 6.71B and 1671B"),
        (131072, "128 kilometres"),
        (DAY, "2025-09-12, 2025-09-021 and September 22, 2025"),
        (DAY, "September 2025"),
        (DAY, "02/09/2025"),
        (DAY, "二〇二五年九月二十二日"),
        (380e9, "一万三千八百亿 and 三千八百"),
        (12, "二十二家"),
    ],
)
def test_a_longer_number_is_another(value: object, text: str) -> None:
    assert not is_in(value, text)


@given(st.integers(1, 10**13) | st.decimals("0.01", "9999.99", places=2))
def test_a_number_is_found_as_it_is_written(number: object) -> None:
    assert is_in(float(number), f"it is {number}, says the page")  # type: ignore[arg-type]


def copy_of(folder: Path, **files: str) -> Copy:
    for name, text in files.items():
        (folder / f"doc.{name.replace('__', '.')}").write_text(text, encoding="utf-8")
    return copies_in(folder)["doc"]


def test_a_table_tells_only_of_the_rows_that_it_names(tmp_path: Path) -> None:
    table = "Model,Parameters,total_b,acc\nGLM-4.5,355000000000.0,,0.80612\nzai-org/GLM-4.6,,357,\n"
    copy = copy_of(tmp_path, csv=table)
    named = names_of({"model_id": "zhipu/glm-4.5", "model_name": "GLM-4.5"}, None)
    other = names_of({"model_id": "zhipu/glm-4.6", "hf_repo": "zai-org/GLM-4.6"}, None)
    assert copy.finding(355e9, named) == "found"
    assert copy.finding(80.6, named) == "found"
    assert copy.finding(357e9, other) == "found"
    assert copy.finding(355e9, other) == "not_found"
    assert copy.finding(355e9, names_of({"model_name": "GLM-4.7"}, None)) == "not_named"


def test_a_run_is_found_under_its_model_and_effort(tmp_path: Path) -> None:
    """Tables write an effort behind the model, rows beside it: no other effort's number counts."""
    (tmp_path / "hub.csv").write_text("version,score\norg/one-2025_high,0.821\norg/one-2025_low,0.5\n")
    copy = copies_in(tmp_path)["hub"]
    of = {"model_label": "one-2025", "variant": "high; agent A"}
    assert copy.finding(82.1, names_of(of, None)) == "found"
    assert copy.finding(50.0, names_of(of, None)) == "not_found"
    assert copy.finding(82.1, names_of(of | {"variant": "medium"}, None)) == "not_named"
    assert copy.finding(82.1, names_of({"model_label": "One", "variant": "one-2025_high"}, None)) == "found"


def test_a_log_tells_its_first_day_and_the_changes_that_name_the_row(tmp_path: Path) -> None:
    copy = copy_of(tmp_path, log="2025-07-28 init\n2025-08-20 add Intern-S1-mini\n2025-09-02 typo\n", md="x")
    mini = names_of({"model_name": "Intern-S1-mini"}, None)
    assert copy.finding(pd.Timestamp("2025-07-28"), mini) == "found"
    assert copy.finding(pd.Timestamp("2025-08-20"), mini) == "found"
    assert copy.finding(DAY, mini) == "not_found"


def test_what_stands_in_a_picture_alone_is_told_so(tmp_path: Path) -> None:
    copy = copy_of(tmp_path, md="AIME 95.7", pictures__md="AIME 95.7, GPQA 85.7")
    assert [copy.finding(v, set()) for v in (95.7, 85.7, 1.5)] == ["found", "found_in_picture", "not_found"]
    (tmp_path / "doc.txt").write_bytes(b"\x00")
    assert copies_in(tmp_path)["doc"].finding(1.5, set()) == "unreadable"


def findings(raw: Path) -> dict[str, str]:
    with (raw / "verifications.csv").open(encoding="utf-8", newline="") as file:
        return {f"{r['row_id']} {r['source_id']}": r["finding"] for r in csv.DictReader(file)}


@pytest.fixture
def raw(small_raw: Callable[..., Path]) -> Path:
    """Three scores, each of a document of its own, and nothing looked up yet."""
    documents = [{"source_id": f"sources-{n}", "url": f"https://example.org/{n}"} for n in (1, 2, 3)]
    scores = [
        {"score_id": f"score-{n}", "variant": f"run {n}", "score": f"5{n}.5", "source_ids": f"sources-{n}"}
        for n in (1, 2, 3)
    ]
    return small_raw(sources=documents, benchmark_scores=scores, verifications=[])


def test_copies_are_looked_into_and_findings_kept(
    raw: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scores = pd.read_csv(raw / "benchmark_scores.csv", dtype="str")
    one, other, third = (
        scores[~scores["source_ids"].str.contains(";")].drop_duplicates("source_ids").index[:3]
    )
    copies = tmp_path / "copies"
    copies.mkdir()
    cited = scores["source_ids"]
    text = f"<script>9{scores.at[one, 'score']}9</script><td>{scores.at[one, 'score']}</td>"
    (copies / f"{cited[one]}.html").write_text(text, encoding="utf-8")
    (copies / f"{cited[other]}.md").write_text("nothing of the kind", encoding="utf-8")
    (copies / f"{cited[third]}.txt").write_bytes(b"\x00\xff\x00")
    (copies / "nobody-cites-me.md").write_text("1 2 3", encoding="utf-8")
    command = ["verify", "--raw", str(raw), "--documents", str(copies), "--table", "benchmark_scores"]
    assert main(command) == 0
    found = findings(raw)
    ids = scores["score_id"]
    assert found[f"{ids[one]} {cited[one]}"] == "found"
    assert found[f"{ids[other]} {cited[other]}"] == "not_found"
    assert found[f"{ids[third]} {cited[third]}"] == "unreadable"
    assert {i.split()[1] for i in found} == {cited[one], cited[other], cited[third]}
    assert "values looked up: " in capsys.readouterr().out
    # A second run replaces what it finds anew, and leaves the rest.
    (copies / f"{cited[other]}.md").write_text(f"it is {scores.at[other, 'score']}", encoding="utf-8")
    assert main([*command, "--source", cited[other]]) == 0
    assert findings(raw)[f"{ids[other]} {cited[other]}"] == "found"
    assert len(findings(raw)) == len(found)
    # A value that changes after the look-up is told.
    scores.loc[one, "score"] = str(float(scores.at[one, "score"]) + 0.25)
    scores.to_csv(raw / "benchmark_scores.csv", index=False)
    with pytest.raises(BuildFailed) as failed:
        check(raw)
    assert any(p.column == "stated" and "run `verify` again" in str(p) for p in failed.value.problems)
    # Which is what mends it.
    assert main(command) == 0
    assert findings(raw)[f"{ids[one]} {cited[one]}"] == "not_found"
    check(raw)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--table", "people"], "expected one of models"),
        (["--source", "nobody"], "no document 'nobody'"),
        ([], "no copy of a document that a value rests on"),
    ],
)
def test_what_cannot_be_looked_up_is_a_sentence(
    raw: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str], told: str
) -> None:
    assert main(["verify", "--raw", str(raw), "--documents", str(tmp_path), *more]) == 1
    assert told in capsys.readouterr().err
