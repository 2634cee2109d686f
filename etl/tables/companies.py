"""Companies, the names they go by, the people who lead their AI, what they own and how they earn."""

from __future__ import annotations

import pandas as pd

from etl import schema as col
from etl.governance_rule import LABS
from etl.rules import by, confidence_is_carried, last_seen, names_resolve, not_after_reading
from etl.schema import Frames, Table
from etl.vocabulary import COUNTRIES

#: Form of a person's slug.
PERSON = (r"[a-z0-9]+(?:-[a-z0-9]+)*", "a slug such as jiang-fan")

COMPANY_TYPES = (
    "giant",
    "operator",
    "device_maker",
    "carmaker",
    "chip_maker",
    "robotics",
    "startup",
    "lab",
)


def labs_have_an_agenda(frames: Frames) -> list[tuple[int, str, str]]:
    """A lab or start-up needs an agenda: the printed rule labels it by that."""
    rows = frames["companies"]
    bare = rows[rows["company_type"].isin(LABS) & rows["lab_agenda"].isna()]
    return col.faults(
        bare, "lab_agenda", "a startup or lab needs one: got '', expected research, commercial or public"
    )


COMPANIES = Table(
    "companies",
    "Organisations that build AI models, or the chips and robots that models run on. One row per organisation.",
    {
        **col.named("company", "Stable slug; never reused.", "English name.", "Chinese name."),
        "country": col.code(
            "|".join(sorted(COUNTRIES)),
            "the two capital letters of a country",
            "Country it was founded in, ISO 3166-1 alpha-2.",
        ),
        "company_type": col.one_of(
            COMPANY_TYPES,
            "giant: a group with other large businesses; operator: of telecom networks; device_maker: of phones or "
            "servers; carmaker, chip_maker, robotics: what it mostly sells; startup and lab: one model lab.",
        ),
        "lab_agenda": col.one_of(
            ("research", "commercial", "public"), "Who sets a lab's agenda.", nullable=True
        ),
        "founded_year": col.integer("Year of founding.", unit="year", nullable=True, ge=1850, le=2100),
        "hq_city": col.text("City of the head office.", nullable=True),
        "listing": col.text("Stock exchanges, or private.", nullable=True),
        "ticker": col.code(
            r"(?:[A-Z]{1,5}|[0-9]{4,6}\.[A-Z]{2})(?:; (?:[A-Z]{1,5}|[0-9]{4,6}\.[A-Z]{2}))*",
            "tickers such as BABA; 9988.HK",
            "Tickers.",
            nullable=True,
        ),
        "note": col.text("What a reader should know.", nullable=True),
        **col.evidence(),
    },
    rules=(
        labs_have_an_agenda,
        names_resolve("companies", "company_name", "company_id"),
        confidence_is_carried("companies"),
    ),
)

ALIAS_KINDS = ("name", "brand", "unit", "namespace", "leaderboard", "model_family", "person")


def aliases_unique(frames: Frames) -> list[tuple[int, str, str]]:
    """No alias twice, whatever its case: it could not be resolved."""
    rows = frames["company_aliases"].dropna(subset=["alias"])
    twice = rows[rows["alias"].str.casefold().duplicated(keep="first")]
    return [
        (int(i), "alias", f"stands twice, apart from case: got '{a}', expected one row per alias")
        for i, a in twice["alias"].items()
    ]


def aliases_lead_somewhere(frames: Frames) -> list[tuple[int, str, str]]:
    """The alias of a person names the person, the alias of a model family the family."""
    rows = frames["company_aliases"]
    return [
        (int(i), column, f"the alias of a {kind} needs one: got '', expected an id")
        for kind, column in (("person", "person_id"), ("model_family", "family_id"))
        for i in rows.index[(rows["alias_kind"] == kind) & rows[column].isna()]
    ]


ALIASES = Table(
    "company_aliases",
    "Every name by which a company, one of its units, model families or people is known. One row per alias.",
    {
        "alias": col.text("The name, in any script; unique whatever its case."),
        "alias_kind": col.one_of(ALIAS_KINDS, "What the name names."),
        "company_id": col.reference("companies.company_id", "Company it leads to."),
        "family_id": col.reference("model_families.family_id", "Model family it names.", nullable=True),
        "person_id": col.code(*PERSON, "Person it names, as in people.", nullable=True),
        "language": col.one_of(("en", "zh"), "Script of the name.", nullable=True),
        **col.evidence(),
    },
    rules=(aliases_unique, aliases_lead_somewhere),
)


def roles_end_after_they_start(frames: Frames) -> list[tuple[int, str, str]]:
    """The end day is excluded; two vague days of one period may be equal."""
    found = []
    for i, r in frames["people"].dropna(subset=["valid_from", "valid_to"]).iterrows():
        exact = r["valid_from_precision"] == r["valid_to_precision"] == "day"
        if r["valid_to"] < r["valid_from"] or (exact and r["valid_to"] == r["valid_from"]):
            found.append(
                (
                    int(i),
                    "valid_to",
                    f"not after valid_from: got {r['valid_to']:%Y-%m-%d}, "
                    f"expected a day after {r['valid_from']:%Y-%m-%d}",
                )
            )
    return found


def derive_people(frames: Frames) -> pd.DataFrame:
    """Roles as read, each open one with the day on which it was last seen."""
    rows = frames["people"]
    seen = last_seen(rows, frames["sources"]).where(rows["valid_to"].isna())
    return rows.assign(last_seen_date=seen.astype("datetime64[us]"))


PEOPLE = Table(
    "people",
    "Roles of people who lead AI. One row per role.",
    {
        "role_id": col.key("Person, company and role."),
        "person_id": col.code(*PERSON, "Stable slug of the person."),
        "person_name": col.text("Name in Latin script."),
        "person_name_zh": col.text("Name in Chinese.", nullable=True),
        "company_id": col.reference("companies.company_id", "Company."),
        "role": col.text("Role in words."),
        "is_ai_lead": col.flag("True for the person who leads the company's AI work."),
        **col.dated("valid_from", "First day in the role.", nullable=True, ahead=6),
        **col.until("First day no longer in the role; open is null."),
        "last_seen_date": col.day(
            "Computed: newest day on which a document named the person in the role; of an undated one, when it "
            "was read. Null once the role has ended.",
            nullable=True,
        ),
        **col.evidence(),
    },
    rules=(
        names_resolve("people", "person_name", "person_id"),
        roles_end_after_they_start,
        confidence_is_carried("people"),
    ),
    derive=derive_people,
    computed=("last_seen_date",),
)


#: Days between an arrival and the first day of the role it leads to, at which both still tell of one move.
ARRIVAL = pd.Timedelta(days=31)


def arrivals_differ(frames: Frames) -> list[tuple[int, str, str]]:
    """Who takes a post at the time of a move takes it where the move leads: one document was read in two ways."""
    moves = frames["people_moves"].dropna(subset=["to_company_id", "move_date"])
    roles = frames["people"][["person_id", "company_id", "valid_from", "valid_from_precision"]]
    both = moves.reset_index(names="line").merge(roles, on="person_id")
    goes_there = set(both.loc[both["company_id"] == both["to_company_id"], "line"])
    near = (both["valid_from"] - both["move_date"]).abs() <= ARRIVAL
    begun = both[near & ~both["valid_from_precision"].isin(["year", "quarter"])].drop_duplicates("line")
    return [
        (
            int(line),
            "to_company_id",
            f"at odds with people: got '{said}', expected '{where}', where a role begins then",
        )
        for line, said, where in begun[["line", "to_company_id", "company_id"]].itertuples(index=False)
        if line not in goes_there
    ]


def moves_lead_elsewhere(frames: Frames) -> list[tuple[int, str, str]]:
    """A move leads from one place to another, one of them a company here, and names a person as people does."""
    rows = frames["people_moves"]
    known = by(frames["people"], "person_id")["person_name"]
    outside = rows["from_company_id"].isna() & rows["to_company_id"].isna()
    found = col.faults(
        rows[outside], "to_company_id", "neither end is a company here: got '' twice, expected one company_id"
    )
    stays = rows["from_company_id"] == rows["to_company_id"]
    found += col.faults(
        rows[stays.fillna(False)],
        "to_company_id",
        "no move: got '{to_company_id}' at both ends, expected two places",
    )
    found += arrivals_differ(frames)
    name = rows["person_id"].map(known)
    found += col.faults(
        rows[name.notna() & (name != rows["person_name"])],
        "person_name",
        "another name than in people: got '{person_name}', expected '{name}'",
        name=name,
    )
    return found


PEOPLE_MOVES = Table(
    "people_moves",
    "People of AI who went from one organisation to another. One row per person and move.",
    {
        "move_id": col.key("Person, day and where to."),
        "person_id": col.code(
            *PERSON, "Stable slug of the person, as in people where the person has a role there."
        ),
        "person_name": col.text("Name in Latin script."),
        "from_company_id": col.reference(
            "companies.company_id", "Company left, if it is one here.", nullable=True
        ),
        "from_name": col.text("Organisation left."),
        "to_company_id": col.reference(
            "companies.company_id", "Company joined, if it is one here.", nullable=True
        ),
        "to_name": col.text("Organisation joined."),
        "role": col.text("What for, as far as told.", nullable=True),
        **col.dated(
            "move_date",
            "Day of arrival, or of the report that tells of it (approx).",
            earliest="2015-01-01",
            in_key=0,
            told=True,
        ),
        **col.evidence(),
    },
    rules=(
        moves_lead_elsewhere,
        not_after_reading("people_moves", "move_date"),
        confidence_is_carried("people_moves"),
    ),
)

LEVERS = (
    "cloud",
    "commerce",
    "advertising",
    "subscription",
    "api",
    "distribution",
    "devices",
    "chips",
    "data",
    "open_source_ecosystem",
    "enterprise",
    "autonomous_driving",
    "summary",
)

COMMERCIAL_LEVERS = Table(
    "commercial_levers",
    "How a company turns models into money or reach. One row per company and lever as one source puts it.",
    {
        **col.of_company("lever_id", "Company and lever."),
        "lever": col.one_of(LEVERS, "Kind of lever; summary is the one-line wording."),
        "lever_name": col.text("Short headline."),
        "description": col.text("How it is used.", nullable=True),
        "is_headline": col.flag("True for the line shown in the landscape."),
        **col.dated("since_date", "Day from which it is used.", nullable=True, earliest="2010-01-01"),
        **col.evidence(),
    },
    rules=(confidence_is_carried("commercial_levers"),),
)

INFRASTRUCTURE = Table(
    "infrastructure",
    "Chips, clouds, frameworks and platforms that companies own. One row per item.",
    {
        **col.of_company("infrastructure_id", "Company and item.", "Owner."),
        "infrastructure_kind": col.one_of(
            ("chip", "cloud", "framework", "platform", "model_hub", "data_centre"), "Kind of item."
        ),
        "infrastructure_name": col.text("Name."),
        "infrastructure_name_zh": col.text("Chinese name.", nullable=True),
        "description": col.text("What it is.", nullable=True),
        "status": col.text("State it is in.", nullable=True),
        **col.dated("announced_date", "First announced.", nullable=True, earliest="2010-01-01", told=True),
        **col.evidence(),
    },
    rules=(confidence_is_carried("infrastructure"),),
)

TABLES = (COMPANIES, ALIASES, PEOPLE, PEOPLE_MOVES, COMMERCIAL_LEVERS, INFRASTRUCTURE)
