"""What changed from one kept build to the next, by company and kind, each with its cause: the rules of editions, told once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from dashboard.data.selection import Selection, as_of
from dashboard.data.store import Tables
from dashboard.facts import changes, edition, ratings
from dashboard.facts.watch import Watch
from dashboard.look.theme import format_day, is_missing, plural

#: Why two builds differ, in the order in which a reader wants to know.
CAUSES = {
    "correction": "the older build told the same day otherwise, in a row that is another now or gone",
    "review decision": "a proposal of a feed on it was accepted in between",
    "refit": "scores come from another snapshot of the scale: nothing about the organisation",
    "new fact": "a row that the older build had not",
}
#: What a decision on a proposal may bring about.
DECIDED = {
    "changed_price": "price",
    "new_score": "score",
    "new_model": "flagship",
    "changed_date": "flagship",
}
COLUMNS = ["company_name", "change", "what", "cause", "why", "day", "company_id", "kind", "source_ids"]


def apart(
    old: Tables, new: Tables, old_day: pd.Timestamp, new_day: pd.Timestamp, basis: str = "reported"
) -> pd.DataFrame:
    """Changes of the field between two builds: what each tells of the older one's day, and what has happened since.

    Args:
        old: Every table of the older build.
        new: Every table of the newer one.
        old_day: Day of the older build's data.
        new_day: Day of the newer one's.
        basis: Of labels: "reported" or "coded".

    Returns:
        company_name, change (kind in words), what (a sentence), cause (of CAUSES), why (of a decision its reason, of a
        refit both snapshots; else why it matters, or ""), day (in words), company_id, kind, source_ids; by company, then
        in the order of editions. What concerns no company stands last.
    """
    newest = max(old_day, new_day)
    day = min(old_day, new_day)
    selection = Selection(as_of=newest, newest=newest, compare=day, basis=basis)
    parts = [edition.corrections(old, new, selection, Watch())]
    if newest > day:
        now = as_of(new, selection)
        parts.append(edition.items(edition.states(now, selection), Watch()))
    found = pd.concat([p.assign(_since=n > 0) for n, p in enumerate(parts)], ignore_index=True)
    if found.empty:
        return pd.DataFrame(columns=COLUMNS)
    decisions = _decided(old, new)
    rows = []
    for r in found.to_dict("records"):
        cause, why = _cause(r, old, new, decisions)
        rows.append(
            {
                "company_name": "No single organisation"
                if is_missing(r["company_name"])
                else r["company_name"],
                "change": "Withdrawn" if r["kind"] == "withdrawn" else edition.HEADINGS[r["kind"]],
                "what": r["what"],
                "cause": cause,
                "why": why or r["why"],
                "day": r["day"],
                "company_id": r["company_id"],
                "kind": r["kind"],
                "source_ids": r["source_ids"],
            }
        )
    frame = pd.DataFrame(rows, columns=COLUMNS)
    order = {k: n for n, k in enumerate((*changes.KINDS, "withdrawn"))}
    keys = frame.assign(
        _none=frame["company_id"].isna(),
        _name=frame["company_name"].str.casefold(),
        _kind=frame["kind"].map(order),
    )
    return frame.loc[keys.sort_values(["_none", "_name", "_kind"], kind="stable").index].reset_index(
        drop=True
    )


def _decided(old: Tables, new: Tables) -> pd.DataFrame:
    rows = new.get("review_decisions", pd.DataFrame(columns=["decision_id"]))
    known = set(old["review_decisions"]["decision_id"]) if "review_decisions" in old else set()
    rows = rows[~rows["decision_id"].isin(known)]
    return rows[rows["verdict"].eq("accepted")] if len(rows) else rows


def _cause(r: Mapping[str, Any], old: Tables, new: Tables, decisions: pd.DataFrame) -> tuple[str, str]:
    if len(decisions):
        mine = decisions[
            decisions["company_id"].eq(r["company_id"])
            & decisions["proposal_class"].map(DECIDED).eq(r["kind"])
        ]
        subject = str(r["subject_id"]).rpartition("/")[2]
        named = mine[[_alike(s, subject, str(r["reason"])) for s in mine["subject"]]] if len(mine) else mine
        if len(named):
            one = named.iloc[-1]
            return "review decision", f"{one['why']} ({one['decided_by']}, {format_day(one['decided_date'])})"
    if r["kind"] == "score" and (both := _snapshots(str(r["measure"]), old, new)):
        return "refit", both
    if r["kind"] == "withdrawn":
        return "correction", ""
    if r["_since"] or r["kind"] == "claim":
        return "new fact", ""
    name, column = changes.TOLD_BY[r["kind"]]
    rows = new[name]
    rows = rows[rows[column].eq(r["subject_id"]) & rows["source_ids"].eq(r["source_ids"])]
    if "company_id" in rows and not is_missing(r["company_id"]):
        rows = rows[rows["company_id"].eq(r["company_id"])]
    known = set(old[name].iloc[:, 0]) if name in old else set()
    is_new = len(rows) > 0 and not rows.iloc[:, 0].isin(known).any()
    return ("new fact", "") if is_new else ("correction", "")


def _alike(subject: object, *names: str) -> bool:
    """Whether a decision's subject is a name of what changed: the same letters and digits, whatever stands between."""
    plain = {"".join(c for c in n.casefold() if c.isalnum()) for n in names}
    last = str(subject).rpartition("/")[2]
    return "".join(c for c in last.casefold() if c.isalnum()) in plain


def _snapshots(measure: str, old: Tables, new: Tables) -> str:
    """Both snapshots of a measure whose scale is fitted anew, in words; "" where it is one scale in both."""
    if not ratings.refits(measure):
        return ""
    versions = [ratings.version(t, measure) for t in (old, new)]
    if versions[0] is None or versions[1] is None or versions[0] == versions[1]:
        return ""
    return f"snapshot of {format_day(versions[0])} then, of {format_day(versions[1])} now"


def summary(found: pd.DataFrame) -> str:
    """How many changes of how many organisations, and by which causes."""
    if found.empty:
        return "No label, AI lead, reorganisation, flagship, price, best score, stated figure or verdict of the field differs"
    counts = found["cause"].value_counts()
    told = ", ".join(plural(int(counts[c]), c) for c in CAUSES if c in counts)
    who = found["company_id"].dropna().nunique()
    return f"{plural(len(found), 'change')} of {plural(who, 'organisation')}: {told}"


__all__ = ["CAUSES", "apart", "summary"]
