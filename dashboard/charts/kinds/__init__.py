"""Kinds of charts: a closed list. Each names columns of a frame; its state holds the marks that every medium draws."""
