"""How a chart that is a table is drawn on a page: one drawing a chart, whichever page it stands on."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from dashboard.charts import Chart
from dashboard.screen import profiles, sections, timemachine, ui

#: Charts whose table is more than its rows: chips, links in cells, sorting. All others are drawn by `ui.plain_table`.
CELLS: dict[str, Callable[[ui.View, Chart, pd.DataFrame], None]] = {
    "landscape-matrix": ui.landscape_table,
    "before-after": timemachine.before_after_cells,
    "reported-coded": timemachine.reported_coded_cells,
    "reorganisations": sections.events_cells,
    "compare-table": profiles.compare_cells,
}
#: The same where a chart shares a screen with others.
FRONT_CELLS = {"landscape-matrix": ui.landscape_front}
