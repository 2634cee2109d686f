"""Decks of many slides: the basket, the company's template, the refresh."""
