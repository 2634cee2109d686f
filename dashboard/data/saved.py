"""Small JSON files that readers save and hand in again."""

from __future__ import annotations

import json
from typing import Any


def read(text: str | bytes, noun: str, most: int, error: type[Exception]) -> Any:
    """What a handed-in file holds, as JSON has it; whether it is of our format its owner sees.

    Args:
        text: The file.
        noun: What it should be, as the button says that saves one.
        most: Bytes at most: a larger one was not made here.
        error: What is raised, with one sentence, where the file is larger or cannot be read.
    """
    if len(text) > most:
        raise error(f"larger than a {noun} can be: {len(text):,} bytes, expected at most {most:,}")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise error(f"not a {noun}: expected the JSON file that “Save {noun}” makes") from wrong
