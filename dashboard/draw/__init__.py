"""Charts as marks on a ground: one drawer a medium."""
