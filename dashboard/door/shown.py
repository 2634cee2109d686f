"""Questions about what is shown: a chart under a view, a document and what rests on it, a definition, a deck."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import parse_qs

from dashboard.charts import CHARTS, marks
from dashboard.data import permalink
from dashboard.data import search as searching
from dashboard.deck import basket, decks
from dashboard.door import build as asking
from dashboard.door import rows
from dashboard.door.answers import Answer, documents, quoted
from dashboard.door.build import Build
from dashboard.door.measures import measures
from dashboard.door.who import Basis, Day, Limit, Names, Offset, Since, of_chart
from dashboard.facts import flagships, freshness, landscape, models, prices, ratings
from dashboard.look.theme import plural
from etl.governance_rule import DIMENSIONS, INDEX_SENTENCE, LEVELS


def chart(
    build: Build,
    chart: Annotated[str, "Id or title of a chart of the gallery, such as governance-mix."],
    view: Annotated[
        str, "Picks and filters as in the app's address, such as “governance=federated&metrics.metric=capex”."
    ] = "",
    as_of: Day = "",
    since: Since = "",
    companies: Names = [],  # noqa: B006 - read by the schema of the tool, never changed
    basis: Basis = "reported",
    offset: Offset = 0,
    limit: Limit = 50,
) -> Answer:
    """Finding and rows of any chart of the gallery under a view, exactly those that its card shows."""
    shown = asking.day(build, as_of)
    wanted = searching.fold(chart)
    exact = [c for c in CHARTS.values() if chart.strip() == c.id or wanted == searching.fold(c.title)]
    if not exact:
        listed = [
            searching.Entry(
                "claim",
                c.id,
                c.title,
                c.question,
                None,
                (searching.fold(c.id), searching.fold(c.title), searching.fold(c.question)),
            )
            for c in CHARTS.values()
        ]
        near = searching.search(listed, chart, 6, close=asking.OFFERED)
        raise build.refuse(
            "unknown_name",
            f"No chart goes by the name {quoted(chart)}.",
            as_of=shown,
            permalink=build.link("gallery"),
            nearest=tuple({"chart": e.id, "title": e.title, "question": e.detail} for e in near)
            or tuple({"chart": c.id, "title": c.title} for c in CHARTS.values()),
            more={"charts": list(CHARTS)},
        )
    one = exact[0]
    try:
        query = parse_qs(view.lstrip("?"), strict_parsing=True, max_num_fields=100) if view else {}
    except ValueError:
        raise build.refuse(
            "not_understood",
            f"View {quoted(view)} cannot be read; expected name=value&name=value.",
            as_of=shown,
        ) from None
    spoken = ("as_of", "compare", "company", "basis")
    wrong = [k for k in query if k not in permalink.PARAMETERS and not permalink.is_pick(k)]
    if wrong or any(k in query for k in spoken):
        raise build.refuse(
            "not_understood",
            f"View has {', '.join(quoted(k) for k in query if k in wrong or k in spoken)}; day, day to compare with, "
            "organisations and basis are parameters of their own, and filters are governance, type, outside, names, currency.",
            as_of=shown,
        )
    selection = asking.view(
        build,
        as_of=as_of,
        since=since,
        companies=companies,
        governance=query.get("governance", ()),
        company_types=query.get("type", ()),
        basis=basis,
        currency=query.get("currency", ["USD"])[-1],
        outside=query.get("outside", ["0"])[-1] == "1",
        picks={k: v[-1] for k, v in query.items() if permalink.is_pick(k)},
    )
    tables = asking.apply_to(build, selection, one.outside)
    if said := one.wrong_picks(tables, selection):
        offered = {c.name: list(c.options(tables, selection))[:40] for c in one.choices}
        raise build.refuse(
            "not_understood",
            " ".join(said).replace("The link ", "The view ").replace(": ignored", ""),
            as_of=shown,
            nearest=({"options": offered},),
        )
    return of_chart(build, one.id, selection, offset, limit)


def source(
    build: Build,
    document: Annotated[str, "Id, address or exact title of a document."],
    offset: Offset = 0,
    limit: Limit = 50,
) -> Answer:
    """A document with its address and day, and every row of the data that rests on it."""
    sources = build.tables["sources"]
    mine = sources[(sources["source_id"] == document) | (sources["url"] == document)]
    if mine.empty:
        wanted = searching.fold(document)
        mine = sources[[bool(wanted) and searching.fold(t) == wanted for t in sources["title"].fillna("")]]
    if len(mine) != 1:
        known = [e for e in asking.entries(build, build.newest) if e.kind == "source"]
        near = (
            [e for e in known if e.id in set(mine["source_id"])]
            if len(mine)
            else searching.search(known, document, 6, close=asking.OFFERED)
        )
        raise build.refuse(
            "unknown_name",
            f"{'Several documents go' if len(mine) else 'No document on record goes'} by {quoted(document)}.",
            as_of=build.newest,
            nearest=tuple(asking.offer(build, e) for e in near),
        )
    row = mine.iloc[0]
    source_id = str(row["source_id"])
    frame = freshness.resting_on(build.tables, source_id)
    return build.answer(
        "answered",
        f"{plural(len(frame), 'row')} of {plural(frame['table'].nunique(), 'table')} rest on {quoted(row['title'])}.",
        as_of=build.newest,
        rows=rows.of_frame(frame.assign(source_ids=source_id)),
        permalink=build.link("data", None, data__source=source_id),
        more={
            "document": documents([source_id], sources)[source_id]
            | rows.of_frame(
                mine[["accessed_date", "kind", "license", "language"]].assign(source_ids=source_id)
            )[0],
            "sources": [source_id],
        },
    ).page(offset, limit)


def vocabulary(build: Build) -> dict[str, tuple[str, str]]:
    """Every word with a definition: to what it is (a governance model, a rule, a measure, a column) and its meaning."""
    out: dict[str, tuple[str, str]] = {
        "flagship": ("rule", flagships.FLAGSHIP),
        "open weights": ("rule", models.OPEN_WEIGHTS),
        "list price": ("rule", prices.LIST_PRICE),
        "Arena rating": ("rule", ratings.ARENA_WORDS),
        "centralisation index": ("rule", INDEX_SENTENCE),
        "open source": (
            "rule",
            f"No category of this data: weights are open, restricted or closed, and “open source” stands only in the words "
            f"of a licence. {models.OPEN_WEIGHTS}",
        ),
        "governance": (
            "word",
            "How a company steers its own AI work: who decides on models, computing and data; not state regulation.",
        ),
        "confidence": ("word", "; ".join(f"{k}: {v}" for k, v in marks.CONFIDENCE.items())),
        "stale": (
            "rule",
            f"Past the shelf life of its kind of fact. Of a governance label: {landscape.DOUBT}. Months by table: "
            + ", ".join(f"{t} {n}" for t, n in freshness.SHELF_LIFE_MONTHS.items()),
        ),
        "weakly sourced": ("rule", landscape.DOUBT),
        **{k: ("mark of a chart", v) for k, v in marks.CAVEATS.items() if k != "stale"},
        "not recorded": (
            "word",
            "No document at hand gives it: it is unknown, and neither zero nor a guess.",
        ),
    }
    for r in build.tables["governance_models"].itertuples():
        for name in (
            r.governance_model_id,
            r.governance_model_name,
            r.governance_model_short,
            r.governance_model_name_zh,
        ):
            out.setdefault(str(name), ("governance model", str(r.definition)))
    for dimension in DIMENSIONS:
        levels = "; ".join(f"{n} {words}" for n, words in enumerate(LEVELS[dimension]))
        out[dimension] = ("dimension of governance, scored 0 to 4", levels)
    for m in measures(build.tables).values():
        out.setdefault(m.id, (f"measure of {m.table}", f"{m.label}. {m.means}"))
    for c in CHARTS.values():
        out.setdefault(c.id, ("chart", f"{c.title}. {c.question} {c.note}".strip()))
    for row in build.dictionary.itertuples():
        unit = f" Unit: {row.unit}." if row.unit else ""
        out[f"{row.table}.{row.column}"] = ("column", f"{row.description}{unit}")
        out.setdefault(str(row.table), ("table", str(row.table_description)))
    return out


def counted_of(shown: int, all_of_them: int) -> str:
    """How many definitions there are, and how many of them are given."""
    said = plural(all_of_them, "definition")
    return said if shown == all_of_them else f"{shown} of {said}; ask for one as table.column"


def definition(
    build: Build,
    word: Annotated[
        str,
        "A column (models.weights), a governance model, a dimension, a measure, a chart, or a word such as flagship.",
    ],
) -> Answer:
    """What a column, a rule, a governance model, a measure or a word means in this data."""
    known = vocabulary(build)
    wanted = searching.fold(word)
    columns = [k for k in known if "." in k and k.partition(".")[2] == word.strip()]
    exact = [k for k in known if wanted and searching.fold(k) == wanted] or columns
    if not exact:
        listed = [
            searching.Entry(
                "claim",
                k,
                k,
                v[0],
                None,
                (searching.fold(k), searching.fold(k.replace("_", " ").replace(".", " "))),
            )
            for k, v in known.items()
        ]
        near = searching.search(listed, word, 8, close=asking.OFFERED)
        raise build.refuse(
            "not_recorded",
            f"{quoted(word)} is not defined in this data.",
            as_of=build.newest,
            nearest=tuple({"word": e.id, "kind": e.detail} for e in near),
        )
    chosen = exact[:12]
    models_table = build.tables["governance_models"]
    cited = models_table.loc[models_table["definition"].isin([known[k][1] for k in chosen]), "source_ids"]
    return build.answer(
        "answered",
        f"{quoted(word)}: {counted_of(len(chosen), len(exact))}.",
        as_of=build.newest,
        definitions={k: known[k][1] for k in chosen},
        permalink=build.link("governance" if any("governance" in known[k][0] for k in chosen) else "data"),
        more={
            "kinds": {k: known[k][0] for k in chosen},
            "sources": [i for c in cited for i in c.split("; ")],
        },
    )


def deck(
    build: Build,
    charts: Annotated[list[str], "Ids of charts, in order; empty is the board pack."] = [],  # noqa: B006
    title: Annotated[str, "Title of the deck."] = "",
    as_of: Day = "",
    companies: Names = [],  # noqa: B006
    file: Annotated[bool, "Write a PowerPoint file, where the person who runs this allowed it."] = False,
) -> Answer:
    """A deck of charts as a link to the Deck page, and as a PowerPoint file where that was allowed."""
    selection = asking.view(build, as_of=as_of, companies=companies)
    if wrong := [c for c in charts if c not in CHARTS]:
        raise build.refuse(
            "unknown_name",
            f"No chart goes by {', '.join(map(quoted, wrong))}.",
            as_of=selection.as_of,
            permalink=build.link("gallery"),
            more={"charts": list(CHARTS)},
        )
    if charts:
        slides = tuple(basket.frozen(c, selection, build.snapshot.id) for c in charts[: basket.MOST_SLIDES])
        wanted = basket.Basket(title or "China AI landscape", slides)
    else:
        wanted = basket.board_pack(build.tables, selection, build.snapshot.id)
        wanted = basket.Basket(title or wanted.title, wanted.slides)
    word = basket.encode(wanted)
    told: dict[str, object] = {
        "slides": [s.title or CHARTS[s.chart].title for s in wanted.slides],
        "command": f"python -m dashboard deck --link {word} --out deck.pptx",
    }
    if file and build.decks is None:
        told["file"] = "not allowed here: start with --decks FOLDER, or open the link and save the deck there"
    elif file and build.decks is not None:
        name = re.sub(r"[^a-z0-9]+", "-", wanted.title.lower()).strip("-") or "deck"
        target = build.decks / f"{name[:60]}-{build.snapshot.id}.pptx"
        data = decks.Data(build.tables, build.snapshot)
        target.write_bytes(decks.build(wanted, data, address=f"{build.address}/" if build.address else ""))
        told["file"] = str(target)
    return build.answer(
        "answered",
        f"A deck of {plural(len(wanted.slides), 'slide')}; the link opens it, ready to be changed and saved.",
        as_of=selection.as_of,
        permalink=f"{build.link('deck', selection)}&{basket.PARAMETER}={word}",
        more=told,
    )
