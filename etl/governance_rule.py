"""The printed rule of governance: from scores to an index and a label.

Pure functions over plain values, without pandas: the one part of the ETL that the dashboard may import too
(the import rules carve this module out), so that a reader's what-if is computed by the same rule as the data.
Decision rights by domain follow Weill and Ross, IT Governance (2004). What is printed as LEVELS and RULE is what
is computed: `label` walks the same clauses in the same order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

DIMENSIONS = (
    "decision_authority",
    "base_model_strategy",
    "compute_allocation",
    "data_access",
    "innovation_locus",
    "tooling",
)
#: Types of organisation that are one model lab: they have no units to centralise, and no index.
LABS = ("lab", "startup")
#: Without these two no index: who decides, and on which models, is what the other four qualify.
REQUIRED = ("decision_authority", "base_model_strategy")
FEWEST_SCORED = 3
UNDETERMINED = "undetermined"

#: What each score of a dimension means, 0 to 4.
LEVELS: dict[str, tuple[str, str, str, str, str]] = {
    "decision_authority": (
        "each unit",
        "units coordinate freely",
        "council of units",
        "one executive below the CEO, or one division",
        "group CEO or founder, or a body they chair",
    ),
    "base_model_strategy": (
        "units choose or buy",
        "several own families, no default",
        "one main family, others tolerated",
        "one family by default everywhere",
        "one family mandated, others retired",
    ),
    "compute_allocation": (
        "unit budgets and clusters",
        "shared cloud at internal prices",
        "pooled with unit quotas",
        "one pool, central priorities with exceptions",
        "one pool under whoever sets the roadmap",
    ),
    "data_access": (
        "siloed",
        "shared case by case",
        "shared catalogue, unit veto",
        "governed group-wide access by default",
        "one platform owned centrally",
    ),
    "innovation_locus": (
        "application teams",
        "mostly application teams, small lab",
        "balanced",
        "central lab leads, applications integrate",
        "central lab with mandated integration",
    ),
    "tooling": (
        "each its own",
        "recommended",
        "common, optional",
        "common by default",
        "one mandated stack",
    ),
}

INDEX_SENTENCE = (
    "The centralisation index is the mean of the scored dimensions times 25, with equal weights: 0 each unit "
    "for itself, 100 one group authority. It needs at least three scored dimensions, decision authority and "
    "base-model strategy among them."
)


class _Case(NamedTuple):
    """What a clause looks at; a dimension without a score is None."""

    is_lab: bool
    agenda: str | None
    outside_capital: bool
    product_units: bool
    authority: int | None
    base: int | None
    locus: int | None

    def is_central_under(self, authority: int) -> bool:
        """True where that authority decides on one default family and no score puts innovation elsewhere."""
        return (
            self.authority == authority
            and self.base is not None
            and self.base >= 3
            and (self.locus is None or self.locus >= 3)
        )

    def is_hub(self) -> bool:
        """True where a centre decides on a main family and a real lab stands beside the applications."""
        return (
            self.authority is not None
            and self.authority >= 2
            and self.base is not None
            and self.base >= 2
            and self.locus in (2, 3)
        )

    def is_by_product(self) -> bool:
        """True where units of end products lead and no family is the default."""
        return (
            self.product_units
            and self.locus is not None
            and self.locus <= 1
            and self.base is not None
            and self.base <= 2
        )

    def is_federation(self) -> bool:
        """True where the units, alone or in council, decide and no family is the default."""
        return self.authority is not None and self.authority <= 2 and self.base is not None and self.base <= 2


class _Clause(NamedTuple):
    model_id: str
    sentence: str
    fits: Callable[[_Case], bool]


_CLAUSES = (
    _Clause(
        "state_institute",
        "The company is one model lab, publicly funded and not for profit.",
        lambda c: c.is_lab and c.agenda == "public",
    ),
    _Clause(
        "lab_led",
        "The company is one model lab; research sets the agenda and commerce follows.",
        lambda c: c.is_lab and c.agenda == "research",
    ),
    _Clause(
        "founder_led",
        "The company is one model lab that builds what its founders mean to sell.",
        lambda c: c.is_lab and c.agenda == "commercial",
    ),
    _Clause(
        UNDETERMINED,
        "The company is one model lab, and who sets its agenda is not known.",
        lambda c: c.is_lab,
    ),
    _Clause(
        "portfolio",
        "AI units with a chief executive and outside money of their own hold main models or products.",
        lambda c: c.outside_capital,
    ),
    _Clause(
        "centralised_ceo",
        "Decision authority 4, base-model strategy 3 or more, innovation locus 3 or more or not scored.",
        lambda c: c.is_central_under(4),
    ),
    _Clause(
        "centralised_function",
        "Decision authority 3, base-model strategy 3 or more, innovation locus 3 or more or not scored.",
        lambda c: c.is_central_under(3),
    ),
    _Clause(
        "hub_and_spoke",
        "Decision authority 2 or more, base-model strategy 2 or more, innovation locus 2 or 3.",
        _Case.is_hub,
    ),
    _Clause(
        "product_driven",
        "Innovation locus 1 or less, base-model strategy 2 or less, and the units that decide are organised by "
        "end product.",
        _Case.is_by_product,
    ),
    _Clause(
        "federated",
        "Decision authority 2 or less and base-model strategy 2 or less.",
        _Case.is_federation,
    ),
    _Clause(
        UNDETERMINED,
        "No clause above fits: the scores that are there are shown, the missing ones named.",
        lambda c: True,
    ),
)

#: The printed rule: governance model and when it applies; the first that fits, from top to bottom.
RULE: tuple[tuple[str, str], ...] = tuple((c.model_id, c.sentence) for c in _CLAUSES)


def centralisation_index(
    scores: Mapping[str, int], weights: Mapping[str, float] | None = None
) -> float | None:
    """Weighted mean of the scored dimensions times 25: 0 each unit decides, 100 one group authority.

    Args:
        scores: Dimension to 0..4; other keys are ignored.
        weights: Dimension to a weight of 0 or more; a dimension left out weighs 1. None: all weigh the same.

    Returns:
        0 to 100. None where fewer than three of the six are scored, or decision authority or base-model strategy
        is not, or all that is scored weighs nothing.

    Raises:
        ValueError: A weight is negative.
    """
    weights = weights or {}
    if any(w < 0 for w in weights.values()):
        raise ValueError(f"weights: got {dict(weights)}, expected 0 or more each")
    known = [d for d in DIMENSIONS if d in scores]
    if len(known) < FEWEST_SCORED or any(d not in scores for d in REQUIRED):
        return None
    total = sum(weights.get(d, 1.0) for d in known)
    if total == 0:
        return None
    # Weights are taken as shares first: the sum of shares is 1, so rounding cannot leave 0 to 100 by much.
    mean = sum(scores[d] * (weights.get(d, 1.0) / total) for d in known)
    return min(mean * 25, 100.0)


def has_units(company_type: str) -> bool:
    """True for a company with several businesses, whose AI can be steered from one centre or from many."""
    return company_type not in LABS


def label(scores: Mapping[str, int], company_type: str, lab_agenda: str | None = None) -> str:
    """The governance model that scores give: the first clause of RULE that fits.

    Args:
        scores: Dimension to 0..4; the qualifiers product_units and outside_capital count as true at 4.
        company_type: A word of companies.company_type; startup and lab are one lab each.
        lab_agenda: For a lab or start-up, who sets the agenda: public, research or commercial.

    Returns:
        Governance model id; "undetermined" where no clause fits.
    """
    case = _Case(
        is_lab=not has_units(company_type),
        agenda=lab_agenda,
        outside_capital=scores.get("outside_capital") == 4,
        product_units=scores.get("product_units") == 4,
        authority=scores.get("decision_authority"),
        base=scores.get("base_model_strategy"),
        locus=scores.get("innovation_locus"),
    )
    return next(c.model_id for c in _CLAUSES if c.fits(case))
