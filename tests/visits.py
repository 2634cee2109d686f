"""Pages of the app as tests open them, without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

APP = Path(__file__).resolve().parent.parent / "dashboard" / "app.py"


@contextmanager
def served(folder: Path) -> Iterator[None]:
    """The app reads this build, never the project's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LANDSCAPE_DATA", str(folder))
        yield


def visit(page: str, **query: str) -> AppTest:
    """A page as it opens by its address; "__" in a name stands for the dot."""
    app = AppTest.from_file(str(APP), default_timeout=120)
    for name, value in query.items():
        app.query_params[name.replace("__", ".")] = value
    return app.switch_page(f"app_pages/{page}.py").run()
