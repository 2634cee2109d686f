"""How wide charts are on this reader's screen: measured there, not guessed from what the browser calls itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace

import streamlit as st

from dashboard.look.room import SMALL
from dashboard.look.theme import PHONE, Look

#: Widths are told apart in steps, fine ones where each word counts: a window that is dragged asks for few drawings, and no
#: drawing is wider than its card. A chart drawn for the widest fills what lies beyond.
STEP, STEP_WIDE, FINE, WIDEST = 20, 40, 560, 1240
#: What a first run takes a desk for: a window of 1440 pixels.
DESK = 960
#: A pair of cards: pixels between them, and what each needs to stand beside the other. A card: border and padding.
GAP, PAIRED, FRAME = 16, 380, 34

_JS = """
export default function ({ data, parentElement, setStateValue }) {
  const main = document.querySelector("[data-testid='stMainBlockContainer']");
  if (!main) return;
  const own = parentElement;
  own._wide ??= data.wide;
  own._tell = (wide) => setStateValue("wide", wide);
  const measure = () => {
    const style = getComputedStyle(main);
    const all = main.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - data.frame;
    if (all <= 0) return;
    const step = all < data.fine ? data.step : data.step_wide;
    const wide = Math.min(Math.max(step * Math.floor(all / step), 280), data.widest);
    // What a first run took for a phone is near enough as a rule: no second run for a few pixels.
    if (wide === own._wide || (all < data.widest && all >= own._wide && all - own._wide < step)) return;
    own._wide = wide;
    own._tell(wide);
  };
  if (own._watch) return;
  own._watch = new ResizeObserver(() => {
    clearTimeout(own._timer);
    own._timer = setTimeout(measure, 200);
  });
  own._watch.observe(main);
  measure();
  return () => { if (!main.isConnected) own._watch.disconnect(); };
}
"""

_component = st.components.v2.component("landscape_room", js=_JS)
_paired: ContextVar[bool] = ContextVar("paired", default=False)


def wide() -> int:
    """Pixels across that a chart has in a card as wide as the page, in steps.

    A first run knows only whether the browser calls itself one of a phone; a second follows where that was wrong.
    """
    assumed = PHONE if "Mobile" in (st.context.headers.get("User-Agent") or "") else DESK
    told = {"step": STEP, "step_wide": STEP_WIDE, "fine": FINE, "widest": WIDEST, "frame": FRAME}
    said = _component(key="room", data={"wide": assumed, **told}, on_wide_change=_nothing).get("wide")
    # What the browser sends is data.
    return assumed if not isinstance(said, int) or isinstance(said, bool) else min(max(said, 280), WIDEST)


def fitted(look: Look, wide: int) -> Look:
    """A look for a figure so many pixels wide."""
    return replace(look, wide=wide, compact=wide < SMALL * 12)


@contextmanager
def pair() -> Iterator[None]:
    """Two cards side by side, one above the other where the window is too narrow for both."""
    before = _paired.set(True)
    try:
        with st.grid(2, min_column_width=PAIRED, gap="small"):
            yield
    finally:
        _paired.reset(before)


def of_card(look: Look) -> Look:
    """The look of a card at this place of a page that has the given one: half as wide in a pair."""
    each = (look.wide + FRAME - GAP) // 2
    return fitted(look, each - FRAME) if _paired.get() and each >= PAIRED else look


def _nothing() -> None:
    """A component keeps a state only where somebody listens."""
