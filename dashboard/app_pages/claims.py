"""Claims: what articles say about the field, what holds when it is checked, and what falls due when."""

from dashboard.charts.claims import DOCUMENT
from dashboard.screen import claimboard, ui

now = ui.head("Claims", "Which statements about the field hold when checked, and which predictions fall due?")
if now.selected["claims"].empty:
    ui.nothing(now.selection, "claim")
    ui.stop()
now = claimboard.documents(now)
ui.chart("claims-by-verdict", selection=now.selection, without=(DOCUMENT,))
ui.chart("predictions-due", selection=now.selection, without=(DOCUMENT,))
claimboard.board(now)
