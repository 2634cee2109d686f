"""What the door says of itself: an OpenAPI description for programs, llms.txt for assistants that read pages."""

from __future__ import annotations

import inspect
from typing import Any

from dashboard.charts import CHARTS
from dashboard.door.answers import MOST_BYTES, MOST_ROWS, RULE
from dashboard.door.build import Build
from dashboard.door.resources import RESOURCES
from dashboard.door.tools import TOOLS, Parameter
from dashboard.door.who import A_DAY
from dashboard.look.theme import PRODUCT

_TYPES = {str: "string", int: "integer", bool: "boolean"}
_ANSWER: dict[str, Any] = {
    "type": "object",
    "required": ["status", "summary", "permalink", "snapshot", "sources", "rule"],
    "properties": {
        "status": {
            "enum": [
                "answered",
                "not_recorded",
                "before_coverage",
                "after_coverage",
                "unknown_name",
                "not_understood",
            ],
            "description": "Whether there is an answer, and if not, why; what is not recorded is unknown.",
        },
        "summary": {"type": "string"},
        "as_of": {"type": ["string", "null"], "description": "The day asked for."},
        "permalink": {"type": "string", "description": "The page that shows the same."},
        "snapshot": {"type": "object", "description": "The build that answered: id and newest day."},
        "values": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "status", "value"],
                "description": "value as the page writes it, number and unit, as_of, confidence, caveat, sources.",
            },
        },
        "rows": {
            "type": "array",
            "maxItems": MOST_ROWS,
            "items": {"type": "object", "required": ["sources"]},
        },
        "total": {"type": "integer"},
        "offset": {"type": "integer"},
        "next_offset": {"type": ["integer", "null"]},
        "nearest": {"type": "array", "description": "What is known nearest; never an answer."},
        "definitions": {"type": "object"},
        "sources": {
            "type": "object",
            "description": "Documents by id: publisher, title, url, day of publication.",
        },
        "rule": {"type": "string"},
    },
}


def _schema(one: Parameter) -> dict[str, Any]:
    if one.kind is list:
        items: dict[str, Any] = (
            {"enum": list(one.one_of)} if one.one_of else {"type": "string", "maxLength": 2_000}
        )
        return {"type": "array", "items": items, "maxItems": 40}
    schema: dict[str, Any] = {"type": _TYPES[one.kind]}
    if one.name == "limit":
        schema |= {"minimum": 1, "maximum": MOST_ROWS}
    elif one.name == "offset":
        schema |= {"minimum": 0, "maximum": 1_000_000}
    elif one.one_of == A_DAY:
        # Left empty it is the day that its meaning names.
        schema = {"anyOf": [{"type": "string", "format": "date"}, {"const": ""}]}
    elif one.one_of:
        schema |= {"enum": list(one.one_of)}
    elif one.kind is str:
        schema |= {"maxLength": 2_000}
    if one.is_required and one.kind is str:
        # Blanks of any script are nothing.
        schema |= {"minLength": 1, "pattern": r"\S"}
    if not one.is_required:
        schema["default"] = one.default
    return schema


def openapi(build: Build) -> dict[str, Any]:
    """The API by OpenAPI 3.1."""
    answer = {"application/json": {"schema": {"$ref": "#/components/schemas/Answer"}}}
    csv = {"text/csv": {"schema": {"type": "string"}}}
    replies: dict[str, Any] = {
        "200": {
            "description": "An answer, or the typed reason why nothing is recorded.",
            "content": answer | csv,
        },
        "304": {"description": "As it was: the snapshot is the same."},
        "400": {"description": "Not understood.", "content": answer},
        "404": {"description": "Nothing goes by that name; the nearest are offered.", "content": answer},
        "429": {"description": "Too many questions in a minute.", "content": {"application/json": {}}},
        "503": {"description": "No data here.", "content": {"application/json": {}}},
    }
    form = {
        "name": "format",
        "in": "query",
        "description": "json or csv.",
        "schema": {"enum": ["json", "csv"], "default": "json"},
    }
    paths: dict[str, Any] = {
        f"/api/v1/{tool.name}": {
            "get": {
                "operationId": tool.name,
                "summary": inspect.getdoc(tool.ask),
                "parameters": [
                    *(
                        {
                            "name": p.name,
                            "in": "query",
                            "required": p.is_required,
                            "description": p.means,
                            "schema": _schema(p),
                        }
                        for p in tool.parameters
                    ),
                    form,
                ],
                "responses": replies,
            }
        }
        for tool in TOOLS.values()
    }
    for name, read in RESOURCES.items():
        paths[f"/api/v1/resources/{name}"] = {
            "get": {
                "operationId": name.replace("-", "_"),
                "summary": inspect.getdoc(read),
                "responses": {
                    "200": {
                        "description": "As described.",
                        "content": {"application/json": {"schema": {"type": "object"}}},
                    },
                    **{code: replies[code] for code in ("304", "429", "503")},
                },
            }
        }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": PRODUCT,
            "version": "1",
            "description": f"Read only; at most {MOST_ROWS} rows or {MOST_BYTES // 1000} KB an answer. {RULE}",
            "license": {"name": "CC BY 4.0", "url": "https://creativecommons.org/licenses/by/4.0/"},
        },
        "servers": [{"url": build.address}] if build.address else [],
        "paths": paths,
        "components": {"schemas": {"Answer": _ANSWER}},
    }


def llms(build: Build) -> str:
    """What is here for an assistant that reads pages, in Markdown."""
    root = build.address
    lines = [
        f"# {PRODUCT}",
        "",
        "> Who steers AI how inside China's technology giants and labs, on any day since 2021, with the source of every value.",
        "",
        RULE,
        "",
        f"Data to {build.newest:%Y-%m-%d}, snapshot {build.snapshot.id}.",
        "",
        "## Ask",
        "",
        f"- [Description of the API]({root}/api/v1/openapi.json): OpenAPI 3.1; every answer as JSON, or as CSV with format=csv",
        f"- {root}/mcp: the same tools by the Model Context Protocol, where it is served",
        *(
            f"- [{tool.name}]({root}/api/v1/{tool.name}): {inspect.getdoc(tool.ask)}"
            for tool in TOOLS.values()
        ),
        "",
        "## Read",
        "",
        *(
            f"- [{name}]({root}/api/v1/resources/{name}): {inspect.getdoc(read)}"
            for name, read in RESOURCES.items()
        ),
        f"- [datapackage.json]({root}/data/datapackage.json): every table, with its columns; each is a Parquet file beside it, "
        "and CSV under the same name with .csv",
        "",
        "## Charts",
        "",
        *(f"- [{c.title}]({root}/api/v1/chart?chart={c.id}): {c.question}" for c in CHARTS.values()),
    ]
    return "\n".join(lines) + "\n"
