"""Words under a scale of days, each on a line from its day: which find a place, and where."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Spot:
    """Where words stand: the line that leads to them, their row from the top and their ends."""

    x: float
    tier: int
    left: float
    right: float

    def clashes(self, other: Spot) -> bool:
        """Whether words touch, or the line to the lower ones runs through the upper ones."""
        if self.tier == other.tier:
            return self.left < other.right + 4 and self.right > other.left - 4
        low, high = (self, other) if self.tier > other.tier else (other, self)
        return high.left - 2 < low.x < high.right + 2


def place(
    wishes: Sequence[tuple[Hashable, float, float]], plot: float, tiers: int, slack: float
) -> dict[Hashable, Spot]:
    """Places for words, the first ones first; those without a free place have none.

    Words stand left of their line where they can: a crowd of days then steps down from left to right without a crossing.

    Args:
        wishes: Key, place on the scale and width of each.
        plot: Length of the scale.
        tiers: Rows of words.
        slack: What words may stand out on the right; half of it on the left.
    """
    spots: dict[Hashable, Spot] = {}
    for key, x, wide in wishes:
        ways = [Spot(x, t, x - wide, x) for t in reversed(range(tiers))]
        ways += [Spot(x, t, x, x + wide) for t in range(tiers)]
        for spot in ways:
            inside = spot.left >= -slack / 2 and spot.right <= plot + slack
            if inside and not any(spot.clashes(s) for s in spots.values()):
                spots[key] = spot
                break
    # Up to the scale, as far as nothing is in the way.
    for key, spot in sorted(spots.items(), key=lambda ks: ks[1].tier):
        others = [s for k, s in spots.items() if k != key]
        higher = (replace(spot, tier=t) for t in range(spot.tier))
        spots[key] = next((h for h in higher if not any(h.clashes(s) for s in others)), spot)
    return spots
