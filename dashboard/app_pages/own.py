"""Our company: a reader's own rows put into the picture, marked as theirs, kept in their visit alone."""

from dashboard.screen import ui_own

ui_own.page()
