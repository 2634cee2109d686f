"""Kinds of charts: a closed list. Each names columns of a frame; its state holds the marks that every medium draws.

`state(kind, frame, columns, room)` makes the marks, none for an empty frame: `kind` says which columns are what, `columns`
what they mean, `room` where the marks will be seen; one without a height gives lanes all that they want.
"""
