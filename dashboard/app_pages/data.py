"""Data: every table, every column, every document."""

from dashboard import sections, ui

now = ui.head("Data", "What is behind the charts, how complete and how old is it?")
sections.table_browser(now)
sections.dictionary_table(now)
sections.sources_table(now)
