"""Claims, predictions and risks of articles, with what became of them."""

from etl.schema import Table, day, evidence, key, one_of, precision, reference, text

VERDICTS = ("corroborated", "partly_corroborated", "out_of_date", "contradicted", "unverifiable", "pending")

CLAIMS = Table(
    "claims",
    "Checkable statements of articles. One row per claim.",
    {
        "claim_id": key("Document and number."),
        "document_id": reference("sources.source_id", "Document that makes the claim."),
        "section": text("Part of the document."),
        "claim_kind": one_of(("fact", "prediction", "risk", "recommendation"), "Kind of claim."),
        "claim": text("The claim in our words."),
        "company_id": reference("companies.company_id", "Company it is about.", nullable=True),
        "verdict": one_of(VERDICTS, "What the evidence says."),
        "evidence": text("The evidence in one sentence.", nullable=True),
        "correct_value": text("What holds instead.", nullable=True),
        "due_date": day(
            "Day by which a prediction must have come true.", nullable=True, ahead=36, earliest="2025-01-01"
        ),
        "due_date_precision": precision("due_date", nullable=True),
        "indicators": text("For a risk: what in this data would show it coming.", nullable=True),
        "checked_date": day("Day of the check.", is_work=True),
        **evidence(),
    },
)

TABLES = (CLAIMS,)
