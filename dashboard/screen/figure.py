"""A figure on the page: sent to the browser as it was serialised once, drawn there with Plotly's own library."""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
import streamlit as st
from plotly.io.json import to_json_plotly

from dashboard.screen import plotly_js

#: Letters of a figure's name, which stands behind its packed content.
NAME = 12
#: Plotly's own default, where a chart names no height.
TALL = 450

# The first byte says how often the row behind a mark was closed: then Plotly's emphasis of the mark goes, too.
_JS = (
    plotly_js.LIBRARY_JS
    + """
const same = (a, b) => a && a.length === b.length && a.every((byte, i) => byte === b[i]);

function row(points) {
  const found = points?.find((p) => p.customdata !== undefined && p.customdata !== null);
  return found === undefined ? null : Array.isArray(found.customdata) ? found.customdata[0] : found.customdata;
}

async function show(host, packed) {
  const figure = JSON.parse(await unpacked(packed.subarray(0, -12)));
  if (host._packed !== packed) return;
  host.setAttribute("aria-label", figure.alt);
  host.style.minHeight = `${figure.layout.height}px`;
  const Plotly = await library(figure.address);
  // What was asked for meanwhile is drawn instead.
  if (host._packed !== packed || !host.isConnected) return;
  const config = { displayModeBar: false, responsive: false };
  const layout = { ...figure.layout, autosize: true, width: host.clientWidth || undefined };
  await Plotly.react(host, figure.data, layout, config);
  host.dataset.drawn = new TextDecoder().decode(packed.subarray(-12));
  if (!host._heard) {
    host._heard = true;
    const tell = (points) => host._tell({ row: row(points), figure: host.dataset.drawn, at: Date.now() });
    host.on("plotly_selected", (event) => event?.points?.length && tell(event.points));
    host.on("plotly_deselect", () => tell([]));
  }
}

export default function ({ data, parentElement, setStateValue }) {
  const host = parentElement.querySelector(".landscape-figure");
  host._tell = (mark) => setStateValue("mark", mark);
  const closed = data[0];
  const packed = data.subarray(1);
  if (!same(host._packed, packed)) {
    host._packed = packed;
    delete host.dataset.drawn;
    host.dataset.failed = "";
    show(host, packed).catch((error) => {
      if (host._packed !== packed) return;
      host._packed = null;
      host.dataset.failed = `This chart was not drawn: ${error.message}. Reload the page.`;
    });
  } else if (host._closed !== closed && host._heard) {
    window.Plotly.react(host, host.data.map(({ selectedpoints, ...rest }) => rest), { ...host.layout, selections: [] });
  }
  host._closed = closed;
  if (!host._watch) {
    host._watch = new ResizeObserver(() => {
      const wide = host.clientWidth;
      if (host._heard && wide && Math.abs(wide - host._fullLayout.width) >= 1)
        window.Plotly.relayout(host, { width: wide });
    });
    host._watch.observe(host);
  }
  return () => {
    // Streamlit also calls this for a run that a later one overtook.
    if (host.isConnected) return;
    host._watch?.disconnect();
    host._watch = null;
    if (host._heard) window.Plotly.purge(host);
  };
}
"""
)

_CSS = """
.landscape-figure { width: 100%; transition: opacity 0.15s; }
.landscape-figure:not([data-drawn]) { opacity: 0.35; }
.landscape-figure[data-failed]:not([data-failed=""])::before { content: attr(data-failed); }
"""

_component = st.components.v2.component(
    "landscape_figure",
    html='<div class="landscape-figure" role="figure"></div>',
    css=_CSS,
    js=_JS,
    isolate_styles=False,
)


def packed(spec: dict[str, Any], alt: str) -> bytes:
    """A figure as the page shows it, ready to be sent.

    Args:
        spec: "data" and "layout" as Plotly's library takes them.
        alt: What it shows, in words.
    """
    layout = {"height": TALL, "hovermode": "closest", "clickmode": "event+select"} | spec["layout"]
    # A template of ours holds what every figure names itself; the browser has Plotly's defaults.
    layout.pop("template", None)
    body = to_json_plotly({"data": spec["data"], "layout": layout})
    name = hashlib.sha256(body.encode()).hexdigest()[:NAME]
    own = json.dumps({"alt": alt, "address": plotly_js.address()}, ensure_ascii=False)
    return gzip.compress(f"{own[:-1]},{body[1:]}".encode(), compresslevel=6, mtime=0) + name.encode("ascii")


def plain(figure: go.Figure | dict[str, Any]) -> dict[str, Any]:
    """A figure as a plain dict of "data" and "layout"."""
    return figure if isinstance(figure, dict) else figure.to_plotly_json()


@dataclass(frozen=True)
class Mark:
    """A mark that a reader clicked: the label of its row, and when, by the reader's own clock."""

    row: Any
    at: int


def show(packed: bytes, key: str, closed: int = 0) -> Mark | None:
    """Shows a figure; returns the mark that is chosen, None without any.

    Args:
        packed: What `packed` made.
        key: Of the element.
        closed: How often the row behind a mark was closed; the emphasis of the mark goes when it changes.
    """
    said = _component(key=key, data=bytes((closed % 256,)) + packed, on_mark_change=_nothing).get("mark")
    # What the browser sends is data: a mark of a figure that is no longer shown says nothing.
    if not isinstance(said, dict) or said.get("figure") != name_of(packed) or said.get("row") is None:
        return None
    return Mark(said["row"], said.get("at", 0))


def name_of(packed: bytes) -> str:
    """The name of a packed figure: of its content."""
    return packed[-NAME:].decode("ascii")


def _nothing() -> None:
    """A component keeps a state only where somebody listens."""
