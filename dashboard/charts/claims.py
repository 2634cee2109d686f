"""Charts of claims: how an article's statements hold up, and which predictions fall due."""

from __future__ import annotations

import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts.kinds.bars import Bars
from dashboard.charts.kinds.table import Cell, Table
from dashboard.charts.marks import cited, joined_sources
from dashboard.charts.rows import grouped, names_of, ordered, places
from dashboard.charts.spec import Chart, Choice, on
from dashboard.data import cells
from dashboard.data.selection import HOME_COUNTRY, Selection
from dashboard.data.store import Tables
from dashboard.facts.windows import last_day
from dashboard.look.scales import CLAIM_KINDS
from dashboard.look.theme import format_day, in_words, is_missing, plural, span_words

#: What became of a prediction, by verdict.
STATUS = {
    "corroborated": "Came true",
    "partly_corroborated": "Came true in part",
    "out_of_date": "Overtaken",
    "contradicted": "Did not come true",
    "unverifiable": "Cannot be checked",
    "pending": "Open",
}
VERDICTS = {verdict: in_words(verdict) for verdict in STATUS}
KINDS = {"fact": "Fact", "prediction": "Prediction", "risk": "Risk", "recommendation": "Recommendation"}


DOCUMENT = "claims.document"
_ALL = "all"


def document_options(tables: Tables, selection: Selection) -> dict[str, str]:
    """Articles whose claims are shown; "all" first where there is more than one."""
    ids = tables["claims"]["document_id"].drop_duplicates().tolist()
    sources = tables["sources"]
    sources = sources[sources["source_id"].isin(ids)].set_index("source_id")
    about_of = cells.by_label(sources[["publisher", "title"]])
    labels: dict[str, str] = {}
    for i in ids:
        about = about_of.get(i, {"publisher": i, "title": None})
        label = ": ".join(str(part) for part in about.values() if not is_missing(part))
        labels[i] = label if label not in labels.values() else f"{label} ({i})"
    return {_ALL: f"All {len(ids):,} articles", **labels} if len(ids) > 1 else labels


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
    claims = claims_of(tables, selection)
    documents = claims["document_id"].nunique()
    groups = grouped(
        claims, verdict=places(claims["verdict"], VERDICTS), kind=places(claims["claim_kind"], KINDS)
    )
    return CLAIMS_BY_VERDICT.of(
        (
            VERDICTS[mine[0]["verdict"]],
            KINDS[mine[0]["claim_kind"]],
            len(mine),
            documents,
            joined_sources(*(r["document_id"] for r in mine), *(r["source_ids"] for r in mine)),
        )
        for _, mine in groups
    )


def claims_by_verdict_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """How many hold, how many do not."""
    total, counts = int(frame["claims"].sum()), frame.groupby("verdict")["claims"].sum()
    if total < 5:
        return ""
    holds, wrong, stale = (int(counts.get(v, 0)) for v in ("Corroborated", "Contradicted", "Out of date"))
    return f"{holds:,} of {total:,} claims are corroborated, {wrong:,} contradicted, {stale:,} out of date"


# --- Predictions ---
def time_left(days: int) -> str:
    """Days to a day in words: in 4 months, in 12 days, today, 3 months ago."""
    if days == 0:
        return "today"
    return f"in {span_words(days)}" if days > 0 else f"{span_words(-days)} ago"


PREDICTIONS_DUE = col.Frame(
    "predictions, the next to fall due first",
    claim=col.text("what was predicted", "Prediction"),
    company_name=col.company("who it is about; all where it names none"),
    due="when it falls due, as exactly as it is stated",
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
    both = list(zip(rows["due_date"], rows["due_date_precision"], strict=True))
    due = pd.to_datetime([pd.NaT if is_missing(day) else last_day(day, exact) for day, exact in both])
    left = [None if is_missing(day) else (day - selection.as_of.normalize()).days for day in due]
    rows = rows.assign(
        company_name=rows["company_id"].map(names_of(tables)),
        due=["no date given" if is_missing(day) else format_day(day, exact) for day, exact in both],
        due_date=due,
        days_left=pd.array(left, dtype="Int64"),
        due_in=["–" if n is None else time_left(n) for n in left],
        status=[
            "Overdue" if verdict == "pending" and n is not None and n < 0 else STATUS[verdict]
            for verdict, n in zip(rows["verdict"], left, strict=True)
        ],
        source_ids=cited(rows, "document_id", "source_ids"),
    )
    return PREDICTIONS_DUE.of(ordered(rows, "due_date", "claim_id"))


def predictions_due_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """How many predictions have passed their day and how many are open."""
    dated = frame.dropna(subset=["due_date"])
    ahead = dated.loc[dated["days_left"] >= 0, "due_date"]
    past, all_of_them = len(dated) - len(ahead), plural(len(dated), "dated prediction")
    if len(ahead) and past:
        verb = "has" if past == 1 else "have"
        return (
            f"{past} of {all_of_them} {verb} passed the day; the next falls due on {format_day(ahead.min())}"
        )
    if len(ahead):
        return f"The next of {all_of_them} falls due on {format_day(ahead.min())}"
    return f"All {all_of_them} have passed the day" if past > 1 else ""


CHARTS = on(
    "claims",
    Chart(
        title="Claims by verdict",
        question="How well do articles hold up?",
        subtitle="{total.claims:claim} of {most.documents:article} by verdict and kind, {as_of}",
        shows=CLAIMS_BY_VERDICT.by(claims_by_verdict, claims_by_verdict_finding),
        kind=Bars("verdict", "claims", stack="claim_kind"),
        note="Unverifiable: no document found either way. Pending: not checked by the day shown, or not due.",
    ),
    Chart(
        title="Predictions and when they fall due",
        question="Which predictions can be checked next?",
        subtitle="{known.due_date} of {rows:prediction} name a date; days counted from {day}",
        shows=PREDICTIONS_DUE.by(predictions_due, predictions_due_finding),
        kind=Table(("claim", Cell("company_name", none="all"), "due", Cell("due_in", none="–"), "status")),
        note="A month, quarter or year falls due on its last day.",
    ),
    choices=(CHOOSE_DOCUMENT,),
    outside=True,
)
