"""Faults of rows, each with what the build says of it, and rows that only look like one."""

from __future__ import annotations

from dataclasses import dataclass

from small_set import Rows

from etl.source_strength import CONFIDENCE_RULE

Changes = dict[str, Rows]
#: What is changed of the small set, and what is said of it, by a name of the fault.
Cases = dict[str, tuple[Changes, str]]


@dataclass(frozen=True)
class Faults:
    """Faults that may be looked for in one build, as long as they change different tables.

    Attributes:
        cases: The faults.
        alone: Those that hide the rest, or are seen by what is left of other tables.
        nothing_else: Whether each is told and nothing beside it.
    """

    cases: Cases
    alone: tuple[str, ...] = ()
    nothing_else: bool = True

    @property
    def changes(self) -> dict[str, Changes]:
        """The rows of each fault."""
        return {name: rows for name, (rows, _) in self.cases.items()}


# --- Columns, keys, references, labels and people ---

PERIOD = {"valid_from": "2024-01-01", "valid_to": "2025-01-01"}

_COLUMNS: Cases = {
    "unknown word": (
        {"models": [{"weights": "Open"}]},
        "models.csv:2: weights: not one of open, restricted, closed: got 'Open', expected one of these",
    ),
    "empty cell": (
        {"models": [{"model_name": ""}]},
        "models.csv:2: model_name: empty: got '', expected a value",
    ),
    "no source": (
        {"models": [{"source_ids": ""}]},
        "models.csv:2: source_ids: empty: got '', expected a value",
    ),
    "duplicate key": (
        {"models": [{}, {}]},
        "models.csv:3: model_id: stands twice: got 'models-1' as in line 2, expected a value of its own",
    ),
    "no slug": (
        {"filings": [{"filing_id": "May 2026"}]},
        "filings.csv:2: filing_id: out of range or form: got 'May 2026', expected a slug of a-z, 0-9, '.', '_' and '-'",
    ),
    "out of range": (
        {"model_prices": [{"input_price_per_mtok": "-1"}]},
        "model_prices.csv:2: input_price_per_mtok: out of range or form: got '-1.0', expected at least 0",
    ),
    "no country": (
        {"companies": [{"country": "China"}]},
        "companies.csv:2: country: out of range or form: got 'China', expected the two capital letters of a country",
    ),
    "dangling reference": (
        {"models": [{"source_ids": "sources-1; s9"}]},
        "models.csv:2: source_ids: no 's9' in sources.source_id: got 'sources-1; s9', "
        "expected an id that stands in sources",
    ),
    "list without blanks": (
        {"models": [{"source_ids": "sources-1;sources-1"}]},
        "models.csv:2: source_ids: no 'sources-1;sources-1' in sources.source_id: "
        "got 'sources-1;sources-1', expected an id that stands in sources",
    ),
    "twice in a list": (
        {"models": [{"source_ids": "sources-1; sources-1"}]},
        "models.csv:2: source_ids: 'sources-1' stands twice in the list: "
        "got 'sources-1; sources-1', expected each id once",
    ),
    "day without precision": (
        {"models": [{"release_date_precision": ""}]},
        "models.csv:2: release_date_precision: got a day without a precision, expected both or neither",
    ),
    "precision without day": (
        {"models": [{"release_date": ""}]},
        "models.csv:2: release_date_precision: got no day but a precision, expected both or neither",
    ),
    "vague day": (
        {"models": [{"release_date": "2025-05-17", "release_date_precision": "month"}]},
        "models.csv:2: release_date: not the first day of its month: got 2025-05-17, expected 2025-05-01",
    ),
    "more active than all": (
        {"models": [{"parameters_active": "5"}]},
        "models.csv:2: parameters_active: more than parameters_total: got 5, expected at most 4",
    ),
    "released before founding": (
        {"companies": [{"founded_year": "2024"}], "models": [{"release_date": "2023-12-31"}]},
        "models.csv:2: release_date: before its developer was founded: got 2023-12-31, expected 2024 or later",
    ),
    "another's family": (
        {
            "companies": [{}, {"company_id": "beta", "company_name": "Alpha", "company_name_zh": ""}],
            "models": [{"company_id": "beta"}],
        },
        "models.csv:2: family_id: the family is another company's: got 'model_families-1' of companies-1, "
        "expected one of beta",
    ),
    "open without licence": (
        {"models": [{"license": "", "note": ""}]},
        "models.csv:2: license: open weights need a licence: got '', expected one, or a note that says why none",
    ),
    "mixture without active size": (
        {
            "models": [
                {"architecture": "mixture", "parameters_active": "", "note": "licence of the repository"}
            ]
        },
        "models.csv:2: parameters_active: a mixture needs its active size: got '', expected one, "
        "or a note that says why none",
    ),
    "score out of range": (
        {"benchmark_scores": [{"score": "101"}]},
        "benchmark_scores.csv:2: score: outside the range of benchmarks-1: got 101, expected 0 to 100",
    ),
    "free without reason": (
        {"model_prices": [{"output_price_per_mtok": "0", "zero_reason": ""}]},
        "model_prices.csv:2: zero_reason: a price of zero needs a reason: got '', "
        "expected words that begin with 'free' where the document says so, or no row",
    ),
    "overlapping periods": (
        {"governance_assessments": [PERIOD, PERIOD | {"assessment_id": "b", "valid_from": "2024-12-31"}]},
        "governance_assessments.csv:3: valid_from: overlaps the period before it (companies-1, words): "
        "got 2024-12-31, expected a day from 2025-01-01 on",
    ),
    "period without a day": (
        {"governance_assessments": [PERIOD | {"valid_to": "2024-01-01"}]},
        "governance_assessments.csv:2: valid_to: not after valid_from: got 2024-01-01, "
        "expected a day after 2024-01-01",
    ),
    "coded by hand": (
        {"governance_assessments": [{"basis": "coded"}]},
        "governance_assessments.csv:2: basis: coded rows are derived by the build: "
        "got 'coded', expected reported",
    ),
    "qualifier on a scale": (
        {"governance_observations": [{"dimension": "product_units", "score": "3"}]},
        "governance_observations.csv:2: score: product_units is no scale: got 3, expected 0 or 4",
    ),
    "event against the labels": (
        {"governance_events": [{"governance_after": "portfolio"}]},
        "governance_events.csv:2: governance_after: no assessment of companies-1 around 2026-03-16 agrees: "
        "got 'portfolio', expected centralised_ceo",
    ),
    "role ends before it starts": (
        {"people": [{"valid_to": "2026-01-01"}]},
        "people.csv:2: valid_to: not after valid_from: got 2026-01-01, expected a day after 2026-01-02",
    ),
    "unknown person": (
        {"people": [{"person_name": "Wu Zeming"}]},
        "people.csv:2: person_name: does not resolve in company_aliases: got 'Wu Zeming', "
        "expected an alias that leads to ann-lee",
    ),
    "another person's name": (
        {"people": [{"person_id": "bo-wu"}]},
        "people.csv:2: person_name: does not resolve in company_aliases: got 'Ann Lee', "
        "expected an alias that leads to bo-wu",
    ),
    "move within one company": (
        {"people_moves": [{"to_company_id": "companies-1"}]},
        "people_moves.csv:2: to_company_id: no move: got 'companies-1' at both ends, expected two places",
    ),
    "move of strangers": (
        {"people_moves": [{"from_company_id": ""}]},
        "people_moves.csv:2: to_company_id: neither end is a company here: got '' twice, expected one company_id",
    ),
    "mover under another name": (
        {"people_moves": [{"person_name": "Anne Lee"}]},
        "people_moves.csv:2: person_name: another name than in people: got 'Anne Lee', expected 'Ann Lee'",
    ),
    "a move against the role it leads to": (
        {
            "companies": [{}, {"company_id": "beta", "company_name": "Alpha", "company_name_zh": ""}],
            "people_moves": [{"to_company_id": "beta"}],
        },
        "people_moves.csv:2: to_company_id: at odds with people: got 'beta', expected 'companies-1', "
        "where a role begins then",
    ),
    "unknown company name": (
        {"companies": [{"company_name_zh": "云雀"}]},
        "companies.csv:2: company_name_zh: does not resolve in company_aliases: got '云雀', "
        "expected an alias that leads to companies-1",
    ),
    "unknown family name": (
        {"model_families": [{"family_name": "Skylark"}]},
        "model_families.csv:2: family_name: does not resolve in company_aliases: got 'Skylark', "
        "expected an alias that leads to companies-1",
    ),
    "alias twice": (
        {"company_aliases": [{}, {}, {}, {}, {"alias": "ANN LEE"}]},
        "company_aliases.csv:6: alias: stands twice, apart from case: got 'ANN LEE', "
        "expected one row per alias",
    ),
    "alias of nobody": (
        {"company_aliases": [{}, {}, {}, {"person_id": ""}]},
        "company_aliases.csv:5: person_id: the alias of a person needs one: got '', expected an id",
    ),
    "lab without agenda": (
        {"companies": [{"company_type": "lab", "lab_agenda": ""}]},
        "companies.csv:2: lab_agenda: a startup or lab needs one: got '', "
        "expected research, commercial or public",
    ),
    "no sources at all": (
        {"sources": []},
        "sources.csv: holds no row: got the header alone, expected at least one document",
    ),
}


# --- Models, scores and prices ---

MIXTURE = {"architecture": "mixture", "parameters_total": "30000000000", "parameters_active": "3000000000"}
DENSE = {"architecture": "dense", "parameters_total": "72000000000", "parameters_active": ""}
ARENA = [{"benchmark_id": "lmarena-text", "unit": "elo", "score_min": "", "score_max": ""}]
ARENA_STYLED = [ARENA[0] | {"benchmark_id": "lmarena-text-style-control"}]
BETA = {
    "companies": [{}, {"company_id": "beta", "company_name": "Beta", "company_name_zh": ""}],
    "company_aliases": [
        {},
        {},
        {},
        {},
        {"alias": "Beta", "alias_kind": "name", "company_id": "beta", "family_id": "", "person_id": ""},
    ],
}
PRICE = {"provider": "Alpha", "tier": "standard", "price_date": "2026-01-02", "currency": "USD"}

_MODELS: Cases = {
    "a size that is no mixture's": (
        {"models": [{"parameters_active": "3"}]},
        "models.csv:2: parameters_active: only a mixture uses fewer than all: got 3 of a model that is none, "
        "expected architecture mixture or an empty cell",
    ),
    "size of a rolling alias": (
        {"models": [{"is_rolling_alias": "true"}]},
        "models.csv:2: parameters_total: the model behind a rolling alias changes: got 4, expected an empty cell",
    ),
    "sum of checkpoint files as total": (
        {"models": [MIXTURE | {"model_name": "Alpha-30B-A3B", "parameters_total": "35300000000"}]},
        "models.csv:2: parameters_total: not the size in the name: got 35300000000 of Alpha-30B-A3B, "
        "expected about 30000000000",
    ),
    "total as active": (
        {"models": [MIXTURE | {"model_name": "Alpha-30B-A3B", "parameters_active": "30000000000"}]},
        "models.csv:2: parameters_active: not the size in the name: got 30000000000 of Alpha-30B-A3B, "
        "expected about 3000000000",
    ),
    "billions as count": (
        {"models": [DENSE | {"model_name": "Alpha-72B", "parameters_total": "72"}]},
        "models.csv:2: parameters_total: not the size in the name: got 72 of Alpha-72B, "
        "expected about 72000000000",
    ),
    "day of a paper": (
        {
            "sources": [{"url": "https://arxiv.org/abs/2609.00001", "accessed_date": "2026-11-20"}],
            "models": [{"confidence": "high"}],
        },
        "models.csv:2: confidence: the release date may be that of a paper: got 'high', "
        "expected low or reported, or a document of the vendor",
    ),
    "class of openness as licence": (
        {"models": [{"license": "Open weights (unrestricted)"}]},
        "models.csv:2: license: a class of openness: got 'Open weights (unrestricted)', "
        "expected the name of a licence",
    ),
    "closed under a free licence": (
        {"models": [{"license": "MIT", "weights": "closed"}]},
        "models.csv:2: weights: at odds with the licence: got 'closed' under MIT, "
        "expected open or restricted under a licence for weights, closed under none",
    ),
    "open under no licence": (
        {"models": [{"license": "proprietary", "weights": "open"}]},
        "models.csv:2: weights: at odds with the licence: got 'open' under proprietary, "
        "expected open or restricted under a licence for weights, closed under none",
    ),
    "the licence of the code": (
        {"models": [{"license": "Apache-2.0", "weights": "restricted"}]},
        "models.csv:2: license: a free licence of restricted weights: got 'Apache-2.0', "
        "expected that of the weights, not of the code, or none and a word in the note",
    ),
    "weights of another edition": (
        {
            "models": [{"model_id": "alpha/words-0731", "hf_repo": "alpha/Words"}],
            **{
                t: [{"model_id": "alpha/words-0731"}]
                for t in ("benchmark_scores", "flagships", "model_prices")
            },
        },
        "models.csv:2: hf_repo: the repository of another edition: got alpha/Words, "
        "expected one with 0731 in its name",
    ),
    "released after the reading": (
        {
            "sources": [{"published_date": "2026-11-20"}],
            "models": [{"release_date": "2026-11-21"}],
            "flagships": [{"since_date": "2026-11-20"}],
            "model_prices": [{"price_date": "2026-11-20"}],
            "benchmark_scores": [{"score_date": "2026-11-20"}],
        },
        "models.csv:2: release_date: after the last document was read: got 2026-11-21, "
        "expected 2026-11-20 or earlier",
    ),
    "tested after the reading": (
        {"benchmark_scores": [{"score_date": "2027-01-01"}]},
        "benchmark_scores.csv:2: score_date: not a day that can be: got '2027-01-01', "
        "expected one from 2021 to 2026-11-21 (its newest document was read by then)",
    ),
    "tested before its release": (
        {"benchmark_scores": [{"score_date": "2025-04-16", "score_date_meaning": "test"}]},
        "benchmark_scores.csv:2: score_date: before the model's release: got 2025-04-16, "
        "expected 2025-04-17 or later, or a date_reason",
    ),
    "priced before its release": (
        {"model_prices": [{"price_date": "2024-04-15"}]},
        "model_prices.csv:2: price_date: before the model's release: got 2024-04-15, "
        "expected 2025-04-17 or later, or a date_reason",
    ),
    "priced after the reading": (
        {"model_prices": [{"price_date": "2027-01-01"}]},
        "model_prices.csv:2: price_date: not a day that can be: got '2027-01-01', "
        "expected one from 2022 to 2026-11-21 (its newest document was read by then)",
    ),
    "shares as percent": (
        {"benchmark_scores": [{"score": "0.41"}]},
        "benchmark_scores.csv:2: score: on the scale of shares: got 0.41, expected percent, "
        "as the benchmark's unit says",
    ),
    "a third party's run as a vendor's": (
        {"benchmark_scores": [{"reporter": "vendor", "harness": "Epoch AI"}]},
        "benchmark_scores.csv:2: harness: at odds with the reporter: got 'Epoch AI' of vendor, "
        "expected 'vendor' of a vendor and another name of a third party",
    ),
    "a vendor's run as a third party's": (
        {"benchmark_scores": [{"reporter": "third_party", "harness": "vendor"}]},
        "benchmark_scores.csv:2: harness: at odds with the reporter: got 'vendor' of third_party, "
        "expected 'vendor' of a vendor and another name of a third party",
    ),
    "two scores of one run": (
        {"benchmark_scores": [{}, {"score_id": "b", "score": "51"}]},
        "benchmark_scores.csv:3: score: stands twice for one run: got 51 for words on benchmarks-1, "
        "expected a variant that tells them apart",
    ),
    "two ratings in one snapshot": (
        {
            "benchmarks": ARENA,
            "benchmark_scores": [
                {"benchmark_id": "lmarena-text", "variant": "interval +5/-5", "score": "1401"},
                {
                    "benchmark_id": "lmarena-text",
                    "variant": "interval +4/-4",
                    "score": "1388",
                    "score_id": "b",
                },
            ],
        },
        "benchmark_scores.csv:3: score: stands twice for one run: got 1388 for words on lmarena-text, "
        "expected a variant that tells them apart",
    ),
    "style-controlled rating as a plain one": (
        {
            "sources": [{"title": "Text leaderboard with style control", "accessed_date": "2026-11-20"}],
            "benchmarks": ARENA,
            "benchmark_scores": [{"benchmark_id": "lmarena-text"}],
        },
        "benchmark_scores.csv:2: benchmark_id: not the scale of its source: got 'lmarena-text', "
        "expected the benchmark with style control",
    ),
    "plain rating as a style-controlled one": (
        {
            "benchmarks": ARENA_STYLED,
            "benchmark_scores": [{"benchmark_id": "lmarena-text-style-control"}],
        },
        "benchmark_scores.csv:2: benchmark_id: not the scale of its source: got 'lmarena-text-style-control', "
        "expected the benchmark without style control",
    ),
    "score of another's model": (
        {
            **BETA,
            "benchmark_scores": [{"company_id": "beta"}],
        },
        "benchmark_scores.csv:2: company_id: not the model's developer: got 'beta', expected companies-1",
    ),
    "price of another's model": (
        {
            **BETA,
            "model_prices": [{"company_id": "beta"}],
        },
        "model_prices.csv:2: company_id: not the model's developer: got 'beta', expected companies-1",
    ),
    "peak and off-peak swapped": (
        {
            "model_prices": [
                PRICE | {"input_price_per_mtok": "0.5", "output_price_per_mtok": "1"},
                PRICE
                | {
                    "price_id": "b",
                    "tier": "off_peak",
                    "input_price_per_mtok": "0.5",
                    "output_price_per_mtok": "2",
                },
            ]
        },
        "model_prices.csv:3: tier: not below the standard price: got 2 off peak, expected less than 1",
    ),
    "two prices of one offer": (
        {"model_prices": [PRICE, PRICE | {"price_id": "b", "output_price_per_mtok": "5"}]},
        "model_prices.csv:3: price_id: stands twice for one offer: got 'b', "
        "expected one row per model, provider, day, tier and currency",
    ),
    "yuan read as dollars": (
        {"model_prices": [PRICE, PRICE | {"price_id": "b", "currency": "CNY"}]},
        "model_prices.csv:3: currency: the same numbers as in another currency: got 4 CNY, "
        "expected the price in the currency of the source",
    ),
}


# --- Kinds of fault that the data had once ---


def also(url: str, kind: str = "dataset") -> list[dict[str, str]]:
    """The sound document, and a second one, `also`."""
    return [{}, {"source_id": "also", "url": url, "kind": kind}]


SHORT = {"benchmark_id": "tale", "test": "tale", "edition": "", "setting": "16k tokens", "score_field": "16k"}
LONG = SHORT | {"benchmark_id": "tale-120k", "setting": "120k tokens", "score_field": "120k"}
READ = {"benchmark_id": "tale", "setting": "16k tokens", "score_field": "16k"}
OLD = {"benchmark_id": "shell", "test": "shell", "edition": "2.0", "setting": "", "score_field": ""}
NEW = OLD | {"benchmark_id": "shell-2.1", "edition": "2.1"}
RUN = {"benchmark_id": "shell", "setting": "", "score_field": "", "variant": ""}

_FOUND_ONCE: Cases = {
    "another column of the upstream file": (
        {"benchmarks": [SHORT, LONG], "benchmark_scores": [READ | {"score_field": "120k"}]},
        "benchmark_scores.csv:2: score_field: not a column that holds tale: got '120k', expected 16k",
    ),
    "another setting": (
        {"benchmarks": [SHORT, LONG], "benchmark_scores": [READ | {"setting": "120k tokens"}]},
        "benchmark_scores.csv:2: setting: not the setting of tale: got '120k tokens', expected '16k tokens'",
    ),
    "another setting in the variant": (
        {"benchmarks": [SHORT, LONG], "benchmark_scores": [READ | {"variant": "high; 120k tokens"}]},
        "benchmark_scores.csv:2: variant: names another edition of tale: got '120k tokens' in tale, "
        "expected the benchmark of that edition",
    ),
    "another edition in the variant": (
        {"benchmarks": [OLD, NEW], "benchmark_scores": [RUN | {"variant": "pass@1, high, 2.1"}]},
        "benchmark_scores.csv:2: variant: names another edition of shell: got '2.1' in shell, "
        "expected the benchmark of that edition",
    ),
    "another edition in the address": (
        {
            "sources": [{"url": "https://example.org/shell/2.0", "accessed_date": "2026-11-20"}],
            "benchmarks": [OLD, NEW],
            "benchmark_scores": [RUN | {"benchmark_id": "shell-2.1"}],
        },
        "benchmark_scores.csv:2: source_ids: names another edition of shell: got '2.0' in shell-2.1, "
        "expected the benchmark of that edition",
    ),
    "a later edition under the day of the first": (
        {"benchmark_scores": [{"model_label": "alpha-one-20250602"}]},
        "benchmark_scores.csv:2: model_id: of an edition of 2025-06-02: got a model of 2025-05-01, "
        "expected one of that edition",
    ),
    "a later edition by month and day": (
        {
            "benchmark_scores": [
                {"model_label": "Alpha One (1231-preview)"},
                {"model_label": "alpha-0715-preview", "score_id": "b", "variant": "low", "score": "7"},
            ]
        },
        "benchmark_scores.csv:3: model_id: of an edition of 2025-07-15: got a model of 2025-05-01, "
        "expected one of that edition",
    ),
    "two numbered editions under one model": (
        {
            "benchmark_scores": [
                {"model_label": "alpha-001"},
                {"model_label": "Alpha-002", "score_id": "b", "variant": "low", "score": "7"},
            ]
        },
        "benchmark_scores.csv:3: model_id: of another edition than its rows before: got 'Alpha-002', "
        "expected a model of that edition",
    ),
    "one run from two files": (
        {
            "benchmark_scores": [
                {"score_date_meaning": "test"},
                {"score_id": "b", "variant": "low", "score_date_meaning": "announcement", "score": "50.51"},
            ]
        },
        "benchmark_scores.csv:3: score: the same score twice: got 50.51 as in line 2, "
        "expected one row that cites both documents",
    ),
    "dated by a release that came later": (
        {
            "benchmark_scores": [
                {"score_date": "2025-04-30", "score_date_meaning": "model release", "date_reason": ""}
            ]
        },
        "benchmark_scores.csv:2: score_date: before the model's release: got 2025-04-30, "
        "expected 2025-05-01 or later, or a date_reason",
    ),
    "zero without a word of the document": (
        {
            "model_prices": [
                {
                    "input_price_per_mtok": "0",
                    "output_price_per_mtok": "0",
                    "zero_reason": "the source gives no reason",
                }
            ]
        },
        "model_prices.csv:2: zero_reason: a price of zero needs a reason: got 'the source gives no reason', "
        "expected words that begin with 'free' where the document says so, or no row",
    ),
    "zero of output alone": (
        {"model_prices": [{"output_price_per_mtok": "0", "zero_reason": "free"}]},
        "model_prices.csv:2: zero_reason: a price of zero needs a reason: got 'free', "
        "expected words that begin with 'free' where the document says so, or no row",
    ),
    "a document without the price": (
        {
            "sources": also(
                "https://github.com/anomalyco/models.dev/blob/3952587beb0c/models/alpha/one.toml"
            ),
            "model_prices": [{"source_ids": "also"}],
        },
        "model_prices.csv:2: source_ids: lists models without prices: got 'also', "
        "expected a document that holds the price",
    ),
    "last year's page as this month's price": (
        {
            "sources": [
                {
                    "url": "https://web.archive.org/web/20250620072901/https://example.org/prices",
                    "accessed_date": "2026-11-20",
                }
            ]
        },
        "model_prices.csv:2: price_date: later than the copy it cites: got 2026-01-02, expected about 2025-06-20",
    ),
    "open weights that are nowhere": (
        {"models": [{"hf_repo": "", "weights_at": ""}]},
        "models.csv:2: hf_repo: weights without a place: got '' for weights called open, expected a repository, "
        "or in weights_at the place or why none is named",
    ),
    "native length above the listed one": (
        {"models": [{"context_tokens": "32768", "context_native_tokens": "131072"}]},
        "models.csv:2: context_native_tokens: longer than the length listed: got 131072, expected at most 32768",
    ),
    "a reseller's listing as release": (
        {
            "sources": also(
                "https://github.com/anomalyco/models.dev/blob/f3fc69229967/providers/shop/models/a.toml"
            ),
            "models": [{"source_ids": "also"}],
        },
        "models.csv:2: release_date_precision: the day of a reseller's or price list's listing: got 'day', "
        "expected approx, or the vendor's document",
    ),
    "a list's day before the maker's": (
        {
            "sources": also(
                "https://github.com/anomalyco/models.dev/blob/f3fc69229967/models/alpha/one.toml"
            ),
            "models": [{"source_ids": "also", "alternatives": "release 2025-05-07 (Epoch AI)"}],
        },
        "models.csv:2: release_date: the day of a list: got 2025-05-01, expected 2025-05-07 of Epoch AI, which cites "
        "the maker, or a document of the maker",
    ),
    "a listing told in the note": (
        {"models": [{"note": "day of the listing by shop"}]},
        "models.csv:2: release_date_precision: the day of a reseller's or price list's listing: got 'day', "
        "expected approx, or the vendor's document",
    ),
    "kind typed against the address": (
        {
            "sources": also("https://github.com/QwenLM/Qwen3", "press"),
        },
        "sources.csv:3: kind: not what is published at its address: got 'press', expected primary",
    ),
    "a third party's score as the vendor's": (
        {
            "sources": [
                {"url": "https://www.tbench.ai/leaderboard", "kind": "dataset", "accessed_date": "2026-11-20"}
            ]
        },
        "benchmark_scores.csv:2: reporter: no document of companies-1: got 'vendor' from sources-1, "
        "expected third_party",
    ),
    "surer than its documents": (
        {
            "sources": [{"kind": "press", "accessed_date": "2026-11-20"}],
            "people": [{"confidence": "high"}],
            **{
                name: [{"confidence": "low"}]
                for name in (
                    "companies",
                    "people_moves",
                    "commercial_levers",
                    "infrastructure",
                    "company_metrics",
                    "adoption",
                )
            },
            **{name: [{"confidence": "low"}] for name in ("governance_assessments", "governance_events")},
            "governance_observations": [{"confidence": "low"}] * 6,
        },
        "people.csv:2: confidence: more than its documents carry: got 'high', expected medium. "
        + CONFIDENCE_RULE,
    ),
    "words of a period against its day": (
        {"company_metrics": [{"period": "2025-H1", "period_end_date": "2025-12-31"}]},
        "company_metrics.csv:2: period_end_date: not the last day of 2025-H1: got 2025-12-31, expected 2025-06-30",
    ),
    "a quarter known on its last day": (
        {
            "company_metrics": [
                {
                    "period": "2026-Q2",
                    "period_end_date": "2026-06-30",
                    "known_date": "2026-06-30",
                    "known_date_precision": "day",
                }
            ]
        },
        "company_metrics.csv:2: known_date: before the first document that tells of it: got 2026-06-30, "
        "expected an empty cell; only a plan, budget or guidance names its day",
    ),
    "a plan announced after its document": (
        {
            "sources": [{"accessed_date": "2026-11-25"}],
            "company_metrics": [
                {
                    "metric": "capex_plan",
                    "period": "2027",
                    "period_end_date": "2027-12-31",
                    "known_date": "2026-11-24",
                    "known_date_precision": "day",
                }
            ],
        },
        "company_metrics.csv:2: known_date: after the document that tells of it: got 2026-11-24, "
        "expected 2026-11-20 or earlier",
    ),
    "spent before the year was over": (
        {"company_metrics": [{"metric": "r_d_spend", "period": "2026", "period_end_date": "2026-12-31"}]},
        "company_metrics.csv:2: metric: told more than 10 days before the period was over: got r_d_spend of 2026 from a document "
        "of 2026-11-20, expected a plan, guidance or budget",
    ),
    "an expectation under the name of a fact": (
        {
            "company_metrics": [
                {
                    "metric": "r_d_spend",
                    "period": "2025",
                    "period_end_date": "2025-12-31",
                    "note": "32 to 33 expected",
                }
            ]
        },
        "company_metrics.csv:2: metric: an expectation: got '32 to 33 expected' of r_d_spend, "
        "expected a plan, guidance or budget",
    ),
    "a plan without a day": (
        {"company_metrics": [{"metric": "capex_plan", "period": "2027", "period_end_date": "2027-12-31"}]},
        "company_metrics.csv:2: known_date: a plan without the day of its announcement: got '', expected that day",
    ),
    "a score before its test": (
        {
            "benchmarks": [{"released_date": "2026-03-04", "released_date_precision": "day"}],
            "benchmark_scores": [{"score_date_meaning": "test"}],
        },
        "benchmark_scores.csv:2: score_date: before its test was public: got 2026-01-02, expected 2026-03-04 or later "
        "on benchmarks-1",
    ),
    "a count of April dated October": (
        {"adoption": [{"adoption_id": "alpha-users-2025-04", "observed_date": "2025-10-01"}]},
        "adoption.csv:2: observed_date: not the period in the id: got 2025-10-01 in alpha-users-2025-04, "
        "expected 2025-04",
    ),
    "a batch discount": (
        {"model_prices": [{"tier": "batch"}]},
        "model_prices.csv:2: tier: not one of standard, off_peak, long_context, free_preview: got 'batch', "
        "expected one of these",
    ),
}

#: By what they are about.
FAULTS = {
    "columns": Faults(
        _COLUMNS,
        (
            "no sources at all",
            "event against the labels",
            "mover under another name",
            "a move against the role it leads to",
        ),
        nothing_else=False,
    ),
    "models": Faults(_MODELS),
    # Those alone look at the documents themselves.
    "found once": Faults(
        _FOUND_ONCE, ("a third party's score as the vendor's", "a plan announced after its document")
    ),
}

#: What only looks like a fault, by table: one check of many sound rows tells of all.
SOUND: dict[str, Changes] = {
    "1": {"models": [MIXTURE | {"model_name": "Alpha-30B-A3B", "parameters_total": "30500000000"}]},
    "2": {"models": [MIXTURE | {"model_name": "Alpha 17B", "parameters_total": "400000000000"}]},
    "3": {"models": [{"license": "", "weights": "closed", "note": ""}]},
    "4": {"models": [{"is_rolling_alias": "true", "parameters_total": "", "parameters_active": ""}]},
    "5": {"benchmark_scores": [{}, {"score_id": "b", "reporter": "third_party", "harness": "Epoch AI"}]},
    "6": {"model_prices": [{"price_date": "2025-04-20"}]},
    "7": {"benchmark_scores": [{}, {"score_id": "b", "variant": "high effort", "score": "51"}]},
    "8": {"model_prices": [PRICE, PRICE | {"price_id": "b", "provider": "Reseller"}]},
    "9": {"model_prices": [PRICE, PRICE | {"price_id": "b", "price_date": "2026-01-03"}]},
    "editions of an endpoint whose model changes": {
        "models": [
            {"is_rolling_alias": "true", "parameters_total": "", "parameters_active": "", "hf_repo": ""}
        ],
        "benchmark_scores": [{"model_label": "alpha-20251103"}],
    },
    "a stamp of the model's own weeks": {"benchmark_scores": [{"model_label": "alpha-2025-05-31"}]},
    "a stamp before its release": {"benchmark_scores": [{"model_label": "alpha-0414"}]},
    "digits that are no day": {"benchmark_scores": [{"model_label": "alpha-2507"}]},
    "a model whose name looks like an edition": {
        "benchmarks": [OLD, NEW],
        "benchmark_scores": [RUN | {"model_label": "Alpha-2.1", "score_id": "shell.alpha-2.1.v.2026"}],
    },
    "two days of one test": {
        "benchmark_scores": [
            {"score_date_meaning": "test"},
            {"score_id": "b", "variant": "low", "score_date_meaning": "test", "score_date": "2026-01-03"},
        ]
    },
    "an early day with a reason": {
        "benchmark_scores": [
            {"score_date": "2025-01-01", "score_date_meaning": "test", "date_reason": "tested under embargo"}
        ]
    },
}
