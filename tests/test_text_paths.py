"""Text of the data has one way into each kind of markup; a test of the source finds any other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from text_paths import PROJECT, Finding, Module, Source

#: Streamlit's parts whose words are Markdown; of each the first argument and these.
MARKDOWN = {
    "markdown", "caption", "title", "header", "subheader", "metric", "info", "warning", "error", "success", "write",
    "button", "download_button", "link_button", "page_link", "expander", "popover", "tabs", "toast", "status",
    "spinner", "pills", "selectbox", "multiselect", "segmented_control", "toggle", "checkbox", "radio", "text_input",
    "text_area", "number_input", "file_uploader", "date_input", "slider", "progress", "badge", "dialog", "update",
    "form_submit_button", "feedback",
}  # fmt: skip
NAMED = {"label", "body", "help", "delta", "text", "title", "delta_description"}
#: Parts whose choices are Markdown, too: what names them is a function.
CHOICES = {"pills", "segmented_control", "radio"}
#: Keys of a figure that Plotly reads as its small HTML.
FIGURE = {
    "text",
    "ticktext",
    "hovertext",
    "name",
    "title",
    "label",
    "labels",
    "hovertemplate",
    "texttemplate",
}
#: The one function for each kind of markup; `badge`, `link` and `quoteattr` call it inside.
ESCAPERS = {
    "markdown": {
        "dashboard.look.markdown.plain",
        "dashboard.look.markdown.link",
        "dashboard.look.theme.badge",
    },
    "plotly": {"dashboard.look.theme.escape"},
    "html": {"dashboard.look.markup.html_text", "dashboard.look.markup.xml_text"},
    "xml": {"dashboard.look.markup.xml_text"},
}
#: Which kind of markup a part of the source writes.
KINDS = (
    ("dashboard/draw/plotly/", "plotly"),
    ("dashboard/charts/", "plotly"),
    ("dashboard/export/picture.py", "plotly"),
    ("dashboard/screen/figure.py", "plotly"),
    ("dashboard/draw/slide/", "xml"),
    ("dashboard/deck/", "xml"),
    ("dashboard/export/master.py", "xml"),
    ("dashboard/", "html"),
)
#: Words of our own that cannot be followed to where they are written, each with where that is.
OWN_WORDS = frozenset(
    {
        "Snapshot.id",  # eight hexadecimal digits, checked when a build is read
        "Headline.label", "Headline.value", "Headline.delta", "Headline.since",  # facts/headlines: counts and days
        "Model.short",  # look/theme: the nine governance models
    }
)  # fmt: skip


#: Functions and tables of ours whose words cannot be followed: read by hand, none of them holds a text of the data.
OWN_CALLS = frozenset(
    {
        "dashboard.look.theme.model_short",  # the nine short names
        "dashboard.data.selection.words",  # counts, days and vocabularies
        "dashboard.screen.ui_own._move",  # dimensions, levels and qualifiers of the rule
        "etl.governance_rule.RULE",
        "plotly.offline.get_plotlyjs",
        "hashlib.sha256",
    }
)
#: Where tables of Markdown cells are set: their cells are made by `link_cell`, `chip` and `plain` of screen/tables.py, and
#: `test_plain.py` and the hostile table read every one of them.
TABLES_SET = {"modelcard.py", "profile_lists.py", "profiles.py", "tables.py", "timemachine.py"}


def source(kind: str) -> Source:
    made = Source(trusted=OWN_WORDS)
    made.escapers = frozenset(ESCAPERS[kind]) | OWN_CALLS
    return made


def markup_kind(m: Module) -> str:
    path = m.path.relative_to(PROJECT).as_posix()
    return next(kind for start, kind in KINDS if path.startswith(start))


def markdown_sinks(m: Module) -> Iterator[tuple[str, ast.expr]]:
    if not any(module == "streamlit" for module, _ in m.names.values()):
        return
    for node in ast.walk(m.tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        owner, name = node.func.value, node.func.attr
        if isinstance(owner, ast.Name) and ((owner.id in m.names and owner.id != "st") or owner.id.isupper()):
            continue
        for k in node.keywords:
            if k.arg == "unsafe_allow_html":
                yield "unsafe_allow_html", ast.Name("unsafe_allow_html")
            if name in MARKDOWN and k.arg in NAMED:
                yield f"{name}, {k.arg}", k.value
            if name in CHOICES and k.arg == "format_func":
                yield f"{name}, {k.arg}", k.value
            if k.arg == "help" and name.endswith("Column"):
                yield f"{name}, {k.arg}", k.value
        if name in MARKDOWN or name == "html":
            yield from ((name, a) for a in node.args[: 3 if name in ("metric", "progress") else 1])


def figure_sinks(m: Module) -> Iterator[tuple[str, ast.expr]]:
    for node in ast.walk(m.tree):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value in FIGURE:
                    yield f"“{key.value}” of a figure", value
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "annotation":
            yield from (("annotation", a) for a in node.args[2:3])


def markup_sinks(m: Module) -> Iterator[tuple[str, ast.expr]]:
    for node in ast.walk(m.tree):
        if isinstance(node, ast.JoinedStr):
            written = "".join(str(v.value) for v in node.values if isinstance(v, ast.Constant))
            if re.search(r"<[a-zA-Z/!?]|/>", written):
                yield "markup", node


#: What the following gets lost in, looked at by hand: file and a part of the value, and why it is harmless.
LOOKED_AT = {
    ("dashboard/screen/profiles.py", "delta"): "a rank, or a signed change of the index",
    ("dashboard/screen/tables.py", ".join([first, *("): "cells of Markdown, made as those of every table",
    ("dashboard/draw/slide/lanes.py", "s.shape_id for s in one.shapes"): "paths of numbers",
    ("dashboard/draw/slide/native.py", "<?xml version"): "the chart's own markup, made below",
    ("dashboard/draw/slide/xy.py", "<c:dPt>"): "marks of numbers and colours",
    ("dashboard/draw/slide/xy.py", "<c:ser>"): "series, whose words pass text_ref and runs",
    ("dashboard/draw/slide/xy.py", "<c:scatterChart>"): "the series above",
    ("dashboard/export/master.py", "<p:nvSpPr><p:cNvPr"): "names and kinds of our own master",
    ("dashboard/export/master.py", "<p:spTree>"): "shapes of our own master",
}


def findings(of: Source, m: Module, sinks: Iterator[tuple[str, ast.expr]]) -> Iterator[Finding]:
    for place, value in sinks:
        of.leaf = ""
        path = m.path.relative_to(of.root).as_posix()
        written = ast.unparse(value)
        if any(path == file and start in written for file, start in LOOKED_AT):
            continue
        if not of.safe(m, value):
            yield Finding(path, getattr(value, "lineno", 0), place, f"{written[:60]} ({of.leaf})")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ESCAPERS)
def test_text_of_the_data_reaches_markup_by_one_way(kind: str) -> None:
    of = source(kind)
    found: list[Finding] = []
    seen = 0
    for m in of.modules.values():
        if not m.name.startswith("dashboard"):
            continue
        sinks: list[tuple[str, ast.expr]] = []
        if kind == "markdown":
            sinks += markdown_sinks(m)
        elif markup_kind(m) == kind:
            sinks += markup_sinks(m)
            if kind == "plotly" and "/charts/" not in m.path.as_posix():
                sinks += figure_sinks(m)
        seen += len(sinks)
        found += findings(of, m, iter(sinks))
    assert seen > 10
    assert not found, "\n".join(map(str, sorted(set(found), key=str)))


def test_tables_of_markdown_cells_are_set_where_their_cells_are_looked_at() -> None:
    found = {
        m.path.name
        for m in source("markdown").modules.values()
        for n in ast.walk(m.tree)
        if isinstance(n, ast.Call) and ast.unparse(n.func) == "st.table"
    }
    assert found == TABLES_SET


@pytest.mark.parametrize(
    ("kind", "file", "code", "is_found"),
    [
        ("markdown", "screen/a.py", "import streamlit as st\ndef f(row: object) -> None:\n    st.caption(f'x {row.title}')\n", True),
        ("markdown", "screen/a.py", "import streamlit as st\ndef f(row: object) -> None:\n    said = [row.title]\n    st.markdown(' '.join(said))\n", True),
        ("markdown", "screen/a.py", "import streamlit as st\ndef f(words: str) -> None:\n    st.warning(words)\n", True),
        ("markdown", "screen/a.py", "import streamlit as st\ndef f(n: int) -> None:\n    st.warning(f'{n} rows')\n", False),
        ("markdown", "screen/a.py", "import streamlit as st\nst.markdown('x', unsafe_allow_html=True)\n", True),
        ("markdown", "screen/a.py", "import streamlit as st\nfrom dashboard.look.markdown import plain\ndef f(row: object) -> None:\n    st.metric(plain(row.a), plain(row.b))\n", False),
        ("markdown", "screen/a.py", "import streamlit as st\nfrom html import escape as plain\ndef f(row: object) -> None:\n    st.title(plain(row.a))\n", True),
        ("plotly", "draw/plotly/a.py", "def f(row: object) -> dict:\n    return {'text': [r.name for r in row]}\n", True),
        ("plotly", "draw/plotly/a.py", "def f(row: object) -> str:\n    return f'<b>{row.name}</b>'\n", True),
        ("xml", "deck/a.py", "def f(row: object) -> str:\n    return f'<a:t>{row.name}</a:t>'\n", True),
        ("xml", "deck/a.py", "def f(row: object) -> str:\n    return f'<p:x name=\"{row.name}\"/>'\n", True),
        ("html", "export/a.py", "def f(row: object) -> str:\n    return f'<td>{row.name}</td>'\n", True),
        ("html", "export/a.py", "import html\ndef f(row: object) -> str:\n    return f'<td>{html.escape(row.name)}</td>'\n", True),
        ("html", "export/a.py", "from dashboard.look.markup import html_text\ndef f(row: object) -> str:\n    return f'<td>{html_text(row.name)}</td>'\n", False),
    ],
)  # fmt: skip
def test_another_way_is_found(kind: str, file: str, code: str, is_found: bool, tmp_path: Path) -> None:
    for name in ("look/markdown.py", "look/markup.py", "look/theme.py"):
        copy = tmp_path / "dashboard" / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text((PROJECT / "dashboard" / name).read_text(encoding="utf-8"), encoding="utf-8")
    path = tmp_path / "dashboard" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(code, encoding="utf-8")
    of = Source(tmp_path, ("dashboard",))
    of.escapers = frozenset(ESCAPERS[kind])
    m = next(m for m in of.modules.values() if m.path == path)
    sinks = {"markdown": markdown_sinks, "plotly": figure_sinks}.get(kind, markup_sinks)
    found = [*findings(of, m, sinks(m)), *(findings(of, m, markup_sinks(m)) if kind == "plotly" else ())]
    assert bool(found) == is_found
