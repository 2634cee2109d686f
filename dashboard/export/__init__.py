"""What leaves the dashboard: one chart as a slide, a table or a picture, made without a screen or a browser."""

from dashboard.export.card import Card, ExportRefusedError, alt_text

__all__ = ["Card", "ExportRefusedError", "alt_text"]
