"""The tools: each once, with its parameters in words, for assistants, for programs and for their descriptions."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_type_hints

from dashboard.door import measures, shown, who
from dashboard.door.answers import MOST_ROWS, RULE, Answer
from dashboard.door.build import Build, NotAnswered

#: Longest text of one parameter, and most values of a list: what is longer was not asked by a person.
MOST_TEXT, MOST_LIST = 2_000, 40


@dataclass(frozen=True)
class Parameter:
    """One parameter of a tool.

    Attributes:
        name: Its name.
        kind: str, int, bool or list.
        means: What it means, in a sentence.
        default: Its default; `inspect` marks none.
        one_of: The words that it may be, where these are few; `who.A_DAY` where it is a day; else empty.
    """

    name: str
    kind: type
    means: str
    default: Any
    one_of: tuple[str, ...] = ()

    @property
    def is_required(self) -> bool:
        """True where the tool cannot do without it."""
        return self.default is inspect.Parameter.empty


@dataclass(frozen=True)
class Tool:
    """One question that can be asked."""

    name: str
    ask: Callable[..., Answer]
    parameters: tuple[Parameter, ...]

    @property
    def means(self) -> str:
        """What it answers, in a sentence, and the rule of all answers."""
        return f"{inspect.getdoc(self.ask)} {RULE}"


def _tool(name: str, ask: Callable[..., Answer]) -> Tool:
    hints = get_type_hints(ask, include_extras=True)
    found = []
    for p in list(inspect.signature(ask).parameters.values())[1:]:
        hint = hints[p.name]
        kind = hint.__origin__
        found.append(
            Parameter(
                p.name,
                kind if isinstance(kind, type) else list,
                hint.__metadata__[0],
                p.default,
                *hint.__metadata__[1:],
            )
        )
    return Tool(name, ask, tuple(found))


TOOLS: dict[str, Tool] = {
    name: _tool(name, ask)
    for name, ask in (
        ("search", who.search),
        ("company", who.company),
        ("landscape", who.landscape_on),
        ("changes", who.changes),
        ("series", measures.series),
        ("compare", who.compare),
        ("models", measures.models),
        ("chart", shown.chart),
        ("source", shown.source),
        ("definition", shown.definition),
        ("deck", shown.deck),
    )
}


def call(build: Build, name: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The answer of a tool as JSON has it; a question without an answer gets its typed reason.

    Args:
        build: The data.
        name: A key of TOOLS.
        asked: Parameters by name, of their types.
    """
    try:
        return TOOLS[name].ask(build, **_sound(build, TOOLS[name], asked)).plain()
    except NotAnswered as reason:
        return reason.answer.plain()


def _is_blank(value: object) -> bool:
    return not (value.strip() if isinstance(value, str) else value)


def _sound(build: Build, tool: Tool, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters within their bounds; what is not is refused in a sentence."""
    known = {p.name: p for p in tool.parameters}
    there = f"there are {', '.join(known)}" if known else f"“{tool.name}” takes none"
    said = [f"There is no parameter “{str(k)[:40]}”; {there}." for k in asked if k not in known]
    said += [
        f"“{p.name}” is needed: {p.means}"
        for p in tool.parameters
        if p.is_required and _is_blank(asked.get(p.name))
    ]
    for name, value in asked.items():
        texts = value if isinstance(value, list) else [value]
        if len(texts) > MOST_LIST:
            said.append(f"“{name}” has {len(texts):,} values; expected at most {MOST_LIST}.")
        if any(isinstance(t, str) and len(t) > MOST_TEXT for t in texts):
            said.append(f"“{name}” is longer than {MOST_TEXT:,} characters.")
    if "limit" in known and not 1 <= int(asked.get("limit", 1)) <= MOST_ROWS:
        said.append(f"“limit” is a number from 1 to {MOST_ROWS}.")
    if "offset" in known and not 0 <= int(asked.get("offset", 0)) <= 1_000_000:
        said.append("“offset” is a number from 0 on.")
    if said:
        raise build.refuse(
            "not_understood",
            " ".join(said),
            nearest=({"parameters": {p.name: p.means for p in tool.parameters}},),
        )
    return dict(asked)
