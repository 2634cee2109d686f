"""Every deck we write passes the schemas of Office: made, on templates, refreshed, of one chart."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import odd_templates as odd
import pytest
from deck_data import changed, data, halves, opened, wanted
from export_cards import card
from office_check import faults, package_faults
from own_templates import chinese
from test_refresh_kinds import group_all, saved

from dashboard.deck import decks
from dashboard.deck import template as templates
from dashboard.deck.basket import Basket
from dashboard.export import slides


def few(built: Path) -> Basket:
    """Each native form once, two halves, a takeaway and Chinese words."""
    own = wanted(built).slides
    return replace(wanted(built), slides=(*own[:1], *own[2:], *halves(built).slides[:2]))


def test_the_check_finds_what_is_wrong(built: Path) -> None:
    sound = slides.slide(card(built, "governance-mix", "everything"))
    with zipfile.ZipFile(io.BytesIO(sound)) as package:
        parts = {n: package.read(n) for n in package.namelist()}

    def spoilt(**changes: bytes) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as fresh:
            for name, blob in (parts | changes).items():
                fresh.writestr(name, blob)
        return out.getvalue()

    chart = next(n for n in parts if re.match(r"ppt/charts/chart\d+\.xml", n))
    turned = re.sub(rb'(<c:idx val="\d+"/>)(<c:order val="\d+"/>)', rb"\2\1", parts[chart])
    assert faults(sound) == [] and any("idx" in f for f in faults(spoilt(**{chart: turned})))
    types = parts["[Content_Types].xml"].replace(b"slide1.xml", b"slide9.xml")
    assert len(package_faults(spoilt(**{"[Content_Types].xml": types}))) >= 1


#: Templates of which a search for what breaks Office is made.
ODD = ("4:3", "chinese", "full shape", "bare placeholders", "old properties", "two masters")


@pytest.mark.parametrize("name", ["neutral", *(pytest.param(n, marks=pytest.mark.slow) for n in ODD)])
def test_a_deck_passes(built: Path, name: str) -> None:
    makes = {**odd.DARK, **odd.ODD, "chinese": chinese}
    one = None if name in ("neutral", "4:3") else templates.read(makes[name]())
    basket = replace(few(built), shape="4:3" if name == "4:3" else "16:9")
    if one is not None:
        basket = replace(basket, slides=basket.slides[:4])
    assert faults(decks.build(basket, data(built), template=one)) == []


@pytest.mark.slow
def test_a_refreshed_deck_passes(built: Path) -> None:
    presentation = opened(decks.build(few(built), data(built)))
    group_all(presentation)
    done = decks.refresh(saved(presentation), changed(built))
    assert done.changed and faults(done.data) == []
