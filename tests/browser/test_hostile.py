"""A table whose every free text is an attack, through every page and every kind of file, with a host that listens."""

from __future__ import annotations

import csv as csv_module
import email
import email.policy
import io
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import hostile
import openpyxl
import pandas as pd
import pytest
from look import free_port, new_context, serving, settle, watch
from lxml import etree
from markdown_it import MarkdownIt

from dashboard.charts import CHARTS
from dashboard.charts import card as cards
from dashboard.charts.card import Card
from dashboard.data import store
from dashboard.data.selection import Selection
from dashboard.deck import basket, decks, editions
from dashboard.door import build as door
from dashboard.door import tools, web
from dashboard.draw import plotly
from dashboard.export import edition as edition_forms
from dashboard.export import markdown, picture, slides, table
from dashboard.export import page as pages
from dashboard.facts.watch import Watch
from dashboard.look.theme import Look
from dashboard.screen import plotly_js

PAGES = (
    "", "governance", "companies", "company?company.id=alibaba", "model?model.id=deepseek/deepseek-r1", "compare",
    "infrastructure", "models", "claims", "edition", "explore", "gallery", "own", "deck", "data", "data?data.part=sources",
    "governance?governance.part=coding", "governance?governance.part=events",
    "infrastructure?infrastructure.table=commercial_levers", "infrastructure?infrastructure.table=company_metrics",
    "infrastructure?infrastructure.table=infrastructure",
    *(f"governance?governance.part={part}" for part in ("event", "dimensions", "outcomes")),
    *(f"data?data.part={part}" for part in ("freshness", "snapshots", "feeds")),
    "data?data.source=ainews-141cbe9e", "data?data.part=sources&data.proof=found", "data?data.part=sources&data.proof=quoted",
    "claims?claims.fact-page=1", "edition?type=lab", "explore?explore.kind=bars&explore.title=<b class=evil>b</b>**evil**",
    "compare?companies=alibaba,tencent", "companies?companies.sort=name",
    *(f"models?models.part={part}" for part in ("releases", "size", "benchmarks", "list")),
)  # fmt: skip

#: What of the attack came to life, in the page and in every shadow root below it.
ALIVE = r"""(host) => {
  const found = [];
  if (window.__hostile) found.push("a script ran");
  const look = (root) => {
    for (const e of root.querySelectorAll("*")) {
      if (e.shadowRoot) look(e.shadowRoot);
      const to = e.getAttribute("href") || e.getAttribute("src") || e.getAttribute("xlink:href") || "";
      if (to.includes("phish.test") || to.includes(host) || to.includes("tracker")) found.push(`${e.localName} leads to ${to}`);
      if (e.classList && e.classList.contains("evil")) found.push(`<${e.localName} class=evil>`);
      const words = e.textContent.trim();
      if (["b", "strong"].includes(e.localName) && (words === "evil" || words === "b")) found.push(`bold ${words}`);
      if (["em", "i"].includes(e.localName) && words === "e") found.push("emphasis");
      if (e.localName === "code" && words === "c") found.push("code");
      if (e.localName === "script" && words.startsWith("window.__hostile")) found.push("script");
    }
  };
  look(document);
  return [...new Set(found)];
}"""
#: Draws a figure as SVG and says what of it leads or asks elsewhere.
SVG = """async ([figure, host]) => {
  const layout = { ...figure.layout, width: 900, height: 600, autosize: false };
  const url = await Plotly.toImage({ data: figure.data, layout, config: { staticPlot: true } }, { format: "svg", width: 900, height: 600 });
  const svg = new DOMParser().parseFromString(decodeURIComponent(url.slice(url.indexOf(",") + 1)), "image/svg+xml");
  const bad = [...svg.querySelectorAll("a, image, script, foreignObject, img, parsererror")];
  return bad.filter((e) => e.localName !== "image" || !(e.getAttribute("href") || e.getAttribute("xlink:href") || "").startsWith("data:"))
    .map((e) => e.outerHTML.slice(0, 120));
}"""


class Listener(ThreadingHTTPServer):
    """A host that notes every request."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        heard = self.heard

        class Ear(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                heard.append(self.path)
                self.send_response(204)
                self.end_headers()

            do_POST = do_HEAD = do_GET

            def log_message(self, *_: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Ear)


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    with Listener() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def host(listener: Listener) -> str:
    return f"127.0.0.1:{listener.server_address[1]}"


@pytest.fixture(scope="module")
def spoiled(served_data: Path, host: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hostile.spoil(served_data, tmp_path_factory.mktemp("hostile") / "processed", host)


def test_what_a_page_asks_of_another_host_is_noticed(browser: Any) -> None:
    """What all browser tests lean on: a picture, a line and a question, to this machine and to one that is not found."""
    host = f"127.0.0.1:{free_port()}"
    context = new_context(browser)
    page = context.new_page()
    seen = watch(page, "http://127.0.0.1:1/")
    wanted = {f"http://{host}/a", f"ws://{host}/b", "https://pictures.example/c"}
    page.set_content(
        f"<img src='http://{host}/a'><script>new WebSocket('ws://{host}/b');"
        "fetch('https://pictures.example/c').catch(() => 0)</script>"
    )
    for _ in range(100):
        if wanted <= set(seen.foreign):
            break
        page.wait_for_timeout(50)
    context.close()
    assert set(seen.foreign) == wanted and len(seen.complaints) >= 3


def test_nothing_of_it_comes_to_life_on_any_page(
    browser: Any, spoiled: Path, listener: Listener, host: str
) -> None:
    # Without the content policy: the escaping alone has to hold.
    with serving(spoiled) as url:
        context = new_context(browser, viewport={"width": 1440, "height": 1600}, bypass_csp=True)
        one = context.new_page()
        alive, shown = [], 0
        for path in PAGES:
            one.goto(url + path)
            settle(one)
            found = one.evaluate(ALIVE, host)
            alive += [f"/{path}: {f}" for f in found]
            shown += "phish.test" in one.inner_text("body")
            assert not one.locator("[data-testid='stException']").count(), path
        context.close()
    assert not alive, "\n".join(alive)
    assert shown > len(PAGES) / 2
    assert not listener.heard


@pytest.fixture(scope="module")
def made(spoiled: Path) -> list[Card]:
    """The cards of every chart that has rows and sources."""
    tables, now = store.load(spoiled), store.snapshot(spoiled)
    selection = Selection(as_of=now.as_of, newest=now.as_of, outside=True)
    found = [cards.make(one, tables, selection, now, address="http://localhost/") for one in CHARTS.values()]
    kept = [c for c in found if not c.frame.empty and not c.sources.empty]
    assert len(kept) > 40
    return kept


def test_tables_hold_text_and_no_formula(made: list[Card], host: str) -> None:
    for one in made:
        for cells in csv_module.reader(io.StringIO(table.csv(one).decode("utf-8-sig"))):
            assert not [
                c for c in cells if re.match(r"'*[\s\u200b\ufeff]*[=@＝]", c) and not c.startswith("'")
            ]
        data = table.xlsx(one)
        assert not hostile.office_faults(data, host), one.chart_id
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
        live = [c for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "f"]
        assert not live


def test_slides_hold_text_and_no_markup(made: list[Card], host: str) -> None:
    for one in made:
        assert not hostile.office_faults(slides.slide(one), host), one.chart_id


def test_pages_and_drawings_ask_nobody(browser: Any, made: list[Card], listener: Listener, host: str) -> None:
    context = browser.new_context(bypass_csp=True)
    canvas = context.new_page()
    canvas.set_content("<html><body></body></html>")
    canvas.add_script_tag(path=str(plotly_js.FILE))
    found: list[str] = []
    shown = []
    for one in made:
        chart = CHARTS[one.chart_id]
        drawn = None if chart.screen == "table" else plotly.draw(chart, one.frame, Look(mode="light"))
        shown.append(pages.Shown(one, drawn))
        figure = json.loads(picture.drawn(chart, one).to_json())
        found += [f"{one.chart_id}: {f}" for f in canvas.evaluate(SVG, [figure, host])]
    whole = context.new_page()
    for n in range(0, len(shown), 12):
        whole.set_content(pages.page(shown[n : n + 12], hostile.attack(host)).decode())
        found += whole.evaluate(ALIVE, host)
    context.close()
    assert not found, "\n".join(found)
    assert not listener.heard


def markdown_of(text: str) -> str:
    """As a reader of Markdown shows it that lets HTML pass."""
    return str(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(text))


def test_editions_and_decks_ask_nobody(browser: Any, spoiled: Path, listener: Listener, host: str) -> None:
    """The edition in all its forms, a list named by an attacker; and the decks of a company, of two, and of a board."""
    builds = decks.Builds(decks.Data(store.load(spoiled), store.snapshot(spoiled)))
    watch = Watch(hostile.attack(host), companies=("alibaba", "deepseek", "bytedance"))
    edition = editions.make(builds, watch, editions.Since(day=pd.Timestamp("2026-07-01")))
    assert len(edition.items) > 10
    made = editions.files(edition, builds, address="http://localhost/")
    assert not hostile.office_faults(made["edition.pptx"], host)
    mail = email.message_from_bytes(
        edition_forms.message(edition, {}, sender="a@b.test", to=["c@d.test"]), policy=email.policy.default
    )
    assert {k.lower() for k in mail} == {
        *("subject", "from", "to", "message-id", "auto-submitted", "mime-version", "content-type")
    }
    texts = {part.get_content_type(): part.get_content() for part in mail.walk() if not part.is_multipart()}
    # Nobody reads the plain part as Markdown: it must hold no sign that turns a line or drives a terminal.
    plain_part = texts["text/plain"].replace("\r\n", "\n")
    assert "phish" in plain_part and not any(c in plain_part for c in "\x1b\x07\u202e\u202c\r")
    feed = etree.fromstring(edition_forms.atom([edition], hostile.attack(host)).encode())
    (told,) = feed.iterfind(".//{*}content")
    whole = {
        "page": made["index.html"].decode(),
        "mail": texts["text/html"],
        "feed": str(told.text),
        "archive": edition_forms.listing([edition]),
        "Markdown": markdown_of(made["edition.md"].decode()),
    }
    newest = builds.newest
    two = Selection(
        as_of=newest.snapshot.as_of, newest=newest.snapshot.as_of, companies=("alibaba", "tencent")
    )
    for name in ("Board pack", "Match-up"):
        pack = basket.PRESETS[name](newest.tables, two, newest.snapshot.id)
        assert not hostile.office_faults(decks.build(pack, builds), host)
        whole[name] = decks.html(pack, builds).decode()
    brief = basket.company_brief(newest.tables, replace(two, companies=("alibaba",)), newest.snapshot.id)
    whole["brief"] = decks.brief_sheets(brief, builds).decode()
    context = browser.new_context(bypass_csp=True)
    one = context.new_page()
    found = []
    for name, text in whole.items():
        assert "phish" in text, name
        one.set_content(text)
        found += [f"{name}: {f}" for f in one.evaluate(ALIVE, host)]
    context.close()
    assert not found, "\n".join(found)
    assert not listener.heard


def test_answers_and_markdown_quote_it(made: list[Card], spoiled: Path) -> None:
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    for one in made:
        tokens = [
            t for block in parser.parse(markdown.for_assistant(one)) for t in (block, *(block.children or []))
        ]
        assert not [
            t
            for t in tokens
            if t.type in ("image", "html_inline", "html_block")
            or (t.type == "link_open" and "phish" in str(t.attrs["href"]))
        ], one.chart_id
    now = door.Builds(folder=lambda: spoiled).now()
    for name, asked in (
        ("company", {"name": "alibaba"}),
        ("changes", {}),
        ("search", {"query": "qwen"}),
        ("models", {}),
    ):
        answer = tools.call(now, name, asked)
        assert json.loads(json.dumps(answer, ensure_ascii=False))["status"] == answer["status"]
        for row in csv_module.reader(io.StringIO(web.as_csv(answer).decode("utf-8-sig"))):
            assert not [c for c in row if c[:1] in ("=", "@", "+")]
