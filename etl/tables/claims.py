"""Claims, predictions and risks of articles, with what became of them."""

from etl import schema as col
from etl.schema import Table

VERDICTS = ("corroborated", "partly_corroborated", "out_of_date", "contradicted", "unverifiable", "pending")

CLAIMS = Table(
    "claims",
    "Checkable statements of articles. One row per claim.",
    {
        "claim_id": col.key("Document and number."),
        "document_id": col.reference("sources.source_id", "Document that makes the claim."),
        "section": col.text("Part of the document."),
        "claim_kind": col.one_of(("fact", "prediction", "risk", "recommendation"), "Kind of claim."),
        "claim": col.text("The claim in our words."),
        "company_id": col.reference("companies.company_id", "Company it is about.", nullable=True),
        "verdict": col.one_of(VERDICTS, "What the evidence says."),
        "evidence": col.text("The evidence in one sentence.", nullable=True),
        "correct_value": col.text("What holds instead.", nullable=True),
        **col.dated(
            "due_date",
            "Day by which a prediction must have come true.",
            nullable=True,
            ahead=36,
            earliest="2025-01-01",
        ),
        "indicators": col.text("For a risk: what in this data would show it coming.", nullable=True),
        "checked_date": col.day("Day of the check.", is_work=True),
        **col.evidence(),
    },
)

TABLES = (CLAIMS,)
