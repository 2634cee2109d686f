"""Gallery: every chart, found by its question."""

from dashboard.screen import sections, ui

now = ui.head("Gallery", "Every chart of the dashboard, found by the question that it answers")
sections.gallery(now)
