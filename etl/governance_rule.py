"""The printed rule of governance: from scores to an index and a label.

Pure functions over plain values, without pandas: the one part of the ETL that the dashboard may import too
(the import rules carve this module out), so that a reader's what-if is computed by the same rule as the data.
Decision rights by domain follow Weill and Ross, IT Governance (2004).
"""

from __future__ import annotations

from collections.abc import Mapping

DIMENSIONS = (
    "decision_authority",
    "base_model_strategy",
    "compute_allocation",
    "data_access",
    "innovation_locus",
    "tooling",
)
UNDETERMINED = "undetermined"
LAB_LABELS = {"public": "state_institute", "research": "lab_led", "commercial": "founder_led"}


def centralisation_index(scores: Mapping[str, int]) -> float | None:
    """Mean of the scored dimensions times 25: 0 each unit decides, 100 one group authority.

    None where fewer than three of the six are scored, or decision authority or base-model strategy is not.
    """
    known = [scores[d] for d in DIMENSIONS if d in scores]
    if len(known) < 3 or "decision_authority" not in scores or "base_model_strategy" not in scores:
        return None
    return sum(known) / len(known) * 25


def label(scores: Mapping[str, int], company_type: str, lab_agenda: str | None = None) -> str:
    """The governance model that scores give; the first clause that fits, in the printed order.

    Args:
        scores: Dimension to 0..4; the qualifiers product_units and outside_capital count as true at 4.
        company_type: giant, startup or lab.
        lab_agenda: For a lab or start-up, who sets the agenda: public, research or commercial.

    Returns:
        Governance model id; "undetermined" where no clause fits.
    """
    if company_type in ("lab", "startup"):
        return LAB_LABELS.get(lab_agenda or "", UNDETERMINED)
    if scores.get("outside_capital") == 4:
        return "portfolio"
    authority, base = scores.get("decision_authority"), scores.get("base_model_strategy")
    locus = scores.get("innovation_locus")
    central_locus = locus is None or locus >= 3
    if authority == 4 and base is not None and base >= 3 and central_locus:
        return "centralised_ceo"
    if authority == 3 and base is not None and base >= 3 and central_locus:
        return "centralised_function"
    if base is not None and base >= 2 and authority is not None and authority >= 2 and locus in (1, 2, 3):
        return "hub_and_spoke"
    if (
        locus is not None
        and locus <= 1
        and base is not None
        and base <= 2
        and scores.get("product_units") == 4
    ):
        return "product_driven"
    if authority is not None and authority <= 1 and base is not None and base <= 1:
        return "federated"
    return UNDETERMINED
