"""A chart under a reader's own rows: they are shown, and the field is counted without them unless they are asked in."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from dashboard.charts.spec import EDITIONS, Chart
from dashboard.data.cut import everyone
from dashboard.data.overlay import without
from dashboard.data.selection import Selection, uncounted
from dashboard.data.store import Tables
from dashboard.facts import ratings, watch
from dashboard.look.theme import OWN_SIGN, join_words, plural

#: Names of own organisations that are told one by one.
NAMED = 3


@dataclass(frozen=True)
class Framed:
    """The rows of a chart.

    Attributes:
        shown: What is drawn, a reader's own organisations among the others.
        field: What is counted: the same without them.
        and_own: What the line of scope adds: " · and Acme (own), not counted"; "" where all rows are the field's.
    """

    shown: pd.DataFrame
    field: pd.DataFrame
    and_own: str = ""


def framed(chart: Chart, selected: Tables, selection: Selection) -> Framed:
    """The chart's rows from selected tables, and the editions of scales that they rest on.

    Rows that name no single organisation (counts, shares, medians) are those of the field. What a row of the field says
    of the field (its rank, its distance to the middle) is as it is without the reader's own.
    """
    found = _framed(chart, selected, selection)
    if said := ratings.editions(selected, chart.rests_on(found.shown, selection)):
        found.shown.attrs[EDITIONS] = said
    return found


def _framed(chart: Chart, selected: Tables, selection: Selection) -> Framed:
    # A rank is told from everyone, whoever is chosen.
    own = uncounted(selected, selection)
    if own:
        own &= set(everyone(selected)["companies"]["company_id"].tolist())
    if set(watch.PARAMETERS) & set(chart.asks):
        # Those on the list are what is asked about: without them it would be a list of other things, or of everything.
        own -= set(watch.of_selection(selection, selected)[0].companies)
    if not own:
        frame = chart.data(selected, selection)
        return Framed(frame, frame)
    field = chart.data(without(selected, own), selection)
    if "company_name" not in field and "company_id" not in field:
        return Framed(field, field)
    whole = chart.data(selected, selection)
    mine = _is_own(whole, own)
    if not mine.any():
        return Framed(field, field)
    shown = whole
    rest = whole.index[~mine]
    if len(rest) == len(field) and list(whole.columns) == list(field.columns):
        # The same rows in the same order: what they say of the field is taken from the field alone.
        told = field.set_axis(rest, axis="index")
        shown = pd.concat([told.astype(whole.dtypes.to_dict()), whole[mine]]).loc[whole.index]
    shown.attrs = dict(whole.attrs)
    names = list(dict.fromkeys(whole.loc[mine, "company_name"])) if "company_name" in whole else []
    who = join_words(names) if 0 < len(names) <= NAMED else plural(len(own), "organisation of your own")
    return Framed(shown, field, f" · and {who}, not counted")


def _is_own(frame: pd.DataFrame, own: frozenset[str]) -> pd.Series:
    if "company_id" in frame:
        return frame["company_id"].isin(own)
    return frame["company_name"].astype("str").str.contains(OWN_SIGN, regex=False).fillna(False)
