"""Shapes of a slide wherever they stand: in groups, too, with their place on the slide; and where a slide leads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.slide import Slide

Frame = tuple[int, int, int, int]


@dataclass(frozen=True)
class Found:
    """A shape on a slide, in a group or not.

    Attributes:
        shape: As python-pptx reads it; its place is that inside its group.
        corner: Where the group's own zero lies on the slide, in EMU.
        scale: EMU of the slide to one of the group, across and down.
    """

    shape: Any
    corner: tuple[float, float] = (0.0, 0.0)
    scale: tuple[float, float] = (1.0, 1.0)

    @property
    def frame(self) -> Frame:
        """Left, top, width and height on the slide."""
        s = self.shape
        return (
            round(self.corner[0] + s.left * self.scale[0]),
            round(self.corner[1] + s.top * self.scale[1]),
            round(s.width * self.scale[0]),
            round(s.height * self.scale[1]),
        )

    def inside(self, frame: Frame) -> Frame:
        """A place on the slide as one inside the shape's group."""
        x, y, w, h = frame
        return (
            round((x - self.corner[0]) / self.scale[0]),
            round((y - self.corner[1]) / self.scale[1]),
            round(w / self.scale[0]),
            round(h / self.scale[1]),
        )


def walk(
    of: Any, corner: tuple[float, float] = (0.0, 0.0), scale: tuple[float, float] = (1.0, 1.0)
) -> Iterator[Found]:
    """Every shape of a slide, those in groups in their places; groups themselves are not told."""
    for shape in of.shapes:
        if shape.shape_type != 6:
            yield Found(shape, corner, scale)
            continue
        frame = shape._element.xpath("./p:grpSpPr/a:xfrm")
        off, ext, inner, size = (
            (frame[0].find(f"{{{frame[0].nsmap['a']}}}{t}") for t in ("off", "ext", "chOff", "chExt"))
            if frame
            else (None,) * 4
        )
        if off is None or ext is None or inner is None or size is None:
            yield from walk(shape, corner, scale)
            continue
        kx, ky = (
            int(ext.get(k)) / (int(size.get(k)) or 1) if int(size.get(k)) else 1.0 for k in ("cx", "cy")
        )
        x = corner[0] + (int(off.get("x")) - int(inner.get("x")) * kx) * scale[0]
        y = corner[1] + (int(off.get("y")) - int(inner.get("y")) * ky) * scale[1]
        yield from walk(shape, (x, y), (scale[0] * kx, scale[1] * ky))


def linking(one: Slide) -> Callable[[str], str]:
    """Gives the key of an address that a slide leads to, one for all links to it.

    python-pptx looks through every link of the slide for each: a list of documents has hundreds.
    """
    rels = one.part.rels
    known: dict[str, str] = {}
    for rel in rels.values():
        if rel.is_external and rel.reltype == RELATIONSHIP_TYPE.HYPERLINK:
            known.setdefault(rel.target_ref, rel.rId)

    def key(address: str) -> str:
        if address not in known:
            known[address] = rels._add_relationship(RELATIONSHIP_TYPE.HYPERLINK, address, is_external=True)
        return known[address]

    return key
