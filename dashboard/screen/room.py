"""How wide charts are on this reader's screen: measured there, not guessed from what the browser calls itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

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
#: Share of the page that the card drawn now has across, without the gap beside it.
_share: ContextVar[float] = ContextVar("share", default=1.0)


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
    """Cards two in a row, one above the other where the window is too narrow for both."""
    with st.grid(2, min_column_width=PAIRED, gap="small"), _sharing(0.5):
        yield


def beside(look: Look, first: int, second: int) -> tuple[AbstractContextManager, AbstractContextManager]:
    """Two places for cards side by side, as wide as told; one above the other where a page of that look is too narrow."""
    shares = (first / (first + second), second / (first + second))
    room = all(_across(look, s) >= PAIRED for s in shares)
    places = st.columns([first, second], gap="small") if room else [st.container(), st.container()]
    first_share, second_share = shares if room else (1.0, 1.0)
    return _within(places[0], first_share), _within(places[1], second_share)


@contextmanager
def _within(place: DeltaGenerator, share: float) -> Iterator[None]:
    with place, _sharing(share):
        yield


@contextmanager
def _sharing(share: float) -> Iterator[None]:
    before = _share.set(share)
    try:
        yield
    finally:
        _share.reset(before)


def of_card(look: Look) -> Look:
    """The look of a card at this place of a page that has the given one: as wide as its share in a pair."""
    each = _across(look, _share.get())
    return fitted(look, each - FRAME) if _share.get() < 1 and each >= PAIRED else look


def height() -> Literal["stretch", "content"]:
    """How tall a card is at this place: as its neighbour where it shares a row, else as what it holds."""
    return "stretch" if _share.get() < 1 else "content"


def _across(look: Look, share: float) -> int:
    return int((look.wide + FRAME - GAP) * share)


def _nothing() -> None:
    """A component keeps a state only where somebody listens."""
