"""The tools for assistants, by the Model Context Protocol: over standard input and output, or mounted into the app."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any

from dashboard.door import tools
from dashboard.door.answers import RULE
from dashboard.door.build import Builds
from dashboard.door.resources import RESOURCES
from dashboard.door.tools import TOOLS, Tool
from dashboard.look.theme import PRODUCT

INSTRUCTIONS = (
    "Who steers AI how inside China's technology giants and labs, on any day since 2021, with the source of every value. "
    "Find names with `search`, then ask `company`, `landscape`, `changes`, `series`, `compare`, `models` or `chart`; "
    f"`definition` explains words. {RULE}"
)


def why_not() -> str:
    """Why assistants cannot be served, as a sentence; "" where they can."""
    if find_spec("mcp") is not None:
        return ""
    return (
        "Serving assistants needs the package `mcp`, which is not installed: "
        "run `.venv/bin/python -m pip install -r requirements-mcp.txt`."
    )


def server(builds: Builds) -> Any:
    """An `MCPServer` with every tool and resource; `why_not` says whether it can be made."""
    from mcp.server import MCPServer
    from mcp.server.mcpserver.tools import Tool as Served
    from mcp.types import CallToolResult, TextContent, ToolAnnotations

    def served(one: Tool) -> Served:
        def ask(*, context: Any, **asked: Any) -> CallToolResult:
            # Over standard input and output there is no request, and no address but the one given.
            request = context.request_context.request
            build = builds.now()
            placed = build if request is None else build.placed(str(request.base_url))
            found = tools.call(placed, one.name, asked)
            # Older clients read the text, newer ones the object; both say the same.
            text = json.dumps(found, ensure_ascii=False)
            return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=found)

        ask.__name__ = one.name
        ask.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
            [
                inspect.Parameter(
                    p.name,
                    inspect.Parameter.KEYWORD_ONLY,
                    annotation=list[str] if p.kind is list else p.kind,
                    default=p.default,
                )
                for p in one.parameters
            ],
            return_annotation=CallToolResult,
        )
        made = Served.from_function(
            ask,
            name=one.name,
            description=one.means,
            context_kwarg="context",
            annotations=ToolAnnotations(
                title=one.name.capitalize(),
                # A deck is written into a folder that whoever started the server named.
                read_only_hint=one.name != "deck",
                destructive_hint=False,
                idempotent_hint=True,
                open_world_hint=False,
            ),
        )
        # A parameter of another name must not pass for one that was left out: the answer would be of everything.
        strict = made.fn_metadata.arg_model
        strict.model_config["extra"] = "forbid"
        strict.model_rebuild(force=True)
        made.parameters = strict.model_json_schema(by_alias=True)
        for p in one.parameters:
            made.parameters["properties"][p.name]["description"] = p.means
        return made

    made = MCPServer(
        "china-ai-landscape",
        title=PRODUCT,
        instructions=INSTRUCTIONS,
        tools=[served(one) for one in TOOLS.values()],
        # The app's own log stays as it is.
        log_level="WARNING",
    )
    for name, read in RESOURCES.items():
        made.resource(
            f"landscape://{name}", name=name, description=inspect.getdoc(read), mime_type="application/json"
        )(_reader(builds, read))
    return made


def _reader(builds: Builds, read: Callable[..., dict[str, Any]]) -> Callable[[], str]:
    return lambda: json.dumps(read(builds.now()), ensure_ascii=False)


def run(builds: Builds) -> None:
    """Serves an assistant over standard input and output until it hangs up."""
    builds.now()
    server(builds).run("stdio")


def mounted(builds: Builds, hosts: Sequence[str]) -> tuple[Any, Any]:
    """The same server for the app: without sessions, so that any replica can answer any request.

    Args:
        builds: The data.
        hosts: Hosts by which it may be called, such as "landscape.example.com" or "localhost:*".

    Returns:
        The server, whose `session_manager.run()` the host's lifespan must enter, and its routes under /mcp.
    """
    from mcp.server.transport_security import TransportSecuritySettings

    made = server(builds)
    app = made.streamable_http_app(
        streamable_http_path="/mcp",
        json_response=True,
        stateless_http=True,
        max_request_body_size=100_000,
        transport_security=TransportSecuritySettings(
            allowed_hosts=list(hosts),
            allowed_origins=[f"{scheme}://{host}" for host in hosts for scheme in ("http", "https")],
        ),
    )
    return made, app.routes
