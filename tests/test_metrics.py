"""Numbers for whoever runs the app: read by Prometheus's own parser, off unless asked for, nothing of readers in them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.requests import Request

from dashboard.data.memory import MEMORIES, Memory
from dashboard.screen import metrics

REQUEST = Request({"type": "http", "method": "GET", "path": "/metrics", "headers": []})
DEPLOY = Path(__file__).resolve().parent.parent / "deploy"


def families() -> dict[str, dict[tuple[str, ...], float]]:
    text = bytes(metrics.respond(REQUEST).body).decode()
    return {
        f.name: {tuple(s.labels.values()): s.value for s in f.samples}
        for f in text_string_to_metric_families(text)
    }


def test_nothing_is_told_unless_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(metrics.SWITCH, raising=False)
    assert metrics.respond(REQUEST).status_code == 404


def test_runs_failures_exports_memories_and_age_are_told(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(metrics.SWITCH, "on")
    monkeypatch.setenv("LANDSCAPE_DATA", str(built))
    Memory("what a test keeps", 10, len).get("key", lambda: "value")
    before = families()
    with metrics.timed("Test page"):
        pass
    with pytest.raises(KeyError), metrics.timed("Test page"):
        raise KeyError("x")
    now = families()
    assert now["landscape_failed_runs"][("Test page",)] == 1
    assert ("Test page",) in now["landscape_rerun_seconds"]
    memories = {(memory.name,) for memory in MEMORIES}
    assert memories and memories == set(now["landscape_memory_bytes"]) == set(
        now["landscape_memory_most_bytes"]
    )
    assert len(now["landscape_snapshot_age_days"]) == 1
    assert before.keys() <= now.keys()


def test_the_dashboard_file_asks_only_for_what_is_told(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(metrics.SWITCH, "on")
    monkeypatch.setenv("LANDSCAPE_DATA", str(built))
    told = families()
    board = json.loads((DEPLOY / "grafana.json").read_text(encoding="utf-8"))
    asked = {
        n for p in board["panels"] for t in p["targets"] for n in re.findall(r"landscape_\w+", t["expr"])
    }
    assert asked and {re.sub(r"_(total|count|bucket)$", "", n) for n in asked} <= set(told)


def test_no_data_at_all_counts_as_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever watches the number must not take its absence for health."""
    monkeypatch.setenv("LANDSCAPE_METRICS", "on")
    monkeypatch.setenv("LANDSCAPE_DATA", "/nowhere")
    assert b"\nlandscape_data_away 1.0\n" in bytes(metrics.respond(None).body)  # type: ignore[arg-type]
