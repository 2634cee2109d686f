"""Edition: what changed since the last one that matters to a watch list, and everything it is sent as."""

from functools import partial

from dashboard.charts import CHARTS
from dashboard.screen import chart_card, ui, ui_assistant, ui_edition

now = ui.head("Edition", "What changed that matters to my list, why, and how sure is it?")
wanted = ui_edition.watch_list(now)
edition = ui_edition.made(now, wanted)
ui_edition.forms_of(edition)
ui_edition.told(edition.told)
for name in ("findings", "what-changed", "not-known"):
    ui_assistant.stands_here(name, partial(chart_card.card, now, CHARTS[name].picked(now.selection)))
