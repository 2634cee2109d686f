"""The product without its pages: charts and decks from the command line, and answers for an assistant.

    python -m dashboard list
    python -m dashboard chart governance-mix --view "as_of=2026-06-30&company=alibaba" --format xlsx --out mix.xlsx
    python -m dashboard deck --preset "Board pack" --template brand.potx --out board.pptx
    python -m dashboard refresh-deck last-quarter.pptx --out this-quarter.pptx --changes changes.csv
    python -m dashboard edition --watch watch.json --since last --out editions
    python -m dashboard add-us --name Acme --score decision_authority=4 --score base_model_strategy=3 --out acme.json
    python -m dashboard what-would-it-take Acme --to federated --overlay acme.json
    python -m dashboard mcp

Progress goes to standard error, the file to --out (or, with -, to standard output). Exit status: 0 done, 1 refused or
failed, 2 not understood, 3 refreshed in part: what was not is named.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from dashboard.charts import CHARTS, PICKS, ways
from dashboard.charts.card import ExportRefusedError
from dashboard.data import overlay, permalink, store
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.deck import apart, apart_builds, basket, decks, editions
from dashboard.deck import template as templates
from dashboard.deck.basket import Basket, BasketError
from dashboard.deck.package import FileRefusedError
from dashboard.deck.review import ReviewError
from dashboard.deck.template import Template
from dashboard.door import add_us
from dashboard.door.arguments import CHART_FORMATS, DECK_FORMATS, parser
from dashboard.draw import plotly
from dashboard.export import edition as forms
from dashboard.export import page, server_picture, slides, table
from dashboard.export.picture import PictureError, Preset
from dashboard.facts import watch, what_if
from dashboard.facts.landscape import apply
from dashboard.look.theme import Look

Query = dict[str, list[str]]


class Refused(Exception):
    """Something that was asked for cannot be had; the text says why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; see the module's text for exit statuses."""
    try:
        a = parser(__doc__ or "").parse_args(arguments)
    except SystemExit as stopped:
        return int(stopped.code or 0)
    try:
        told = [o for n in ("view", "link") for o in overlay.of_address(getattr(a, n, "") or "")]
        files = [overlay.of_path(p) for p in a.overlay]
        own = [*(files or overlay.installed()), *told] if files or told else []
        with overlay.given(own) if own else nullcontext():
            return _RUNS[a.command](a)
    except (
        Refused,
        overlay.OverlayError,
        BasketError,
        ExportRefusedError,
        FileRefusedError,
        PictureError,
        editions.EditionError,
        apart_builds.NotKeptError,
        watch.WatchError,
        ways.NoWayError,
        ReviewError,
        store.DataMissingError,
    ) as refused:
        print(f"{refused}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename or a.out}: {error.strerror or error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; nothing was written", file=sys.stderr)
        return 1


# --- Commands ---


def _list(a: argparse.Namespace) -> int:
    wide = max(map(len, CHARTS))
    for chart in CHARTS.values():
        print(f"{chart.id:{wide}}  {chart.topic:12}  {chart.title}. {chart.question}")
    return 0


def _chart(a: argparse.Namespace) -> int:
    if a.id not in CHARTS:
        raise Refused(f"no chart “{a.id}”; `python -m dashboard list` names those that exist")
    form = _format(a, CHART_FORMATS)
    builds = _builds(a)
    view = _view(a, builds, (a.id,))
    found = decks.resolve(basket.Slide(chart=a.id, query=view), builds, a.address)
    assert found.card is not None and found.chart is not None
    card, chart = found.card, found.chart
    if card.frame.empty:
        _tell(a)(0, 0, "no data under these filters")
    card.require_sources()
    preset = Preset(a.size, a.scale, a.ground)
    is_table = chart.screen == "table" or card.frame.empty
    makes: dict[str, Callable[[], bytes]] = {
        "pptx": lambda: slides.slide(card),
        "csv": lambda: table.csv(card),
        "xlsx": lambda: table.xlsx(card),
        "html": lambda: page.page(
            [
                page.Shown(
                    card,
                    None if is_table else plotly.draw(chart, card.frame, Look(mode="light")),
                )
            ],
            card.title,
        ),
        **{
            f: lambda f=f: server_picture.of_chart(found.chart, card, f, preset)  # type: ignore[misc]
            for f in ("png", "svg", "pdf")
        },
    }
    _write(a.out, makes[form]())
    server_picture.close()
    return 0


def _deck(a: argparse.Namespace) -> int:
    form = _format(a, DECK_FORMATS)
    builds = _builds(a)
    wanted = _basket(a, builds)
    builds = decks.under_own(builds, wanted.own_rows, "the basket's own rows")
    if a.title:
        wanted = replace(wanted, title=a.title)
    if a.shape:
        wanted = replace(wanted, shape=a.shape)
    if a.all_sources:
        wanted = replace(wanted, every_source=True)
    if a.no_figures:
        wanted = replace(wanted, figures=False)
    if not wanted.slides:
        raise Refused("the basket is empty: expected at least one slide")
    if a.reviewed_on and not a.reviewed_by:
        raise Refused("--reviewed-on: a review needs a name; expected --reviewed-by NAME")
    if a.reviewed_by:
        wanted = decks.sign(wanted, builds, a.reviewed_by, a.reviewed_on or date.today())
    own = _template(a)
    draws = None
    if any(s.layout == "picture" for s in wanted.slides):
        reason = server_picture.why_not()
        if reason:
            _tell(a)(0, 0, f"{reason} Slides carry editable charts instead.")
        else:
            draws = decks.pictures()
    told = _tell(a)
    if form == "pptx":
        data = decks.build(wanted, builds, template=own, draws=draws, address=a.address, progress=told)
    elif form == "zip":
        data = decks.archive(wanted, builds, template=own, draws=draws, address=a.address, progress=told)
    elif form == "json":
        data = basket.to_json(wanted, builds.own).encode()
    else:
        data = decks.html(wanted, builds, address=a.address, progress=told)
        if form == "pdf":
            data = server_picture.pdf_of_page(data)
    _write(a.out, data)
    server_picture.close()
    return 0


def _refresh(a: argparse.Namespace) -> int:
    if a.out == "-" and a.changes == "-":
        raise Refused("--out and --changes cannot both be standard output")
    draws = None if server_picture.why_not() else decks.pictures()
    builds = _builds(a)
    done = apart.refresh_deck(
        a.deck.read_bytes(),
        store.processed_folder(a.data),
        draws=draws,
        address=a.address,
        view=_view(a, builds),
        progress=_tell(a),
    )
    _write(a.out, done.data)
    if a.changes:
        _write(a.changes, table.frame_csv(done.frame()))
    _tell(a)(0, 0, done.words())
    for one in done.changes:
        if one.what in ("title", "text", "review", "not refreshed", "slide added", "slide removed"):
            _tell(a)(0, 0, f"slide {one.slide}, {one.chart}: {one.what}: {one.after}")
    server_picture.close()
    return 3 if done.missed or not done.found else 0


def _edition(a: argparse.Namespace) -> int:
    builds = _builds(a)
    folder = Path(a.out) if a.out else None
    view, names_since = Selection(builds.newest.snapshot.as_of, builds.newest.snapshot.as_of), False
    if a.watch is not None:
        wanted, said = watch.from_json(a.watch.read_bytes(), builds.newest.tables)
    else:
        wanted, said, view, names_since = editions.of_link(a.link or "", builds.newest)
    if said:
        raise Refused(" ".join(said))
    asked = f"{view.since:%Y-%m-%d}" if names_since and a.since == "last" else a.since
    made = editions.make(
        builds,
        wanted,
        editions.since(asked, folder, wanted),
        basis=a.basis or view.basis,
        names=a.names or view.names,
        until=view.as_of,
    )
    told = _tell(a)
    if (folder is not None or a.mail) and not made.is_quiet and (reason := server_picture.why_not()):
        told(0, 0, f"{reason} The page names charts and shows none.")
    if made.is_quiet:
        if folder is not None:
            editions.keep_quiet(folder, made)
        told(0, 0, made.lead) if a.mail or a.quiet else print(made.lead)
        return 0
    if folder is not None:
        target = editions.keep(
            folder, made, editions.files(made, builds, address=a.address, template=_template(a)), a.feed
        )
        told(0, 0, f"{target}: {made.lead}")
    if a.mail:
        drawn = editions.pictures(made, builds)
        _write("-", forms.message(made, drawn, sender=a.sender, to=a.to, address=a.address))
    elif folder is None:
        print(forms.markdown(made, a.address), end="")
    server_picture.close()
    return 0


def _changes(a: argparse.Namespace) -> int:
    builds = _builds(a)
    old, new = apart_builds.pair(builds, a.old, a.new)
    card = apart_builds.card(old, new, a.basis)
    if not a.out:
        print(apart_builds.text(card))
        return 0
    makes = {"pptx": slides.slide, "csv": table.csv, "xlsx": table.xlsx}
    form = Path(a.out).suffix.lstrip(".").lower()
    if form not in makes:
        raise Refused(f"--out {a.out}: no format “{form}”; there are {', '.join(makes)}")
    if card.frame.empty:
        raise Refused(f"{card.subtitle}: no file was written")
    _write(a.out, makes[form](card))
    return 0


def _add_us(a: argparse.Namespace) -> int:
    newest = _builds(a).newest
    one = add_us.company(a)
    made = add_us.rows(one, newest.tables, newest.snapshot)
    _write(a.out, overlay.to_json(made).encode())
    _tell(a)(0, 0, add_us.told(one))
    if a.address and (word := overlay.encode(made)):
        _tell(a)(0, 0, f"{a.address.rstrip('/')}/?{permalink.OWN}={word}")
    return 0


def _brief(a: argparse.Namespace) -> int:
    form = _format(a, ("pptx", "html", "pdf"))
    builds = _builds(a)
    data, selection, _ = _seen(a, builds)
    company = _company(a.company, data.tables)
    selection = replace(selection, companies=(company,))
    if form == "pptx":
        made = basket.company_brief(data.tables, selection, data.snapshot.id)
        out = decks.build(made, builds, template=_template(a), address=a.address)
    else:
        out = decks.company_brief(data, selection, company, paper=a.paper, address=a.address)
        out = server_picture.pdf_of_page(out) if form == "pdf" else out
    _write(a.out, out)
    return 0


def _mcp(a: argparse.Namespace) -> int:
    from dashboard.door import assistants
    from dashboard.door.build import Builds

    if reason := assistants.why_not():
        raise Refused(reason)
    if a.decks is not None and not a.decks.is_dir():
        raise Refused(f"--decks {a.decks}: no such folder")
    folder = store.processed_folder(a.data)
    overlay.lay(store.load(folder), store.snapshot(folder), overlay.installed())
    assistants.run(
        Builds(
            address=a.address, decks=a.decks, folder=lambda: store.place_of(store.processed_folder(a.data))
        )
    )
    return 0


def _ways(a: argparse.Namespace) -> int:
    data, selection, view = _seen(a, _builds(a))
    selection = replace(selection, companies=())
    company = _company(a.company, data.tables)
    stood = apply(data.tables, selection)
    known = set(stood["companies"]["company_id"])
    if company not in known:
        raise Refused(f"“{a.company}” is on no record on {selection.as_of:%Y-%m-%d}")
    weights, scores = (view.get(k, [""])[-1] for k in (what_if.WEIGHTS, what_if.SCORES))
    scenario, said = what_if.parse(weights, scores, known)
    if said:
        raise Refused(f"--view: {' '.join(said)}")
    print("\n".join(ways.told(stood, company, selection.as_of, a.to, scenario)))
    return 0


_RUNS: dict[str, Callable[[argparse.Namespace], int]] = {
    "list": _list,
    "chart": _chart,
    "deck": _deck,
    "refresh-deck": _refresh,
    "add-us": _add_us,
    "brief": _brief,
    "edition": _edition,
    "changes": _changes,
    "what-would-it-take": _ways,
    "mcp": _mcp,
}


# --- What commands share ---


def _company(name: str, tables: Tables) -> str:
    """Id of a company by any of its names.

    Raises:
        Refused: none goes by it.
    """
    asked = json.dumps({"format": watch.FORMAT, "companies": [name]}, ensure_ascii=False)
    wanted, said = watch.from_json(asked, tables)
    if said:
        raise Refused(f"no company goes by the name “{name}”")
    return wanted.companies[0]


def _builds(a: argparse.Namespace) -> decks.Builds:
    return decks.Builds.of(store.processed_folder(a.data))


def _query(text: str) -> Query:
    """Parameters of a query string, or of a whole address; a word without "=" is not understood."""
    words = urlsplit(text).query if "://" in text else text.lstrip("?")
    if not words:
        return {}
    try:
        found = parse_qs(words, keep_blank_values=True, strict_parsing=True, max_num_fields=200)
    except ValueError as error:
        raise Refused(
            f"--view “{text}”: {error}; expected name=value&name=value as in the app's address"
        ) from error
    if unknown := permalink.unknown(found, PICKS):
        raise Refused(
            f"--view: {' '.join(unknown)} There are {', '.join(permalink.PARAMETERS)}, {permalink.SNAPSHOT}."
        )
    # A whole address may carry the deck, and what mail programs hang on.
    return {
        k: v
        for k, v in found.items()
        if k in permalink.PARAMETERS or k == permalink.SNAPSHOT or permalink.is_pick(k)
    }


def _view(a: argparse.Namespace, builds: decks.Builds, charts: Sequence[str] = ()) -> Query:
    """The view that --view names.

    Raises:
        Refused: something in it does not exist; the sentences are those that the page shows.
    """
    view = _query(a.view)
    asked = next(iter(view.get(permalink.SNAPSHOT, [])), None)
    data, is_it = builds.at(asked)
    if not is_it:
        _, mark = overlay.parted(str(asked))
        if mark and mark != overlay.overlays_id(builds.own):
            raise Refused(f"--view: {builds.missing(asked)} Hand in their file by --overlay")
        raise Refused(f"--view: snapshot “{asked}” is not kept here")
    query = {k: v for k, v in view.items() if k != permalink.SNAPSHOT}
    found, said = permalink.values(query, data.tables, data.snapshot.as_of)
    selection = permalink.selection(found, data.snapshot.as_of)
    for one in (CHARTS[chart] for chart in dict.fromkeys(charts)):
        if any(selection.pick(choice.name) for choice in one.choices):
            said += one.wrong_picks(apply(data.tables, selection, keep_outside=one.outside), selection)
    if said:
        raise Refused(f"--view: {' '.join(dict.fromkeys(said))}")
    return view


def _seen(a: argparse.Namespace, builds: decks.Builds) -> tuple[decks.Data, Selection, Query]:
    """The data that --view is of, what it selects, and its parameters but for the snapshot."""
    view = _view(a, builds)
    data, _ = builds.at(next(iter(view.pop(permalink.SNAPSHOT, [])), None))
    found, _ = permalink.values(view, data.tables, data.snapshot.as_of)
    return data, permalink.selection(found, data.snapshot.as_of), view


def _basket(a: argparse.Namespace, builds: decks.Builds) -> Basket:
    if a.basket is not None:
        wanted = basket.from_json(a.basket.read_bytes())
    elif a.link is not None:
        word = a.link
        if "=" in word or "://" in word:
            query = parse_qs(urlsplit(word).query if "://" in word else word.lstrip("?"))
            word = query.get(basket.PARAMETER, [""])[-1]
        wanted = basket.decode(word)
    else:
        data, selection, _ = _seen(a, builds)
        make = basket.PRESETS[a.preset or next(iter(basket.PRESETS))]
        return make(data.tables, selection, data.snapshot.id)
    gone = (permalink.SNAPSHOT, "as_of") if a.newest else ()
    own = _view(a, builds, tuple(s.chart for s in wanted.slides if s.kind == "chart"))
    return replace(
        wanted,
        slides=tuple(
            replace(s, query={k: v for k, v in s.query.items() if k not in gone} | own)
            if s.kind == "chart"
            else s
            for s in wanted.slides
        ),
    )


def _template(a: argparse.Namespace) -> Template | None:
    if a.template is None:
        return None
    data = a.template.read_bytes()
    beside = a.roles or a.template.with_name(f"{a.template.name}.roles.json")
    roles = templates.roles_from_json(beside.read_bytes(), data) if beside.is_file() else {}
    if a.roles is not None and not roles:
        raise Refused(f"{a.roles}: no map of this template")
    one = apart.read_template(
        data, roles, fonts=a.template_fonts, colours=a.template_colours, footer=not a.no_footer
    )
    for words in one.warnings:
        _tell(a)(0, 0, f"{a.template.name}: {words}")
    return one


def _format(a: argparse.Namespace, known: Sequence[str]) -> str:
    if a.format:
        return str(a.format)
    ending = Path(a.out).suffix.lstrip(".").lower()
    if ending and ending not in known and a.out != "-":
        raise Refused(f"--out {a.out}: no format “{ending}”; there are {', '.join(known)}")
    return ending if ending in known else "pptx"


def _tell(a: argparse.Namespace) -> Callable[[int, int, str], bool]:
    def told(done: int, total: int, words: str) -> bool:
        if not a.quiet:
            print(f"[{done}/{total}] {words}" if total else words, file=sys.stderr)
        return True

    return told


def _write(out: str, data: bytes) -> None:
    """Writes a file whole or not at all; - is standard output."""
    if out == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    target = Path(out)
    if not target.parent.is_dir():
        raise Refused(f"--out {out}: there is no folder {target.parent}; make it, or name another")
    half = target.with_name(f".{target.name}.part")
    half.write_bytes(data)
    half.replace(target)


if __name__ == "__main__":
    sys.exit(main())
