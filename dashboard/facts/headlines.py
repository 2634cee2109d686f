"""Numbers and sentences that open the overview, each with its change and the documents it rests on."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from dashboard.data import citations
from dashboard.data.cut import once
from dashboard.data.selection import Selection, earlier
from dashboard.data.store import Tables
from dashboard.facts import flagships, landscape
from dashboard.facts.models import OPEN_WEIGHTS, open_counts, open_share, released
from dashboard.look.theme import format_count, format_day, format_percent, is_missing, join_words, plural

#: Labels that put one centre above the units, for the sentence on centralisation.
CENTRAL = ("centralised_ceo", "centralised_function")


@dataclass(frozen=True)
class Headline:
    """One number of the top row.

    Attributes:
        label: What is counted.
        value: The number as shown.
        delta: Change since the day of comparison, signed; None where there is nothing to compare with.
        since: What the change is counted from, at most twelve characters.
        against: The same in full; "" where there is no change.
        help: Definition and scope in a sentence.
        rows: What is behind the number; `source_ids` and `confidence` of each row.
    """

    label: str
    value: str
    delta: str | None
    since: str
    against: str
    help: str
    rows: pd.DataFrame

    @property
    def source_ids(self) -> pd.Series:
        """List cells of the rows behind the number."""
        return self.rows["source_ids"]


@dataclass(frozen=True)
class Takeaway:
    """One sentence made by rule from what is shown, its lead in bold, and the documents behind it."""

    lead: str
    text: str
    source_ids: pd.Series


def signed(value: float, unit: str = "") -> str | None:
    """+3, -2 points; None for no change. ASCII signs: the metric draws its arrow from them."""
    rounded = round(value)
    return None if rounded == 0 else f"{rounded:+,d}{unit}"


def _window(frame: pd.DataFrame, column: str, first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame:
    return frame[(frame[column] > first) & (frame[column] <= last)]


def _before(selection: Selection) -> tuple[pd.Timestamp, pd.Timestamp]:
    """The window of equal length that ends on the day of comparison."""
    return selection.since - (selection.as_of - selection.since), selection.since


@once
def headlines(selected: Tables, selection: Selection) -> list[Headline]:
    """The five numbers of the overview for tables that `landscape.apply` gave; fewer where a table is empty."""
    then = earlier(selected, selection)
    days = (selection.as_of - selection.since).days
    span = "12 months" if 364 <= days <= 366 else f"{days} days"
    first, last = _before(selection)
    now_labels = landscape.labels_in_force(selected, selection.basis)
    then_labels = landscape.labels_in_force(then, selection.basis)
    ceo, ceo_then = (sum(m == "centralised_ceo" for m in x.values()) for x in (now_labels, then_labels))
    assessed = landscape.assessments_in_force(selected, selection.basis)
    found = [
        Headline(
            "Centralised, CEO",
            f"{ceo} of {len(now_labels)}",
            signed(ceo - ceo_then),
            span,
            format_day(selection.since),
            "Organisations whose AI is decided by the chief executive or a body that the chief executive chairs, "
            f"{'as named sources report it' if selection.basis == 'reported' else 'as the printed rule codes it'}; "
            f"{ceo_then} of {len(then_labels)} on {format_day(selection.since)}.",
            assessed[assessed["governance_model_id"] == "centralised_ceo"],
        )
    ]
    events = landscape.reorganisations(selected)
    recent = _window(events, "event_date", selection.since, selection.as_of)
    previous = _window(events, "event_date", first, last)
    found.append(
        Headline(
            "Reorganisations",
            f"{len(recent):,}",
            signed(len(recent) - len(previous)),
            "vs before",
            f"the {span} before",
            f"Dated changes in who steers AI, {format_day(selection.since)} to {format_day(selection.as_of)}; "
            f"{len(previous)} in the {span} before. Earlier years hold fewer because fewer were collected.",
            recent,
        )
    )
    models = released(selected["models"])
    shipped = _window(models, "release_date", selection.since, selection.as_of)
    shipped_before = _window(models, "release_date", first, last)
    newest = shipped["release_date"].max()
    found.append(
        Headline(
            "Models released",
            f"{len(shipped):,}",
            signed(len(shipped) - len(shipped_before)),
            "vs before",
            f"the {span} before",
            f"Models and sizes first available from {format_day(selection.since)} to {format_day(selection.as_of)}; "
            f"{len(shipped_before)} in the {span} before."
            + (f" Newest known release: {format_day(newest)}." if len(shipped) else ""),
            shipped,
        )
    )
    share, share_before = open_share(shipped), open_share(shipped_before)
    if share is not None:
        opened, known = open_counts(shipped)
        found.append(
            Headline(
                "With open weights",
                format_percent(share),
                None if share_before is None else signed(share - share_before, " pts"),
                "vs before",
                f"the {span} before",
                f"{opened} of the {known} models released in the {span} whose weights are known"
                + (
                    f"; {format_percent(share_before)} in the {span} before. "
                    if share_before is not None
                    else ". "
                )
                + f"{OPEN_WEIGHTS}.",
                shipped,
            )
        )
    filings = selected["filings"].sort_values("as_of_date", kind="stable")
    if len(filings):
        row, old = filings.iloc[-1], filings[filings["as_of_date"] <= selection.since]
        found.append(
            Headline(
                "Services filed",
                format_count(row["services_filed"]),
                signed(row["services_filed"] - old.iloc[-1]["services_filed"]) if len(old) else None,
                f"to {row['as_of_date']:%b %Y}",
                format_day(old.iloc[-1]["as_of_date"]) if len(old) else "",
                "Generative-AI services filed with the Cyberspace Administration of China, all companies, as counted "
                f"on {format_day(row['as_of_date'])}"
                + (
                    f"; {old.iloc[-1]['services_filed']:,} on {format_day(old.iloc[-1]['as_of_date'])}."
                    if len(old)
                    else "."
                ),
                filings.tail(1),
            )
        )
    return found


@once
def takeaways(selected: Tables, selection: Selection) -> list[Takeaway]:
    """At most three sentences on what the selection shows; each is withdrawn where it does not hold."""
    then = earlier(selected, selection)
    names = selected["companies"].set_index("company_id")["company_name"]
    now_labels = landscape.labels_in_force(selected, selection.basis)
    then_labels = landscape.labels_in_force(then, selection.basis)
    # What a company left is known from the documents on its old label, what it became from those on its new one.
    assessed = pd.concat([landscape.assessments_in_force(t, selection.basis) for t in (selected, then)])
    found: list[Takeaway] = []

    def cells(ids: list[str]) -> pd.Series:
        return assessed.loc[assessed["company_id"].isin(ids), "source_ids"]

    # A company of which nothing was known before has not moved.
    unmoved = ("centralised_ceo", landscape.UNDETERMINED, None)
    joined = [
        c for c, m in now_labels.items() if m == "centralised_ceo" and then_labels.get(c) not in unmoved
    ]
    if joined:
        found.append(
            Takeaway(
                "Power moves to the top.",
                f"{join_words([names[c] for c in joined])} put AI under the chief executive since "
                f"{format_day(selection.since)}.",
                cells(joined),
            )
        )
    federated = [c for c, m in then_labels.items() if m == "federated"]
    left = [c for c in federated if now_labels.get(c) != "federated"]
    if left and len(left) == len(federated):
        found.append(
            Takeaway(
                "Federation has gone.",
                f"{plural(len(left), 'organisation')} left AI to the units on {format_day(selection.since)}; none "
                f"does on {format_day(selection.as_of)}.",
                cells(left),
            )
        )
    elif left:
        found.append(
            Takeaway(
                "Federation recedes.",
                f"{len(federated)} organisations left AI to the units on {format_day(selection.since)}; "
                f"{join_words([names[c] for c in left])} no longer "
                f"{'does' if len(left) == 1 else 'do'}.",
                cells(left),
            )
        )
    events = _window(landscape.reorganisations(selected), "event_date", selection.since, selection.as_of)
    busiest = events["company_id"].value_counts()
    if len(busiest) > 1 and busiest.iloc[0] > busiest.iloc[1]:
        mine = events[events["company_id"] == busiest.index[0]]
        found.append(
            Takeaway(
                f"{names[busiest.index[0]]} reorganises most.",
                f"{plural(int(busiest.iloc[0]), 'dated change')} since {format_day(selection.since)}, of "
                f"{len(events)} in all; the latest on "
                f"{format_day(mine['event_date'].max(), mine.sort_values('event_date')['event_date_precision'].iloc[-1])}.",
                mine["source_ids"],
            )
        )
    first, last = _before(selection)
    models = released(selected["models"])
    shipped = _window(models, "release_date", selection.since, selection.as_of)
    before = _window(models, "release_date", first, last)
    share, share_before = open_share(shipped), open_share(before)
    if share is not None and share_before is not None and min(len(shipped), len(before)) >= 10:
        move = share - share_before
        lead = (
            "Open weights hold." if abs(move) < 5 else "Openness grows." if move > 0 else "Openness shrinks."
        )
        found.append(
            Takeaway(
                lead,
                f"{format_percent(share)} of the {open_counts(shipped)[1]} models released since "
                f"{format_day(selection.since)} come with open weights, against {format_percent(share_before)} of "
                f"{open_counts(before)[1]} in the period before.",
                shipped["source_ids"],
            )
        )
    return found[:3]


#: An announced change takes weeks to work: an event this near to a new label is taken for its reason.
NEAR = pd.Timedelta(days=62)


def _began(
    tables: Tables, basis: str, company_id: str, model_id: str
) -> tuple[pd.Timestamp | None, str | None]:
    """First day of a label in force, and how exactly it is known: it may be older than the report shown for it."""
    rows = landscape.assessments_in_force(tables, basis)
    rows = rows[(rows["company_id"] == company_id) & (rows["governance_model_id"] == model_id)]
    if rows.empty:
        return None, None
    days = zip(rows["valid_from"], rows["valid_from_precision"], strict=True)
    return min(days, key=lambda known: (known[0], known[1] != "day"))


def _around(events: pd.DataFrame, day: pd.Timestamp | None, model_id: str) -> pd.DataFrame:
    """Reorganisations near the first day of a label, at most four: one that names the label first, then the nearest."""
    if day is None:
        return events.iloc[:0]
    gaps = (events["event_date"] - day).abs()
    events = events[gaps <= NEAR]
    near = [
        (at, "" if is_missing(after) else after, kind not in ("restructure", "new_unit"), gaps[at])
        for at, after, kind in zip(
            events.index, events["governance_after"], events["event_type"], strict=True
        )
    ]
    first = sorted(near, key=lambda one: (one[1] != model_id, one[3]))[:1]
    rest = sorted((one for one in near if one not in first), key=lambda one: (one[1] == "", *one[2:]))[:3]
    return events.loc[[one[0] for one in (*first, *rest)]]


Row = dict[str, object]


def _relabelled(selected: Tables, then: Tables, basis: str) -> list[Row]:
    rows: list[Row] = []
    shown, shown_then = (
        dict(reversed(list(zip(rows["company_id"], rows["source_ids"], strict=True))))
        for rows in (landscape.assessments_in_force(t, basis) for t in (selected, then))
    )
    old_labels = landscape.labels_in_force(then, basis)
    events = landscape.reorganisations(selected).sort_index()
    for cid, new in landscape.labels_in_force(selected, basis).items():
        old = old_labels.get(cid)
        if old is None or old == new:
            continue
        # A label that nobody repeats is known from the documents on the one before.
        here = shown.get(cid, shown_then.get(cid))
        when, exact = _began(selected, basis, cid, new)
        near = events[(events["company_id"] == cid)]
        around = _around(near, when, new)
        event = around.iloc[0] if len(around) else None
        cells = [here, *around["source_ids"]]
        rows.append(
            {
                "kind": "governance",
                "company_id": cid,
                "before": landscape.UNDETERMINED if old is None else old,
                "after": new,
                "before_model_id": old,
                "after_model_id": new,
                "change_date": when,
                "change_date_precision": exact,
                "reason": None if event is None else event["title"],
                "reason_detail": None if event is None else event["what_changed"],
                "reason_date": None if event is None else event["event_date"],
                "also": "; ".join(
                    f"{r.title} ({format_day(r.event_date, r.event_date_precision)})"
                    for r in around.iloc[1:].sort_values("event_date", kind="stable").itertuples()
                )
                or None,
                "source_ids": "; ".join(citations.split_ids(pd.Series(cells, dtype="str"))),
            }
        )
    return rows


def _new_leaders(selected: Tables, then: Tables, basis: str) -> list[Row]:
    rows: list[Row] = []
    lead_now, lead_then = (landscape.leads_in_force(t).to_dict("index") for t in (selected, then))
    for cid, new_lead in lead_now.items():
        old_lead = lead_then.get(cid)
        if old_lead is None or old_lead["person_id"] == new_lead["person_id"]:
            continue
        rows.append(
            {
                "kind": "leader",
                "company_id": cid,
                "before": old_lead["person_name"],
                "after": new_lead["person_name"],
                "change_date": new_lead["valid_from"],
                "change_date_precision": new_lead["valid_from_precision"],
                "reason": new_lead["role"],
                "source_ids": new_lead["source_ids"],
            }
        )
    return rows


def _new_flagships(selected: Tables, then: Tables, basis: str) -> list[Row]:
    rows: list[Row] = []
    flag_now, flag_then = (flagships.flagships(t).to_dict("index") for t in (selected, then))
    for cid, model in flag_now.items():
        old_model = flag_then.get(cid)
        if old_model is not None and old_model["model_id"] == model["model_id"]:
            continue
        rows.append(
            {
                "kind": "flagship",
                "company_id": cid,
                "before": None if old_model is None else old_model["model_name"],
                "after": model["model_name"],
                "change_date": model["release_date"],
                "change_date_precision": model["release_date_precision"],
                "reason": model["why"],
                "source_ids": "; ".join(citations.split_ids([model["source_ids"], model["why_sources"]])),
            }
        )
    return rows


_CHANGED = {"governance": _relabelled, "leader": _new_leaders, "flagship": _new_flagships}
#: Kinds of change, in the order they are told.
CHANGES = tuple(_CHANGED)


@once
def changes(selected: Tables, selection: Selection, kinds: tuple[str, ...] = CHANGES) -> pd.DataFrame:
    """What changed between the day of comparison and the day shown.

    Args:
        selected: Tables as `landscape.apply` gave them.
        selection: The two days, and the basis of labels.
        kinds: Of which kinds.

    Returns:
        kind ("governance", "leader", "flagship"), company_id, company_name, before, after (words; null where none),
        before_model_id, after_model_id (governance only), change_date (first day of what is in force now; may be
        null), change_date_precision, reason (the event nearest to the change, or null; of a leader the role, of a flagship how it
        was found),
        reason_detail (what that event changed), reason_date (its day), also (up to three other reorganisations near it, in
        words), source_ids; governance first, then newest first.
    """
    then = earlier(selected, selection)
    names = selected["companies"].set_index("company_id")["company_name"]
    rows = [row for kind in kinds for row in _CHANGED[kind](selected, then, selection.basis)]
    columns = [
        "kind",
        "company_id",
        "before",
        "after",
        "before_model_id",
        "after_model_id",
        "change_date",
        "change_date_precision",
        "reason",
        "reason_detail",
        "reason_date",
        "also",
        "source_ids",
    ]
    frame = pd.DataFrame(rows, columns=columns)
    frame.insert(2, "company_name", frame["company_id"].map(names))
    for column in ("change_date", "reason_date"):
        frame[column] = pd.to_datetime(frame[column])
    order = frame["kind"].map({kind: n for n, kind in enumerate(CHANGES)})
    return (
        frame.assign(_order=order)
        .sort_values(["_order", "change_date"], ascending=[True, False], na_position="last", kind="stable")
        .drop(columns="_order")
        .reset_index(drop=True)
    )


__all__ = ["Headline", "Takeaway", "changes", "headlines", "takeaways"]
