"""A reader's what-if: other weights and scores, put through the printed rule; pure, and never stored with the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import product

from dashboard.look.markdown import shortened
from etl.governance_rule import DIMENSIONS, LEVELS, centralisation_index, has_units, label

#: Parameters in the address. Weights in the order of DIMENSIONS: "2-1-1-1-1-1"; scores company by company:
#: "alibaba:decision_authority:2,alibaba:tooling:x", where x takes a score away.
WEIGHTS, SCORES = "whatif.weights", "whatif.scores"
COMPANY = "whatif.company"
HEAVIEST = 5
QUALIFIERS = ("product_units", "outside_capital")
_NO_SCORE = "x"

Scores = dict[str, int]


@dataclass(frozen=True)
class Scenario:
    """What a reader changed.

    Attributes:
        weights: Dimension to its weight where that is not 1, 0 to HEAVIEST.
        scores: Company and dimension to the reader's score; None takes the score away. Qualifiers count as true at 4.
    """

    weights: Mapping[str, int] = field(default_factory=dict)
    scores: Mapping[tuple[str, str], int | None] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """True where nothing was changed."""
        return not self.weights and not self.scores

    def weighing(self, dimension: str, weight: int) -> Scenario:
        """The same with another weight of one dimension."""
        weights = {**self.weights, dimension: weight}
        return replace(self, weights={d: w for d, w in weights.items() if w != 1})

    def scoring(self, company_id: str, dimension: str, score: int | None, stated: int | None) -> Scenario:
        """The same with another score of one company; the stated score takes the reader's back."""
        scores = {k: v for k, v in self.scores.items() if k != (company_id, dimension)}
        return replace(self, scores=scores if score == stated else {**scores, (company_id, dimension): score})


@dataclass(frozen=True)
class Outcome:
    """What the rule gives: index of 0 to 100, None where too little is scored; and the governance model's id."""

    index: float | None
    model_id: str
    scored: int


def applied(stated: Mapping[str, int], company_id: str, scenario: Scenario) -> Scores:
    """The stated scores of a company with the reader's put over them."""
    found = dict(stated)
    for (company, dimension), score in scenario.scores.items():
        if company == company_id:
            if score is None:
                found.pop(dimension, None)
            else:
                found[dimension] = score
    return found


def outcome(
    stated: Mapping[str, int],
    company_id: str,
    company_type: str,
    lab_agenda: str | None,
    scenario: Scenario | None = None,
) -> Outcome:
    """Index and label of a company by the printed rule, under a scenario; without one, as the data has it."""
    scenario = scenario or Scenario()
    scores = applied(stated, company_id, scenario)
    # A lab has no units to centralise: the rule gives it a label and no index.
    index = centralisation_index(scores, scenario.weights) if has_units(company_type) else None
    return Outcome(
        index, label(scores, company_type, lab_agenda), sum(dimension in scores for dimension in DIMENSIONS)
    )


def parse(weights: str, scores: str, companies: set[str]) -> tuple[Scenario, list[str]]:
    """Reads a scenario from the address; what cannot be meant is left out and said.

    Args:
        weights: Six whole numbers of 0 to HEAVIEST with "-" between, or "".
        scores: Triples of company, dimension and score with "," between, or "".
        companies: Ids that exist.

    Returns:
        The scenario, and one sentence for each part that was ignored.
    """
    found, said = Scenario(), []
    if weights:
        parts = weights.split("-")
        if len(parts) == len(DIMENSIONS) and all(p in _WEIGHT_WORDS for p in parts):
            for dimension, part in zip(DIMENSIONS, parts, strict=True):
                found = found.weighing(dimension, int(part))
        else:
            said.append(
                f"The link asks for the weights “{shortened(weights)}”; six whole numbers of 0 to {HEAVIEST} such as 2-1-1-1-1-1 "
                "were expected: ignored."
            )
    kept: dict[tuple[str, str], int | None] = {}
    for part in filter(None, scores.split(",")):
        company, _, rest = part.partition(":")
        dimension, _, score = rest.partition(":")
        known = company in companies and dimension in (*DIMENSIONS, *QUALIFIERS)
        if known and score in allowed(dimension):
            kept[(company, dimension)] = None if score == _NO_SCORE else int(score)
        else:
            said.append(
                f"The link asks for the score “{shortened(part)}”; a company, a dimension and 0 to 4 such as "
                "alibaba:tooling:2 were expected: ignored."
            )
    return replace(found, scores=kept), said


def allowed(dimension: str) -> tuple[str, ...]:
    """Scores that the address may give a dimension; a qualifier holds or does not."""
    scale = ("0", "4") if dimension in QUALIFIERS else tuple(str(n) for n in range(len(LEVELS[dimension])))
    return (*scale, _NO_SCORE)


_WEIGHT_WORDS = {str(n) for n in range(HEAVIEST + 1)}


def written(scenario: Scenario) -> tuple[str, str]:
    """The scenario as the two parameters of the address; "" for what is not changed."""
    weights = ""
    if scenario.weights:
        weights = "-".join(str(scenario.weights.get(d, 1)) for d in DIMENSIONS)
    scores = ",".join(
        f"{company}:{dimension}:{_NO_SCORE if score is None else score}"
        for (company, dimension), score in sorted(scenario.scores.items(), key=lambda item: item[0])
    )
    return weights, scores


# --- What it would take ---

#: What a label of a company with units follows from: the dimensions and qualifiers that the rule's clauses look at.
DECISIVE = ("decision_authority", "base_model_strategy", "innovation_locus")


@dataclass(frozen=True)
class Way:
    """Scores that would have to move for another label; each of them is needed.

    Attributes:
        moves: Dimension or qualifier, its score now (None where it has none), and the score it would need.
    """

    moves: tuple[tuple[str, int | None, int], ...]

    @property
    def steps(self) -> int:
        """Points moved in all; a score where there is none counts one beyond its distance from the middle."""
        return sum(abs(to - (2 if now is None else now)) + (now is None) for _, now, to in self.moves)


def ways_to(scores: Mapping[str, int], target: str, most: int = 3) -> tuple[Way, ...]:
    """The shortest ways from scores to another label, by the printed rule; for a company with units.

    A score that is known can move and not be forgotten. A way is left out where a part of it suffices. Those that move
    the fewest scores come first, then those of the fewest points.

    Args:
        scores: Dimension to score, 0 to 4; qualifiers are 0 or 4.
        target: Id of a governance model.
        most: Ways at most.

    Returns:
        No way where the label is the target already, or no scores give it.
    """
    if label(scores, "giant") == target:
        return ()

    def may_be(dimension: str) -> list[int | None]:
        scale = (0, 4) if dimension in QUALIFIERS else range(len(LEVELS[dimension]))
        now = scores.get(dimension)
        # A qualifier that nobody scored does not hold: to score it so changes nothing.
        return [
            now,
            *(s for s in scale if s != now and not (dimension in QUALIFIERS and now is None and s == 0)),
        ]

    names = (*DECISIVE, *QUALIFIERS)
    found: list[Way] = []
    for values in product(*(may_be(n) for n in names)):
        asked = dict(scores) | {n: v for n, v in zip(names, values, strict=True) if v is not None}
        if label(asked, "giant") == target:
            moved = tuple(
                (n, scores.get(n), v)
                for n, v in zip(names, values, strict=True)
                if v is not None and v != scores.get(n)
            )
            found.append(Way(moved))
    found.sort(key=lambda w: (len(w.moves), w.steps, w.moves.__repr__()))
    kept: list[Way] = []
    for way in found:
        touched = {n for n, _, _ in way.moves}
        # Of the ways that move the same scores the one of fewest points; none that moves more than another needs.
        if not any({n for n, _, _ in k.moves} <= touched for k in kept):
            kept.append(way)
    return tuple(kept[:most])
