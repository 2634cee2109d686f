"""The door over HTTP and for assistants, asked as programs ask it: a served app, real clients, ranges read by address."""

from __future__ import annotations

import asyncio
import csv
import gzip
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx2
import pandas as pd
import programs
import pyarrow.parquet as pq
import pytest
import served_app
from browser.look import end_process
from examples import tries
from hypothesis import HealthCheck, given, settings
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.charts import CHARTS
from dashboard.data import store
from dashboard.data.store import Tables
from dashboard.deck.turns import Rate
from dashboard.door import assistants, tools, web
from dashboard.door.build import Build, Builds
from dashboard.door.resources import RESOURCES
from dashboard.door.web import as_csv
from dashboard.draw.slide.workbook import as_text, plain

PROJECT = Path(__file__).resolve().parent.parent
needs_sdk = pytest.mark.skipif(bool(assistants.why_not()), reason=assistants.why_not())
ADDRESS = "https://landscape.example"


def environment(built: Path, **more: str) -> dict[str, str]:
    own = {k: v for k, v in os.environ.items() if not k.startswith("LANDSCAPE_")}
    return own | {"LANDSCAPE_DATA": str(built), **more}


def served(built: Path, **more: str) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(served_app.command(port), cwd=PROJECT, env=environment(built, **more))
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5)
                break
            except OSError:
                assert process.poll() is None, "the server ended"
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        assert end_process(process, 60) != -signal.SIGKILL


@pytest.fixture(scope="module")
def app(built: Path) -> Iterator[str]:
    yield from served(built, LANDSCAPE_API="on", LANDSCAPE_ADDRESS=ADDRESS)


def get(address: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    asked = urllib.request.Request(
        address, method=method, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )
    try:
        with urllib.request.urlopen(asked, timeout=60) as reply:
            return reply.status, {k.lower(): v for k, v in reply.headers.items()}, reply.read()
    except urllib.error.HTTPError as error:
        return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read()


def api(app: str, tool: str, **asked: object) -> str:
    return f"{app}/api/v1/{tool}?{urlencode(asked, doseq=True)}"


# --- JSON, CSV ---


def test_http_answers_what_the_tools_answer(app: str, built: Path) -> None:
    build = Builds(folder=lambda: built, address=ADDRESS).now()
    for tool, asked in (
        ("company", {"name": "阿里巴巴"}),
        ("series", {"measure": "revenue", "companies": ["Baidu"], "limit": 3}),
        ("landscape", {"as_of": "2024-06-30", "company_types": ["giant"], "outside": True}),
    ):
        code, headers, body = get(api(app, tool, **asked))
        assert code == 200 and json.loads(body) == tools.call(build, tool, asked)
        assert headers["x-landscape-snapshot"] == build.snapshot.id
        assert "access-control-allow-origin" not in headers


def test_unchanged_answers_are_not_sent_again(app: str) -> None:
    address = api(app, "changes")
    _, headers, _ = get(address)
    code, again, body = get(address, If_None_Match=headers["etag"])
    assert (code, body, again["etag"]) == (304, b"", headers["etag"])
    assert get(api(app, "changes", limit=3), If_None_Match=headers["etag"])[0] == 200


def test_csv_is_the_rows_with_their_addresses(app: str) -> None:
    found = json.loads(get(api(app, "models", companies="DeepSeek", limit=5))[2])
    code, headers, body = get(api(app, "models", companies="DeepSeek", limit=5, format="csv"))
    assert code == 200 and headers["content-type"].startswith("text/csv")
    lines = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    assert [r["model_id"] for r in lines] == [r["model_id"] for r in found["rows"]]
    assert all(r["source_urls"].startswith("http") and r["shown_at"] == found["permalink"] for r in lines)
    missing = get(api(app, "series", measure="revenue", companies="DeepSeek", format="csv"))[2].decode(
        "utf-8-sig"
    )
    assert next(csv.DictReader(io.StringIO(missing)))["status"] == "not_recorded"
    values = as_csv(json.loads(get(api(app, "company", name="Alibaba"))[2])).decode("utf-8-sig")
    assert "Flagship" in {r["name"] for r in csv.DictReader(io.StringIO(values))}


@pytest.mark.parametrize(
    ("tool", "asked", "code"),
    [
        ("company", {"name": "Alibbaba"}, 404),
        ("company", {}, 400),
        ("company", {"name": "Alibaba", "colour": "red"}, 400),
        ("models", {"limit": "many"}, 400),
        ("models", {"limit": "²"}, 400),
        ("landscape", {"outside": "perhaps"}, 400),
        ("models", {"format": "xml"}, 400),
        ("nothing", {}, 404),
        ("company", {"name": "\x00'\"><script>"}, 404),
        ("company", {"name": "DeepSeek", "as_of": "2019-01-01"}, 200),
    ],
)
def test_what_cannot_be_answered_is_a_typed_reason(
    app: str, tool: str, asked: dict[str, Any], code: int
) -> None:
    got, headers, body = get(api(app, tool, **asked))
    found = json.loads(body)
    assert got == code and found["status"] != "answered" and found["summary"]
    assert headers["content-type"].startswith("application/json")


def test_every_path_of_the_description_answers(app: str) -> None:
    described = json.loads(get(f"{app}/api/v1/openapi.json")[2])
    assert set(tools.TOOLS) <= {p.rpartition("/")[2] for p in described["paths"]}
    statuses = described["components"]["schemas"]["Answer"]["properties"]["status"]["enum"]
    needed = {"query": "Qwen", "name": "Alibaba", "measure": "revenue", "companies": ["Alibaba", "Baidu"]}
    needed |= {"chart": "governance-mix", "document": "x", "word": "flagship"}
    for path, item in described["paths"].items():
        parameters = item["get"].get("parameters", [])
        asked = {p["name"]: needed[p["name"]] for p in parameters if p.get("required")}
        code, _, body = get(f"{app}{path}?{urlencode(asked, doseq=True)}")
        assert str(code) in item["get"]["responses"]
        found = json.loads(body)
        if "/resources/" not in path:
            assert found["status"] in statuses
            assert set(described["components"]["schemas"]["Answer"]["required"]) <= set(found)


def test_every_link_of_llms_txt_leads_somewhere(app: str) -> None:
    code, headers, body = get(f"{app}/llms.txt")
    text = body.decode()
    assert (
        code == 200 and headers["content-type"].startswith("text/markdown") and "Do not interpolate" in text
    )
    links = re.findall(r"\]\((\S+)\)", text)
    asked = {u.rpartition("/")[2] for u in links if "/api/v1/" in u and "?" not in u and "resources" not in u}
    assert asked == {"openapi.json", *tools.TOOLS}
    assert {u.partition("chart=")[2] for u in links if "chart=" in u} == set(CHARTS)
    for link in (u for u in links if "resources" in u or "/data/" in u or u.endswith("openapi.json")):
        assert get(link.replace(ADDRESS, app))[0] == 200, link
    # A tool asked for nothing says what it needs.
    missing = json.loads(get(f"{app}/api/v1/company")[2])
    assert missing["status"] == "not_understood" and "name" in missing["nearest"][0]["parameters"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/api/v1/models", "/data/models.parquet", "/api/v1/resources/coverage"])
def test_nothing_can_be_changed(app: str, method: str, path: str) -> None:
    assert get(f"{app}{path}", method)[0] == 405


def test_a_client_that_asks_without_end_is_told_to_wait() -> None:
    now = [0.0]
    rate = Rate(3, lambda: now[0])
    assert [rate.wait("a") for _ in range(4)] == [0, 0, 0, 60] and rate.wait("b") == 0
    now[0] = 61
    assert rate.wait("a") == 0


def test_too_many_questions_and_files_are_refused_in_words(built: Path) -> None:
    builds = Builds(folder=lambda: built)
    client = TestClient(Starlette(routes=web.routes(builds, Rate(2), Rate(1))))
    assert [client.get("/api/v1/resources/coverage").status_code for _ in range(3)] == [200, 200, 429]
    assert [client.get("/data/datapackage.json").status_code for _ in range(2)] == [200, 429]
    refused = client.get("/data/models.parquet")
    assert refused.json()["summary"].startswith("More than 1 files in a minute; ask again in ")
    assert int(refused.headers["retry-after"]) > 0


def test_a_question_beyond_those_that_wait_is_sent_away(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "WAITING", 1)
    begun, end = threading.Semaphore(0), threading.Event()
    plain = Builds(folder=lambda: built)
    real = plain.now

    def now() -> Build:
        begun.release()
        assert end.wait(30)
        return real()

    monkeypatch.setattr(plain, "now", now)

    async def ask() -> list[int]:
        app = Starlette(routes=web.routes(plain))
        async with httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=app), base_url="http://localhost"
        ) as client:
            asked = [asyncio.create_task(client.get("/api/v1/resources/coverage")) for _ in range(3)]
            for _ in range(2):
                await asyncio.to_thread(begun.acquire)
            refused = await client.get("/api/v1/resources/coverage")
            end.set()
            return [(await a).status_code for a in asked] + [refused.status_code]

    assert asyncio.run(ask()) == [200, 200, 200, 503]


def test_the_door_is_shut_unless_asked_for(built: Path) -> None:
    for app in served(built):
        for path in ("/api/v1/models", "/data/models.parquet", "/mcp", "/llms.txt"):
            code, headers, body = get(f"{app}{path}")
            # Streamlit answers an address that it does not know with its own page.
            assert code != 200 or (headers["content-type"].startswith("text/html") and b"PAR1" not in body)


# --- Files by ranges ---


class Ranged(io.RawIOBase):
    """A file at an address, of which only what is asked for is fetched."""

    def __init__(self, address: str) -> None:
        self.address, self.at = address, 0
        self.size = int(get(address, "HEAD")[1]["content-length"])

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.at

    def seek(self, to: int, whence: int = 0) -> int:
        self.at = to + (0, self.at, self.size)[whence]
        return self.at

    def readinto(self, buffer: Any) -> int:
        if self.at >= self.size:
            return 0
        last = min(self.at + len(buffer), self.size) - 1
        code, _, body = get(self.address, Range=f"bytes={self.at}-{last}", Accept_Encoding="gzip")
        assert code == 206 and len(body) == last - self.at + 1
        buffer[: len(body)] = body
        self.at += len(body)
        return len(body)


def test_a_column_is_read_by_ranges(app: str, tables: Tables) -> None:
    for name, column in (("benchmark_scores", "score"), ("models", "model_id")):
        found = pq.ParquetFile(Ranged(f"{app}/data/{name}.parquet")).read([column]).to_pandas()
        pd.testing.assert_series_equal(found[column], tables[name][column], check_dtype=False)


def test_files_are_those_of_the_served_build_and_no_others(app: str, built: Path) -> None:
    described = json.loads(get(f"{app}/data/datapackage.json")[2])
    now = store.snapshot(built).id
    assert described["snapshot"]["id"] == now
    for resource in described["resources"]:
        assert get(f"{app}/data/{resource['path']}")[2] == (built / resource["path"]).read_bytes()
        assert get(f"{app}/data/{now}/{resource['path']}", "HEAD")[0] == 200
    tag = get(f"{app}/data/models.parquet", "HEAD")[1]["etag"]
    assert get(f"{app}/data/models.parquet", If_None_Match=tag)[0] == 304
    for path in (
        "nothing.csv",
        "datapackage.csv",
        "..%2f..%2fpyproject.toml",
        "%2e%2e/pyproject.toml",
        "0000dead/models.parquet",
        "DICTIONARY.md",
    ):
        code, _, body = get(f"{app}/data/{path}")
        assert code in (400, 404) and b"[tool" not in body, path


def printed(app: str, name: str) -> str:
    """Lines that README prints under a comment of that name, asking the served app."""
    text = (PROJECT / "README.md").read_text(encoding="utf-8")
    lines = text.partition(f"    # {name}")[2].partition("\n\n")[0].splitlines()[1:]
    return textwrap.dedent("\n".join(lines)).replace("http://localhost:8501", app)


def test_polars_reads_by_address_as_readme_says(app: str, tables: Tables) -> None:
    polars = pytest.importorskip("polars")
    *before, last = printed(app, "Polars").splitlines()
    known: dict[str, Any] = {"pl": polars}
    exec("\n".join(before), known)
    found = eval(last, known)
    models = tables["models"]
    assert sorted(found["model_id"]) == sorted(models.loc[models["weights"].eq("open"), "model_id"])


def test_duckdb_reads_by_address_as_readme_says(app: str, tables: Tables) -> None:
    duckdb = pytest.importorskip("duckdb")
    package = pytest.importorskip("duckdb_extension_httpfs")
    # DuckDB loads only what its makers signed for its own version.
    found = sorted(Path(package.__file__).parent.glob(f"**/v{duckdb.__version__}/**/httpfs.duckdb_extension"))
    if not found:
        pytest.skip(f"no httpfs for DuckDB {duckdb.__version__} at hand")
    with duckdb.connect() as asked:
        asked.execute(f"LOAD '{found[0]}'")
        read = dict(asked.execute(printed(app, "DuckDB")).fetchall())
    expected = tables["models"]["weights"].value_counts(dropna=False)
    assert {k or "": n for k, n in read.items()} == {
        k if isinstance(k, str) else "": n for k, n in expected.items()
    }


def test_r_reads_what_it_downloads_as_readme_says(app: str, tables: Tables) -> None:
    """R fetches the whole file under its own name; its arrow reads with the same library as ours."""
    lines = printed(app, "R")
    address = re.findall(r'download\.file\("([^"]+)"', lines)[0]
    columns = re.findall(r'"(\w+)"', lines.partition("col_select")[2])
    code, headers, body = get(address, User_Agent="R (4.5.1 x86_64-pc-linux-gnu x86_64 linux-gnu)")
    assert code == 200 and len(body) == int(headers["content-length"])
    found = pq.read_table(io.BytesIO(body), columns=columns).to_pandas()
    pd.testing.assert_frame_equal(found, tables["models"][columns], check_dtype=False)


MASHUP = {
    "User_Agent": "Microsoft.Data.Mashup (https://go.microsoft.com/fwlink/?LinkID=304225)",
    "Accept_Encoding": "gzip, deflate",
}


@pytest.mark.parametrize("table", ["models", "companies", "sources", "company_metrics"])
def test_power_query_reads_a_table_as_readme_says(app: str, tables: Tables, table: str) -> None:
    """What Web.Contents asks (all of it, packed, twice) and Csv.Document makes of it: code page 65001, quoted cells."""
    address = re.findall(r'Web\.Contents\("([^"]+)"', printed(app, "Excel"))[0].replace("models", table)
    first = get(address, **MASHUP)
    assert first[0] == 200 and first == (
        200,
        first[1] | {"date": first[1]["date"]},
        get(address, **MASHUP)[2],
    )
    assert first[1]["content-type"] == "text/csv; charset=utf-8"
    body = gzip.decompress(first[2]) if first[1].get("content-encoding") == "gzip" else first[2]
    # Code page 65001 takes the mark at the beginning for what it is.
    header, *lines = csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""))
    frame = tables[table]
    assert header == list(frame.columns) and len(lines) == len(frame)
    for line, row in zip(lines, frame.to_dict("records"), strict=True):
        for text, value in zip(line, row.values(), strict=True):
            assert text.removeprefix("'") == as_text(plain(value)).removeprefix("'")
    assert get(address, If_None_Match=first[1]["etag"])[0] == 304
    assert get(address, "HEAD")[0] == 200


def test_power_bi_reads_the_parquet_file_whole(app: str, built: Path) -> None:
    """Parquet.Document over Web.Contents asks for no range, and takes packing that it did not agree to for a fault."""
    code, headers, body = get(f"{app}/data/models.parquet", **MASHUP)
    assert code == 200 and headers["content-encoding"] == "identity"
    assert body == (built / "models.parquet").read_bytes()


def test_answers_as_rows_of_a_spreadsheet(app: str) -> None:
    """An answer as CSV, asked as Power Query asks: page by page to the end, each line with address and link."""
    seen, offset = 0, 0
    while True:
        address = api(app, "models", companies="DeepSeek", format="csv", limit=20, offset=offset)
        _, headers, body = get(address, **MASHUP)
        body = gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body
        lines = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))
        assert all(r["source_urls"] and r["shown_at"] for r in lines)
        seen, offset = seen + len(lines), offset + 20
        if offset >= int(headers["x-landscape-total"]):
            break
    assert seen == int(headers["x-landscape-total"])


@pytest.mark.slow
def test_the_description_is_what_is_served(built: Path) -> None:
    """Whatever the description allows is answered as it says, whatever it forbids is refused."""
    schemathesis = pytest.importorskip("schemathesis")
    door = Starlette(
        routes=list(web.routes(Builds(folder=lambda: built, address=ADDRESS), Rate(lambda: 1_000_000)))
    )
    described = schemathesis.openapi.from_asgi("/api/v1/openapi.json", door)
    asked = 0
    for found in described.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=tries(25), deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
        )
        @given(case=operation.as_strategy())
        def holds(case: Any) -> None:
            case.call_and_validate()

        holds()
        asked += 1
    assert asked == len(tools.TOOLS) + len(RESOURCES)


# --- Assistants ---


QUESTIONS: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("company", {"name": "阿里巴巴", "fact": "Flagship"}, "answered"),
    ("company", {"name": "Alibbaba"}, "unknown_name"),
    ("company", {"name": "DeepSeek", "fact": "Revenue"}, "not_recorded"),
    ("company", {"name": "DeepSeek", "as_of": "2019-01-01"}, "before_coverage"),
    ("series", {"measure": "capex", "companies": ["腾讯"]}, "answered"),
    ("search", {"query": "通义"}, "answered"),
    ("landscape", {"as_of": "2023-06-30", "limit": 5}, "answered"),
    ("chart", {"chart": "governance-mix", "limit": 5}, "answered"),
    ("deck", {"charts": ["governance-mix"], "file": True}, "answered"),
)


async def converse(client: Any, built: Path) -> None:
    build = Builds(folder=lambda: built, address=ADDRESS).now()
    listed = await client.list_tools()
    assert [t.name for t in listed.tools] == list(tools.TOOLS)
    for tool in listed.tools:
        assert "Do not interpolate" in tool.description and not tool.annotations.destructive_hint
        assert all(p["description"] for p in tool.input_schema["properties"].values())
        assert tool.input_schema["additionalProperties"] is False
    for tool, asked, status in QUESTIONS:
        found = await client.call_tool(tool, asked)
        assert not found.is_error and found.structured_content["status"] == status
        assert json.loads(found.content[0].text) == found.structured_content
        assert found.structured_content == tools.call(build, tool, asked)
    # A parameter of another name must not pass for none.
    assert (await client.call_tool("landscape", {"company": ["baidu"]})).is_error
    resources = {str(r.uri) for r in (await client.list_resources()).resources}
    assert "landscape://coding-rule" in resources
    for uri in sorted(resources):
        assert json.loads((await client.read_resource(uri)).contents[0].text)


@needs_sdk
def test_an_assistant_over_standard_input_and_output(built: Path) -> None:
    import anyio
    from mcp.client import Client
    from mcp.client.stdio import StdioServerParameters, stdio_client

    started = StdioServerParameters(
        command=sys.executable,
        args=["-m", "dashboard", "mcp", "--address", ADDRESS],
        cwd=PROJECT,
        env=environment(built),
    )

    async def talk() -> None:
        async with Client(stdio_client(started)) as client:
            await converse(client, built)

    anyio.run(talk)


@needs_sdk
@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_an_assistant_over_http(app: str, built: Path, mode: str) -> None:
    import anyio
    from mcp.client import Client

    async def talk() -> None:
        async with Client(f"{app}/mcp", mode=mode) as client:
            await converse(client, built)

    anyio.run(talk)


@needs_sdk
def test_only_allowed_hosts_and_origins_reach_the_assistants_door(app: str) -> None:
    assert get(f"{app}/mcp", "POST", Host="evil.example", Content_Type="application/json")[0] == 421
    assert get(f"{app}/mcp", "POST", Origin="https://evil.example", Content_Type="application/json")[0] == 403


def test_without_the_package_a_sentence_says_what_to_install(built: Path) -> None:
    code = (
        "import importlib.util, sys\n"
        "real = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, *a: None if name == 'mcp' else real(name, *a)\n"
        "from dashboard.__main__ import main\n"
        "sys.exit(main(['mcp']))"
    )
    done = programs.run(code, env=environment(built))
    assert done.returncode == 1 and "requirements-mcp.txt" in done.stderr and not done.stdout


def test_what_is_needed_is_no_blank_by_description_and_answer_alike(app: str) -> None:
    """Blanks of any script are nothing: the description once took a no-break space for a name."""
    told = json.loads(get(f"{app}/api/v1/openapi.json")[2])["paths"]
    needed = [
        (path.rpartition("/")[2], one)
        for path, what in told.items()
        for one in what["get"].get("parameters", ())
        if one.get("required") and one["schema"].get("minLength")
    ]
    assert needed and not any(re.search(one["schema"]["pattern"], "\u00a0 \u3000") for _, one in needed)
    tool, one = needed[0]
    assert get(api(app, tool, **{one["name"]: "\u00a0"}))[0] == 400
