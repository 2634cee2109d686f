"""The files of `deploy/` against the code: paths, ports, commands and settings that they name are there, and nothing leaks."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from dashboard.data import store

ROOT = store.PROJECT
DEPLOY = ROOT / "deploy"
UNITS = sorted(p.name for p in DEPLOY.glob("*.service"))


def text(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


def whole_lines(name: str) -> list[str]:
    """Lines of a unit or Dockerfile, those that go on joined."""
    return re.sub(r"\\\n\s*", "", text(name)).splitlines()


@pytest.fixture(scope="module")
def manifests() -> dict[str, Any]:
    """Documents of kubernetes.yaml by kind and name."""
    return {f"{d['kind']} {d['metadata']['name']}": d for d in yaml.safe_load_all(text("kubernetes.yaml"))}


@pytest.fixture(scope="module")
def container(manifests: dict[str, Any]) -> dict[str, Any]:
    (found,) = manifests["Deployment landscape"]["spec"]["template"]["spec"]["containers"]
    return dict(found)


def test_probes_ask_what_is_served_and_no_store_that_is_away_restarts_a_pod(
    container: dict[str, Any],
) -> None:
    from dashboard import asgi

    served = {getattr(r, "path", "") for r in asgi.app._user_routes} | {"/_stcore/health"}
    for kind in ("readinessProbe", "livenessProbe", "startupProbe"):
        asked = container[kind]["httpGet"]
        assert asked["path"] in served and asked["port"] == 8501, kind
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    # Both start the container anew, which brings no data back.
    assert {container[k]["httpGet"]["path"] for k in ("livenessProbe", "startupProbe")} == {"/_stcore/health"}


def test_a_replica_has_time_to_end_and_memory_for_a_deck(
    manifests: dict[str, Any], container: dict[str, Any]
) -> None:
    from dashboard.deck import apart
    from dashboard.deck.unpack import MEGABYTE

    command = next(line for line in whole_lines("Dockerfile") if line.startswith("CMD"))
    drain = int(re.search(r'"--timeout-graceful-shutdown", "(\d+)"', command)[1])  # type: ignore[index]
    pod = manifests["Deployment landscape"]["spec"]["template"]["spec"]
    waits = int(container["lifecycle"]["preStop"]["exec"]["command"][1])
    assert waits + drain < pod["terminationGracePeriodSeconds"]
    unit = text("landscape@.service")
    assert f"--timeout-graceful-shutdown {drain}" in unit
    assert drain < int(re.search(r"TimeoutStopSec=(\d+)", unit)[1])  # type: ignore[index]
    compose = yaml.safe_load(text("compose.yaml"))["services"]
    assert all(drain < int(compose[n]["stop_grace_period"].rstrip("s")) for n in ("one", "two", "three"))
    # A container of Kubernetes that outgrows its limit ends whole, with all its readers.
    assert {e["name"]: e["value"] for e in container["env"]}["LANDSCAPE_AT_ONCE"] == "1"
    usual = 500 * MEGABYTE
    most = int(container["resources"]["limits"]["memory"].removesuffix("Gi")) << 30
    assert usual + apart.MAKING_MEMORY + apart.MOST_MEMORY <= most
    # The others end one process of the unit: that of a deck, which says of itself that it goes first.
    assert "OOMPolicy=continue" in unit and "KillMode=mixed" in unit


def test_probes_ask_this_machine_and_no_proxy() -> None:
    """urllib asks whatever HTTP_PROXY names, which knows no 127.0.0.1."""
    (line,) = [one for one in whole_lines("landscape@.service") if one.startswith("ExecStartPost=")]
    test = yaml.safe_load(text("compose.yaml"))["services"]["one"]["healthcheck"]["test"]
    for words in (line, test[3]):
        assert "http.client" in words and "urllib" not in words and "/readyz" in words
    # Where nothing answers it is not healthy, nor does it wait.
    done = subprocess.run(
        [sys.executable, *test[2:]],
        capture_output=True,
        check=False,
        env={"http_proxy": "http://127.0.0.1:9"},
    )
    assert done.returncode == 1


def test_what_runs_the_app_is_closed_in_front_of_it(manifests: dict[str, Any]) -> None:
    own = manifests["Ingress landscape-own"]
    closed = {p["path"] for p in own["spec"]["rules"][0]["http"]["paths"]}
    assert closed == {"/metrics", "/held", "/_stcore/metrics"}
    assert (
        own["metadata"]["annotations"]["nginx.ingress.kubernetes.io/whitelist-source-range"] == "127.0.0.1/32"
    )
    assert own["spec"]["rules"][0]["host"] == manifests["Ingress landscape"]["spec"]["rules"][0]["host"]
    for path in closed:
        assert re.search(r"location ~ \^/\((.*)\)\$", text("nginx.conf"))[1].split("|").count(path[1:]) == 1  # type: ignore[index]


def test_an_image_holds_no_secret_and_all_that_is_copied_is_there() -> None:
    left_out = set((ROOT / ".dockerignore").read_text(encoding="utf-8").split())
    never = (ROOT / ".gitignore").read_text(encoding="utf-8").split("# Secrets of a deployment")[1].split()
    assert never and left_out.issuperset(never)
    for line in whole_lines("Dockerfile"):
        if line.startswith("COPY"):
            *names, _ = shlex.split(line)[1:]
            assert all(list(ROOT.glob(n)) for n in names), line
    for more in ("auth", "mcp"):
        assert (ROOT / f"requirements-{more}.txt").is_file() and 'MORE="auth mcp"' in text("Dockerfile")


def test_mail_leaves_the_edition_unit_without_its_bounds() -> None:
    """A mailer hands its message over with rights of its own (setgid), which NoNewPrivileges takes from it."""
    (line,) = [one for one in whole_lines("landscape-edition.service") if "sendmail" in one and "Exec" in one]
    assert line.startswith("ExecStartPost=+") and "/run/landscape-edition/edition.eml" in line
    assert "RuntimeDirectory=landscape-edition" in text("landscape-edition.service")


@pytest.mark.parametrize("name", UNITS)
def test_units_can_be_read_and_run_words_that_the_program_knows(name: str) -> None:
    commands = [
        line.split("=", 1)[1].lstrip("+") for line in whole_lines(name) if line.startswith("ExecStart")
    ]
    assert commands
    for command in commands:
        if "/bin/sh -c " in command:
            # As systemd does: `%i` is the port, quotes within quotes are written with a stroke.
            script = command.split("-c ", 1)[1].strip()[1:-1].replace("\\'", "'").replace("%i", "8501")
            assert subprocess.run(["sh", "-n", "-c", script], check=False).returncode == 0, script
        for module in re.findall(r"-m (dashboard|etl|uvicorn)\b", command):
            assert module == "uvicorn" or (ROOT / module / "__main__.py").is_file()
    assert "PrivateTmp=yes" in text(name) and "MemoryMax=" in text(name)


def test_nginx_writes_neither_queries_nor_names_of_files() -> None:
    """What the log holds is tried in tests/browser/test_replicas.py; here, that no other word of a request is in its format."""
    conf = text("nginx.conf")
    (form,) = re.findall(r"log_format plain escape=json ((?:'[^']*'\s*)+);", conf)
    assert set(re.findall(r"\$(\w+)", form)) == {
        "time_iso8601", "status", "request_method", "told", "body_bytes_sent", "request_time", "upstream_addr", "upstream_status",
    }  # fmt: skip
    assert re.findall(r"access_log \S+ (\w+);", conf) == ["plain"] and "error.log crit;" in conf


def test_a_replica_that_refuses_one_reader_does_not_count_as_gone() -> None:
    """What is tried elsewhere counts against a replica: after one such answer its readers lose their files for five seconds."""
    conf = text("nginx.conf")
    counting = re.findall(r"upstream (\w+) \{[^}]*max_fails=1[^}]*\}", conf)
    ways = re.findall(r"proxy_pass http://(\w+);[^}]*proxy_next_upstream ([^;]*);", conf)
    assert len(ways) == conf.count("proxy_pass") and counting == ["landscape"]
    assert [set(tried.split()) for to, tried in ways if to in counting] == [{"error", "timeout", "http_502"}]


def test_nginx_names_the_same_replicas_wherever_it_names_some() -> None:
    blocks = re.findall(r"upstream \w+ \{([^}]*)\}", text("nginx.conf"))
    servers = [re.findall(r"hash [^;]*;|server (\S+) ", one) for one in blocks]
    assert len(servers) == 2 and servers[0] == servers[1] and len(servers[0]) == 4


def test_numbers_of_the_dashboard_are_told() -> None:
    from dashboard.screen import metrics

    told = {s.name for m in metrics.REGISTRY.collect() for s in m.samples} | {
        m.name for m in metrics.REGISTRY.collect()
    }
    asked = set(re.findall(r"landscape_\w+", text("grafana.json")))
    families = {re.sub(r"_(total|bucket|count|sum|created)$", "", name) for name in told}
    assert {re.sub(r"_(total|bucket|count|sum)$", "", name) for name in asked} <= families
    assert "landscape_data_away" in asked


def test_the_folder_of_deploy_is_described() -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    missing = [
        p.name
        for p in DEPLOY.iterdir()
        if f"deploy/{p.name}" not in page and f"deploy/{p.stem}.timer" not in page
    ]
    assert [n for n in missing if not Path(n).name.startswith(".")] == []
