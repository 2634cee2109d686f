"""Objects and pages of a chart that come and go in a deck: brought in with what is behind them, put, added, dropped."""

from __future__ import annotations

import copy
import io
from typing import Any

from lxml import etree
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.parts.chart import ChartPart
from pptx.parts.slide import SlidePart
from pptx.presentation import Presentation
from pptx.slide import Slide

from dashboard.deck import finding, merge
from dashboard.deck.finding import name
from dashboard.deck.shapes import Found, walk
from dashboard.deck.telling import Change
from dashboard.export import slides

#: Parts of a slide that frame the chart and are not drawn with it.
FRAME = ("title", "head", "subtitle", "source", "takeaway", "contents")


def imported(page: Slide, scratch: Slide, shape: Any) -> etree._Element:
    """A copy of a shape for another slide, with the chart or picture behind it."""
    element = copy.deepcopy(shape._element)
    package = page.part.package
    if shape.has_chart:
        part = ChartPart.load(
            package.next_partname(ChartPart.partname_template),
            shape.chart.part.content_type,
            package,
            etree.tostring(
                shape.chart.part._element, xml_declaration=True, encoding="UTF-8", standalone=True
            ),
        )
        for e in part._element.xpath("c:externalData"):
            part._element.remove(e)
        part.chart_workbook.update_from_xlsx_blob(shape.chart.part.chart_workbook.xlsx_part.blob)
        key = page.part.relate_to(part, RELATIONSHIP_TYPE.CHART)
        element.xpath(".//c:chart")[0].set(
            "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id", key
        )
    for blip in element.xpath(".//a:blip"):
        name = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed"
        image = scratch.part.related_part(blip.get(name))
        _, key = page.part.get_or_add_image_part(io.BytesIO(image.blob))
        blip.set(name, key)
    for name in element.xpath(".//p:cNvPr"):
        name.set("id", str(max((s.shape_id for s in page.shapes), default=1) + 1))
    return element


def is_helper(name: str, prefix: str) -> bool:
    """Whether a name is of something drawn with a chart, whose own name and a colon are the prefix."""
    if not name.startswith(prefix):
        return False
    first = name.removeprefix(prefix).split(":")[0]
    return first not in FRAME and not first.isdigit()


def put(page: Slide, old: Found, scratch: Slide, fresh: Any, moved: merge.Move) -> merge.Move:
    """Puts a shape of another kind in the place of one: a chart where a sentence or a table stood.

    Returns:
        How what is drawn with it moves: as it is drawn, except where both are charts that fill the same frame.
    """
    element = imported(page, scratch, fresh)
    element.xpath(".//p:cNvPr")[0].set("name", old.shape.name)
    if not (old.shape.has_chart and fresh.has_chart):
        moved = merge.Move.still(fresh)
    merge.place(element, old.inside(moved.to(fresh)))
    old.shape._element.getparent().replace(old.shape._element, element)
    return moved


def add(page: Slide, scratch: Slide, fresh: Any, chart: str, number: int, moved: merge.Move) -> None:
    """A further object of a chart, with what is drawn with it, on a slide that holds others of its objects."""
    prefix = f"{name(chart, number)}:"
    for shape in [fresh, *(s for s in scratch.shapes if is_helper(s.name or "", prefix))]:
        element = imported(page, scratch, shape)
        page.shapes._spTree.append(element)
        merge.place(element, moved.to(shape))


def more(deck: Presentation, last: Slide, scratch: Slide, chart: str, number: int) -> Slide:
    """A further page behind the last one, on the same layout, with what frames it."""
    package = deck.part.package
    part = SlidePart.new(package.next_partname("/ppt/slides/slide%d.xml"), package, last.slide_layout.part)
    key = deck.part.relate_to(part, RELATIONSHIP_TYPE.SLIDE)
    one = part.slide
    tree = one.shapes._spTree
    for child in list(tree)[2:]:
        tree.remove(child)
    for shape in last.shapes:
        framing = shape.is_placeholder or any(
            (shape.name or "") == f"{slides.MARK}{chart}:{role}" for role in FRAME
        )
        if framing:
            tree.append(copy.deepcopy(shape._element))
    for shape in scratch.shapes:
        if (shape.name or "").startswith(name(chart, number)) and not shape.is_placeholder:
            tree.append(imported(one, scratch, shape))
    listed = deck.part._element.sldIdLst
    entry = listed._add_sldId(rId=key, id=max(int(i.id) for i in listed) + 1)
    anchor = next(i for i in listed if deck.part.related_part(i.rId) is last.part)
    anchor.addnext(entry)
    return one


def drop(deck: Presentation, page: Slide, chart: str, number: int, changes: list[Change]) -> None:
    """Takes away a page whose rows are gone; one that a person added to stays without its chart.

    Of a slide with several objects of the chart only the one that is gone goes.
    """
    prefix = name(chart, number)
    own = [
        f.shape
        for f in walk(page)
        if (f.shape.name or "") == prefix or is_helper(f.shape.name or "", f"{prefix}:")
    ]
    if any(n != number for _, _, n in finding.mains(page, chart)):
        for shape in own:
            shape._element.getparent().remove(shape._element)
        return
    if all(s.is_placeholder or (s.name or "").startswith(f"{slides.MARK}{chart}") for s in page.shapes):
        listed = deck.part._element.sldIdLst
        entry = next(i for i in listed if deck.part.related_part(i.rId) is page.part)
        before = list(listed).index(entry)
        deck.part.drop_rel(entry.rId)
        listed.remove(entry)
        near = list(listed)[max(before - 1, 0)] if len(listed) else None
        changes.append(
            Change(
                deck.part.related_part(near.rId).partname if near is not None else "",
                chart,
                "slide removed",
                before=finding.title(page),
                after="the slide behind this one: its rows are gone",
            )
        )
        return
    for shape in own:
        shape._element.getparent().remove(shape._element)
    changes.append(
        Change(
            page.part.partname,
            chart,
            "text",
            after="fewer rows: this page of the table is empty, what was added to it stays",
        )
    )
