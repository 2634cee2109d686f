"""The look: one colour and mark per governance model, the Plotly template, fonts, and every number format."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd
import plotly.graph_objects as go

from dashboard.look.markdown import plain
from dashboard.look.markup import xml_signs

#: What follows the name of an organisation that a reader put in: it is no part of the field.
OWN_SIGN = " (own)"
PRODUCT = "China AI Landscape"
NOT_DISCLOSED = "not disclosed"

# The Latin face ships inside Streamlit; the Chinese ones are on Windows, macOS and (Noto) most Linux machines.
FONT = (
    "'Source Sans', 'Source Sans 3', Arial, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"
)
# A picture is drawn to be looked at elsewhere: only faces that measure alike everywhere.
FONT_EXPORT = "Arial, 'Liberation Sans', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"
SLIDE_LATIN = "Arial"
SLIDE_CHINESE = "Microsoft YaHei"


@dataclass(frozen=True)
class Model:
    """How a governance model looks: fill and text on it, light and dark, and its mark in Plotly and PowerPoint."""

    id: str
    short: str
    light: str
    light_text: str
    dark: str
    dark_text: str
    symbol: str
    slide_marker: str


INK, WHITE = "#10141C", "#FFFFFF"

# From one centre to many; the order of every legend. Differences between neighbours were checked (CIEDE2000 under
# normal, deuteranope, protanope and tritanope sight, Machado 2009); tests/test_theme.py checks them again.
MODELS: tuple[Model, ...] = (
    Model("centralised_ceo", "Centralised, CEO", "#24356A", WHITE, "#627AEA", INK, "circle", "circle"),
    Model(
        "centralised_function", "Centralised, function", "#0D9CCA", INK, "#5AD3FF", INK, "square", "square"
    ),
    Model("hub_and_spoke", "Hub and spoke", "#18846E", WHITE, "#16A893", INK, "diamond", "diamond"),
    Model("federated", "Federated", "#C08A0D", INK, "#FCDB62", INK, "cross", "plus"),
    Model("product_driven", "Product-driven", "#9D254B", WHITE, "#E56082", INK, "x", "x"),
    Model("portfolio", "Portfolio, spin-offs", "#B85A3C", WHITE, "#E6A072", INK, "hourglass", "dash"),
    Model("lab_led", "Lab-led", "#6C4DA6", WHITE, "#A290C0", INK, "star", "star"),
    Model("founder_led", "Founder-led", "#5C420F", WHITE, "#9D7C47", INK, "triangle-up", "triangle"),
    Model("state_institute", "State institute", "#576376", WHITE, "#9FBBC2", INK, "bowtie", "dot"),
    Model("undetermined", "Undetermined", "#B8BEC6", INK, "#5A6371", WHITE, "circle-open-dot", "none"),
)
MODEL = {m.id: m for m in MODELS}
MODEL_ORDER = {m.id: i for i, m in enumerate(MODELS)}


#: Pixels across that a chart has on a phone, and on a screen where nobody measured.
PHONE, SCREEN = 345, 780


class Shade:
    """A colour that a `Look` has: one where the ground is light, another where it is dark."""

    def __init__(self, light: str, dark: str) -> None:
        self.light, self.dark = light, dark

    def __get__(self, look: Look, kind: type[Look]) -> str:
        return self.light if look.mode == "light" else self.dark


@dataclass(frozen=True)
class Look:
    """Where a figure will be seen.

    Attributes:
        mode: Ground it stands on.
        export: True inside a picture of 1600 x 900, where type is larger and the ground solid.
        compact: True on a phone, and where a chart shares a screen with others.
        height: Pixels that a figure sharing a screen must keep to, 0 where it may take what it needs.
        wide: Pixels across that a figure has on its screen; 0 is taken for those of a phone or of a desk.
    """

    mode: Literal["light", "dark"] = "light"
    export: bool = False
    compact: bool = False
    height: int = 0
    wide: int = 0

    def __post_init__(self) -> None:
        if not self.wide:
            object.__setattr__(self, "wide", PHONE if self.compact else SCREEN)

    @property
    def is_narrow(self) -> bool:
        """True on a phone: a compact figure half a slide wide has room for more words."""
        return self.compact and self.wide < 400

    def across(self, picture: float, screen: float, phone: float = PHONE) -> float:
        """Pixels across: in a picture, on a screen, and on a phone, where a wider compact figure has as much more."""
        return phone + self.wide - PHONE if self.compact else picture if self.export else screen

    def share(self, picture: float, phone: float) -> float:
        """Factor from a margin on screen to one in a picture and on a phone; never more than whole where compact."""
        return min(phone * self.wide / PHONE, 1.0) if self.compact else picture if self.export else 1.0

    #: Text and accent.
    ink = Shade("#1A1F2B", "#E7EAF0")
    #: Second text: subtitles, ticks, sources (>= 4.5:1 on the ground).
    grey = Shade("#5A6371", "#A3ADBC")
    #: Marks of the context, outside China.
    pale = Shade("#C3C8D0", "#4A5363")
    #: Grid lines.
    grid = Shade("#E9EBEF", "#262C38")
    #: Reference lines and event ticks.
    rule = Shade("#AEB5C0", "#4A5261")
    #: The page.
    ground = Shade("#FFFFFF", "#12151C")

    @property
    def levels(self) -> tuple[str, str, str, str, str]:
        """Neutral ramp for scores 0 to 4; never a governance colour."""
        if self.mode == "light":
            return ("#F1F2F4", "#D3D8E0", "#A9B2C0", "#5F6B7F", "#333E52")
        return ("#1E232D", "#343C4B", "#55607A", "#8793AB", "#C5CEDD")

    def on_level(self, score: int) -> str:
        """Text colour on a score's cell."""
        if self.mode == "light":
            return WHITE if score >= 3 else INK
        return INK if score >= 3 else "#E7EAF0"

    @property
    def weights(self) -> dict[str, str]:
        """Colours of open, restricted, closed and unknown weights."""
        if self.mode == "light":
            return {
                "open": "#333E52",
                "restricted": "#7C889B",
                "closed": "#C3CAD4",
                "not disclosed": "#EBEDF0",
            }
        return {"open": "#C5CEDD", "restricted": "#8793AB", "closed": "#4E596B", "not disclosed": "#262C38"}

    @property
    def size(self) -> int:
        """Base type size: 12 px on screen; 20 px in a picture is 11 pt on a slide."""
        return 20 if self.export else 12

    @property
    def scale(self) -> float:
        """Factor from screen marks to marks of a picture."""
        return 1.6 if self.export else 1.0

    def fill(self, model_id: str | None) -> str:
        """Fill of a governance model; unknown ids look undetermined."""
        model = MODEL.get(str(model_id), MODEL["undetermined"])
        return model.light if self.mode == "light" else model.dark

    def text_on(self, model_id: str | None) -> str:
        """Text colour on that fill (>= 4.6:1)."""
        model = MODEL.get(str(model_id), MODEL["undetermined"])
        return model.light_text if self.mode == "light" else model.dark_text

    def name_colour(self, model_id: str | None) -> str:
        """Colour for the model's name as text on the ground: its own where readable, else ink."""
        if self.mode == "light" and model_id in {"centralised_function", "federated", "undetermined"}:
            return self.ink
        if self.mode == "dark" and model_id == "undetermined":
            return self.ink
        return self.fill(model_id)


def model_short(model_id: str | None) -> str:
    """Short name of a governance model, as on chips."""
    return MODEL.get(str(model_id), MODEL["undetermined"]).short


def model_inside(model_id: object) -> str:
    """The same inside a sentence: federated; centralised, CEO."""
    short = model_short(str(model_id))
    return short[0].lower() + short[1:]


def symbol(model_id: str | None) -> str:
    """Plotly mark of a governance model."""
    return MODEL.get(str(model_id), MODEL["undetermined"]).symbol


def chip(model_id: str | None, look: Look) -> str:
    """Markdown chip with the model's short name."""
    return badge(model_short(model_id), look.text_on(model_id), look.fill(model_id))


def badge(words: str, ink: str, fill: str) -> str:
    """Words on a filled ground, in Markdown; no-break characters keep them on one line."""
    name = plain(words).replace(" ", "\u00a0").replace("-", "\u2011")
    # An entity: a no-break space itself beside the asterisks would keep them from being read as bold.
    return f':color[**&nbsp;{name}&nbsp;**]{{foreground="{ink}" background="{fill}"}}'


def layout(look: Look, **own: Any) -> dict[str, Any]:
    """Plotly layout shared by every figure, with the figure's own keys merged over it (axes key by key)."""
    axis = {
        "showline": False,
        "ticks": "",
        "zeroline": False,
        "gridcolor": look.grid,
        "gridwidth": 1,
        "tickangle": 0,
        "fixedrange": True,
        "automargin": False,
        "tickfont": {"size": look.size, "color": look.grey},
        "title": {"font": {"size": look.size, "color": look.grey}},
    }
    base: dict[str, Any] = {
        "template": TEMPLATE,
        "font": {"family": FONT_EXPORT if look.export else FONT, "size": look.size, "color": look.ink},
        "paper_bgcolor": look.ground if look.export else "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 46, "r": 16, "t": 24, "b": 40, "pad": 0},
        "dragmode": False,
        "showlegend": False,
        "hoverlabel": {
            "bgcolor": look.ground,
            "bordercolor": look.rule,
            "font": {"family": FONT, "size": 13, "color": look.ink},
            "align": "left",
        },
        "xaxis": axis,
        "yaxis": axis,
        "colorway": [m.light if look.mode == "light" else m.dark for m in MODELS],
    }
    for key, value in own.items():
        if key in {"xaxis", "yaxis", "margin"}:
            base[key] = {**base[key], **value}
        else:
            base[key] = value
    legend, beside = base.get("legend"), base["margin"]
    tall = base.get("height", 0) - beside["t"] - beside["b"]
    narrow = look.compact or (not look.export and look.wide < SCREEN)
    if narrow and legend and legend.get("xref") == "container" and tall > 0:
        # Plotly lets a key be as wide as plot and left margin together where it begins left of the plot and above it,
        # and else only as wide as the plot.
        plot = max(look.wide - beside["l"] - beside["r"], 1)
        place = {"xref": "paper", "x": -beside["l"] / plot, "yref": "paper"}
        # Plotly takes a place beyond 3 for none, and sets the key where it likes.
        place["y"] = min(1 + beside["t"] / tall, 3.0)
        base["legend"] = {**legend, **place}
    return base


# Empty on purpose: a template of our own keeps Streamlit's placeholder colours out of every figure.
TEMPLATE = go.layout.Template(layout={"colorway": [m.light for m in MODELS]})


def annotation(x: Any, y: Any, text: str, look: Look, **own: Any) -> dict[str, Any]:
    """A label without an arrow, in the figure's type."""
    return {
        "x": x,
        "y": y,
        "text": text,
        "showarrow": False,
        "font": {"size": look.size, "color": look.ink},
        "xanchor": "left",
        "yanchor": "middle",
        **own,
    }


def escape(text: object) -> str:
    """Text safe inside Plotly's small HTML, and in the SVG that is drawn of it: signs that XML has no place for are left out."""
    return xml_signs(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


# --- Numbers, days and money: nothing else formats them. ---


#: Types without a missing value: most of what is asked about, and pandas takes its time to say so.
_PRESENT = frozenset((str, int, bool, pd.Timestamp))


def is_missing(value: object) -> bool:
    """True for None, NaN, NaT and NA."""
    kind = type(value)
    if kind in _PRESENT:
        return False
    if kind is float:
        return value != value
    return value is None or bool(pd.isna(value))  # type: ignore[call-overload]


def is_blank(value: object) -> bool:
    """True for what is missing, and for empty text: there is nothing to tell."""
    return not value if type(value) is str else is_missing(value)


def format_day(day: object, precision: object = "day") -> str:
    """16 Mar 2026; Mar 2026, Q1 2026 or 2026 where the source is vague; "c. 2026" where it is approximate."""
    if is_missing(day):
        return NOT_DISCLOSED
    stamp: pd.Timestamp = day if isinstance(day, pd.Timestamp) else pd.Timestamp(day)  # type: ignore[arg-type]
    year, month = int(stamp.year), int(stamp.month)
    # By hand: `strftime` follows the locale, and takes most of the time of a long list of days.
    in_month = f"{MONTHS[month - 1]} {year}"
    if precision == "month":
        return in_month
    if precision == "quarter":
        return f"Q{(month + 2) // 3} {year}"
    if precision == "year":
        return str(year)
    if precision == "approx":
        return f"c. {in_month}"
    return f"{int(stamp.day)} {in_month}"


def day_known(day: object, precision: object, words: str) -> str:
    """Words with a day in place of their {}; "" where the day is not known."""
    return "" if is_missing(day) else words.format(format_day(day, precision))


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@functools.lru_cache(maxsize=10_000)
def period_words(period: str) -> str:
    """2026-Q1 reads "Q1 2026", 2025-9M "9M 2025", 2025-12 "Dec 2025", 2026-01-09 "9 Jan 2026"; a year stays."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", period):
        return format_day(period)
    if re.fullmatch(r"\d{4}-\d{2}", period):
        return format_day(f"{period}-01", "month")
    return f"{period[5:]} {period[:4]}" if "-" in period else period


def _three(value: float) -> str:
    text = f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
    return text if "e" not in text else f"{value:.0f}"


def format_count(value: object) -> str:
    """671B, 1.04T, 110M, 3,500: a count in short scale."""
    if is_missing(value):
        return NOT_DISCLOSED
    number = float(value)  # type: ignore[arg-type]
    # What rounds to a thousand of one letter is one of the next: 999.6 billion is 1T and not "1000B".
    for least, size, letter in ((0.9995e12, 1e12, "T"), (0.9995e9, 1e9, "B"), (1e6, 1e6, "M")):
        if abs(number) >= least:
            return f"{_three(number / size)}{letter}"
    return f"{number:,.0f}"


def format_tokens(value: object) -> str:
    """128K, 1M: a context window. Powers of two are named as the trade names them (131,072 is 128K)."""
    if is_missing(value):
        return NOT_DISCLOSED
    number = int(value)  # type: ignore[call-overload]
    if number >= 1_000_000:
        million = number / 1_048_576 if number % 1_048_576 == 0 else number / 1e6
        return f"{_three(million)}M"
    # 128,000 is 125 x 1024 by chance.
    if number % 1024 == 0 and number % 1000:
        return f"{number // 1024}K"
    return f"{_three(number / 1000)}K" if number >= 1000 else str(number)


def money_sign(currency: str) -> str:
    """What stands before an amount: $, ¥, else the currency's code and a space."""
    return {"USD": "$", "CNY": "¥"}.get(currency, f"{currency} ")


def format_money(value: object, currency: str = "USD") -> str:
    """$0.28, ¥2.10, $15: a price, two decimals below ten unless they are zero."""
    if is_missing(value):
        return NOT_DISCLOSED
    sign, number = money_sign(currency), float(value)  # type: ignore[arg-type]
    text = f"{number:,.2f}" if number < 10 else f"{number:,.1f}"
    if number < 0.01 and number > 0:
        text = f"{number:.4f}".rstrip("0")
    return sign + (text.rstrip("0").rstrip(".") if text.endswith(("00", ".0")) else text)


def format_percent(value: object, digits: int = 0) -> str:
    """64 %: a share given as 0 to 100."""
    return NOT_DISCLOSED if is_missing(value) else f"{float(value):.{digits}f} %"  # type: ignore[arg-type]


def format_score(value: object, unit: str) -> str:
    """1,483 for ratings, 80.6 % for shares of tasks."""
    if is_missing(value):
        return NOT_DISCLOSED
    number = float(value)  # type: ignore[arg-type]
    if unit == "percent":
        return f"{number:.1f} %"
    return f"{number:,.0f}" if unit == "elo" else f"{number:.1f}"


def plural(count: int, noun: str, many: str | None = None) -> str:
    """1 company, 3 companies, 3 days."""
    if count == 1:
        return f"1 {noun}"
    is_y = noun.endswith("y") and noun[-2:-1] not in "aeiou"
    return f"{count:,} {many or (noun[:-1] + 'ies' if is_y else noun + 's')}"


def span_words(days: int) -> str:
    """A length in words: 40 days, 8 months, 2 years."""
    if days < 61:
        return plural(days, "day")
    months = round(days / 30.44)
    return f"{months} months" if months < 24 else f"{months // 12} years"


def join_words(words: list[str], most: int = 0) -> str:
    """a; a and b; a, b and c; of more than `most`, where that is given, the first of them and how many more."""
    if 0 < most < len(words):
        words = [*words[:most], f"{len(words) - most:,} more"]
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def in_words(slug: str) -> str:
    """A vocabulary id as a heading: "open_source_ecosystem" reads "Open source ecosystem", "api" reads "API"."""
    text = " ".join(w.upper() if w in ("ai", "api", "gpu") else w for w in slug.split("_"))
    return text[:1].upper() + text[1:]


def in_sentence(words: str) -> str:
    """A heading inside a sentence: "Cloud revenue" reads "cloud revenue", "API" stays."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


@functools.lru_cache(maxsize=20_000)
def short_name(name: object) -> str:
    """An organisation's name as a chart has room for it: what its brackets abbreviate, else what stands before them.

    "Beijing Academy of Artificial Intelligence (BAAI)" is BAAI, "Zhipu AI (Z.ai) 智谱" is Zhipu AI 智谱. The sign
    of a reader's own stays.
    """
    if str(name).endswith(OWN_SIGN):
        return short_name(str(name).removesuffix(OWN_SIGN)) + OWN_SIGN
    head, bracket, rest = str(name).partition(" (")
    inside, closed, tail = rest.partition(")")
    if not bracket or not closed:
        return str(name)
    initials = "".join(word[0] for word in head.split() if word[0].isupper())
    return f"{inside if inside == initials else head}{tail}"
