"""Charts as native objects of PowerPoint."""
