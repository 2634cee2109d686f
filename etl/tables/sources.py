"""Documents that every fact rests on."""

from __future__ import annotations

import pandas as pd

from etl import schema as col
from etl.rules import listed, places_of, strengths
from etl.schema import Frames, Table
from etl.source_strength import RULE, STRENGTHS

KINDS = ("primary", "press", "analysis", "dataset")


def there_are_sources(frames: Frames) -> list[tuple[int, str, str]]:
    """The data is dated by its newest source: without one it has no date."""
    none = "holds no row: got the header alone, expected at least one document"
    return [(0, "", none)] if frames["sources"].empty else []


def kind_of_the_address(frames: Frames) -> list[tuple[int, str, str]]:
    """The kind of a document follows from who publishes at its address."""
    rows = frames["sources"]
    read = zip(rows.index.tolist(), listed(rows["kind"]), places_of(rows), strict=True)
    return [
        (int(line), "kind", f"not what is published at its address: got '{kind}', expected {known[0]}")
        for line, kind, (known, _) in read
        if known and isinstance(kind, str) and kind != known[0]
    ]


def derive_sources(frames: Frames) -> pd.DataFrame:
    """Sources as read, with the strength of each document and the company whose own it is."""
    rows = frames["sources"]
    own = pd.Series([company for _, company in places_of(rows)], index=rows.index, dtype="str")
    strong = strengths(rows)
    return rows.assign(
        strength=pd.Series([strong[i] for i in listed(rows["source_id"])], index=rows.index, dtype="str"),
        company_id=own.where(own.isin(frames["companies"]["company_id"])),
    )


SOURCES = Table(
    "sources",
    "Documents that facts rest on. One row per document.",
    {
        "source_id": col.key("Stable slug: publisher and a hash of the address."),
        "publisher": col.text("Who published the document."),
        "title": col.text(
            "Title, the words of its address, or ours in square brackets.", nullable=True, any_script=True
        ),
        "url": col.address("Address; urn: where a document has no known address.", unique=True),
        **col.dated(
            "published_date",
            "Day of publication, as far as the citing rows tell.",
            nullable=True,
            earliest="2000-01-01",
        ),
        "accessed_date": col.day("Day on which it was read.", is_work=True),
        "kind": col.one_of(
            KINDS, "Primary: the organisation's own words or files. It follows from the address."
        ),
        "license": col.text("Licence of data taken from it.", nullable=True),
        "language": col.code(
            r"[a-z]{2,3}", "the code of a language, such as en or zh", "Language code.", nullable=True
        ),
        "note": col.text("What a reader should know.", nullable=True),
        "strength": col.one_of(STRENGTHS, f"Computed. {RULE}"),
        "company_id": col.reference(
            "companies.company_id", "Computed: the company whose own document it is.", nullable=True
        ),
    },
    rules=(there_are_sources, kind_of_the_address),
    derive=derive_sources,
    computed=("strength", "company_id"),
)

TABLES = (SOURCES,)
