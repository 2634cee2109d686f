"""A reader's own company where few rows have room: among the first rows, by its name, in briefs that speak of it alone."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pptx
import pytest
from own_rows import company_rows, folder, many_rows

from dashboard.charts import CHARTS
from dashboard.charts.kinds import points
from dashboard.charts.kinds.points import GAP
from dashboard.data import overlay
from dashboard.data.selection import Selection
from dashboard.deck import basket, decks
from dashboard.deck.basket import Basket
from dashboard.deck.decks import Builds
from dashboard.look.place import FOUR, Wish, place
from dashboard.look.room import Room
from dashboard.look.scales import OWN


@pytest.fixture
def own(built: Path, tmp_path: Path) -> Builds:
    with overlay.given([overlay.of_path(folder(tmp_path / "own", many_rows()))]):
        return Builds.of(built)


def _words(deck: bytes) -> list[str]:
    out = []
    for one in pptx.Presentation(io.BytesIO(deck)).slides:
        said = [s.text_frame.text for s in one.shapes if s.has_text_frame]
        said += [c.text_frame.text for s in one.shapes if s.has_table for r in s.table.rows for c in r.cells]
        out.append("\n".join(said))
    return out


def test_an_own_company_stands_among_the_first_rows_of_a_slide(own: Builds) -> None:
    newest = own.newest.snapshot.as_of
    for names in ("en", "zh"):
        view = Selection(as_of=newest, newest=newest, names=names)
        slide = basket.frozen("landscape-matrix", view, own.newest.snapshot.id)
        slide = replace(slide, layout="top")
        [said] = _words(decks.build(Basket(slides=(slide,), cover=False, appendix=False), own))
        assert "Acme (own)" in said and "beside your own" in said and "more in the notes" in said


def test_a_brief_of_an_own_company_speaks_of_it_and_not_of_the_field(built: Path, tmp_path: Path) -> None:
    with overlay.given([overlay.of_path(folder(tmp_path / "own", company_rows()))]):
        own = Builds.of(built)
    newest = own.newest.snapshot.as_of
    view = Selection(as_of=newest, newest=newest, companies=("acme",))
    made = basket.company_brief(own.newest.tables, view, own.newest.snapshot.id)
    titles = [o.card.title for o in decks.resolve_all(made, own) if o.card is not None]
    assert len(titles) == 4 and all("Acme (own)" in t for t in titles), titles
    # No source reports on it: the rule's own label is told, as that.
    assert "by the printed rule" in titles[0]


def named(cloud: Any, wide: float, tall: float) -> tuple[list[Any], list[tuple[float, float]]]:
    """The names of a cloud's marks as placed in so much room, and the marks that no name may touch."""

    def at(x: float, y: float) -> tuple[float, float]:
        return cloud.x.share(x) * wide, (1 - cloud.y.share(y)) * tall

    firm, taken = cloud.places(at)
    size = (wide, tall)
    return place(cloud.wishes(at), taken, size, 10, most=cloud.most, sides=FOUR, beyond=20, firm=firm), firm


def test_marks_of_an_own_company_lie_on_top_and_bear_its_name(own: Builds) -> None:
    newest = own.newest.snapshot.as_of
    card = decks.resolve(
        basket.frozen("positioning", Selection(newest, newest), own.newest.snapshot.id), own
    ).card
    assert card is not None
    kind = CHARTS["positioning"].kind
    cloud = points.state(kind, card.frame, card.columns, Room(600, 10, 300))
    assert cloud.spots[-1].value == OWN
    # In a crowd of any size, and however little room there is.
    for wide, tall in ((640, 300), (300, 160), (240, 120)):
        told, _ = named(cloud, wide, tall)
        assert cloud.spots[-1].row in {p.wish.key for p in told}


def test_both_ends_of_a_lag_are_named_and_its_words_touch_no_mark(built: Path) -> None:
    now = Builds.of(built)
    newest = now.newest.snapshot.as_of
    card = decks.resolve(
        basket.frozen("capability-frontier", Selection(newest, newest), now.newest.snapshot.id), now
    ).card
    assert card is not None
    cloud = points.state(CHARTS["capability-frontier"].kind, card.frame, card.columns, Room(640, 10, 300))
    assert cloud.gap is not None and len(cloud.needed) == 2
    for wide, tall in ((640, 300), (900, 420), (330, 240)):
        told, firm = named(cloud, wide, tall)
        keys = {p.wish.key for p in told}
        assert keys >= {cloud.needed[0]}
        for p in (p for p in told if p.wish.key == GAP):
            y = p.wish.y + p.dy
            assert not any(abs(fx - p.wish.x) < 15 and abs(fy - y) < 6 for fx, fy in firm)


def test_a_name_that_must_stand_gives_way_to_other_names_alone() -> None:
    crowd = [(50.0 + 8 * n, 50.0 + 6 * k) for n in range(-4, 5) for k in range(-4, 5)]
    free = Wish("free", 50, 50, "A name", True)
    assert place([free], crowd, (100, 100), 10, most=5, firm=crowd) == []
    must = Wish("must", 50, 50, "A name", True, must=True)
    [found] = place([must], crowd, (100, 100), 10, most=5, firm=crowd)
    assert found.wish.key == "must"
    assert (
        place([Wish("wide", 50, 50, "A name far too long for this", must=True)], [], (60, 100), 10, most=5)
        == []
    )


def test_a_list_of_two_is_not_counted_in_the_field(own: Builds) -> None:
    """On a watch list an own company is asked about; what a change means is still told from the field alone."""
    newest = own.newest.snapshot.as_of
    view = Selection(newest, newest).picking("watch.companies", "acme,alibaba")
    card = decks.resolve(basket.frozen("what-changed", view, own.newest.snapshot.id), own).card
    assert card is not None
    assert set(card.frame["company_id"]) == {"acme", "alibaba"} and "not counted" not in card.subtitle
    one = card.frame[card.frame["kind"] == "governance"]["why"]
    assert not one.str.contains("of your own").any()
