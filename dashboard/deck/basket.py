"""The deck that a reader puts together: slides in order, each frozen with its view; travels as a link or a small file."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, fields, replace

from dashboard.charts import CHARTS
from dashboard.charts.brief import BRIEF
from dashboard.charts.lists import WINDOW
from dashboard.charts.profile import COMPANY
from dashboard.data import overlay, permalink, saved
from dashboard.data.overlay import Overlay, OverlayError
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.deck import review
from dashboard.deck.lists import FIGURES, SOURCES
from dashboard.deck.template import SHAPES
from dashboard.look.markdown import shortened

#: Parameter that carries the basket in the address of every page.
PARAMETER = permalink.DECK
LAYOUTS = {
    "chart": "Chart, full width",
    "takeaways": "Chart and takeaway",
    "picture": "Chart as picture",
    "table": "Table",
    "half": "Half a slide",
    "top": "First rows, one slide",
}
#: Layout of a section that has no slide of its own: a part of the file and a line of the agenda.
MARK = "mark"
#: A file or link larger than this was not made here.
MOST_BYTES = 200_000
MOST_SLIDES = 60


class BasketError(Exception):
    """A link or file holds no basket; the text says what is wrong with it."""


@dataclass(frozen=True)
class Slide:
    """One slide.

    Attributes:
        kind: "chart", or "section" for a divider.
        chart: Chart id; "" for a section.
        query: The view it was taken from, as in the address, its snapshot included.
        title: The reader's own title; "" keeps the finding.
        takeaway: What the reader adds in words.
        layout: A key of LAYOUTS.
        note: What the reader notes for those who come after; stands in the slide's notes.
        review: Who has read it, as `review.signed` gives it; empty for nobody.
    """

    kind: str = "chart"
    chart: str = ""
    query: dict[str, list[str]] = field(default_factory=dict)
    title: str = ""
    takeaway: str = ""
    layout: str = "chart"
    note: str = ""
    review: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Basket:
    """A deck to be: its title and its slides in order; cover and lists of figures and sources are made from them.

    `figures` lists every figure with its document and whether it was found there again, `appendix` the documents. `shape` is a key of SHAPES: that of slides on the plain master, a company's template has its own. `every_source` lets
    the list of sources take as many slides as it needs. `own_rows` are the reader's own rows as words of an address,
    where a file brings them; an address has them in a word of its own.
    """

    title: str = ""
    slides: tuple[Slide, ...] = ()
    cover: bool = True
    appendix: bool = True
    shape: str = "16:9"
    every_source: bool = False
    own_rows: tuple[str, ...] = ()
    figures: bool = False

    @property
    def lists(self) -> tuple[str, ...]:
        """The lists that stand behind its charts, in order."""
        return tuple(k for k, is_on in ((FIGURES, self.figures), (SOURCES, self.appendix)) if is_on)

    def add(self, slide: Slide) -> Basket:
        """The basket with one more slide at its end."""
        return replace(self, slides=(*self.slides, slide))

    def remove(self, n: int) -> Basket:
        """The basket without slide n."""
        return replace(self, slides=self.slides[:n] + self.slides[n + 1 :])

    def move(self, n: int, by: int) -> Basket:
        """The basket with slide n moved up (negative) or down; at the ends nothing moves."""
        to = n + by
        if not 0 <= to < len(self.slides):
            return self
        slides = list(self.slides)
        slides.insert(to, slides.pop(n))
        return replace(self, slides=tuple(slides))

    def change(self, n: int, **to: object) -> Basket:
        """The basket with fields of slide n changed."""
        slides = list(self.slides)
        slides[n] = replace(slides[n], **to)  # type: ignore[arg-type]
        return replace(self, slides=tuple(slides))


def grouped(slides: Sequence[Slide], fits: Callable[[int], bool]) -> list[tuple[int, ...]]:
    """Positions of slides as they will stand: two neighbours of half a slide share one, where both fit.

    Args:
        slides: In order.
        fits: Whether half a slide is room enough for the one at a position; asked where it matters.
    """
    out: list[tuple[int, ...]] = []
    waits = False
    for n, one in enumerate(slides):
        is_half = one.kind == "chart" and one.layout == "half" and fits(n)
        if waits and is_half:
            out[-1] = (*out[-1], n)
        else:
            out.append((n,))
        waits = is_half and not waits
    return out


def frozen(chart_id: str, selection: Selection, snapshot_id: str) -> Slide:
    """A slide of a chart as it is seen now: filters, day and snapshot."""
    query = permalink.query(selection) | {
        "as_of": [f"{selection.as_of:%Y-%m-%d}"],
        permalink.SNAPSHOT: [snapshot_id],
    }
    return Slide(chart=chart_id, query=query)


def to_json(basket: Basket, own: Sequence[Overlay] = ()) -> str:
    """The basket as a small file that a person can read, and that brings the reader's own rows where they are small."""
    words = [w for o in own if (w := overlay.encode(o))] or list(basket.own_rows)
    whole = {"format": "landscape-deck/1", **asdict(replace(basket, own_rows=()))}
    return json.dumps({**whole, "own_rows": words} if words else _bare(whole), ensure_ascii=False, indent=1)


def _bare(whole: dict[str, object]) -> dict[str, object]:
    return {k: v for k, v in whole.items() if k != "own_rows"}


def from_json(text: str | bytes) -> Basket:
    """Reads a basket.

    Raises:
        BasketError: the text is no basket, or one with charts, layouts or sizes that do not exist.
    """
    raw = saved.read(text, "basket", MOST_BYTES, BasketError)
    if (
        not isinstance(raw, dict)
        or raw.get("format") != "landscape-deck/1"
        or not isinstance(raw.get("slides"), list)
    ):
        raise BasketError(
            "not a basket: expected a JSON object of format landscape-deck/1 with a list of slides"
        )
    if len(raw["slides"]) > MOST_SLIDES:
        raise BasketError(f"{len(raw['slides'])} slides; expected at most {MOST_SLIDES}")
    known = {f.name for f in fields(Slide)}
    slides = []
    for n, one in enumerate(raw["slides"], 1):
        if not isinstance(one, dict) or not set(one) <= known:
            raise BasketError(
                f"slide {n}: expected an object with no other fields than {', '.join(sorted(known))}"
            )
        slide = _slide(one, n)
        slides.append(slide)
    shape = _text(raw, "shape", "16:9", "")
    if shape not in SHAPES:
        raise BasketError(f"shape “{shortened(shape)}”; expected one of {', '.join(SHAPES)}")
    return Basket(
        title=_text(raw, "title", "", "")[:200],
        slides=tuple(slides),
        cover=bool(raw.get("cover", True)),
        appendix=bool(raw.get("appendix", True)),
        shape=shape,
        every_source=bool(raw.get("every_source", False)),
        own_rows=_own_rows(raw.get("own_rows")),
        figures=bool(raw.get("figures", False)),
    )


def _own_rows(given: object) -> tuple[str, ...]:
    """The own rows that a file brings, each read once to see that it can be."""
    if given is None:
        return ()
    if not isinstance(given, list) or not all(isinstance(w, str) for w in given):
        raise BasketError("own_rows; expected a list of words, as “Save basket” writes them")
    if len(given) > overlay.MOST_OVERLAYS or any(len(w) > overlay.MOST_WORD for w in given):
        raise BasketError(
            f"own_rows; expected at most {overlay.MOST_OVERLAYS} words of at most {overlay.MOST_WORD:,} characters"
        )
    brought(given)
    return tuple(given)


def brought(words: Sequence[str]) -> tuple[Overlay, ...]:
    """Own rows from the words that a file brings.

    Raises:
        BasketError: a word holds none.
    """
    try:
        return tuple(overlay.decode(w, "the file's own rows") for w in words)
    except OverlayError as error:
        raise BasketError(f"own_rows; {error}") from error


def _slide(one: dict[str, object], n: int) -> Slide:
    where = f"slide {n}: "
    kind, chart = _text(one, "kind", "chart", where), _text(one, "chart", "", where)
    layout = _text(one, "layout", "chart", where)
    if kind not in ("chart", "section"):
        raise BasketError(f"slide {n}: kind “{shortened(kind)}”; expected chart or section")
    if kind == "chart" and chart not in CHARTS:
        raise BasketError(
            f"slide {n}: no chart “{shortened(chart)}”; the Gallery page shows those that exist"
        )
    if layout not in LAYOUTS and not (kind == "section" and layout == MARK):
        raise BasketError(f"slide {n}: layout “{shortened(layout)}”; expected one of {', '.join(LAYOUTS)}")
    query = one.get("query", {})
    try:
        asked = permalink.checked(query)
    except ValueError as error:
        raise BasketError(f"{where}query; {error}") from error
    return Slide(
        kind=kind,
        chart=chart,
        query=asked,
        title=_text(one, "title", "", where)[:300],
        takeaway=_text(one, "takeaway", "", where)[:1000],
        layout=layout,
        note=_text(one, "note", "", where)[:1000],
        review=_review(one, where),
    )


def _review(one: dict[str, object], where: str) -> dict[str, str]:
    try:
        return review.checked(one.get("review"))
    except review.ReviewError as error:
        raise BasketError(f"{where}{error}") from error


def _text(of: dict[str, object], name: str, default: str, where: str) -> str:
    """A field as text; what is empty is its default."""
    value = of.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise BasketError(f"{where}{name}; expected text")
    if not permalink.is_text(str(value)):
        raise BasketError(f"{where}{name}; it holds halves of characters, which no text does")
    return str(value)


def encode(basket: Basket) -> str:
    """The basket as one word for an address; "" when empty."""
    if not basket.slides and not basket.title:
        return ""
    packed = zlib.compress(
        json.dumps(_compact(basket), ensure_ascii=False, separators=(",", ":")).encode(), 9
    )
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def _compact(basket: Basket) -> dict[str, object]:
    default = asdict(Slide())
    slides = [{k: v for k, v in asdict(s).items() if v != default[k]} for s in basket.slides]
    return _bare({"format": "landscape-deck/1", **asdict(basket), "slides": slides})


def decode(word: str) -> Basket:
    """Reads a basket from an address.

    Raises:
        BasketError: the word holds no basket.
    """
    if not word:
        return Basket()
    try:
        packed = base64.urlsafe_b64decode(word + "=" * (-len(word) % 4))
        reader = zlib.decompressobj()
        text = reader.decompress(packed, MOST_BYTES)
        whole = reader.eof
    except (ValueError, zlib.error) as error:
        raise BasketError("the link's basket cannot be read: it was cut or changed on its way") from error
    if not whole:
        raise BasketError("the link's basket is cut, or larger than a basket can be")
    return from_json(text)


#: Charts of the board pack, by part: chart, layout, and what is picked for it.
Picks = tuple[tuple[str, str], ...]
BOARD_PACK: tuple[tuple[str, tuple[tuple[str, str, Picks], ...]], ...] = (
    ("Findings", (("findings", "top", ()),)),
    (
        "Landscape",
        (("landscape-matrix", "top", ()), ("what-changed", "top", ()), ("positioning", "chart", ())),
    ),
    ("Governance", (("governance-lanes", "top", ()),)),
    ("Models", (("capability-frontier", "chart", ()), ("price-capability", "chart", ()))),
    (
        "Money and use",
        (("company-metrics", "half", ()), ("investment-plans", "half", ()), ("product-use", "top", ())),
    ),
    ("What is open", (("predictions-due", "top", ()), ("not-known", "top", ()))),
)
#: Charts of the full pack, by section.
FULL_PACK = (
    ("Landscape", ("headline-numbers", "landscape-matrix", "positioning")),
    ("What changed", ("index-change", "reorganisations")),
    ("Governance", ("governance-mix", "governance-lanes", "dimension-scores", "reported-coded")),
    ("Models", ("capability-frontier", "price-capability", "weights-by-year", "releases-by-company")),
    ("Companies", ("infrastructure-owned", "levers-map", "company-metrics", "investment-plans")),
    ("Claims", ("claims-by-verdict", "predictions-due")),
)


def board_pack(tables: Tables, selection: Selection, snapshot_id: str) -> Basket:
    """The deck that a board reads: a dozen charts in six parts, each on one slide, what is spent beside what is planned.

    A long table shows its first rows, and its notes the rest. A company that the reader selected by name, up to two, gets
    its history.
    """
    slides: list[Slide] = []
    for part, charts in BOARD_PACK:
        slides.append(Slide(kind="section", title=part, layout=MARK))
        for chart, layout, picks in charts:
            view = selection
            for name, option in picks:
                view = view.picking(name, option)
            slides.append(replace(frozen(chart, view, snapshot_id), layout=layout))
        if part == "Landscape" and 0 < len(selection.companies) <= 2:
            for company in selection.companies:
                own = replace(selection, companies=(company,), governance_models=(), company_types=())
                slides.append(replace(frozen("company-strip", own, snapshot_id), layout="top"))
    return Basket(title="China AI landscape: board pack", slides=tuple(slides), figures=True)


def full_pack(tables: Tables, selection: Selection, snapshot_id: str) -> Basket:
    """The long deck of a view: landscape, what changed, governance, models, companies selected, claims; every row.

    A company that the reader selected by name gets its history and its releases.
    """
    # Of the reorganisations, those since the day of comparison.
    recent = selection.picking(WINDOW, "since")
    slides: list[Slide] = []
    for section, charts in FULL_PACK:
        slides.append(Slide(kind="section", title=section))
        slides += [
            replace(
                frozen(c, recent if c == "reorganisations" else selection, snapshot_id),
                layout="half" if c in ("company-metrics", "investment-plans") else "chart",
            )
            for c in charts
        ]
        if section == "Companies":
            for company in selection.companies[:4]:
                own = replace(selection, companies=(company,), governance_models=(), company_types=())
                slides += [frozen(c, own, snapshot_id) for c in ("company-strip", "company-releases")]
    return Basket(title="China AI landscape: full pack", slides=tuple(slides), figures=True)


def company_brief(tables: Tables, selection: Selection, snapshot_id: str) -> Basket:
    """Four slides on the first company selected: position, what changed, what speaks against it, what to watch.

    Raises:
        BasketError: no company is selected by name.
    """
    if not selection.companies:
        raise BasketError("a company brief needs a company: select one by name (company=alibaba)")
    cid = selection.companies[0]
    own = replace(selection, companies=(cid,), governance_models=(), company_types=()).picking(COMPANY, cid)
    # What a change means is told from the whole field: the company is watched and not filtered.
    field = replace(selection, companies=(), governance_models=(), company_types=()).picking(
        "watch.companies", cid
    )
    name = tables["companies"].set_index("company_id")["company_name"].get(cid, cid)
    return Basket(
        title=f"{name}: company brief",
        slides=tuple(
            replace(frozen(c, field if c == "what-changed" else own, snapshot_id), layout="top")
            for c in BRIEF
        ),
        cover=False,
        appendix=False,
    )


def match_up(tables: Tables, selection: Selection, snapshot_id: str) -> Basket:
    """One slide: where each of the first two companies selected leads, by how much, how sure.

    Raises:
        BasketError: fewer than two companies are selected by name.
    """
    if len(selection.companies) < 2:
        raise BasketError(
            "a match-up needs two companies: select both by name (company=alibaba&company=tencent)"
        )
    own = replace(selection, companies=selection.companies[:2], governance_models=(), company_types=())
    slide = replace(frozen("match-up", own, snapshot_id), layout="top")
    return Basket(title="Match-up", slides=(slide,), cover=False, appendix=False)


PRESETS = {
    "Board pack": board_pack,
    "Full pack": full_pack,
    "Company brief": company_brief,
    "Match-up": match_up,
}
#: What each holds, for those who choose.
ABOUT = {
    "Board pack": "Twelve slides under your filters: findings, landscape, governance, models, money, what is open.",
    "Full pack": "Landscape, governance, models, companies and claims under your filters, every row.",
    "Company brief": "Four slides on the first company of your filters.",
    "Match-up": "One slide: where each of the first two companies of your filters leads.",
}
