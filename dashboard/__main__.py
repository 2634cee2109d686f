"""The product without its pages: charts and decks from the command line, and answers for an assistant.

    python -m dashboard list
    python -m dashboard chart governance-mix --view "as_of=2026-06-30&company=alibaba" --format xlsx --out mix.xlsx
    python -m dashboard deck --preset "Board pack" --template brand.potx --out board.pptx
    python -m dashboard refresh-deck last-quarter.pptx --out this-quarter.pptx --changes changes.csv
    python -m dashboard edition --watch watch.json --since last --out editions
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

from dashboard.charts import CHARTS, PICKS
from dashboard.charts.card import ExportRefusedError
from dashboard.data import overlay, permalink, store
from dashboard.data.selection import Selection
from dashboard.deck import apart, apart_builds, basket, decks, editions
from dashboard.deck import template as templates
from dashboard.deck.basket import Basket, BasketError
from dashboard.deck.package import FileRefusedError
from dashboard.deck.review import ReviewError
from dashboard.deck.template import Template
from dashboard.draw import plotly
from dashboard.export import edition as forms
from dashboard.export import page, server_picture, slides, table
from dashboard.export.picture import GROUNDS, SCALES, SIZES, PictureError, Preset
from dashboard.facts import watch
from dashboard.facts.landscape import apply
from dashboard.look.theme import Look

CHART_FORMATS = ("pptx", "csv", "xlsx", "html", "png", "svg", "pdf")
DECK_FORMATS = ("pptx", "zip", "html", "pdf", "json")
Query = dict[str, list[str]]


class Refused(Exception):
    """Something that was asked for cannot be had; the text says why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; see the module's text for exit statuses."""
    try:
        a = _parser().parse_args(arguments)
    except SystemExit as stopped:
        return int(stopped.code or 0)
    try:
        told = [o for n in ("view", "link") for o in overlay.of_address(getattr(a, n, "") or "")]
        files = [overlay.of_path(p) for p in a.overlay]
        own = [*(files or overlay.installed()), *told] if files or told else []
        with overlay.given(own) if own else nullcontext():
            return a.run(a)
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


def _parser() -> argparse.ArgumentParser:
    text = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(
        prog="python -m dashboard",
        description=text[0],
        epilog=text[2],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    kinds = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--data",
        default="",
        help="folder of built data, or its address (s3://…); default: LANDSCAPE_DATA, else datasets/processed",
    )
    common.add_argument(
        "--overlay",
        type=Path,
        action="append",
        default=[],
        metavar="PATH",
        help="own rows over the data: a folder of CSV files or a JSON file; can be given again; "
        "default: LANDSCAPE_OVERLAY",
    )
    common.add_argument("--quiet", action="store_true", help="say nothing but what went wrong")
    out = argparse.ArgumentParser(add_help=False)
    out.add_argument("--out", required=True, metavar="FILE", help="where to; - is standard output")
    view = argparse.ArgumentParser(add_help=False)
    view.add_argument(
        "--view",
        default="",
        metavar="QUERY",
        help='filters as in the app\'s address: "as_of=2026-06-30&company=alibaba", or the whole address',
    )
    view.add_argument("--address", default="", help="address of the app, for links to the same view")

    one = kinds.add_parser("list", parents=[common], help="every chart: id, title, question")
    one.set_defaults(run=_list)

    one = kinds.add_parser("chart", parents=[common, out, view], help="one chart as a file")
    one.add_argument("id", help="chart id; `list` names them")
    one.add_argument("--format", choices=CHART_FORMATS, help="default: the ending of --out, else pptx")
    one.add_argument("--size", choices=list(SIZES), default="full", help="of a picture")
    one.add_argument("--scale", type=int, choices=SCALES, default=2, help="of a PNG")
    one.add_argument("--ground", choices=list(GROUNDS), default="light", help="of a picture")
    one.set_defaults(run=_chart)

    one = kinds.add_parser(
        "deck", parents=[common, out, view], help="a deck from a preset, a saved basket or a link"
    )
    what = one.add_mutually_exclusive_group()
    what.add_argument("--preset", choices=list(basket.PRESETS), help=f"default: {next(iter(basket.PRESETS))}")
    what.add_argument("--basket", type=Path, metavar="FILE", help="the JSON file that the Deck page saves")
    what.add_argument("--link", metavar="WORD", help="the deck= word of an address, or the whole address")
    one.add_argument("--format", choices=DECK_FORMATS, help="default: the ending of --out, else pptx")
    one.add_argument("--title", default="", help="title of the deck")
    one.add_argument("--template", type=Path, metavar="FILE", help="a .pptx or .potx of your own")
    one.add_argument(
        "--roles",
        type=Path,
        metavar="FILE",
        help="map of the template; default: FILE.roles.json beside it, where it is",
    )
    one.add_argument(
        "--shape", choices=list(templates.SHAPES), help="of slides without a template of your own"
    )
    one.add_argument("--template-fonts", action="store_true", help="charts in the template's font")
    one.add_argument(
        "--template-colours", action="store_true", help="plain bars in the template's first accent"
    )
    one.add_argument(
        "--all-sources",
        action="store_true",
        help="every document in the list of sources, not two pages of it",
    )
    one.add_argument(
        "--no-figures",
        action="store_true",
        help="no list of the figures with their documents and whether they were found there again",
    )
    one.add_argument("--no-footer", action="store_true", help="leave out the template's own footer")
    one.add_argument(
        "--newest", action="store_true", help="let go of the snapshots and days that slides were frozen on"
    )
    one.add_argument(
        "--reviewed-by",
        default="",
        metavar="NAME",
        help="who has read every chart of it: kept with each slide",
    )
    one.add_argument("--reviewed-on", type=date.fromisoformat, metavar="DAY", help="default: today")
    one.set_defaults(run=_deck)

    one = kinds.add_parser("refresh-deck", parents=[common, out, view], help="new numbers in an earlier deck")
    one.add_argument("deck", type=Path, help="the earlier .pptx")
    one.add_argument("--changes", metavar="FILE", help="list of changes as CSV; - is standard output")
    one.set_defaults(run=_refresh)

    one = kinds.add_parser(
        "brief", parents=[common, out, view], help="two pages on a company, or four slides"
    )
    one.add_argument("company", help="by name, alias or id, English or Chinese")
    one.add_argument(
        "--format", choices=("pptx", "html", "pdf"), help="default: the ending of --out, else pptx"
    )
    one.add_argument("--paper", choices=list(page.PAPERS), default="A4", help="of pages")
    one.add_argument("--template", type=Path, metavar="FILE", help="a .pptx or .potx of your own")
    one.set_defaults(run=_brief, roles=None, template_fonts=False, template_colours=False, no_footer=False)

    one = kinds.add_parser(
        "edition",
        parents=[common],
        help="what changed for a watch list since a day or the edition before, kept in an archive",
    )
    list_ = one.add_mutually_exclusive_group()
    list_.add_argument(
        "--watch", type=Path, metavar="FILE", help="the watch list; default: the whole field in China"
    )
    list_.add_argument(
        "--link", metavar="ADDRESS", help="an address of the Edition page, with its list, days and basis"
    )
    one.add_argument(
        "--since",
        default="last",
        metavar="DAY|EDITION",
        help="a day, an edition by id or file, or last: the newest of this list in --out, else a week before the data's day",
    )
    one.add_argument("--out", metavar="DIR", default="", help="the archive; without it nothing is written")
    one.add_argument(
        "--mail", action="store_true", help="a finished message to standard output, for sendmail -t"
    )
    one.add_argument("--from", dest="sender", default="", metavar="ADDRESS", help="of the message")
    one.add_argument(
        "--to", action="append", default=[], metavar="ADDRESS", help="of the message; may be repeated"
    )
    one.add_argument(
        "--basis", choices=("reported", "coded"), help="of labels; default: the address's, else reported"
    )
    one.add_argument("--template", type=Path, metavar="FILE", help="a .pptx or .potx of your own")
    one.add_argument("--address", default="", help="address of the app, for links to charts")
    one.add_argument(
        "--feed", default="", metavar="ADDRESS", help="where the archive is served, for the feed's links"
    )
    one.set_defaults(run=_edition, roles=None, template_fonts=False, template_colours=False, no_footer=False)

    one = kinds.add_parser(
        "changes",
        parents=[common],
        help="what changed from one kept build to the next, by company and kind, with the cause",
    )
    one.add_argument(
        "old", nargs="?", default="", metavar="SNAPSHOT", help="the older build; default: the one before"
    )
    one.add_argument(
        "new", nargs="?", default="", metavar="SNAPSHOT", help="the newer build; default: the one served"
    )
    one.add_argument(
        "--out", default="", metavar="FILE", help="a .pptx, .csv or .xlsx; without it lines of text"
    )
    one.add_argument("--basis", choices=("reported", "coded"), default="reported", help="of labels")
    one.set_defaults(run=_changes)

    one = kinds.add_parser(
        "mcp", parents=[common], help="answers for an assistant over standard input and output"
    )
    one.add_argument(
        "--address", default="", help="address of the app, for links to the page that shows the same"
    )
    one.add_argument(
        "--decks", type=Path, metavar="FOLDER", help="folder that decks may be written to; default: none"
    )
    one.set_defaults(run=_mcp, out="")
    return parser


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
        builds, wanted, editions.since(asked, folder, wanted), basis=a.basis or view.basis, until=view.as_of
    )
    told = _tell(a)
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


def _brief(a: argparse.Namespace) -> int:
    form = _format(a, ("pptx", "html", "pdf"))
    builds = _builds(a)
    view = _view(a, builds)
    data, _ = builds.at(next(iter(view.pop(permalink.SNAPSHOT, [])), None))
    found, _ = permalink.values(view, data.tables, data.snapshot.as_of)
    selection = permalink.selection(found, data.snapshot.as_of)
    wanted, said = watch.from_json(
        json.dumps({"format": watch.FORMAT, "companies": [a.company]}, ensure_ascii=False), data.tables
    )
    if said:
        raise Refused(f"no company goes by the name “{a.company}”")
    selection = replace(selection, companies=wanted.companies)
    if form == "pptx":
        made = basket.company_brief(data.tables, selection, data.snapshot.id)
        out = decks.build(made, builds, template=_template(a), address=a.address)
    else:
        out = decks.company_brief(data, selection, wanted.companies[0], paper=a.paper, address=a.address)
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


# --- What commands share ---


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
        view = _view(a, builds)
        data, _ = builds.at(next(iter(view.pop(permalink.SNAPSHOT, [])), None))
        found, _ = permalink.values(view, data.tables, data.snapshot.as_of)
        selection = permalink.selection(found, data.snapshot.as_of)
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
