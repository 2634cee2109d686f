"""How much room a chart has: the one thing a drawing knows of where it will be seen, besides the ground."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.look.theme import Look


@dataclass(frozen=True)
class Room:
    """A place for a chart, in the unit that its type is measured in (pixels on screen and in pictures, points on slides).

    Attributes:
        width: From edge to edge.
        type_size: Size of its type.
        height: What it may take at most; 0 where it may take what it needs.
        beside: A key stands in a column beside the plot instead of on top, as in pictures of a whole slide.
        paged: What does not fit goes on to a further page: nothing is left out.
    """

    width: float
    type_size: float
    height: float = 0.0
    beside: bool = False
    paged: bool = False

    @property
    def ems(self) -> float:
        """Width counted in type sizes: what decides how many words fit, in any medium."""
        return self.width / self.type_size

    @property
    def is_small(self) -> bool:
        """True on a phone, in half a window and on half a slide: lower ranks lose their words first."""
        return self.ems < SMALL

    @property
    def unit(self) -> float:
        """Factor from the house's pixel measures, made for type of 12, to this room's."""
        return self.type_size / 12


#: Type sizes across below which a room is small: 552 pixels in type of 12.
SMALL = 46.0
#: Width and height of the plot in a picture of a slide.
PICTURE = (1536.0, 560.0)


def room_of(look: Look) -> Room:
    """The room that a look stands for."""
    if look.export and not look.compact:
        return Room(PICTURE[0], look.size, beside=True)
    return Room(look.wide, look.size, look.height)
