"""How wide charts are on this reader's screen: measured there, not guessed from what the browser calls itself."""

from __future__ import annotations

import streamlit as st

from dashboard.look.theme import PHONE

#: Below this a card's chart is drawn for the width it has; from here on a chart drawn for a desk fits.
DESK = 560
#: Widths are told apart in steps: a window that is dragged asks for few drawings, and no drawing is wider than its card.
STEP = 20

_JS = """
export default function ({ data, parentElement, setStateValue }) {
  const main = document.querySelector("[data-testid='stMainBlockContainer']");
  if (!main) return;
  const own = parentElement;
  own._wide ??= data.wide;
  own._tell = (wide) => setStateValue("wide", wide);
  const measure = () => {
    const style = getComputedStyle(main);
    // A card has a border and a padding on either side.
    const room = main.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - 34;
    if (room <= 0) return;
    const wide = room >= data.desk ? 0 : Math.max(data.step * Math.floor(room / data.step), 280);
    // What a first run took for a phone is near enough as a rule: no second run for a few pixels.
    if (wide === own._wide || (wide && Math.abs(room - own._wide) < data.step)) return;
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


def wide() -> int:
    """Pixels across that a chart has in a narrow window, in steps; 0 where there is room for a desk's drawing.

    A first run knows only whether the browser calls itself one of a phone; a second follows where that was wrong.
    """
    assumed = PHONE if "Mobile" in (st.context.headers.get("User-Agent") or "") else 0
    said = _component(
        key="room",
        data={"wide": assumed, "desk": DESK, "step": STEP},
        on_wide_change=_nothing,
    ).get("wide")
    # What the browser sends is data.
    return assumed if not isinstance(said, int) or isinstance(said, bool) else min(max(said, 0), DESK)


def _nothing() -> None:
    """A component keeps a state only where somebody listens."""
