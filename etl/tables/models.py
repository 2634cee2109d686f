"""Model families and models.

Where sources disagree, the shown value of a model is picked so, and the others stay in `alternatives` in words:

- Release: the vendor's own file (README, release note, first commit of its repository), then models.dev, then the
  ATOM Project's correction of the Hub's date, then Epoch AI, which goes before models.dev where that alone gives an
  earlier day: lists often have the day of a line, or of frozen weights. A date that is only that of a paper has precision
  approx, a note and low confidence; one that is only the first day in a price list or at a reseller likewise. An edition
  of a model (-002, 2024-04-09) is a row of its own, so that its scores count from its day and not from the first one's.
- Parameters: what the vendor states, else the size in the name, else Epoch AI or ATOM. Sums of checkpoint files,
  which may count a prediction head twice, are alternatives, never totals. Active is per token.
- Context: the length the vendor lists (128K is read as 131,072), its own extension included; the native part is a
  column of its own where the vendor tells them apart. Else models.dev, else Xinference, else the length a reseller
  serves, with a note.
- Licence: the one named for the weights, else for the repository with a note, else Epoch AI's or LMArena's. "open" is
  said of weights under a licence without limits on use, "restricted" of downloadable weights with such limits,
  "closed" where the documents read name none. A licence "proprietary" is said of models that are only served.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from etl import schema as col
from etl.cells import holding
from etl.rules import by, documents_of, listed, names_resolve, not_after_reading, on_sale_and_read
from etl.schema import Frames, Near, Table

#: Models of one family, else of one company, are rarely further apart than this in size, length or effort.
OF_A_KIND = (Near(10, ("family_id",)), Near(10, ("company_id",)))
WEIGHTS = ("open", "restricted", "closed")
#: Form of a list of what goes in or comes out.
KINDS_OF_CONTENT = (
    r"(?:text|image|audio|video|pdf)(?:; (?:text|image|audio|video|pdf))*",
    "text, image, audio, video and pdf with '; ' between them",
)
MODALITIES = ("text", "vision-language", "omni", "image", "video", "audio", "embedding", "other")


FAMILIES = Table(
    "model_families",
    "Lines of models under one name. One row per family.",
    {
        **col.named("family", "Stable slug.", "English name.", "Chinese name."),
        "company_id": col.reference("companies.company_id", "Developer."),
        "is_primary": col.flag("True for the family the company leads with."),
        **col.evidence(),
    },
    rules=(names_resolve("model_families", "family_name", "company_id"),),
)


#: Words that say how open weights are, but name no licence.
NO_LICENCE = (
    "open",
    "open weights",
    "open source",
    "open-source",
    "restricted",
    "restricted use",
    "unrestricted",
    "closed",
    "free",
    "commercial",
    "non-commercial",
)
FREE_LICENCES = ("MIT", "Apache-2.0", "BSD-3-Clause", "CC-BY-4.0")


def model_rules(frames: Frames) -> list[tuple[int, str, str]]:
    """Active within total; no release before the founding; the developer's family; openness has a reason."""
    rows = frames["models"]
    companies, families = frames["companies"], frames["model_families"]
    founded = rows["company_id"].map(by(companies, "company_id")["founded_year"]).astype("float64")
    owner = rows["family_id"].map(by(families, "family_id")["company_id"])
    total, active = rows["parameters_total"], rows["parameters_active"]
    found = col.faults(
        rows[(active > total).fillna(False)],
        "parameters_active",
        "more than parameters_total: got {parameters_active}, expected at most {parameters_total}",
    )
    found += col.faults(
        rows[rows["release_date"].dt.year < founded],
        "release_date",
        "before its developer was founded: got {release_date:%Y-%m-%d}, expected {founded:.0f} or later",
        founded=founded,
    )
    found += col.faults(
        rows[owner.notna() & (owner != rows["company_id"])],
        "family_id",
        "the family is another company's: got '{family_id}' of {owner}, expected one of {company_id}",
        owner=owner,
    )
    bare = (
        rows["weights"].isin(["open", "restricted"])
        & rows["license"].isna()
        & ~holding(rows["note"], "(?i)licen")
    )
    found += col.faults(
        rows[bare],
        "license",
        "open weights need a licence: got '', expected one, or a note that says why none",
    )
    untold = (rows["architecture"] == "mixture") & active.isna() & ~holding(rows["note"], "(?i)active")
    found += col.faults(
        rows[untold.fillna(False)],
        "parameters_active",
        "a mixture needs its active size: got '', expected one, or a note that says why none",
    )
    return found


def sizes_have_a_shape(frames: Frames) -> list[tuple[int, str, str]]:
    """Only a mixture uses fewer parameters than it has; an endpoint whose model changes has no size."""
    rows = frames["models"]
    dense = (rows["architecture"] != "mixture") & (rows["parameters_active"] < rows["parameters_total"])
    found = col.faults(
        rows[dense.fillna(False)],
        "parameters_active",
        "only a mixture uses fewer than all: got {parameters_active} of a model that is "
        "none, expected architecture mixture or an empty cell",
    )
    alias = rows["is_rolling_alias"].fillna(False) & rows["parameters_total"].notna()
    found += col.faults(
        rows[alias],
        "parameters_total",
        "the model behind a rolling alias changes: got {parameters_total}, expected an empty cell",
    )
    return found


def sizes_as_named(frames: Frames) -> list[tuple[int, str, str]]:
    """A name such as 30B-A3B says the total and the active parameters; files and paper counts are others."""
    rows = frames["models"]
    # Few names say a size.
    mixture = (
        rows["model_name"]
        .where(holding(rows["model_name"], "[0-9][BT]-A[0-9]"))
        .str.extract(r"(?<![\w.])(\d+(?:\.\d+)?)([BT])-A(\d+(?:\.\d+)?)B(?!\w)")
    )
    unit = mixture[1].map({"B": 1e9, "T": 1e12})
    said = {
        "parameters_total": mixture[0].astype("float64") * unit,
        "parameters_active": mixture[2].astype("float64") * 1e9,
    }
    alone = (
        rows["model_name"].str.extract(r"(?<![\w.])(\d+(?:\.\d+)?)B(?!\w|-A\d)")[0].astype("float64") * 1e9
    )
    said["parameters_total"] = said["parameters_total"].fillna(alone.where(rows["architecture"] == "dense"))
    found = []
    for column, named in said.items():
        off = (rows[column].astype("float64") / named - 1).abs() > 0.15
        found += [
            (
                int(i),
                column,
                f"not the size in the name: got {rows.loc[i, column]} of {rows.loc[i, 'model_name']}, "
                f"expected about {named[i]:.0f}",
            )
            for i in rows.index[off]
        ]
    return found


def papers_are_reported(frames: Frames) -> list[tuple[int, str, str]]:
    """A release known from papers alone, or from a database that uses them, is one that they report."""
    rows = frames["models"]
    sources = frames["sources"]
    is_paper = holding(sources["url"], r"arxiv\.org/|^https://epoch\.ai/data/ai-models$").astype("int64")
    of = documents_of(rows, sources, "source_ids")
    only = (of.of_rows(of.of_cells(is_paper, 0, np.minimum), 0) > 0) & rows["release_date"].notna()
    sure = only & ~rows["confidence"].isin(["low", "reported"])
    return col.faults(
        rows.loc[sure],
        "confidence",
        "the release date may be that of a paper: got '{confidence}', expected low or "
        "reported, or a document of the vendor",
    )


def licences_are_named(frames: Frames) -> list[tuple[int, str, str]]:
    """A licence is a name, not a class of openness, and closed weights have no licence that frees them."""
    rows = frames["models"]
    word = rows["license"].str.casefold()
    classes = word.isin(NO_LICENCE) | word.str.startswith("open weights", na=False)
    found = col.faults(
        rows[classes], "license", "a class of openness: got '{license}', expected the name of a licence"
    )
    freed = (rows["weights"] == "closed") & rows["license"].isin(FREE_LICENCES)
    open_but_not = rows["weights"].isin(["open", "restricted"]) & (word == "proprietary")
    found += col.faults(
        rows[freed | open_but_not],
        "weights",
        "at odds with the licence: got '{weights}' under {license}, "
        "expected open or restricted under a licence for weights, closed under none",
    )
    codes = (rows["weights"] == "restricted") & rows["license"].isin(FREE_LICENCES)
    found += col.faults(
        rows[codes],
        "license",
        "a free licence of restricted weights: got '{license}', expected that of the weights, "
        "not of the code, or none and a word in the note",
    )
    return found


def repositories_are_of_the_edition(frames: Frames) -> list[tuple[int, str, str]]:
    """A dated edition has weights of its own or none, and nothing is older than the model whose repository it runs."""
    rows = frames["models"][["model_id", "hf_repo", "release_date"]]
    rows = rows[rows["hf_repo"].notna()]
    dated = rows["model_id"][holding(rows["model_id"], "-[0-9]{4}$")].str.extract(r"(?<!-[a-z]{3})-(\d{4})$")[
        0
    ]
    found = [
        (
            int(i),
            "hf_repo",
            f"the repository of another edition: got {rows.loc[i, 'hf_repo']}, expected one with {dated[i]} in its name",
        )
        for i in dated.index[dated.notna()]
        if dated[i] not in rows.loc[i, "hf_repo"]
    ]
    read = (listed(rows["hf_repo"]), listed(rows["model_id"].fillna("")))
    pairs = ((r.split("/")[1:2], m.split("/")[1:2]) for r, m in zip(*read, strict=True))
    own = np.fromiter(
        ([n.casefold().replace("-instruct", "") for n in name] == model != [] for name, model in pairs),
        bool,
        len(rows),
    )
    first = dict(rows[own].groupby("hf_repo")["release_date"].min())
    floor = pd.Series([first.get(r) for r in rows["hf_repo"]], rows.index, dtype="datetime64[ns]")
    early = rows["release_date"] < floor
    found += col.faults(
        rows[early],
        "release_date",
        "before the model whose repository it names: got {release_date:%Y-%m-%d}, "
        "expected {floor:%Y-%m-%d} or later, or another repository",
        floor=floor,
    )
    return found


def weights_have_a_place(frames: Frames) -> list[tuple[int, str, str]]:
    """Weights are open where they can be downloaded: a repository is named, or the place, or why none is."""
    rows = frames["models"]
    bare = rows["weights"].isin(["open", "restricted"]) & rows["hf_repo"].isna() & rows["weights_at"].isna()
    found = col.faults(
        rows[bare],
        "hf_repo",
        "weights without a place: got '' for weights called {weights}, expected a repository, "
        "or in weights_at the place or why none is named",
    )
    native, listed = rows["context_native_tokens"], rows["context_tokens"]
    found += col.faults(
        rows[(native > listed).fillna(False)],
        "context_native_tokens",
        "longer than the length listed: got {context_native_tokens}, expected at most {context_tokens}",
    )
    return found


#: Folders of models.dev that hold a developer's own offer; every other provider there is a reseller.
OWN_PROVIDERS = {
    "alibaba": ("alibaba", "alibaba-cn"),
    "ant": ("bailing",),
    "anthropic": ("anthropic",),
    "deepseek": ("deepseek",),
    "google": ("google", "google-vertex"),
    "meta": ("llama",),
    "minimax": ("minimax", "minimax-cn"),
    "mistral": ("mistral",),
    "moonshot": ("moonshotai", "moonshotai-cn", "kimi-for-coding"),
    "openai": ("openai",),
    "stepfun": ("stepfun", "stepfun-ai"),
    "tencent": ("tencent-tokenhub",),
    "xiaomi": ("xiaomi",),
    "zhipu": ("zai", "zhipuai"),
}
PRICE_LISTS = (
    r"wakamex/model-prices|pydantic/genai-prices|BerriAI/litellm|/models\.dev/commit/|//openrouter\.ai/"
    r"|//vercel\.com/|//docs\.venice\.ai/"
)
LISTED_DAY = r"day of the listing|date is the reseller|(?:from|in) a price list"


_PROVIDER = r"/models\.dev/blob/[0-9a-f]+/providers/([^/]+)/"


def listings_are_no_releases(frames: Frames) -> list[tuple[int, str, str]]:
    """The day on which a reseller or a price list first shows a model is not known to be its release: approx."""
    rows, sources = frames["models"], frames["sources"]
    reseller = dict.fromkeys(listed(sources["source_id"][holding(sources["url"], PRICE_LISTS)]), "list")
    offered = sources[holding(sources["url"], _PROVIDER)]
    provider = listed(offered["url"].str.extract(_PROVIDER)[0])
    reseller |= dict(zip(listed(offered["source_id"]), provider, strict=True))
    found = []
    exact = rows[rows["release_date_precision"] == "day"]
    told = holding(exact["note"], LISTED_DAY)
    read = (exact.index.tolist(), listed(exact["company_id"]), listed(exact["source_ids"]), told.tolist())
    for line, company, cell, is_told in zip(*read, strict=True):
        own = OWN_PROVIDERS.get(company, ())
        mute = all(isinstance(p := reseller.get(i), str) and p not in own for i in str(cell).split("; "))
        if mute or is_told:
            what = "the day of a reseller's or price list's listing: got 'day', expected approx, or the vendor's document"
            found.append((int(line), "release_date_precision", what))
    return found


#: What Epoch AI says of a release of which another day is shown; of a paper or a version it says so.
_EPOCHS_DAY = re.compile(r"release ([0-9]{4}-[0-9]{2}-[0-9]{2}) \(Epoch AI\)")
_GATHERED = r"/models\.dev/|^https://epoch\.ai/"


def lists_yield_to_epoch(frames: Frames) -> list[tuple[int, str, str]]:
    """A list of endpoints often has the day of a line or of frozen weights; Epoch AI cites the maker's announcement.

    Told where nothing else speaks for the day, and Epoch AI's is later by more than a day.
    """
    rows, sources = frames["models"], frames["sources"]
    gathered = set(sources.loc[holding(sources["url"], _GATHERED), "source_id"])
    found = []
    told = rows[rows["release_date_precision"].eq("day") & rows["alternatives"].notna()]
    columns = (told[c] for c in ("release_date", "alternatives", "source_ids"))
    for line, shown, words, cell in zip(told.index, *columns, strict=True):
        epochs = _EPOCHS_DAY.search(words)
        if epochs is None or not set(str(cell).split("; ")) <= gathered:
            continue
        if (pd.Timestamp(epochs[1]) - shown).days > 1:
            what = (
                f"the day of a list: got {shown:%Y-%m-%d}, expected {epochs[1]} of Epoch AI, which cites the maker, or "
                "a document of the maker"
            )
            found.append((int(line), "release_date", what))
    return found


def _size(description: str, *, unit: str, le: int | None = None) -> col.Column:
    """A size of a model: known or not, and no farther from its kin than OF_A_KIND."""
    return col.integer(description, unit=unit, nullable=True, ge=1, le=le, near=OF_A_KIND)


#: What a row may not say of the model's size, of its weights and of its release.
OF_SIZE = (sizes_have_a_shape, sizes_as_named)
OF_WEIGHTS = (licences_are_named, repositories_are_of_the_edition, weights_have_a_place)
OF_RELEASE = (listings_are_no_releases, lists_yield_to_epoch, not_after_reading("models", "release_date"))
MODELS = Table(
    "models",
    "Released AI models. One row per model and size.",
    {
        **col.named("model", "Company and model; never reused.", "Name as released."),
        "company_id": col.reference("companies.company_id", "Developer."),
        "family_id": col.reference("model_families.family_id", "Family.", nullable=True),
        **col.dated(
            "release_date",
            "First public availability.",
            nullable=True,
            earliest="2018-01-01",
            in_key=31,
            told=True,
        ),
        "parameters_total": _size("All parameters, every expert.", unit="parameters"),
        "parameters_active": _size("Parameters used per token.", unit="parameters"),
        "architecture": col.one_of(("dense", "mixture"), "Dense, or mixture of experts.", nullable=True),
        "context_tokens": _size(
            "Context length that the vendor lists, with its own extension.",
            unit="tokens",
            le=50_000_000,
        ),
        "context_native_tokens": _size(
            "The part of it that needs no extension such as YaRN, where the vendor tells them apart.",
            unit="tokens",
        ),
        "max_output_tokens": _size("Longest output.", unit="tokens", le=5_000_000),
        "weights": col.one_of(WEIGHTS, "What may be done with the weights.", nullable=True),
        "license": col.text("Licence by name; a class such as “open” is not one.", nullable=True),
        "modality": col.one_of(MODALITIES, "What goes in and comes out, as a class.", nullable=True),
        "input_modalities": col.code(*KINDS_OF_CONTENT, "Inputs, `; ` between them.", nullable=True),
        "output_modalities": col.code(*KINDS_OF_CONTENT, "Outputs, `; ` between them.", nullable=True),
        "is_reasoning": col.flag("True for a model that reasons before it answers.", nullable=True),
        "training_compute_flop": col.number(
            "Training compute as estimated by the source.",
            unit="FLOP",
            nullable=True,
            ge=1e18,
            le=1e28,
            near=OF_A_KIND,
        ),
        "hf_repo": col.repository("Repository on the Hugging Face Hub.", nullable=True),
        "weights_at": col.text(
            "Where weights are that have no repository there, or why no place is named.", nullable=True
        ),
        "is_rolling_alias": col.flag("True for an endpoint whose model changes."),
        "alternatives": col.text(
            "Values that other sources give, in words, `; ` between them.", nullable=True
        ),
        "note": col.text("What a reader should know.", nullable=True),
        **col.evidence(),
    },
    rules=(model_rules, *OF_SIZE, papers_are_reported, *OF_WEIGHTS, *OF_RELEASE),
)


def flagships_are_the_companys(frames: Frames) -> list[tuple[int, str, str]]:
    """A company's flagship is a model of its own."""
    rows = frames["flagships"]
    owner = rows["model_id"].map(by(frames["models"], "model_id")["company_id"])
    wrong = rows[owner.notna() & (owner != rows["company_id"])]
    return [
        (int(i), "company_id", f"the model is another company's: got '{company}', expected {owner[i]}")
        for i, company in wrong["company_id"].items()
    ]


FLAGSHIPS = Table(
    "flagships",
    "Models that a document of the company calls its flagship, where the rule of the dashboard would be misled by a "
    "name or has no measure. One row per model and statement.",
    {
        **col.of_model("flagship_id", "Model and day.", "Developer."),
        **col.dated(
            "since_date",
            "Day from which the document's words hold.",
            earliest="2018-01-01",
            in_key=0,
            told=True,
        ),
        "stated_as": col.text("The document's own words, short."),
        **col.evidence(),
    },
    rules=(flagships_are_the_companys, *on_sale_and_read("flagships", "since_date")),
)

TABLES = (FAMILIES, MODELS, FLAGSHIPS)
