"""Cases that are one test: a case of pytest costs each worker more than most of ours take."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Any


def together(names: str, cases: Iterable[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Runs a test once for all cases, as `pytest.mark.parametrize` does once a case; the one that fails is named.

    Args:
        names: The argument's name, or several with commas between.
        cases: Its values, or tuples of them.
    """
    wanted, told = [n.strip() for n in names.split(",")], list(cases)
    assert told, f"no case of {names}"

    def made(test: Callable[..., None]) -> Callable[..., None]:
        whole = inspect.signature(test)

        @functools.wraps(test)
        def of_all(**given: Any) -> None:
            for case in told:
                try:
                    test(**given, **dict(zip(wanted, case if len(wanted) > 1 else (case,), strict=True)))
                except BaseException as fault:
                    fault.add_note(f"{names}: {case!r}")
                    raise

        rest = [p for n, p in whole.parameters.items() if n not in wanted]
        of_all.__signature__ = whole.replace(parameters=rest)  # type: ignore[attr-defined]
        return of_all

    return made
