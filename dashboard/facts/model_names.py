"""What the name of a model tells: its line, its version, and whether it is a small, fast or single-purpose edition."""

from __future__ import annotations

import functools
import re

SMALL = frozenset(
    ["flash", "flashx", "lite", "mini", "tiny", "nano", "air", "airx", "small", "haiku", "edge"]
)
FAST = frozenset(["highspeed", "ultraspeed", "fast", "instant"])
#: Words that mark a faster serving only where the model without the word exists: Yi-Lightning was the flagship itself.
FAST_TWINS = frozenset(["turbo", "lightning"])
SINGLE_PURPOSE = frozenset(
    [
        "audio",
        "speech",
        "tts",
        "asr",
        "voice",
        "realtime",
        "image",
        "edit",
        "video",
        "embedding",
        "embed",
        "rerank",
        "ocr",
        "coder",
        "code",
        "codex",
        "math",
        "prover",
        "mt",
        "translate",
        "translation",
        "guard",
        "safeguard",
        "safety",
        "character",
        "her",
        "vision",
        "distill",
        "phone",
        "robotics",
        "dev",
        "medical",
        "search",
        "cyber",
    ]
)
_EDITIONS = SMALL | FAST | SINGLE_PURPOSE
_SIZE = re.compile(r"\b[ae]?\d+(?:\.\d+)?[bkmt]\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+|\d+(?:\.\d+)*")
#: Words of a name that make no line of their own.
_STAGES = frozenset(["preview", "exp", "experimental", "latest", "beta"])


@functools.lru_cache(maxsize=100_000)
def words_of(name: str) -> tuple[str, ...]:
    """The words and numbers of a model's name, sizes left out: "Qwen3.8-2.4T Max" is qwen, 3.8, max."""
    return tuple(_WORD.findall(_SIZE.sub(" ", name).casefold()))


@functools.lru_cache(maxsize=100_000)
def line_of(name: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The line a model's name belongs to, and its version: "GLM-5.3" is (glm), (5, 3).

    The first number is the version; later ones (days of a checkpoint) and stages such as "preview" are no part of it.
    """
    words = words_of(name)
    numbers = [w for w in words if w[0].isdigit()]
    version = tuple(int(n) for n in numbers[0].split(".")) if numbers else ()
    return tuple(w for w in words if not w[0].isdigit() and w not in _STAGES), version


@functools.lru_cache(maxsize=100_000)
def edition_marks(name: str) -> tuple[bool, tuple[str, ...]]:
    """Whether a name by itself tells a small, fast or single-purpose edition, and the names beside which it tells one.

    These are names of other models of the company, as their words joined by blanks.
    """
    words = words_of(name)
    twins = tuple(" ".join(x for x in words if x != w) for w in words if w in FAST_TWINS)
    return not _EDITIONS.isdisjoint(words), twins
