"""Scales: how each value of a closed vocabulary looks (order, fill, text on it, hatch, marker, word), on either ground."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from dashboard.look.theme import INK, MODELS, WHITE, Look, is_missing

#: Steps of the neutral ramp, as `Look.levels` has them; a scale without colours of its own takes them from dark to pale.
_LIGHT, _DARK = Look(mode="light"), Look(mode="dark")


@dataclass(frozen=True)
class Value:
    """How one value looks.

    Attributes:
        id: As tables hold it.
        word: As readers see it.
        light: Fill on a light ground.
        dark: Fill on a dark ground.
        light_text: Text on the light fill.
        dark_text: Text on the dark fill.
        symbol: Plotly's mark.
        slide_marker: PowerPoint's mark.
        hatched: Drawn as "not known": a hatch on the ground instead of a fill.
    """

    id: str
    word: str
    light: str
    dark: str
    light_text: str = INK
    dark_text: str = INK
    symbol: str = "square"
    slide_marker: str = "square"
    hatched: bool = False

    def fill(self, look: Look) -> str:
        """Fill on the ground of a look."""
        return self.light if look.mode == "light" else self.dark

    def text(self, look: Look) -> str:
        """Text on that fill."""
        return self.light_text if look.mode == "light" else self.dark_text

    def name_colour(self, look: Look) -> str:
        """Colour of the value's word on the ground: its own where that can be read, else ink."""
        return look.name_colour(self.id) if self in GOVERNANCE.values else look.ink


@dataclass(frozen=True)
class Scale:
    """A vocabulary in the order of its legend.

    Attributes:
        name: What the vocabulary is, for headings: "Governance model".
        values: From first to last.
        other: What a value outside the vocabulary looks like, and a missing one.
    """

    name: str
    values: tuple[Value, ...]
    other: Value

    @cached_property
    def _known(self) -> dict[str, Value]:
        return {key: v for v in self.values for key in (v.id, v.word)}

    def of(self, value: object) -> Value:
        """The look of a value, named by its id or its word."""
        return self.other if is_missing(value) else self._known.get(str(value), self.other)

    def order(self, value: object) -> int:
        """Place in the legend; values outside the vocabulary stand last."""
        found = self.of(value)
        return self.values.index(found) if found in self.values else len(self.values)


def ramp(step: int) -> tuple[str, str, str, str]:
    """Fill and text of a step of the neutral ramp on light, then dark: for `Value`'s four colours."""
    return _LIGHT.levels[step], _DARK.levels[step], _LIGHT.on_level(step), _DARK.on_level(step)


def steps(name: str, words: dict[str, str], unknown: str = "") -> Scale:
    """A scale on the neutral ramp, darkest first; the value with the id `unknown` is hatched."""
    values = []
    for n, (key, word) in enumerate(words.items()):
        if key == unknown:
            # In a key the hatch would be an empty square: its line stands for it.
            values.append(Value(key, word, _LIGHT.rule, _DARK.rule, symbol="square-open", hatched=True))
        else:
            values.append(Value(key, word, *ramp(max(4 - n, 0))))
    return Scale(name, tuple(values), PLAIN)


#: A value of no vocabulary: bars that all mean the same.
PLAIN = Value("", "", *ramp(3))
#: Companies outside China: context.
OUTSIDE = Value("outside", "Outside China", _LIGHT.pale, _DARK.pale, symbol="circle", slide_marker="circle")
#: Organisations that a reader put in.
OWN = Value("own", "Your own", "#580033", "#FFE0FA", WHITE, INK, symbol="hexagram", slide_marker="star")

GOVERNANCE = Scale(
    "Governance model",
    tuple(
        Value(
            m.id,
            m.short,
            m.light,
            m.dark,
            m.light_text,
            m.dark_text,
            m.symbol,
            m.slide_marker,
            hatched=m.id == "undetermined",
        )
        for m in MODELS
    ),
    OUTSIDE,
)
WEIGHTS = Scale(
    "Weights",
    tuple(
        Value(
            kind,
            word,
            _LIGHT.weights[kind],
            _DARK.weights[kind],
            WHITE if kind == "open" else INK,
            INK if kind in ("open", "restricted") else WHITE,
        )
        for kind, word in (
            ("open", "Open"),
            ("restricted", "Restricted"),
            ("closed", "Closed"),
            ("not disclosed", "Not disclosed"),
        )
    ),
    PLAIN,
)
LICENCES = steps(
    "Licence",
    {
        w: w
        for w in (
            "Apache 2.0",
            "MIT",
            "Other standard licence",
            "Licence of the developer",
            "Not stated",
        )
    },
    unknown="Not stated",
)
CLAIM_KINDS = steps(
    "Kind of claim",
    {"fact": "Fact", "prediction": "Prediction", "risk": "Risk", "recommendation": "Recommendation"},
)
#: Scores of a dimension, from the palest: 0 each unit decides, 4 one group authority.
SCORES = Scale("Score", tuple(Value(str(n), str(n), *ramp(n)) for n in range(5)), PLAIN)
#: How many there are of something; the last value stands for all higher ones.
COUNTS = Scale(
    "Count", tuple(Value(str(n), str(n) if n < 4 else "4 or more", *ramp(n)) for n in range(1, 5)), PLAIN
)
#: Whose models tokens go through; what stands under cover is known to nobody.
TOKEN_BANDS = steps(
    "Band",
    {
        "home": "Organisations in China",
        "outside": "Outside China",
        "not_here": "Makers not recorded here",
        "stealth": "Under cover",
        "other": "All others together",
    },
    unknown="stealth",
)
LEVER_MARKS = Scale(
    "Lever",
    (
        Value("headline", "Lever the company leads with", *ramp(4)),
        Value("used", "Other lever", *ramp(2)),
    ),
    PLAIN,
)
ARCHITECTURES = Scale(
    "Architecture",
    (
        Value("mixture", "Mixture of experts", _LIGHT.ink, _DARK.ink, symbol="circle", slide_marker="circle"),
        Value("dense", "Dense", _LIGHT.levels[2], _DARK.levels[3]),
        Value(
            "not stated",
            "Architecture not stated",
            _LIGHT.levels[1],
            _DARK.levels[2],
            symbol="diamond-tall",
            slide_marker="diamond",
        ),
    ),
    PLAIN,
)
