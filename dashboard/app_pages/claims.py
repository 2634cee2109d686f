"""Claims: what articles say about the field, what holds when it is checked, and what falls due when."""

from dashboard.charts.claims import DOCUMENT
from dashboard.screen import chart_card, claimboard, ui

now = ui.head("Claims", "Which statements about the field hold when checked, and which predictions fall due?")
ui.need(now, "claims", "claim")
now = claimboard.documents(now)
chart_card.chart("claims-by-verdict", "predictions-due", selection=now.selection, without=(DOCUMENT,))
claimboard.board(now)
