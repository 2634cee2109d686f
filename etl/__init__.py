"""The ETL: cited CSV in datasets/raw to typed, keyed, described Parquet in datasets/processed.

What builds is imported when it is asked for: who reads the coding rule alone does without it, and without pandera.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from etl.build import BuildFailed, BuildResult, build, check, is_stale, review
    from etl.problem import Problem

__all__ = ["BuildFailed", "BuildResult", "Problem", "build", "check", "is_stale", "review"]


class _Package(ModuleType):
    """This package; `etl.build` is its function, and not the module that an import would leave there."""

    def __getattr__(self, name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module 'etl' has no attribute {name!r}")
        module = importlib.import_module("etl.problem" if name == "Problem" else "etl.build")
        return getattr(module, name)

    def __setattr__(self, name: str, value: object) -> None:
        if not (name == "build" and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
