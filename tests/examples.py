"""How many examples Hypothesis tries: `make fast` a third, the slow part of `make test` all of them."""

from __future__ import annotations

import os

#: `make fast` says so; a file of tests that is run by itself tries them all.
FEW = os.environ.get("LANDSCAPE_EXAMPLES") == "few"


def tries(every: int) -> int:
    """Examples to try of those that a test asks for."""
    return max(every // 3, 3) if FEW else every
