"""Charts of claims: how an article's statements hold up, and which predictions fall due."""

from __future__ import annotations

import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts.kinds.bars import Bars
from dashboard.charts.kinds.table import Cell, Table
from dashboard.charts.marks import joined_sources
from dashboard.charts.spec import Chart, Choice
from dashboard.data.selection import HOME_COUNTRY, Selection
from dashboard.data.store import Tables
from dashboard.facts.windows import last_day
from dashboard.look.scales import CLAIM_KINDS
from dashboard.look.theme import format_day, is_missing, plural

VERDICTS = {
    "corroborated": "Corroborated",
    "partly_corroborated": "Partly corroborated",
    "out_of_date": "Out of date",
    "contradicted": "Contradicted",
    "unverifiable": "Unverifiable",
    "pending": "Pending",
}
#: What became of a prediction.
STATUS = {
    "corroborated": "Came true",
    "partly_corroborated": "Came true in part",
    "out_of_date": "Overtaken",
    "contradicted": "Did not come true",
    "unverifiable": "Cannot be checked",
    "pending": "Open",
}
KINDS = {"fact": "Fact", "prediction": "Prediction", "risk": "Risk", "recommendation": "Recommendation"}


DOCUMENT = "claims.document"
_ALL = "all"


def document_options(tables: Tables, selection: Selection) -> dict[str, str]:
    """Articles whose claims are shown; "all" first where there is more than one."""
    ids = list(dict.fromkeys(tables["claims"]["document_id"]))
    sources = tables["sources"].set_index("source_id")
    labels: dict[str, str] = {}
    for i in ids:
        title = sources["title"].get(i)
        publisher = sources["publisher"].get(i, i)
        label = str(publisher) if is_missing(title) else f"{publisher}: {title}"
        labels[i] = label if label not in labels.values() else f"{label} ({i})"
    return {_ALL: f"All {len(ids)} articles", **labels} if len(ids) > 1 else labels


def claims_of(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Claims of the article picked; of all where none, or one that does not exist, is.

    `tables` hold companies outside China, too: claims about them are dropped only where companies are narrowed.
    """
    claims = tables["claims"]
    if selection.is_narrowed:
        companies = tables["companies"].set_index("company_id")
        home = claims["company_id"].map(companies["country"]) == HOME_COUNTRY
        claims = claims[home | selection.outside | claims["company_id"].isin(selection.companies)]
    mine = claims[claims["document_id"] == selection.pick(DOCUMENT)]
    return mine if len(mine) else claims


CHOOSE_DOCUMENT = Choice(DOCUMENT, "Article", document_options)


# --- Verdicts ---


CLAIMS_BY_VERDICT = col.Frame(
    "verdicts and kinds of claim, from corroborated to pending; combinations without a claim left out",
    verdict="what a check found",
    claim_kind=col.of_scale(CLAIM_KINDS),
    claims=col.count("claim"),
    documents=col.count("document", "documents whose claims are counted"),
)


def claims_by_verdict(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Claims by verdict and kind."""
    rows_in = claims_of(tables, selection)
    rows = []
    for verdict, words in VERDICTS.items():
        for kind, kind_words in KINDS.items():
            part = rows_in[(rows_in["verdict"] == verdict) & (rows_in["claim_kind"] == kind)]
            if len(part):
                rows.append(
                    {
                        "verdict": words,
                        "claim_kind": kind_words,
                        "claims": len(part),
                        "documents": rows_in["document_id"].nunique(),
                        "source_ids": joined_sources(*part["document_id"], *part["source_ids"]),
                    }
                )
    return CLAIMS_BY_VERDICT.of(rows)


def claims_by_verdict_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """How many hold, how many do not."""
    total = int(frame["claims"].sum())
    if total < 5:
        return ""
    counts = frame.groupby("verdict")["claims"].sum()
    holds = int(counts.get("Corroborated", 0))
    wrong = int(counts.get("Contradicted", 0))
    stale = int(counts.get("Out of date", 0))
    return f"{holds} of {total} claims are corroborated, {wrong} contradicted, {stale} out of date"


def claims_by_verdict_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Unit, documents, day."""
    documents = int(frame["documents"].max()) if len(frame) else 0
    scope = f" of {plural(documents, 'article')}" if documents else ""
    return f"{plural(int(frame['claims'].sum()), 'claim')}{scope} by verdict and kind, as of {format_day(selection.as_of)}"


# --- Predictions ---


def time_left(days: int) -> str:
    """Days to a day in words: in 4 months, in 12 days, today, 3 months ago."""
    if days == 0:
        return "today"
    length = plural(abs(days), "day")
    if abs(days) >= 61:
        months = round(abs(days) / 30.44)
        length = f"{months} months" if months < 24 else f"{months // 12} years"
    return f"in {length}" if days > 0 else f"{length} ago"


PREDICTIONS_DUE = col.Frame(
    "predictions, the next to fall due first",
    claim=col.text("what was predicted", "Prediction"),
    company_name=col.company("who it is about; all where it names none"),
    due=col.text("when it falls due, as exactly as it is stated", "Due"),
    due_date=col.day("last day of that"),
    days_left=col.number("days until then; below 0 where it has passed"),
    due_in=col.text("the same in words", "Time left"),
    status="open, overdue, or what a check found",
    claim_id=col.key("id of the claim"),
)


def predictions_due(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Predictions with the day they fall due."""
    rows = claims_of(tables, selection)
    rows = rows[rows["claim_kind"] == "prediction"]
    names = tables["companies"].set_index("company_id")["company_name"]
    out = []
    for r in rows.itertuples(index=False):
        due = pd.NaT if is_missing(r.due_date) else last_day(r.due_date, r.due_date_precision)
        left = None if is_missing(due) else (due - selection.as_of.normalize()).days
        status = STATUS[r.verdict]
        if r.verdict == "pending" and left is not None and left < 0:
            status = "Overdue"
        out.append(
            {
                "claim": r.claim,
                "company_name": None if is_missing(r.company_id) else names.get(r.company_id),
                "due": "no date given"
                if is_missing(r.due_date)
                else format_day(r.due_date, r.due_date_precision),
                "due_date": due,
                "days_left": left,
                "due_in": "–" if left is None else time_left(left),
                "status": status,
                "claim_id": r.claim_id,
                "source_ids": joined_sources(r.document_id, r.source_ids),
            }
        )
    frame = PREDICTIONS_DUE.of(out)
    frame["due_date"] = pd.to_datetime(frame["due_date"])
    frame["days_left"] = frame["days_left"].astype("Int64")
    return frame.sort_values(["due_date", "claim_id"], na_position="last", kind="stable").reset_index(
        drop=True
    )


def predictions_due_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """How many predictions have passed their day and how many are open."""
    dated = frame.dropna(subset=["due_date"])
    if dated.empty:
        return ""
    past = int((dated["days_left"] < 0).sum())
    ahead = dated[dated["days_left"] >= 0]
    if past and len(ahead):
        return (
            f"{past} of {plural(len(dated), 'dated prediction')} {'has' if past == 1 else 'have'} passed the day; "
            f"the next falls due on {format_day(ahead['due_date'].min())}"
        )
    if past:
        return f"All {plural(len(dated), 'dated prediction')} have passed the day" if past > 1 else ""
    return f"The next of {plural(len(dated), 'dated prediction')} falls due on {format_day(ahead['due_date'].min())}"


def predictions_due_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """How many have a day."""
    dated = int(frame["due_date"].notna().sum())
    return f"{dated} of {plural(len(frame), 'prediction')} name a date; days counted from {format_day(selection.as_of)}"


CHARTS = (
    Chart(
        id="claims-by-verdict",
        topic="claims",
        title="Claims by verdict",
        question="How well do articles hold up?",
        subtitle=claims_by_verdict_subtitle,
        data=claims_by_verdict,
        columns=CLAIMS_BY_VERDICT,
        kind=Bars("verdict", "claims", stack="claim_kind"),
        finding=claims_by_verdict_finding,
        note="Unverifiable: no document found either way. Pending: not checked by the day shown, or not due.",
        outside=True,
        choices=(CHOOSE_DOCUMENT,),
    ),
    Chart(
        id="predictions-due",
        topic="claims",
        title="Predictions and when they fall due",
        question="Which predictions can be checked next?",
        subtitle=predictions_due_subtitle,
        data=predictions_due,
        columns=PREDICTIONS_DUE,
        kind=Table(
            (
                Cell("claim"),
                Cell("company_name", none="all"),
                Cell("due"),
                Cell("due_in", none="–"),
                Cell("status"),
            )
        ),
        finding=predictions_due_finding,
        note="A month, quarter or year falls due on its last day.",
        outside=True,
        choices=(CHOOSE_DOCUMENT,),
    ),
)
