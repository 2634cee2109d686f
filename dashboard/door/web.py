"""The tools over HTTP: `/api/v1/…` as JSON and CSV, `/data/…` the files of the served build; read only, no CORS."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from dashboard.data import settings, store
from dashboard.data.memory import Memory
from dashboard.deck import turns
from dashboard.deck.turns import Rate
from dashboard.door import describe, tools
from dashboard.door.build import Build, Builds
from dashboard.door.resources import RESOURCES
from dashboard.door.tools import TOOLS, Tool
from dashboard.export.table import frame_csv

#: A typed reason is an answer: only what cannot be understood, or names nothing, is an error of the request.
CODES = {"not_understood": 400, "unknown_name": 404}
#: Answers that are worked out at once, and questions that wait: readers of the pages share the same processor.
AT_ONCE, WAITING = 2, 40
TYPES = {
    ".parquet": "application/vnd.apache.parquet",
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
}
_answers: Memory[tuple[int, bytes, Mapping[str, str]]] = Memory(
    "answers of the API", 16_000_000, lambda one: len(one[1]) + 500
)

_tables: Memory[bytes] = Memory("tables as CSV", 16_000_000, len)


def routes(builds: Builds, rate: Rate | None = None, fetched: Rate | None = None) -> list[Route]:
    """Routes of the API and of the data, to stand beside the app.

    Args:
        builds: The data.
        rate: How often a client may ask; a person's assistant asks a handful, a loop that forgot to stop thousands.
        fetched: How often it may fetch a file of the data, or a part of one.
    """
    asked = rate or Rate(lambda: settings.limit(turns.QUESTIONS, 120))
    fetched = fetched or Rate(lambda: settings.limit(turns.DATA, 300))
    turn, waiting = asyncio.Semaphore(AT_ONCE), 0

    def guarded(answer: Callable[[Build, Request], Response]) -> Callable[[Request], Any]:
        async def respond(request: Request) -> Response:
            nonlocal waiting
            if refused := _too_many(asked, request, "questions"):
                return refused
            if waiting >= WAITING:
                said = f"{turns.before_you(waiting)} Ask again in a few seconds."
                return JSONResponse({"status": "busy", "summary": said}, 503, {"Retry-After": "5"})
            waiting += 1
            try:
                await turn.acquire()
            finally:
                waiting -= 1
            try:
                build = await run_in_threadpool(builds.now)
                return await run_in_threadpool(answer, build.placed(str(request.base_url)), request)
            except store.DataMissingError as missing:
                return JSONResponse({"status": "no_data", "summary": str(missing)}, 503)
            finally:
                turn.release()

        return respond

    async def file(request: Request) -> Response:
        if refused := _too_many(fetched, request, "files"):
            return refused
        return await run_in_threadpool(_file, builds, request)

    return [
        Route("/api/v1/openapi.json", guarded(_openapi)),
        Route("/api/v1/resources/{name}", guarded(_resource)),
        Route("/api/v1/{tool}", guarded(_answer)),
        Route("/data/{name}", file),
        Route("/data/{snapshot}/{name}", file),
        Route("/llms.txt", guarded(_llms)),
    ]


def _too_many(rate: Rate, request: Request, what: str) -> Response | None:
    seconds = rate.wait(request.client.host if request.client else "")
    if not seconds:
        return None
    said = f"More than {rate.most} {what} in a minute; ask again in {seconds} seconds."
    return JSONResponse({"status": "too_many", "summary": said}, 429, {"Retry-After": str(seconds)})


def _etag(*parts: object) -> str:
    return f'W/"{hashlib.sha256(repr(parts).encode()).hexdigest()[:16]}"'


def _is_at_hand(request: Request, tag: str) -> bool:
    known = [t.strip() for t in request.headers.get("if-none-match", "").split(",")]
    return tag in known or "*" in known


def _kept(tag: str) -> dict[str, str]:
    return {"ETag": tag, "Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}


# --- Answers ---


def _answer(build: Build, request: Request) -> Response:
    name = request.path_params["tool"]
    if name not in TOOLS:
        said = f"There is no tool of that name; there are {', '.join(TOOLS)}."
        return JSONResponse({"status": "unknown_name", "summary": said}, 404)
    form = request.query_params.get("format", "csv" if _wants_csv(request) else "json")
    asked = sorted((k, v) for k, v in request.query_params.multi_items() if k != "format")
    key = (build.snapshot.id, build.address, name, form, tuple(asked))
    tag = _etag(*key)
    if _is_at_hand(request, tag):
        return Response(status_code=304, headers=_kept(tag) | {"Vary": "Accept"})
    code, body, headers = _answers.get(key, lambda: _made(build, TOOLS[name], form, asked))
    kind = "text/csv; charset=utf-8" if form == "csv" and code == 200 else "application/json"
    return Response(body, code, dict(headers) | _kept(tag) | {"Vary": "Accept"}, media_type=kind)


def _wants_csv(request: Request) -> bool:
    accepted = request.headers.get("accept", "")
    return "text/csv" in accepted and "application/json" not in accepted


def _made(
    build: Build, tool: Tool, form: str, asked: list[tuple[str, str]]
) -> tuple[int, bytes, Mapping[str, str]]:
    said = [] if form in ("json", "csv") else ["“format” is json or csv."]
    values: dict[str, Any] = {}
    kinds = {p.name: p.kind for p in tool.parameters}
    for name, text in asked:
        kind = kinds.get(name, str)
        if kind is list:
            values.setdefault(name, []).append(text)
        elif kind is int and not text.lstrip("-").isdecimal():
            said.append(f"“{name}” is a whole number.")
        elif kind is int:
            values[name] = int(text[:12])
        elif kind is bool and text.lower() not in ("0", "1", "true", "false"):
            said.append(f"“{name}” is true or false.")
        elif kind is bool:
            values[name] = text.lower() in ("1", "true")
        else:
            values[name] = text
    if said:
        found = build.refuse("not_understood", " ".join(said)).answer.plain()
    else:
        found = tools.call(build, tool.name, values)
    code = CODES.get(found["status"], 200)
    headers = {"X-Landscape-Status": found["status"], "X-Landscape-Snapshot": build.snapshot.id}
    if "total" in found:
        headers["X-Landscape-Total"] = str(found["total"])
    if form == "csv" and code == 200:
        return code, as_csv(found), headers
    return code, json.dumps(found, ensure_ascii=False).encode(), headers


def as_csv(found: Mapping[str, Any]) -> bytes:
    """An answer's rows, or its values where it has no rows, or its typed reason, as CSV that Excel shows in Chinese.

    Every line ends in the addresses of its documents, the snapshot and the permalink.
    """
    lines = found.get("values") or found.get("rows", ())
    if found["status"] != "answered" or not lines:
        lines = [{"status": found["status"], "summary": found["summary"]}]
    flat = []
    for line in lines:
        row: dict[str, object] = {}
        for key, value in line.items():
            if key == "as_shown":
                row |= {f"{k}_as_shown": v for k, v in value.items()}
            elif isinstance(value, (list, tuple)):
                row[key] = "; ".join(map(str, value))
            else:
                row[key] = value
        urls = [str(found["sources"][i]["url"]) for i in line.get("sources", ()) if i in found["sources"]]
        row["source_urls"] = "; ".join(urls)
        flat.append(row | {"snapshot": found["snapshot"]["id"], "shown_at": found["permalink"]})
    # Objects: a column of whole numbers with gaps stays one.
    return frame_csv(pd.DataFrame(flat, dtype="object"))


def _resource(build: Build, request: Request) -> Response:
    read = RESOURCES.get(request.path_params["name"])
    if read is None:
        return JSONResponse({"status": "unknown_name", "summary": f"There are {', '.join(RESOURCES)}."}, 404)
    tag = _etag(build.snapshot.id, build.address, request.path_params["name"])
    if _is_at_hand(request, tag):
        return Response(status_code=304, headers=_kept(tag))
    return Response(json.dumps(read(build), ensure_ascii=False), 200, _kept(tag), "application/json")


def _openapi(build: Build, request: Request) -> Response:
    return JSONResponse(describe.openapi(build))


def _llms(build: Build, request: Request) -> Response:
    return PlainTextResponse(describe.llms(build), media_type="text/markdown; charset=utf-8")


# --- Files ---


def _file(builds: Builds, request: Request) -> Response:
    """A file of the served build, or of a kept one; ranges are answered, so that a column can be read alone.

    Under a table's name with `.csv` its rows come as CSV, whole.
    """
    try:
        folder = builds.folder()
        now = store.snapshot(folder).id
        asked = request.path_params.get("snapshot", now)
        if asked != now:
            kept = store.builds(store.processed_folder())
            if asked not in kept:
                return PlainTextResponse("This snapshot is not kept here.\n", 404)
            folder = kept[asked]
        names = store.files(folder)
    except store.DataMissingError as missing:
        return PlainTextResponse(f"{missing}\n", 503)
    name = request.path_params["name"]
    # A spreadsheet reads no Parquet: each table is there as CSV, too.
    is_csv = name.endswith(".csv") and (kept_as := f"{name.removesuffix('.csv')}.parquet") in names
    if name not in names and not is_csv:
        said = f"There is no such file; there are {', '.join(names)}, and each table as .csv."
        return PlainTextResponse(f"{said}\n", 404)
    path: Path = folder / (kept_as if is_csv else name)
    if not path.is_file():
        return PlainTextResponse(f"{path.name} is missing from this build.\n", 503)
    stat = path.stat()
    version = f"{asked}-{stat.st_mtime_ns:x}-{stat.st_size:x}"
    tag = f'W/"{version}-csv"' if is_csv else f'"{version}"'
    headers = {
        "ETag": tag,
        "Cache-Control": "no-cache",
        "X-Landscape-Snapshot": asked,
        "X-Content-Type-Options": "nosniff",
    }
    if _is_at_hand(request, tag):
        return Response(status_code=304, headers=headers)
    if is_csv:
        body = _tables.get((str(path), version), lambda: frame_csv(store.typed(pq.read_table(path))))
        return Response(body, 200, headers, "text/csv; charset=utf-8")
    # Compressed on the way, a range would count other bytes.
    headers["Content-Encoding"] = "identity"
    return FileResponse(path, headers=headers, media_type=TYPES.get(path.suffix, "application/octet-stream"))
