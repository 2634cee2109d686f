"""What a reader kept as a small file of JSON, read again."""

from __future__ import annotations

import json
from typing import Any


def from_json(text: str | bytes, most: int, what: str, refused: type[Exception]) -> Any:
    """The content of a file that its page calls `what` and saves by a button “Save `what`”.

    Args:
        text: The file.
        most: Bytes that it may have.
        what: What it holds, such as "basket".
        refused: What is raised.

    Raises:
        Exception: `refused`, in words: the file is larger, or no JSON.
    """
    if len(text) > most:
        raise refused(f"larger than a {what} can be: {len(text):,} bytes, expected at most {most:,}")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise refused(f"not a {what}: expected the JSON file that “Save {what}” makes") from error
