"""Documents that every fact rests on."""

from etl.schema import Frames, Table, address, day, key, one_of, precision, text


def there_are_sources(frames: Frames) -> list[tuple[int, str, str]]:
    """The data is dated by its newest source: without one it has no date."""
    none = "holds no row: got the header alone, expected at least one document"
    return [(0, "", none)] if frames["sources"].empty else []


SOURCES = Table(
    "sources",
    "Documents that facts rest on. One row per document.",
    {
        "source_id": key("Stable slug: publisher and a hash of the address."),
        "publisher": text("Who published the document."),
        "title": text("Title, the words of its address, or ours in square brackets.", nullable=True),
        "url": address("Address; urn: where a document has no known address.", unique=True),
        "published_date": day("Day of publication, as far as the citing rows tell.", nullable=True),
        "published_date_precision": precision("published_date", nullable=True),
        "accessed_date": day("Day on which it was read."),
        "kind": one_of(
            ("primary", "press", "analysis", "dataset"), "Primary: the organisation's own words or files."
        ),
        "license": text("Licence of data taken from it.", nullable=True),
        "language": text("Language code.", nullable=True),
        "note": text("What a reader should know.", nullable=True),
    },
    rules=(there_are_sources,),
)

TABLES = (SOURCES,)
