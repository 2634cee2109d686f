"""What comes from an address, a file or a table is shown as it is written, on every page and in every file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import hostile
import pandas as pd
import pytest
from hostile import SPOIL
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from streamlit.testing.v1 import AppTest
from together import together

from dashboard.charts import CHARTS
from dashboard.charts import card as export_card
from dashboard.charts.marks import told
from dashboard.data import store
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.draw import plotly
from dashboard.export import page
from dashboard.facts.landscape import apply
from dashboard.look.markdown import link, plain, web_address
from dashboard.look.theme import Look
from dashboard.screen.figure import plain as plain_figure

APP = Path(__file__).resolve().parent.parent / "dashboard" / "app.py"
PAGES = sorted(p.name for p in (APP.parent / "app_pages").glob("*.py"))

#: As Streamlit's page reads Markdown: CommonMark with tables and strikethrough; the empty directive that parts text
#: stands as an empty comment, which a CommonMark parser takes for a part of its own.
PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
#: What its plugins look for in the text that is left: addresses and mail (mdast-util-gfm-autolink-literal), emoji
#: (remark-emoji), and Streamlit's own icons, logo and typographic signs.
FOUND_IN_TEXT = re.compile(
    r"(?:https?://|www(?=\.))[-.\w]+|(?:^|(?<=[\s!-/:-@\[-`{-~]))[-.\w+]+@[-\w]+(?:\.[-\w]+)+"
    r"|:\+1:|:-1:|:[\w-]+:|(?:^|\s)(?:<->|->|<-|--|>=|<=|~=)(?:\s|$)",
    re.IGNORECASE | re.ASCII,
)
#: Contexts of the app's own Markdown that values are put into.
CONTEXTS = (
    "{}",
    "The link asks for “{}”: ignored.",
    "- {}",
    "**x** {}",
    "a  \n{}",
    "| a |\n| - |\n| {} |",
    "# {}",
)

HOSTILE = (
    # At the end of a heading a sign of number closes it, and is not shown.
    "C #",
    "Qwen ##",
    "![p](http://tracker.test/a.png) [Sign in again](http://phish.test/)",
    "<img src=http://tracker.test/a.png>",
    "<http://phish.test>",
    "<a@phish.test>",
    "http://phish.test/a?b=c",
    "HTTPS://PHISH.TEST",
    "www.phish.test",
    "WwW.phish.test/x",
    "mail admin@phish.test now",
    "[x]: http://phish.test",
    "[x][y]",
    "[^1] and [^1]: note",
    ":material/lock: :material_lock: :streamlit: :smile: :+1: :a:b:",
    ":red[x] :red-background[y] :small[z] ::leaf[x] :::box",
    ":color[x]{foreground=red} :help[x]",
    "$x^2$ and $$y$$",
    "`code` ```\nblock\n```",
    "~~gone~~ *a* **b** _c_ __d__",
    "| a | b |\n| - | - |\n| 1 | 2 |",
    "# title",
    "- item",
    "+ item",
    "1. item",
    "12) item",
    "> quote",
    "---",
    "===",
    "    code",
    "\tcode",
    "a\n\n# b",
    "a  \nb",
    "&copy; &#33;&#91;x&#93;(http://phish.test)",
    "a <-> b -> c <- d -- e >= f <= g ~= h",
    "\\",
    "\\\\[x](http://phish.test)\\",
    "end]",
    "](http://phish.test)",
    "\u202egnp.exe",
    "{#id .class}",
    "<script>alert(1)</script>",
    "<!-- x -->",
    # Blanks that are none of the keyboard's: Markdown takes them away at the ends of a line.
    "\u00a0",
    "\u3000Qwen\u00a0",
)


def tokens(text: str) -> list[Token]:
    parted = text.replace(":small[]", "<!---->")
    found: list[Token] = []
    for token in PARSER.parse(parted):
        found.append(token)
        found += token.children or []
    return [t for t in found if not (t.type == "html_inline" and t.content == "<!---->")]


def seen(text: str) -> str:
    """The text that a reader of the Markdown sees."""
    return "".join(t.content for t in tokens(text) if t.type in ("text", "text_special", "softbreak"))


def pieces(text: str) -> list[str]:
    """The runs of text between two parts, as a renderer's plugins meet them."""
    runs = [""]
    for token in PARSER.parse(text.replace(":small[]", "<!---->")):
        for child in token.children or []:
            if child.type in ("text", "text_special"):
                runs[-1] += child.content
            else:
                runs.append("")
        runs.append("")
    return runs


def one_line(text: str) -> str:
    return re.sub(
        "[\x00-\x20\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+", " ", text
    ).strip()


def check_plain(value: str, context: str = "{}") -> None:
    if not one_line(value):
        assert plain(value) == ""
        return
    text = context.format(plain(value))
    bare = tokens(context.format("x"))
    found = tokens(text)
    own = [t.type for t in bare if t.type not in ("text", "text_special")]
    assert [t.type for t in found if t.type not in ("text", "text_special")] == own, text
    assert seen(text) == seen(context.format("x" * 3)).replace("xxx", one_line(value))
    for run in pieces(text):
        assert not FOUND_IN_TEXT.search(run), (text, run)
    # What CommonMark does not know and Streamlit does: no directive but the one that parts, no formula.
    escaped = re.sub(r"\\[!-/:-@\[-`{-~]", "", plain(value).replace(":small[]", ""))
    assert not re.search(r"[:$]", escaped), text


@together("value", HOSTILE)
@pytest.mark.parametrize("context", CONTEXTS)
def test_a_hostile_value_is_shown_as_written(value: str, context: str) -> None:
    check_plain(value, context)


#: Signs that mean something somewhere, and pieces that mean something together.
SPOILT = st.lists(
    st.sampled_from(
        [
            *"\\`*_{}[]()#+-.!|~$:&<>=@^/;\"' \n\t1aé中",
            "www.",
            "http://",
            "https://",
            "a@b.co",
            ":smile:",
            ":material/",
            ":red[",
            "![",
            "](",
            "&amp;",
            "<b>",
            "->",
            "<-",
            "--",
            "$$",
            "    ",
        ]
    )
    | st.text(max_size=3),
    max_size=30,
).map("".join)


@given(SPOILT, st.sampled_from(CONTEXTS))
def test_any_value_is_shown_as_written(value: str, context: str) -> None:
    check_plain(value, context)


@given(SPOILT, st.text(alphabet=st.characters(codec="utf-8"), max_size=20) | SPOILT)
def test_a_link_leads_where_it_says(text: str, path: str) -> None:
    url = f"https://example.org/{path}"
    if not one_line(text) or not web_address(url):
        return
    (opened,) = [t for t in tokens(f"see {link(text, url)} there") if t.type == "link_open"]
    href = str(opened.attrs["href"])
    assert href.startswith("https://example.org/") and not re.search(r"[\s<>\"`\\]", href)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "ftp://a.org", "www.a.org", "", None, "http://"]
)
def test_an_address_that_is_none_of_the_web_is_no_link(url: Any) -> None:
    assert link("A", url) == "A"


# --- Every page over tables whose every text is spoiled ---


@pytest.fixture(scope="session")
def spoiled(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real data with an attack written behind every text that an editor writes freely."""
    return hostile.spoil(built, tmp_path_factory.mktemp("spoiled") / "processed")


#: Fields of Streamlit's messages that are no Markdown: addresses, ids, data, choices of lists, words for screen readers.
NO_MARKDOWN = {
    "alt", "arrow_config", "bytes", "columns", "config", "css_content", "data", "default", "element_id", "file_name",
    "form_id", "html_content", "id", "js_content", "key", "mime", "mixed_data", "page", "page_script_hash", "placeholder",
    "query_string", "raw_values", "session_id", "spec", "type", "url", "user_key", "value", "options_of_list", "language",
    "json", "arrow_data", "html", "style", "icon", "element_hash", "download_url", "deferred_file_id",
}  # fmt: skip
#: Elements whose `body`, `options` or the like is plain text.
PLAIN = {"code", "selectbox", "multiselect", "html", "bidi_component", "component_instance", "page_config"}


def markdown_of(node: Any, kind: str = "") -> Iterator[tuple[str, str]]:
    """Every Markdown text of an app's tree, with where it stands."""
    for child in node:
        proto = getattr(child, "proto", None)
        if getattr(child, "type", "") in PLAIN:
            proto = None
        if proto is not None and not isinstance(proto, str):
            yield from strings(proto, getattr(child, "type", ""))
        if getattr(child, "type", "") in ("table", "arrow_table"):
            frame = child.value
            for column in frame:
                yield "table.heading", str(column)
                for cell in frame[column]:
                    yield "table.cell", str(cell)


def strings(proto: Any, where: str) -> Iterator[tuple[str, str]]:
    for field, value in proto.ListFields():
        if field.name in NO_MARKDOWN:
            continue
        path = f"{where}.{field.name}"
        if field.name in PLAIN:
            if hasattr(value, "label"):
                yield f"{path}.label", value.label
            continue
        for one in value if field.is_repeated else [value]:
            if isinstance(one, str):
                yield path, one
            elif hasattr(one, "ListFields"):
                yield from strings(one, path)


@cache
def faults(text: str) -> list[str]:
    """What of the attack would come to life in this Markdown."""
    found = []
    for token in tokens(text):
        if token.type == "image":
            found.append(f"image {token.attrs['src']}")
        if token.type == "link_open" and "phish" in str(token.attrs["href"]):
            found.append(f"link {token.attrs['href']}")
        if token.type in ("html_inline", "html_block", "em_open", "code_inline"):
            found.append(f"{token.type} {token.content}")
    # An escaped sign is none.
    bare = re.sub(r"\\[!-/:-@\[-`{-~]", "\x00", text.replace(":small[]", "\x01"))
    for sign in (":smile:", ":material/lock:", ":red[r]", "$x$", "www.phish", "http://phish", "a@phish"):
        if sign in bare:
            found.append(sign)
    return found


@pytest.fixture
def page_over(spoiled: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("LANDSCAPE_DATA", str(spoiled))

    def visit(page: str, **query: str | list[str]) -> AppTest:
        app = AppTest.from_file(str(APP), default_timeout=60)
        for name, value in query.items():
            app.query_params[name.replace("__", ".")] = value
        app.switch_page(f"app_pages/{page}")
        return app.run()

    return visit


#: Every page, and every part of a page that its address opens.
VISITS = [
    *((page, {"names": "both"}) for page in PAGES),
    *(
        ("governance.py", {"governance__part": part})
        for part in ("event", "dimensions", "outcomes", "coding", "events")
    ),
    *(
        ("gallery.py", {"gallery__chart": chart})
        for chart in ("landscape-matrix", "model-list", "reorganisations")
    ),
    ("company.py", {"company__id": "alibaba", "basis": "coded"}),
    ("model.py", {"model__id": "deepseek/deepseek-r1"}),
]


@pytest.mark.parametrize(("page", "query"), VISITS, ids=[f"{p} {' '.join(q.values())}" for p, q in VISITS])
def test_tables_are_data_on_every_page(page_over: Any, page: str, query: dict[str, str]) -> None:
    app = page_over(page, **query)
    assert not app.exception, [e.value for e in app.exception]
    said = list(markdown_of(app._tree))
    assert len(said) > 20
    found = {f"{where}: {text.replace(SPOIL, '☠')}" for where, text in said if faults(text)}
    assert not found, "\n".join(sorted(found))


# --- Every chart and file over the same tables ---


@pytest.fixture(scope="session")
def spoiled_tables(spoiled: Path) -> dict[str, pd.DataFrame]:
    return store.load(spoiled)


@pytest.fixture(scope="module")
def narrowed() -> dict[bool, Tables]:
    """Those tables under the selection of all charts, by whether it keeps what lies outside."""
    return {}


def texts_of(spec: Any) -> Iterator[str]:
    """Every text of a figure that Plotly may read as its small HTML."""
    stack = [spec]
    while stack:
        one = stack.pop()
        if isinstance(one, dict):
            stack += [v for k, v in one.items() if k not in ("customdata", "ids", "template", "meta")]
        elif isinstance(one, str):
            yield one
        elif hasattr(one, "__iter__"):
            stack += list(one)


@pytest.mark.parametrize("chart", CHARTS)
def test_no_chart_draws_a_link_from_a_table(
    chart: str, spoiled_tables: dict[str, pd.DataFrame], narrowed: dict[bool, Tables]
) -> None:
    newest = spoiled_tables["sources"]["accessed_date"].max()
    selection = Selection(as_of=newest, newest=newest, outside=True, picked=(("explore.title", SPOIL),))
    one = CHARTS[chart].picked(selection)
    if one.outside not in narrowed:
        narrowed[one.outside] = apply(spoiled_tables, selection, keep_outside=one.outside)
    frame = one.data(narrowed[one.outside], selection)
    for look in (Look(mode="light"), Look(mode="light", compact=True), Look(mode="light", export=True)):
        if frame.empty:
            continue
        spec = plain_figure(plotly.draw(one, frame, look))
        if not look.export:
            spec = told(spec, frame, spoiled_tables["sources"])
        for text in texts_of(spec):
            assert not re.search(r"<(a |img|script|!--|/text)", text), text.replace(SPOIL, "☠")


#: Parameters of the address that a page echoes or reads, and what a stranger may write there.
ECHOED = (
    "company", "governance", "type", "as_of", "compare", "basis", "names", "currency", "outside", "snapshot", "deck",
    "company.id", "model.id", "gallery.chart", "governance.part", "models.part", "infrastructure.table",
    "whatif.scores", "whatif.weights", "data.proof", "data.source", "positioning.y", "explore.title", "nonsense",
)  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_addresses_are_data_on_every_page(built: Path, monkeypatch: pytest.MonkeyPatch, page: str) -> None:
    monkeypatch.setenv("LANDSCAPE_DATA", str(built))
    app = AppTest.from_file(str(APP), default_timeout=60)
    for name in ECHOED:
        app.query_params[name] = SPOIL.strip()
    app.query_params["![p](http://tracker.test/a.png)"] = "1"
    app.switch_page(f"app_pages/{page}").run()
    assert not app.exception, [e.value for e in app.exception]
    said = list(markdown_of(app._tree))
    assert sum("phish" in text for _, text in said) >= 8
    found = {f"{where}: {text}" for where, text in said if faults(text)}
    assert not found, "\n".join(sorted(found))


def test_what_is_searched_is_data(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANDSCAPE_DATA", str(built))
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    app.text_input(key="search").set_value(SPOIL.strip()).run()
    said = [text for _, text in markdown_of(app._tree) if "phish" in text]
    assert said and not [text for text in said if faults(text)]


class Live(HTMLParser):
    """What of a file would ask another host or lead there."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = [f"{k}={v}" for k, v in attrs if k in ("href", "src", "style", "onerror") and v and ".test" in v]
        self.found += [f"<{tag} {a}>" for a in at] + (
            [f"<{tag}>"] if tag in ("img", "iframe", "link") else []
        )


def test_a_web_page_in_one_file_holds_no_link_from_a_table(spoiled_tables: dict[str, pd.DataFrame]) -> None:
    newest = spoiled_tables["sources"]["accessed_date"].max()
    selection = Selection(as_of=newest, newest=newest)
    shown = []
    for chart in ("landscape-matrix", "governance-lanes", "claims-by-verdict"):
        one = CHARTS[chart]
        card = export_card.make(
            one, spoiled_tables, selection, store.Snapshot("a", newest), address="http://localhost/"
        )
        shown.append(
            page.Shown(
                card, None if one.screen == "table" else plotly.draw(one, card.frame, Look(mode="light"))
            )
        )
    for data in (
        page.page(shown, SPOIL),
        page.brief(SPOIL, SPOIL, shown[:2], numbers=[(SPOIL, SPOIL)]),
    ):
        live = Live()
        live.feed(data.decode())
        assert b"phish" in data and not live.found and b"<script>window.__hostile" not in data
        assert b"<!-- x" not in data
