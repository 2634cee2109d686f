"""Decisions on what feeds proposed: who let it in or refused it, when and why."""

from __future__ import annotations

from etl.feeds.policy import CLASSES
from etl.schema import Table, day, key, one_of, reference, text

DECISIONS = Table(
    "review_decisions",
    "Decisions on proposals of feeds. A decision holds as long as upstream says the same. One row per proposal and value.",
    {
        "decision_id": key("Proposal and a hash of the value upstream."),
        "proposal_id": text("Proposal: the same thing has the same id at each refresh."),
        "proposal_class": one_of(tuple(CLASSES), "Class of the proposal."),
        "subject": text("What it is about, as the feed names it."),
        "company_id": reference("companies.company_id", "Company it is about.", nullable=True),
        "feeds": text("Feeds that said so, `; ` between them."),
        "our_value": text("What stood here.", nullable=True),
        "upstream_value": text("What the feeds said."),
        "verdict": one_of(("accepted", "refused"), "What was decided."),
        "why": text("Why, in one sentence."),
        "decided_by": text("Who decided; a rule is named as such."),
        "decided_date": day("Day of the decision.", is_work=True),
    },
)

TABLES = (DECISIONS,)
