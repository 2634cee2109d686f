"""Benchmarks and scores.

Scores are rows of their own: vendor and third party, harness, setting and day keep them apart. Of Epoch AI's file of
rescaled scores only benchmarks are taken whose scaling is known, back on the raw scale. That file pairs the best score
of a model with the name of any of its efforts: no effort is taken from it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from datetime import datetime

import numpy as np
import pandas as pd
import pyarrow as pya
import pyarrow.compute as pc

from etl import schema as col
from etl.cells import coded, holding
from etl.rules import PREVIEW_DAYS, by, documents_of, listed, not_the_developers, on_sale_and_read, places_of
from etl.schema import Frames, Near, Table

#: Benchmarks of which Epoch AI's file of all scores has shares of the range above chance: what is read from its column
#: `performance` was turned back, and stands in no document as it stands here.
TURNED_BACK = ("gpqa-diamond", "simplebench", "frontiermath-tiers-1-3", "mmlu")
DAY_MEANINGS = ("snapshot", "test", "announcement", "model release")


def ends_of_the_scale(frames: Frames) -> list[tuple[int, str, str]]:
    """Percent and points run from 0 to 100, an index, too, or without ends; a rating has none."""
    rows, found = frames["benchmarks"], []
    for column, end in (("score_min", 0), ("score_max", 100)):
        of_hundred = rows["unit"].isin(("percent", "index", "points"))
        expected = of_hundred.map({True: f"{end}", False: "an empty cell"})
        # An index may be one that has no ends.
        empty = rows[column].isna() & rows["unit"].eq("index")
        wrong = (of_hundred & ~empty & rows[column].ne(end).fillna(True)) | (
            ~of_hundred & rows[column].notna()
        )
        found += [
            (
                int(i),
                column,
                f"not the end of the scale of {rows.at[i, 'unit']}: got "
                f"{'nothing' if pd.isna(rows.at[i, column]) else format(rows.at[i, column], '.15g')}, expected {expected[i]}",
            )
            for i in rows.index[wrong & rows["unit"].notna()]
        ]
    return found


BENCHMARKS = Table(
    "benchmarks",
    "Tests of models. One row per benchmark and way of running it.",
    {
        **col.named("benchmark", "Stable slug.", "Name."),
        "test": col.text("Test of which this is an edition or a way of running it; of most their own id."),
        "edition": col.text("Edition or subset: 2.0, hard; scores of two are never compared.", nullable=True),
        "setting": col.text("Setting that all its scores share, such as 16k tokens.", nullable=True),
        "measures": col.text("What it measures."),
        "unit": col.one_of(("percent", "elo", "index", "points"), "Unit of its scores."),
        "score_min": col.number("Lowest possible score.", nullable=True),
        "score_max": col.number("Highest possible score.", nullable=True),
        **col.dated(
            "released_date",
            "Day on which the test, in this edition, was made public, where scores may be dated by older models; an "
            "index that is worked out afterwards from other scores has none.",
            nullable=True,
            earliest="2019-01-01",
        ),
        "score_field": col.text(
            "Columns of the upstream files that hold its scores, `; ` between.", nullable=True
        ),
        **col.evidence(),
    },
    rules=(ends_of_the_scale,),
)


def settings_of_the_benchmark(frames: Frames) -> list[tuple[int, str, str]]:
    """A score is run under the setting of its benchmark and read from the column of the file that has it."""
    rows, benchmarks = frames["benchmark_scores"], by(frames["benchmarks"], "benchmark_id")
    found = []
    expected = rows["benchmark_id"].map(benchmarks["setting"]).fillna("")
    off = rows["setting"].fillna("") != expected
    found += col.faults(
        rows[off],
        "setting",
        "not the setting of {benchmark_id}: got '{said}', expected '{expected}'",
        said=rows["setting"].fillna(""),
        expected=expected,
    )
    columns = rows["benchmark_id"].map(benchmarks["score_field"])
    collected = holding(rows["harness"], "Epoch") | rows["score_field"].notna()
    asked = collected & columns.notna()
    read = (
        rows.index[asked].tolist(),
        *(listed(c[asked]) for c in (rows["score_field"], columns, rows["benchmark_id"])),
    )
    for i, got, held, benchmark in zip(*read, strict=True):
        if got != held and (pd.isna(got) or got not in held.split("; ")):
            what = f"not a column that holds {benchmark}: got '{'' if pd.isna(got) else got}', "
            found.append((int(i), "score_field", f"{what}expected {' or '.join(held.split('; '))}"))
    return found


def editions_apart(frames: Frames) -> list[tuple[int, str, str]]:
    """No score names another edition or setting of its test: in its id, its variant, or the address it cites."""
    marks: dict[str, dict[str, set[str]]] = {}
    for b in frames["benchmarks"].dropna(subset=["benchmark_id", "test"]).itertuples():
        words = {str(w).casefold() for w in (b.edition, b.setting) if pd.notna(w)}
        marks.setdefault(str(b.test), {})[str(b.benchmark_id)] = words
    rows = frames["benchmark_scores"]
    sources = frames["sources"]
    # Few documents name a test in their address.
    naming = holding(sources["url"], "(?i)" + "|".join(map(re.escape, marks))) & bool(marks)
    urls = dict(zip(*(listed(sources[c][naming]) for c in ("source_id", "url")), strict=True))
    of = documents_of(rows, sources, "source_ids")
    is_cited = of.of_rows(of.of_cells(naming.astype("int64"), 0, np.maximum), 0) > 0

    def addresses(cell: str, test: str) -> str:
        cited = (urls.get(s, "").casefold() for s in cell.split("; "))
        return " ".join(a for a in cited if test in a)

    found = []
    of_benchmark = rows.groupby("benchmark_id").indices
    ids, cells = (rows[c].to_numpy(dtype=object) for c in ("score_id", "source_ids"))
    variants = _made_of(rows["variant"], "", str.casefold)
    names = _made_of(rows["model_label"], "nan", lambda label: label.casefold().replace(" ", "-"))
    for test, editions in marks.items():
        every = set().union(*editions.values())
        for benchmark, own in editions.items():
            at = of_benchmark.get(benchmark, np.zeros(0, "int64"))
            other = sorted(every - own)
            if not other or not len(at):
                continue
            starts = zip(ids[at].tolist(), names[at].tolist(), strict=True)
            cited = zip(cells[at].tolist(), is_cited[at].tolist(), strict=True)
            told = {
                "score_id": [str(score).removeprefix(f"{benchmark}.{name}") for score, name in starts],
                "variant": variants[at].tolist(),
                "source_ids": [addresses(cell, test) if is_named else "" for cell, is_named in cited],
            }
            is_odd = [
                pc.match_substring_regex(pya.array(said, pya.string()), _mark(*other))
                for said in told.values()
            ]
            for n in np.flatnonzero(functools.reduce(pc.or_, is_odd).to_numpy(zero_copy_only=False)).tolist():
                found += [
                    (
                        int(rows.index[at[n]]),
                        column,
                        f"names another edition of {test}: got '{mark}' in {benchmark}, "
                        "expected the benchmark of that edition",
                    )
                    for mark in other
                    for column, said in told.items()
                    if re.search(_mark(mark), said[n])
                ]
    return found


def _made_of(column: pd.Series, none: str, make: Callable[[str], str]) -> np.ndarray:
    """What is made of each different cell, in the order of the rows; `none` where there is none."""
    places, different = coded(column)
    return np.array([*map(make, different.tolist()), none], dtype=object)[places]


def _mark(*words: str) -> str:
    """Finds editions or settings as a whole word in a variant, an address, or the end of an id."""
    inner = "|".join(re.escape(w).replace("\\ ", "[- ]") for w in words)
    return rf"(?:^|[-./;, ])(?:{inner})(?:$|[/;, ]|[.][tv][.])"


def not_before_the_test(frames: Frames) -> list[tuple[int, str, str]]:
    """Nobody runs a test before it is public; a score dated by its model's release may be older than its test."""
    rows, benchmarks = frames["benchmark_scores"], by(frames["benchmarks"], "benchmark_id")
    public = rows["benchmark_id"].map(benchmarks["released_date"])
    early = (rows["score_date"] + pd.Timedelta(days=PREVIEW_DAYS) < public) & (
        rows["score_date_meaning"] != "model release"
    )
    return col.faults(
        rows[early],
        "score_date",
        "before its test was public: got {score_date:%Y-%m-%d}, expected {public:%Y-%m-%d} or "
        "later on {benchmark_id}",
        public=public,
    )


def derive_scores(frames: Frames) -> pd.DataFrame:
    """Scores, each with the day from which it is known: a score dated by its model is not known before its test is."""
    rows, benchmarks = frames["benchmark_scores"], by(frames["benchmarks"], "benchmark_id")
    public = rows["benchmark_id"].map(benchmarks["released_date"])
    later = (rows["score_date_meaning"] == "model release") & (public > rows["score_date"])
    return rows.assign(known_date=rows["score_date"].mask(later, public))


def told_once(frames: Frames) -> list[tuple[int, str, str]]:
    """One run told by two files is one row: the same score of a model, unless tested on two days.

    Ratings are left out: two names of the Arena may share a rating.
    """
    rows = frames["benchmark_scores"]
    unit = rows["benchmark_id"].map(by(frames["benchmarks"], "benchmark_id")["unit"])
    same = ["benchmark_id", "model_id", "reporter", "_score"]
    rows = rows[[*same[:-1], "score", "score_date_meaning"]].assign(_score=rows["score"].round(1))
    rows = rows[rows["model_id"].notna() & (unit != "elo")]
    rows = rows[rows.duplicated(same, keep=False)]
    rows = rows.assign(
        line=rows.index,
        is_test=rows["score_date_meaning"] == "test",
        run=rows.groupby(same, sort=False).ngroup(),
    )
    # Of one run those are kept that were tested on a day, else the first.
    kept = (
        rows.sort_values(["run", "is_test"], ascending=[True, False], kind="stable")
        .groupby("run")["line"]
        .first()
    )
    again = rows[~rows["is_test"] & (rows["run"] >= 0)].sort_values("run", kind="stable")
    read = (again.index.tolist(), again["score"].tolist(), again["run"].map(kept).tolist())
    return [
        (
            int(i),
            "score",
            f"the same score twice: got {score:g} as in line {line}, expected one row that cites both documents",
        )
        for i, score, line in zip(*read, strict=True)
        if i != line
    ]


def scores_in_range(frames: Frames) -> list[tuple[int, str, str]]:
    """A score lies within its benchmark's range."""
    limits = by(frames["benchmarks"], "benchmark_id")[["score_min", "score_max"]]
    rows = frames["benchmark_scores"].join(limits, on="benchmark_id")
    bad = rows[(rows["score"] < rows["score_min"]) | (rows["score"] > rows["score_max"])]
    return [
        (
            int(i),
            "score",
            f"outside the range of {r.benchmark_id}: got {r.score:g}, expected "
            f"{r.score_min:g} to {r.score_max:g}",
        )
        for i, r in bad.iterrows()
    ]


def scores_on_their_scale(frames: Frames) -> list[tuple[int, str, str]]:
    """A benchmark in percent has a score above 1: shares of one are a scale of their own."""
    units = by(frames["benchmarks"], "benchmark_id")["unit"]
    rows = frames["benchmark_scores"]
    percent = rows[rows["benchmark_id"].map(units) == "percent"]
    best = percent.groupby("benchmark_id")["score"].transform("max")
    wrong = percent[(best <= 1) & (percent["score"] > 0)]
    return [
        (
            int(i),
            "score",
            f"on the scale of shares: got {s:g}, expected percent, as the benchmark's unit says",
        )
        for i, s in wrong["score"].items()
    ]


def reporters_apart(frames: Frames) -> list[tuple[int, str, str]]:
    """A vendor's score is run by the vendor and a third party's is not; one run has one score."""
    rows = frames["benchmark_scores"]
    mixed = rows[(rows["reporter"] == "vendor") != (rows["harness"] == "vendor")]
    found = [
        (
            int(i),
            "harness",
            f"at odds with the reporter: got '{harness}' of {reporter}, "
            "expected 'vendor' of a vendor and another name of a third party",
        )
        for i, reporter, harness in mixed[["reporter", "harness"]].itertuples()
    ]
    # A rating's variant tells its interval and votes, not another run.
    unit = rows["benchmark_id"].map(by(frames["benchmarks"], "benchmark_id")["unit"])
    run = ["benchmark_id", "company_id", "model_label", "variant", "reporter", "harness", "score_date"]
    again = rows[rows.assign(variant=rows["variant"].where(unit != "elo")).duplicated(run)]
    found += [
        (
            int(i),
            "score",
            f"stands twice for one run: got {again.loc[i, 'score']:g} for {again.loc[i, 'model_label']} on "
            f"{again.loc[i, 'benchmark_id']}, expected a variant that tells them apart",
        )
        for i in again.index
    ]
    return found


def reporter_of_the_document(frames: Frames) -> list[tuple[int, str, str]]:
    """Who reports a score follows from whose document it is in: a vendor's number stands in the vendor's words.

    A third party's number that the vendor quotes says so in its harness. Papers are taken as their authors' own.
    """
    rows, sources = frames["benchmark_scores"], frames["sources"]
    of, known = documents_of(rows, sources, "source_ids"), places_of(sources)

    def is_any(of_documents: np.ndarray) -> np.ndarray:
        return of.of_rows(of.of_cells(of_documents.astype("int64"), 0, np.maximum), 0) > 0

    is_known = ~is_any(np.array([kind is None for kind, _ in known], dtype=bool))
    is_paper = is_any(holding(sources["url"], "//arxiv.org/"))
    places, companies = coded(rows["company_id"])
    number = {company: n for n, company in enumerate(companies.tolist())}
    whose = np.array([*(number.get(company, -1) for _, company in known), -1])
    row, document = of.lines()
    is_own = np.zeros(len(rows), dtype=bool)
    is_own[row[(whose[document] == places[row]) & (places[row] >= 0)]] = True
    by_vendor, by_other = ((rows["reporter"] == who).to_numpy() for who in ("vendor", "third_party"))
    odd = rows[is_known & ((by_vendor & ~is_own & ~is_paper) | (by_other & is_own))]
    found = []
    read = (listed(odd[c]) for c in ("company_id", "reporter", "harness", "source_ids"))
    for line, company, reporter, harness, cell in zip(odd.index.tolist(), *read, strict=True):
        if reporter == "vendor":
            what = f"no document of {company}: got 'vendor' from {cell}, expected third_party"
            found.append((int(line), "reporter", what))
        elif "quoted by the vendor" not in str(harness):
            what = f"a document of {company} itself: got 'third_party' from {cell}, expected vendor, or a harness "
            found.append((int(line), "reporter", f"{what}that ends in “quoted by the vendor”"))
    return found


def arena_scales_apart(frames: Frames) -> list[tuple[int, str, str]]:
    """Arena ratings with and without style control are benchmarks of their own."""
    rows, sources = frames["benchmark_scores"], frames["sources"]
    says = holding(sources["title"], "(?i)style[- ]control") | holding(sources["url"], "(?i)style[- ]control")
    of = documents_of(rows, sources, "source_ids")
    is_styled = (says & sources["url"].notna().to_numpy()).astype("int64")
    styled = of.of_rows(of.of_cells(is_styled, 0, np.maximum), 0) > 0
    is_arena, named = (
        holding(rows["benchmark_id"], "^lmarena"),
        holding(rows["benchmark_id"], "style-control"),
    )
    mixed = rows[is_arena & (styled != named)]
    return [
        (
            int(i),
            "benchmark_id",
            f"not the scale of its source: got '{name}', expected the benchmark "
            f"{'without' if 'style-control' in name else 'with'} style control",
        )
        for i, name in mixed["benchmark_id"].items()
    ]


def scores_of_the_model(frames: Frames) -> list[tuple[int, str, str]]:
    """A score belongs to the developer of its model."""
    rows = frames["benchmark_scores"]
    owner = rows["model_id"].map(by(frames["models"], "model_id")["company_id"])
    return not_the_developers(rows, owner)


def editions_of_a_model_apart(frames: Frames) -> list[tuple[int, str, str]]:
    """A score of an edition that came out long after its model belongs to a row of that edition, else it is dated too early.

    Told by the day at the end of the name (20241022, 2024-08-06, 0613); of -001 and -002 a row has one alone.
    Endpoints whose model changes are many editions by declaration.
    """
    rows = frames["benchmark_scores"][["model_id", "model_label"]].dropna()
    models = by(frames["models"], "model_id")
    released = rows["model_id"].map(models["release_date"])
    rolls = rows["model_id"].map(models["is_rolling_alias"]).fillna(False).astype(bool)
    numbered: dict[str, str] = {}
    found = []
    named = functools.cache(_EDITION.search)
    places, labels = coded(rows["model_label"])
    is_named = ~rolls & np.array([named(label) is not None for label in labels.tolist()], dtype=bool)[places]
    rows, released = rows[is_named], released[is_named]
    read = (rows.index.tolist(), listed(rows["model_id"]), listed(rows["model_label"]), released.tolist())
    for i, model, label, first in zip(*read, strict=True):
        name = named(label)
        if name is None or pd.isna(first):
            continue
        stamp = name.group(1)
        if len(stamp) == 3:
            if numbered.setdefault(str(model), stamp) != stamp:
                what = f"of another edition than its rows before: got '{label}', expected a model of that edition"
                found.append((int(i), "model_id", what))
        elif edition := _later_edition(stamp, first):
            what = f"of an edition of {edition:%Y-%m-%d}: got a model of {first:%Y-%m-%d}, expected one of that edition"
            found.append((int(i), "model_id", what))
    return found


#: Days after a release within which a name with a day in it may still be the model's own.
LATEST_EDITION = 31
_EDITION = re.compile(r"[-( ](20\d{6}|20\d\d-\d\d-\d\d|\d{3,4})(?:-preview)?\)?$")


@functools.lru_cache(maxsize=10_000)
def _later_edition(stamp: str, released: pd.Timestamp) -> pd.Timestamp | None:
    """The day that a name ends in, where it is too late to be that of a model; None where it is not."""
    edition = _edition_day(stamp, released)
    return edition if edition is not None and (edition - released).days > LATEST_EDITION else None


def _edition_day(stamp: str, near: pd.Timestamp) -> pd.Timestamp | None:
    """The day that a name ends in; of month and day alone the one nearest to a day; None where it is none (2411, 0 for 32k)."""
    digits = stamp.replace("-", "")
    years = [""] if len(digits) == 8 else [str(near.year + n) for n in (-1, 0, 1)]
    days = [day for y in years if (day := _day(y + digits)) is not None]
    return min(days, key=lambda d: abs(d - near), default=None)


@functools.lru_cache(maxsize=10_000)
def _day(digits: str) -> pd.Timestamp | None:
    """The day that eight or fewer digits write as year, month, day; None where there is none."""
    try:
        return pd.Timestamp(datetime.strptime(digits, "%Y%m%d"))
    except ValueError:
        return None


#: What a row may not say of the score, of who measured what, and of the run: its setting, editions and day.
OF_SCALE = (scores_in_range, scores_on_their_scale, arena_scales_apart)
OF_REPORTER = (reporters_apart, reporter_of_the_document, scores_of_the_model)
OF_RUN = (
    settings_of_the_benchmark,
    editions_apart,
    editions_of_a_model_apart,
    not_before_the_test,
    told_once,
)
SCORES = Table(
    "benchmark_scores",
    "Scores of models, vendor's and third parties' apart. One row per score as one source states it.",
    {
        "score_id": col.key("Benchmark, model, reporter and day."),
        "benchmark_id": col.reference("benchmarks.benchmark_id", "Benchmark."),
        "model_id": col.reference("models.model_id", "Model, where the name leads to one.", nullable=True),
        "model_label": col.text("Name as the source writes it."),
        "company_id": col.reference("companies.company_id", "Developer."),
        "variant": col.text("Version, effort or agent, as the source names it.", nullable=True),
        "setting": col.text("Setting of the run; that of its benchmark.", nullable=True),
        "score": col.number("Score in the benchmark's unit.", near=(Near(3.5, ("benchmark_id",), least=4),)),
        "score_field": col.text("Column of the upstream file it was read from.", nullable=True),
        "reporter": col.one_of(("vendor", "third_party"), "Who reports it: never to share a mark."),
        "harness": col.text("Who ran or collected it."),
        **col.dated("score_date", "Day of the score.", earliest="2021-01-01", in_key=120, told=True),
        "score_date_meaning": col.one_of(DAY_MEANINGS, "What that day is."),
        "known_date": col.day(
            "Computed: day from which the score is shown, that of the score; where the model's release stands for it, not "
            "before the test was public.",
            nullable=True,
        ),
        "date_reason": col.text("Why that day is before the model's release.", nullable=True),
        **col.evidence(),
    },
    rules=(*OF_SCALE, *OF_REPORTER, *on_sale_and_read("benchmark_scores", "score_date"), *OF_RUN),
    derive=derive_scores,
    computed=("known_date",),
)

TABLES = (BENCHMARKS, SCORES)
