"""The look: colours that every reader can tell apart and read, and every number, day and price as it is written."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from itertools import combinations, pairwise
from math import atan2, cos, degrees, exp, hypot, radians, sin, sqrt
from pathlib import Path

import pandas as pd
import pytest

from dashboard.look import theme
from dashboard.look.scales import OWN
from dashboard.look.theme import MODEL, MODELS, Look

LOOKS = [Look(mode="light"), Look(mode="dark")]
MODES = [look.mode for look in LOOKS]

# --- Colours as eyes see them ---

Triple = tuple[float, float, float]

#: Full colour-vision deficiency: Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
SIGHT: dict[str, tuple[Triple, Triple, Triple]] = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
#: Linear sRGB to XYZ under D65.
XYZ = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)
WHITE = (0.95047, 1.0, 1.08883)


def times(matrix: tuple[Triple, Triple, Triple], v: Triple) -> Triple:
    a, b, c = (sum(m * x for m, x in zip(row, v, strict=True)) for row in matrix)
    return a, b, c


def linear(colour: str) -> Triple:
    r, g, b = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    a, b, c = (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in (r, g, b))
    return a, b, c


def lab(colour: str, sight: str = "normal") -> Triple:
    """CIELAB of a colour as someone of that sight sees it."""
    r, g, b = (min(max(x, 0.0), 1.0) for x in times(SIGHT[sight], linear(colour)))
    x, y, z = (
        t ** (1 / 3) if t > (6 / 29) ** 3 else t / (3 * (6 / 29) ** 2) + 4 / 29
        for t in (v / w for v, w in zip(times(XYZ, (r, g, b)), WHITE, strict=True))
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def ciede2000(one: Triple, other: Triple) -> float:
    """Colour difference, after Sharma, Wu and Dalal (2005)."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean = (hypot(a1, b1) + hypot(a2, b2)) / 2
    g = 0.5 * (1 - sqrt(mean**7 / (mean**7 + 25**7)))
    a1, a2 = a1 * (1 + g), a2 * (1 + g)
    c1, c2 = hypot(a1, b1), hypot(a2, b2)
    h1 = degrees(atan2(b1, a1)) % 360 if c1 else 0.0
    h2 = degrees(atan2(b2, a2)) % 360 if c2 else 0.0
    dh = h2 - h1
    if c1 * c2 == 0:
        dh = 0.0
    elif dh > 180:
        dh -= 360
    elif dh < -180:
        dh += 360
    d_hue = 2 * sqrt(c1 * c2) * sin(radians(dh / 2))
    l_mean, c_mean = (l1 + l2) / 2, (c1 + c2) / 2
    if c1 * c2 == 0:
        h_mean = h1 + h2
    elif abs(h1 - h2) <= 180:
        h_mean = (h1 + h2) / 2
    else:
        h_mean = (h1 + h2 + (360 if h1 + h2 < 360 else -360)) / 2
    t = (
        1
        - 0.17 * cos(radians(h_mean - 30))
        + 0.24 * cos(radians(2 * h_mean))
        + 0.32 * cos(radians(3 * h_mean + 6))
        - 0.20 * cos(radians(4 * h_mean - 63))
    )
    s_l = 1 + 0.015 * (l_mean - 50) ** 2 / sqrt(20 + (l_mean - 50) ** 2)
    s_c, s_h = 1 + 0.045 * c_mean, 1 + 0.015 * c_mean * t
    r_t = -2 * sqrt(c_mean**7 / (c_mean**7 + 25**7)) * sin(radians(60 * exp(-(((h_mean - 275) / 25) ** 2))))
    parts = (l2 - l1) / s_l, (c2 - c1) / s_c, d_hue / s_h
    return sqrt(sum(p * p for p in parts) + r_t * parts[1] * parts[2])


def apart(one: str, other: str) -> float:
    """How different two colours look to whoever tells them apart worst."""
    return min(ciede2000(lab(one, s), lab(other, s)) for s in SIGHT)


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio."""
    a, b = (0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (linear(one), linear(other)))
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)


def mixed(colour: str, ground: str, share: float) -> str:
    """A colour laid over a ground, as the browser mixes them."""
    pairs = [(int(colour[i : i + 2], 16), int(ground[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(c * share + g * (1 - share)):02X}" for c, g in pairs)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, -1.3802, -84.2814), (50.0, 0.0, -82.7485), 1.0),
        ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0011), 7.2195),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_the_measure_gives_the_published_values(one: Triple, other: Triple, expected: float) -> None:
    assert ciede2000(one, other) == pytest.approx(expected, abs=1e-4)
    assert ciede2000(other, one) == pytest.approx(expected, abs=1e-4)


def test_the_measure_knows_white_and_black() -> None:
    assert lab("#FFFFFF") == pytest.approx((100, 0, 0), abs=0.02)
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert apart("#FF0000", "#00FF00") < ciede2000(lab("#FF0000"), lab("#00FF00"))


#: Undetermined is hatched and grey: it is no colour among the others.
COLOURED = [m for m in MODELS if m.id != "undetermined"]


@pytest.mark.parametrize("mode", MODES)
def test_all_models_can_be_told_apart_under_every_sight(mode: str) -> None:
    worst = min((apart(getattr(a, mode), getattr(b, mode)), a.id, b.id) for a, b in combinations(COLOURED, 2))
    assert worst[0] >= 11.5, worst
    near = min((apart(getattr(a, mode), getattr(b, mode)), a.id, b.id) for a, b in pairwise(COLOURED))
    assert near[0] >= 12, near


@pytest.mark.parametrize("look", LOOKS, ids=MODES)
def test_text_can_be_read(look: Look) -> None:
    for model in MODELS:
        assert contrast(look.text_on(model.id), look.fill(model.id)) >= 4.5, model.id
        assert contrast(look.name_colour(model.id), look.ground) >= 4.5, model.id
    for colour in (look.ink, look.grey):
        assert contrast(colour, look.ground) >= 4.5
    for score, fill in enumerate(look.levels):
        assert contrast(look.on_level(score), fill) >= 4.5, score


@pytest.mark.parametrize("look", LOOKS, ids=MODES)
def test_marks_stand_out_from_the_ground(look: Look) -> None:
    for model in COLOURED:
        assert contrast(look.fill(model.id), look.ground) >= 3, model.id


@pytest.mark.parametrize("look", LOOKS, ids=MODES)
def test_own_marks_stand_out_and_their_names_can_be_read(look: Look) -> None:
    assert contrast(OWN.fill(look), look.ground) >= 4.5, "their names are set in it"
    assert contrast(OWN.text(look), OWN.fill(look)) >= 4.5
    # On a dark ground no colour is further from all nine under every sight: the star tells, too.
    least = {"light": 11.5, "dark": 9.5}[look.mode]
    assert min(apart(OWN.fill(look), getattr(m, look.mode)) for m in COLOURED) >= least
    assert ciede2000(lab(OWN.fill(look)), lab(look.ink)) >= 8
    assert OWN.symbol not in {m.symbol for m in MODELS}


@pytest.mark.parametrize("look", LOOKS, ids=MODES)
def test_scores_get_darker_or_lighter_step_by_step(look: Look) -> None:
    steps = [contrast(fill, look.ground) for fill in look.levels]
    assert steps == sorted(steps)
    assert all(ciede2000(lab(a), lab(b)) >= 5 for a, b in pairwise(look.levels))
    governance = {getattr(m, look.mode) for m in MODELS}
    assert not governance & {*look.levels, *look.weights.values()}


@pytest.mark.parametrize("look", LOOKS, ids=MODES)
def test_openness_reads_without_colour(look: Look) -> None:
    assert list(look.weights) == ["open", "restricted", "closed", "not disclosed"]
    light = [lab(c)[0] for c in look.weights.values()]
    assert light == sorted(light, reverse=look.mode == "dark")
    assert min(abs(a - b) for a, b in pairwise(light)) >= 8


def test_colour_is_never_the_only_cue() -> None:
    assert len({m.symbol for m in MODELS}) == len({m.short for m in MODELS}) == len(MODELS)
    assert len({m.light for m in MODELS}) == len({m.dark for m in MODELS}) == len(MODELS)
    # An open mark means an estimate.
    assert not any(m.symbol.endswith("-open") for m in MODELS)


def test_models_are_those_of_the_data(tables: dict[str, pd.DataFrame]) -> None:
    """Same ids, same short names, same order as the vocabulary."""
    vocabulary = tables["governance_models"].sort_values("sort_order")
    assert vocabulary["governance_model_id"].tolist() == [m.id for m in MODELS]
    assert vocabulary["governance_model_short"].tolist() == [m.short for m in MODELS]


@pytest.mark.parametrize("model_id", [None, "", "nothing", float("nan")])
def test_an_unknown_model_looks_undetermined(model_id: object) -> None:
    for look in LOOKS:
        assert look.fill(model_id) == getattr(MODEL["undetermined"], look.mode)  # type: ignore[arg-type]
        assert look.text_on(model_id) == getattr(MODEL["undetermined"], f"{look.mode}_text")  # type: ignore[arg-type]
    assert theme.model_short(model_id) == "Undetermined"  # type: ignore[arg-type]
    assert theme.symbol(model_id) == MODEL["undetermined"].symbol  # type: ignore[arg-type]


def test_a_chip_stays_on_one_line() -> None:
    for look in LOOKS:
        for model in MODELS:
            text = theme.chip(model.id, look)
            shown = re.fullmatch(r':color\[\*\*(.+)\*\*\]\{foreground="(.+)" background="(.+)"\}', text)
            assert shown and not set(shown[1]) & {" ", "-"}
            assert unescape(shown[1]).replace("\u00a0", " ").replace("\u2011", "-").strip() == model.short
            assert (shown[2], shown[3]) == (look.text_on(model.id), look.fill(model.id))


def test_the_apps_own_colours_are_the_themes() -> None:
    """Streamlit's configuration cannot read theme.py: the two are kept alike here."""
    import tomllib

    config = tomllib.loads((Path(theme.__file__).parents[2] / ".streamlit" / "config.toml").read_text())
    for look in LOOKS:
        own = config["theme"][look.mode]
        ground, text, accent = own["backgroundColor"], own["textColor"], own["primaryColor"]
        assert ground.upper() == look.ground
        assert ciede2000(lab(text), lab(look.ink)) < 3
        assert contrast(own["grayTextColor"], ground) >= 4.5
        for behind in (ground, own["secondaryBackgroundColor"], own["sidebar"]["backgroundColor"]):
            # Captions are 60 % of the text colour, a chosen pill is the accent on a tenth of itself.
            assert contrast(mixed(text, behind, 0.6), behind) >= 4.5
            assert contrast(accent, mixed(accent, behind, 0.1)) >= 4.5
    assert config["browser"]["gatherUsageStats"] is False


# --- Layout ---


@pytest.mark.parametrize("look", [*LOOKS, Look(export=True), Look(compact=True)], ids=str)
def test_a_figures_own_keys_are_merged_over_the_house_layout(look: Look) -> None:
    made = theme.layout(look, height=300, xaxis={"range": [0, 1]}, margin={"l": 9}, showlegend=True)
    assert made["height"] == 300 and made["showlegend"] is True
    assert made["xaxis"]["range"] == [0, 1] and made["xaxis"]["fixedrange"] is True
    assert made["yaxis"] == theme.layout(look)["yaxis"] and "range" not in made["yaxis"]
    assert made["margin"] == {**theme.layout(look)["margin"], "l": 9}
    assert made["template"] is theme.TEMPLATE
    assert made["font"]["size"] == look.size == (20 if look.export else 12)
    assert (made["paper_bgcolor"] == look.ground) == look.export
    assert made["dragmode"] is False


def test_text_is_safe_in_figures() -> None:
    assert theme.escape("R&D <b>") == "R&amp;D &lt;b&gt;"
    assert theme.escape(3) == "3"


# --- Numbers, days and money ---

DAY = pd.Timestamp("2026-03-06")


@pytest.mark.parametrize(
    ("day", "precision", "text"),
    [
        (DAY, "day", "6 Mar 2026"),
        (DAY, "month", "Mar 2026"),
        (DAY, "quarter", "Q1 2026"),
        (pd.Timestamp("2026-10-01"), "quarter", "Q4 2026"),
        (DAY, "year", "2026"),
        (DAY, "approx", "c. Mar 2026"),
        (DAY, None, "6 Mar 2026"),
        (DAY.date(), "day", "6 Mar 2026"),
        ("2026-12-31", "day", "31 Dec 2026"),
        (None, "day", "not disclosed"),
        (pd.NaT, "month", "not disclosed"),
        (float("nan"), "day", "not disclosed"),
        (pd.NA, "day", "not disclosed"),
    ],
)
def test_days(day: object, precision: object, text: str) -> None:
    assert theme.format_day(day, precision) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (7, "7"),
        (999, "999"),
        (3500, "3,500"),
        (346_000, "346,000"),
        (999_999, "999,999"),
        (1_000_000, "1M"),
        (110e6, "110M"),
        (1.5e6, "1.5M"),
        (671e9, "671B"),
        (999.6e6, "1B"),
        (999.4e9, "999B"),
        (999.6e9, "1T"),
        (999.96e9, "1T"),
        (1.04e12, "1.04T"),
        (5e15, "5000T"),
        (-2e9, "-2B"),
        (pd.NA, "not disclosed"),
        (None, "not disclosed"),
        (float("nan"), "not disclosed"),
    ],
)
def test_counts(value: object, text: str) -> None:
    assert theme.format_count(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (512, "512"),
        (256_000, "256K"),
        (1000, "1K"),
        (4096, "4K"),
        (32_768, "32K"),
        (128_000, "128K"),
        (131_072, "128K"),
        (200_000, "200K"),
        (262_144, "256K"),
        (1_000_000, "1M"),
        (1_048_576, "1M"),
        (2_097_152, "2M"),
        (10_000_000, "10M"),
        (None, "not disclosed"),
    ],
)
def test_tokens(value: object, text: str) -> None:
    assert theme.format_tokens(value) == text


#: How numbers with a unit are written: value, currency, digits or unit, and the text.
NUMBERS = {
    theme.format_money: [
        (0, "USD", "$0"),
        (0.28, "USD", "$0.28"),
        (0.3, "USD", "$0.30"),
        (0.001, "USD", "$0.001"),
        (0.0055, "USD", "$0.0055"),
        (2, "CNY", "¥2"),
        (2.1, "CNY", "¥2.10"),
        (9.999, "USD", "$10"),
        (10, "USD", "$10"),
        (12.5, "USD", "$12.5"),
        (15, "USD", "$15"),
        (100, "USD", "$100"),
        (1200, "USD", "$1,200"),
        (3, "HKD", "HKD 3"),
        (None, "USD", "not disclosed"),
    ],
    theme.format_percent: [
        (64, 0, "64 %"),
        (64.46, 1, "64.5 %"),
        (0, 0, "0 %"),
        (100, 0, "100 %"),
        (None, 0, "not disclosed"),
    ],
    theme.format_score: [
        (1483.2, "elo", "1,483"),
        (80.56, "percent", "80.6 %"),
        (57, "index", "57.0"),
        (None, "elo", "not disclosed"),
    ],
}


@pytest.mark.parametrize(
    ("write", "value", "unit", "text"), [(write, *case) for write, cases in NUMBERS.items() for case in cases]
)
def test_numbers_with_a_unit(write: Callable[..., str], value: object, unit: object, text: str) -> None:
    assert write(value, unit) == text


@pytest.mark.parametrize(
    ("count", "noun", "many", "text"),
    [
        (0, "model", None, "0 models"),
        (1, "model", None, "1 model"),
        (2, "company", None, "2 companies"),
        (1, "company", None, "1 company"),
        (1200, "row", None, "1,200 rows"),
        (2, "person", "people", "2 people"),
    ],
)
def test_plurals(count: int, noun: str, many: str | None, text: str) -> None:
    assert theme.plural(count, noun, many) == text


def test_lists_in_words() -> None:
    assert [theme.join_words(list(w)) for w in ("", "a", "ab", "abc")] == ["", "a", "a and b", "a, b and c"]
    assert (
        theme.join_words(list("abc"), 3) == "a, b and c"
        and theme.join_words(list("abcde"), 2) == "a, b and 3 more"
    )
