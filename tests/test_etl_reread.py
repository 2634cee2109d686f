"""`python -m etl verify` without copies: addresses read again, against a publisher on this machine that misbehaves."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from email.utils import formatdate
from pathlib import Path

import pandas as pd
import pytest

from etl.__main__ import main
from etl.build import BuildFailed, check
from etl.feeds.fetch import Fetcher
from etl.notations import plain, unclear
from etl.pages import page_of
from etl.reread import Report, readable_address, reread
from etl.verify import history, reading
from tests.feed_server import Answer, Publisher, publisher

ROOT = Path(__file__).resolve().parent.parent
SCORES = ("57.35", "61.42", "63.18", "66.27")
#: Every page that holds its score holds those of the others, too.
SCORE = " and ".join(SCORES)
DAY = date(2026, 11, 28)
LONG = "Our model was measured by us and others, and the table below says how it did. " * 40


def page(text: str, title: str = "A report") -> Answer:
    body = f"<!doctype html><html><head><meta charset=utf-8><title>{title}</title></head><body>{text}</body></html>"
    return Answer(body.encode(), "text/html; charset=utf-8")


@pytest.fixture
def web() -> Iterator[Publisher]:
    with publisher() as served:
        yield served


def made(small_raw: Callable[..., Path], scores: Sequence[str], labels: Sequence[str] = ()) -> Path:
    """Scores, each of a document of its own at a host of its own; nothing looked up yet."""
    numbers = range(1, len(scores) + 1)
    return small_raw(
        sources=[
            {"source_id": f"sources-{n}", "url": f"https://site{n}.example.org/report"} for n in numbers
        ],
        benchmark_scores=[
            {"score_id": f"score-{n}", "variant": f"run {n}", "score": score, "source_ids": f"sources-{n}"}
            | ({"model_label": labels[n - 1]} if labels else {})
            for n, score in zip(numbers, scores, strict=True)
        ],
        verifications=[],
        document_readings=[],
    )


@pytest.fixture
def raw(small_raw: Callable[..., Path]) -> Path:
    return made(small_raw, SCORES)


def rows(raw: Path, table: str) -> list[dict[str, str]]:
    with (raw / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def readings(raw: Path) -> dict[str, dict[str, str]]:
    return {r["source_id"]: r for r in rows(raw, "document_readings") if r["how"] == "fetched"}


def of_scores(raw: Path) -> dict[str, dict[str, str]]:
    found = rows(raw, "verifications")
    return {
        r["source_id"]: r for r in found if r["table_name"] == "benchmark_scores" and r["how"] == "fetched"
    }


def read(raw: Path, web: Publisher, *, day: date = DAY, **asked: str) -> Report:
    asks = Fetcher(web.address, longest_wait=2.0, longest_file=5.0, seconds_silent=0.4)
    try:
        return reread(
            raw, raw.parent / "work", day, fetcher=asks, table=asked.pop("table", "benchmark_scores"), **asked
        )  # type: ignore[arg-type]
    finally:
        asks.close()


def put(web: Publisher, **answers: Answer) -> None:
    for name, answer in answers.items():
        web.answers[f"/site{name.removeprefix('doc')}.example.org/report"] = answer


def test_found_changed_gone_and_unreadable_each_with_its_reason(raw: Path, web: Publisher) -> None:
    put(web, doc1=page(f"{LONG} It got {SCORE} %."), doc2=page(f"{LONG} It got 58.1 %."))
    put(web, doc3=Answer(b"", "text/html", 410), doc4=page("Sorry, page not found", "404"))
    report = read(raw, web)
    assert dict(report.documents) == {"found": 1, "changed": 1, "gone": 1, "unreadable": 1}
    now = readings(raw)
    assert {d: r["finding"] for d, r in now.items()} == {
        "sources-1": "found",
        "sources-2": "changed",
        "sources-3": "gone",
        "sources-4": "unreadable",
    }
    assert "61.42" in now["sources-2"]["reason"] and "HTTP 410" in now["sources-3"]["reason"]
    assert "says that there is none" in now["sources-4"]["reason"]
    assert len(now["sources-1"]["text_sha256"]) == len(now["sources-2"]["text_sha256"]) == 64
    assert not now["sources-3"]["text_sha256"] and not now["sources-4"]["text_sha256"]
    values = of_scores(raw)
    # Never looked up before: the day on which it was read for the row is the last on which it stood there.
    assert (values["sources-2"]["finding"], values["sources-2"]["seen_date"]) == ("changed", "2026-11-20")
    assert (values["sources-1"]["finding"], values["sources-1"]["seen_date"]) == ("found", "2026-11-28")
    assert len(report.told) == 3 and any(t.startswith("gone") for t in report.told)
    check(raw)


def test_a_run_again_changes_nothing_and_a_later_one_moves_the_day(raw: Path, web: Publisher) -> None:
    put(web, **{f"doc{n}": page(f"{LONG} {SCORE}") for n in (1, 2, 3, 4)})
    read(raw, web)
    before = {p.name: p.read_bytes() for p in raw.glob("*.csv")}
    read(raw, web)
    assert {p.name: p.read_bytes() for p in raw.glob("*.csv")} == before
    read(raw, web, day=date(2026, 12, 3))
    one = readings(raw)["sources-1"]
    assert (one["since_date"], one["read_date"]) == ("2026-11-28", "2026-12-03")
    put(web, doc1=page(f"{LONG} 58.2"))
    read(raw, web, day=date(2026, 12, 10))
    mine = [r for r in rows(raw, "document_readings") if r["source_id"] == "sources-1"]
    assert [(r["finding"], r["since_date"], r["read_date"]) for r in mine] == [
        ("found", "2026-11-28", "2026-12-03"),
        ("changed", "2026-12-10", "2026-12-10"),
    ]
    assert of_scores(raw)["sources-1"]["seen_date"] == "2026-12-03"
    # A day without the page takes nothing from what was found.
    put(web, doc1=page("Just a moment...", "Just a moment..."))
    read(raw, web, day=date(2026, 12, 11))
    assert of_scores(raw)["sources-1"]["finding"] == "changed"
    assert readings(raw)["sources-1"]["finding"] == "unreadable"
    put(web, doc1=page(f"{LONG} {SCORE}"))
    read(raw, web, day=date(2026, 12, 17))
    assert of_scores(raw)["sources-1"]["finding"] == "found" and len(rows(raw, "document_readings")) == 7


def test_a_run_years_after_the_last_reading_leaves_sound_data(
    small_raw: Callable[..., Path], web: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long the pause, one document or all: the build takes what the run wrote, and then a new document."""
    raw = made(small_raw, SCORES)
    put(web, **{f"doc{n}": page(f"{LONG} {SCORE}") for n in (1, 2, 3, 4)})
    day = date(2029, 3, 5)

    class Clock(date):
        @classmethod
        def today(cls) -> date:  # type: ignore[override]
            return day

    monkeypatch.setattr(sys.modules["etl.build"], "date", Clock)
    read(raw, web, day=day, source="sources-1")
    check(raw)
    read(raw, web, day=day)
    check(raw)
    assert {r["read_date"] for r in rows(raw, "document_readings")} == {"2029-03-05"}
    # Documents read again say that work has gone on: one may be read anew, and none of the year after.
    documents = raw / "sources.csv"
    every = rows(raw, "sources")
    every[0]["accessed_date"] = "2029-03-05"
    pd.DataFrame(every).to_csv(documents, index=False)
    check(raw)
    slip = (raw / "document_readings.csv").read_text(encoding="utf-8").replace("2029-03-05", "2030-03-05", 3)
    (raw / "document_readings.csv").write_text(slip, encoding="utf-8")
    with pytest.raises(BuildFailed) as told:
        check(raw)
    assert all("not a day that can be: got '2030-03-05'" in p.what for p in told.value.problems)


def test_what_a_copy_never_held_is_not_called_changed(raw: Path, web: Publisher, tmp_path: Path) -> None:
    (tmp_path / "copies").mkdir()
    (tmp_path / "copies" / "sources-1.md").write_text("nothing of the kind", encoding="utf-8")
    (tmp_path / "copies" / "sources-2.md").write_text(f"it got {SCORE}", encoding="utf-8")
    assert main(["verify", "--raw", str(raw), "--documents", str(tmp_path / "copies")]) == 0
    put(web, **{f"doc{n}": page(f"{LONG} 58.2") for n in (1, 2, 3, 4)})
    read(raw, web)
    assert {d: r["finding"] for d, r in of_scores(raw).items()} == {
        "sources-1": "not_found",
        "sources-2": "changed",
        "sources-3": "changed",
        "sources-4": "changed",
    }
    # Of one value both look-ups stay.
    assert len([r for r in rows(raw, "verifications") if r["source_id"] == "sources-2"]) == 2


NOT_THE_PAGE = {
    "login": (page("Please sign in to continue reading. " * 5, "Sign in"), "sign in"),
    "consent": (page("Before you continue: accept all cookies", "We value your privacy"), "consent"),
    "robots": (page("<p>Checking your browser", "Just a moment..."), "robots"),
    "shell": (page("<div id=root></div><script src=app.js></script>", "App"), "shell"),
    "chinese": (page("抱歉，该内容已被删除", "提示"), "there is none"),
    "empty": (page(""), "without a word"),
    "refused": (Answer(b"no", "text/html", 403), "refuses programs (HTTP 403)"),
    "fault": (Answer(b"no", "text/html", 500), "HTTP 500"),
    "binary": (Answer(bytes(range(256)) * 20, "application/octet-stream"), "neither text nor PDF"),
    "huge": (Answer(b"x" * 21_000_000, "text/plain"), "expected at most"),
    "hanging": (Answer(b"x", "text/plain", hangs=1.0), "silent"),
    "to the front": (Answer(b"", "text/html", 302, {"Location": "/"}), "led to the front page"),
    "to a login": (Answer(b"", "text/html", 302, {"Location": "/login?next=report"}), "sign in"),
    "in a circle": (Answer(b"", "text/html", 302, {"Location": "/site14.example.org/report"}), "circle"),
}


def test_what_is_no_page_of_the_document_is_unreadable_and_never_changed(
    small_raw: Callable[..., Path], web: Publisher
) -> None:
    raw = made(small_raw, [f"{40 + n * 1.01:.2f}" for n in range(1, len(NOT_THE_PAGE) + 1)])
    put(web, **{f"doc{n}": answer for n, (answer, _) in enumerate(NOT_THE_PAGE.values(), 1)})
    web.answers["/"] = page(LONG, "Home")
    web.answers["/login"] = page(LONG, "Members")
    report = read(raw, web)
    assert dict(report.documents) == dict(report.values) == {"unreadable": len(NOT_THE_PAGE)}
    found = readings(raw)
    for n, (kind, (_, said)) in enumerate(NOT_THE_PAGE.items(), 1):
        assert said in found[f"sources-{n}"]["reason"], kind
    check(raw)


GBK = f"<html><head><title>评测</title></head><body>{'我们的模型在多项评测中取得了成绩。' * 30}得分５７．３５</body></html>"
HELD = {
    "GBK that says Latin": Answer(GBK.encode("gbk"), "text/html; charset=ISO-8859-1"),
    "GBK that says nothing": Answer(GBK.encode("gbk"), "text/html"),
    "UTF-8 that says GBK": Answer(GBK.encode(), "text/html; charset=gbk"),
    "Big5": Answer(f"<html><meta charset=big5><p>{'模型評測' * 30} {SCORE}".encode("big5"), "text/html"),
    "gzip": Answer(f"<p>{LONG} {SCORE}".encode(), "text/html", zipped=True),
    "markdown": Answer(f"# Scores\n\n| a | {SCORE} |\n".encode(), "text/markdown"),
    "json": Answer(b'{"model": {"score": 57.35}}', "application/json"),
    "a table": Answer(b"model,score\nmodels-1,57.35\nother,1\n", "text/csv"),
    "data of a shell": page("<script type=application/json>{&quot;s&quot;: 57.35}</script>", "App"),
    "after a wait": Answer(
        f"<p>{LONG} {SCORE}".encode(),
        "text/html",
        first=[(429, {"Retry-After": "1"}), (503, {"Retry-After": "0"})],
    ),
}


def test_a_value_is_found_however_it_comes(small_raw: Callable[..., Path], web: Publisher) -> None:
    # 57.35, 58.36, ...: the pages hold 57.35, so each is put in the place of it.
    scores = [f"{57.35 + n * 1.01:.2f}" for n in range(len(HELD))]
    raw = made(small_raw, scores)
    for n, (answer, score) in enumerate(zip(HELD.values(), scores, strict=True), 1):
        wide = "".join(chr(ord(c) + 0xFEE0) for c in score)
        body = answer.body
        for encoding in ("utf-8", "gbk"):
            for own, held in ((wide, "５７．３５"), (score, "57.35")):
                body = body.replace(held.encode(encoding), own.encode(encoding))
        put(web, **{f"doc{n}": replace(answer, body=body)})
    report = read(raw, web)
    missed = {k: r for k, r in zip(HELD, of_scores(raw).values(), strict=True) if r["finding"] != "found"}
    assert dict(report.values) == {"found": len(HELD)}, missed


def test_a_pdf_is_read_where_a_library_is_at_hand(
    raw: Path, web: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(web, doc1=Answer(pdf("It scored 57.35 in all"), "application/pdf"))
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "pypdf", None)
        assert dict(read(raw, web, source="sources-1").documents) == {"unreadable": 1}
    assert "pip install pypdf" in readings(raw)["sources-1"]["reason"]
    pytest.importorskip("pypdf")
    assert dict(read(raw, web, source="sources-1").documents) == {"found": 1}
    put(web, doc1=Answer(pdf("57.35")[:120], "application/pdf"))
    read(raw, web, source="sources-1", day=date(2026, 12, 1))
    assert "a PDF" in readings(raw)["sources-1"]["reason"]


SAMPLES = os.environ.get("LANDSCAPE_SAMPLES", "")


@pytest.mark.skipif(not SAMPLES, reason="no LANDSCAPE_SAMPLES: a folder of upstream files")
def test_true_files_hold_what_their_rows_say_and_a_changed_line_is_seen(
    small_raw: Callable[..., Path], web: Publisher
) -> None:
    table = (Path(SAMPLES) / "epoch_benchmarks/gpqa_diamond.csv").read_bytes()
    lines = [r for r in csv.DictReader(table.decode().splitlines()) if r["mean_score"]][:40]
    taken = {round(float(r["mean_score"]) * 100): r for r in lines}
    mine = list(taken.values())[:4]
    values = [f"{float(r['mean_score']) * 100:.1f}" for r in mine]
    raw = made(small_raw, values, [r["Model version"] for r in mine])
    put(web, **{f"doc{n}": Answer(table, "text/csv") for n in range(1, 5)})
    assert dict(read(raw, web).values) == {"found": 4}
    # The value of the first line alone is another one: those of others stand as they did, in the same file.
    old = mine[0]["mean_score"]
    put(web, **{f"doc{n}": Answer(table.replace(old.encode(), b"0.0123"), "text/csv") for n in range(1, 5)})
    assert dict(read(raw, web, day=date(2026, 12, 3)).values) == {"changed": 1, "found": 3}
    assert of_scores(raw)["sources-1"]["finding"] == "changed"


def test_a_page_at_another_address_is_told(raw: Path, web: Publisher) -> None:
    put(web, doc1=Answer(b"", "text/html", 301, {"Location": "/new.example.org/moved"}))
    web.answers["/new.example.org/moved"] = page(f"{LONG} {SCORE}")
    report = read(raw, web, source="sources-1")
    assert readings(raw)["sources-1"]["read_url"] == "https://new.example.org/moved"
    assert dict(report.documents) == {"found": 1} and "https://new.example.org/moved" in report.told[0]
    check(raw)


def test_hosts_that_ask_not_to_be_read_or_to_wait_are_not_asked_again(raw: Path, web: Publisher) -> None:
    put(web, **{f"doc{n}": page(f"{LONG} {SCORE}") for n in (2, 3, 4)})
    web.answers["/site1.example.org/robots.txt"] = Answer(b"User-agent: *\nDisallow: /\n", "text/plain")
    until = formatdate(time.time() + 9_000, usegmt=True)
    put(web, doc2=Answer(b"", "text/html", first=[(429, {"Retry-After": until})]))
    report = read(raw, web)
    assert "/site1.example.org/report" not in web.paths()
    assert (
        "robots.txt" in readings(raw)["sources-1"]["reason"]
        and readings(raw)["sources-1"]["finding"] == "unreadable"
    )
    # A host that is busy says nothing of its page.
    assert "sources-2" not in readings(raw) and sum(report.left.values()) == 1
    assert web.paths().count("/site2.example.org/report") == 1
    agents = {h["user-agent"] for _, h in web.asked}
    assert all(a.startswith("china-ai-landscape-etl/") for a in agents)


@pytest.mark.slow
def test_offline_is_a_sentence_and_changes_nothing(raw: Path) -> None:
    before = {p.name: p.read_bytes() for p in raw.glob("*.csv")}
    # In a process of its own: what libraries log stands on standard error there.
    run = subprocess.run(
        [*VERIFY, "--raw", str(raw), "--from", "http://127.0.0.1:9", "--table", "benchmark_scores"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (1, "", 1), run.stderr
    assert run.stderr.startswith("offline: ") and "nothing was changed" in run.stderr
    assert {p.name: p.read_bytes() for p in raw.glob("*.csv")} == before


VERIFY = [sys.executable, "-m", "etl", "verify"]


@pytest.mark.slow
def test_a_run_that_is_killed_goes_on_where_it_was(raw: Path, web: Publisher) -> None:
    put(web, **{f"doc{n}": page(f"{LONG} {SCORE}") for n in (1, 2, 3, 4)})
    put(web, doc3=Answer(b"x", "text/plain", hangs=60.0))
    command = [*VERIFY, "--raw", str(raw), "--from", web.address]
    command += ["--table", "benchmark_scores"]
    run = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    until = time.monotonic() + 60
    while "/site3.example.org/report" not in web.paths() and time.monotonic() < until:
        time.sleep(0.02)
    run.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    run.wait()
    assert not readings(raw)
    # The last line of a killed run may be half a line.
    with (raw.parent / ".verify" / "journal.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"document": "sources-3", "readi')
    put(web, doc3=page(f"{LONG} {SCORE}"))
    asked = len(web.asked)
    assert main(command[3:]) == 0
    again = [p for p, _ in web.asked[asked:] if p.endswith("/report")]
    assert again == ["/site3.example.org/report", "/site4.example.org/report"]
    assert {r["finding"] for r in readings(raw).values()} == {"found"} and len(readings(raw)) == 4
    assert not (raw.parent / ".verify" / "journal.jsonl").exists()


def test_two_runs_at_once_are_refused(raw: Path, web: Publisher) -> None:
    from etl.reread import _alone
    from etl.verify import NothingToVerifyError

    with _alone(raw.parent / "work"), pytest.raises(NothingToVerifyError, match="one at a time"):
        read(raw, web)


@pytest.mark.parametrize(
    ("url", "read_at"),
    [
        ("https://github.com/a/b/blob/f3fc/x/y.toml", "https://raw.githubusercontent.com/a/b/f3fc/x/y.toml"),
        (
            "https://github.com/a/b/blob/main/README.md#scores",
            "https://raw.githubusercontent.com/a/b/main/README.md",
        ),
        ("https://github.com/a/b/commit/25a49727b134", "https://github.com/a/b/commit/25a49727b134.patch"),
        (
            "https://huggingface.co/a/b/blob/main/config.json",
            "https://huggingface.co/a/b/raw/main/config.json",
        ),
        ("https://github.com/a/b", "https://github.com/a/b"),
    ],
)
def test_files_of_repositories_are_read_as_their_plain_text(url: str, read_at: str) -> None:
    assert readable_address(url) == read_at


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("on 03/05/2026", "one day here"),
        ("on 5/3/26", "one day here"),
        ("发布于3月5日", "without a year"),
        ("on March 5", "without a year"),
        ("5 Mar", "without a year"),
        ("03/06/2026, 13月5日 and 2025年3月5日", ""),
        ("March 5, 2025 and 5 March 2025, March 50", ""),
    ],
)
def test_a_day_that_may_be_meant_is_neither_found_nor_changed(text: str, said: str) -> None:
    found = unclear(pd.Timestamp("2026-03-05"), plain(text))
    assert said in found and bool(said) == bool(found)
    assert unclear(5.5, text) == ""


def test_a_page_costs_no_more_for_being_hostile() -> None:
    began = time.process_time()
    page_of(b"<html><body>" + b"<script>" * 300_000, "text/html", "https://a.org/x", "")
    page_of(b"<html><title>" + b"<div>" * 300_000, "text/html", "https://a.org/x", "")
    assert time.process_time() - began < 20
    assert page_of(b"", "", "https://a.org/x", "").wall.startswith("without a word")
    assert page_of(b"<html>", "text/html", "https://a.org/x", "").wall.startswith("without a word")


def test_a_second_reading_of_one_day_takes_the_place_of_the_first() -> None:
    def of(finding: str, day: str) -> dict[str, str]:
        return reading("a", "fetched", finding, day, 1, int(finding == "found"))

    kept = history([], [of("found", "2026-11-01")])
    kept = history(kept, [of("unreadable", "2026-11-08")])
    kept = history(kept, [of("found", "2026-11-08")])
    assert [(r["since_date"], r["read_date"], r["finding"]) for r in kept] == [
        ("2026-11-01", "2026-11-08", "found")
    ]


def pdf(text: str) -> bytes:
    """A file of one page with one line."""
    drawn = f"BT /F 12 Tf 9 50 Td ({text}) Tj ET".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 99]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, starts = b"%PDF-1.4\n", []
    for n, one in enumerate(objects, 1):
        starts.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (n, one)
    table = b"".join(b"%010d 00000 n \n" % s for s in starts)
    end = b"trailer<</Root 1 0 R/Size 6>>\nstartxref\n%d\n%%%%EOF\n" % len(out)
    return out + b"xref\n0 6\n0000000000 65535 f \n" + table + end
