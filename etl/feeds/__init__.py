"""Upstream feeds: what open publishers say, read by name, kept apart from the curated tables, proposed and never imposed."""
