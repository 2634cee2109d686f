"""Decisions on what feeds proposed: who let it in or refused it, when and why."""

from __future__ import annotations

from etl import schema as col
from etl.feeds.policy import CLASSES
from etl.schema import Table

DECISIONS = Table(
    "review_decisions",
    "Decisions on proposals of feeds. A decision holds as long as upstream says the same. One row per proposal and value.",
    {
        "decision_id": col.key("Proposal and a hash of the value upstream."),
        "proposal_id": col.text("Proposal: the same thing has the same id at each refresh."),
        "proposal_class": col.one_of(tuple(CLASSES), "Class of the proposal."),
        "subject": col.text("What it is about, as the feed names it."),
        "company_id": col.reference("companies.company_id", "Company it is about.", nullable=True),
        "feeds": col.text("Feeds that said so, `; ` between them."),
        "our_value": col.text("What stood here.", nullable=True),
        "upstream_value": col.text("What the feeds said."),
        "verdict": col.one_of(("accepted", "refused"), "What was decided."),
        "why": col.text("Why, in one sentence."),
        "decided_by": col.text("Who decided; a rule is named as such."),
        "decided_date": col.day("Day of the decision.", is_work=True),
    },
)

TABLES = (DECISIONS,)
