"""The dashboard for assistants and programs: typed answers, read only, each value with its sources, day and link."""
