"""Buttons that save a chart as a picture or copy it: drawn in the reader's own browser, so no server needs one."""

from __future__ import annotations

import streamlit as st

from dashboard.export.picture import GROUNDS, SCALES, SIZES, Preset
from dashboard.screen import plotly_js

_HTML = """
<div class="row" role="group" aria-label="Save as picture">
  <button type="button" data-do="png">PNG picture</button>
  <button type="button" data-do="svg">SVG drawing</button>
  <button type="button" data-do="copy">Copy image</button>
</div>
<p role="status" aria-live="polite"></p>
"""

# The same shape as the download buttons beside them, from the theme's own variables.
BUTTON_CSS = """
.row { display: flex; gap: 0.5rem; }
button {
  box-sizing: border-box; flex: 1; min-height: 40px; padding: 0.25rem 0.375rem; cursor: pointer; white-space: nowrap;
  font-family: var(--st-font); font-size: 0.875rem; font-weight: 400; line-height: 1.6;
  color: var(--st-text-color); background: var(--st-background-color);
  border: 1px solid var(--st-widget-border-color, var(--st-border-color)); border-radius: var(--st-button-radius);
}
button:hover:not(:disabled) { border-color: var(--st-primary-color); color: var(--st-primary-color); }
button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
button:disabled { opacity: 0.55; cursor: progress; }
p { margin: 0.5rem 0 0; font-family: var(--st-font); font-size: 0.875rem; color: var(--st-text-color); }
p:empty { display: none; }
"""

_DRAW_JS = (
    plotly_js.LIBRARY_JS
    + """
async function draw(Plotly, data, format) {
  const figure = JSON.parse(data.figure);
  const size = { width: data.width, height: data.height };
  const layout = { ...figure.layout, ...size, autosize: false };
  const options = { format, ...size, scale: format === "svg" ? 1 : data.scale };
  const url = await Plotly.toImage({ data: figure.data, layout, config: { staticPlot: true } }, options);
  return (await fetch(url)).blob();
}
"""
)

_JS = (
    _DRAW_JS
    + """
function save(blob, name) {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}

export default function (component) {
  const { data, parentElement } = component;
  const status = parentElement.querySelector("[role=status]");
  const buttons = [...parentElement.querySelectorAll("button")];
  const picture = (format) => library(data.address).then((Plotly) => draw(Plotly, data, format));

  async function act(what) {
    buttons.forEach((b) => (b.disabled = true));
    status.textContent = "Drawing …";
    try {
      if (what === "copy") {
        // The promise goes in at once: a browser allows the clipboard only close to the click.
        await navigator.clipboard.write([new ClipboardItem({ "image/png": picture("png") })]);
        status.textContent = "Copied: paste it into a slide or mail.";
      } else {
        save(await picture(what), `${data.stem}.${what}`);
        status.textContent = "";
      }
    } catch (error) {
      const denied = what === "copy";
      status.textContent = denied
        ? "This browser does not let the page copy pictures: save the PNG instead."
        : `Not drawn: ${error.message}`;
    } finally {
      buttons.forEach((b) => (b.disabled = false));
    }
  }
  buttons.forEach((button) => (button.onclick = () => act(button.dataset.do)));
}
"""
)

_buttons = st.components.v2.component("landscape_picture", html=_HTML, css=BUTTON_CSS, js=_JS)

_SMALL_CSS = """
img {
  display: block; width: 100%; aspect-ratio: 16 / 9; border-radius: 4px;
  border: 1px solid var(--st-border-color); background: #FFFFFF;
}
"""

_SMALL_JS = (
    _DRAW_JS
    + """
// One after the other, and each once: a deck has many slides, and the page runs again at every change.
const small = (window.__landscapeSmall ??= { made: new Map(), last: Promise.resolve() });
const idle = () => new Promise((go) => (window.requestIdleCallback ?? setTimeout)(go, { timeout: 400 }));

async function thumbnail(data) {
  const Plotly = await library(data.address);
  await idle();
  const blob = await draw(Plotly, { ...data, scale: data.small }, "png");
  return URL.createObjectURL(blob);
}

export default function (component) {
  const { data, parentElement } = component;
  const image = parentElement.querySelector("img");
  image.alt = data.words;
  const key = data.name;
  if (image.dataset.of === key) return;
  image.dataset.of = key;
  if (!small.made.has(key)) {
    const job = small.last.then(() => thumbnail(data));
    small.made.set(key, job);
    small.last = job.catch(() => small.made.delete(key));
  }
  small.made.get(key).then((url) => { if (image.dataset.of === key) image.src = url; }, () => { image.hidden = true; });
}
"""
)

_EMPTY = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
_thumbnail = st.components.v2.component(
    "landscape_thumbnail", html=f'<img src="{_EMPTY}" alt="">', css=_SMALL_CSS, js=_SMALL_JS
)


def thumbnail(figure: str, name: str, words: str, key: str) -> None:
    """A slide in small, drawn in the reader's own browser.

    Args:
        figure: The export figure of a full slide as JSON.
        name: Of what it shows: equal names are drawn once.
        words: What it shows, for those who do not see it.
        key: Of the component.
    """
    width, height = SIZES["full"].drawing
    _thumbnail(
        key=key,
        data={
            "figure": figure,
            "name": name,
            "words": words,
            "width": width,
            "height": height,
            "small": 0.25,
            "address": plotly_js.address(),
        },
    )


def preset_choice(key: str) -> Preset:
    """What the reader wants pictures for: size, sharpness and ground; the last choice holds for the next chart."""
    kept: Preset = st.session_state.setdefault("_picture_preset", Preset())
    with st.container(horizontal=True, gap="xsmall"):
        size = st.selectbox(
            "Picture", list(SIZES), list(SIZES).index(kept.size), format_func=lambda s: SIZES[s].name, key=f"{key}-size",
            width=132,
        )  # fmt: skip
        scale = st.selectbox(
            "Pixels", SCALES, SCALES.index(kept.scale), format_func=lambda s: f"{s}x", key=f"{key}-scale",
            help="Of PNG and copied images: 2x is sharp on a slide, 4x in print.", width=74,
        )  # fmt: skip
        ground = st.selectbox(
            "Ground", list(GROUNDS), list(GROUNDS).index(kept.ground), format_func=lambda g: GROUNDS[g],
            key=f"{key}-ground", width=126,
        )  # fmt: skip
    chosen = Preset(size, scale, ground)  # type: ignore[arg-type]
    st.session_state["_picture_preset"] = chosen
    return chosen


def picture_buttons(figure: str, preset: Preset, stem: str, key: str) -> None:
    """Buttons for PNG, SVG and the clipboard.

    Args:
        figure: The export figure as JSON, without data that is not drawn.
        preset: What it was drawn for.
        stem: File name without its ending.
        key: Of the component.
    """
    width, height = SIZES[preset.size].drawing
    _buttons(
        key=key,
        data={
            "figure": figure,
            "stem": stem,
            "width": width,
            "height": height,
            "scale": preset.factor,
            "address": plotly_js.address(),
        },
    )
