"""What the command line understands: commands, their arguments and what they are for."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from dashboard.data.permalink import NAMES
from dashboard.data.selection import COMPANY_TYPES
from dashboard.deck import basket
from dashboard.deck import template as templates
from dashboard.door import add_us
from dashboard.export import page
from dashboard.export.picture import GROUNDS, SCALES, SIZES
from dashboard.facts.own_company import AGENDAS

CHART_FORMATS = ("pptx", "csv", "xlsx", "html", "png", "svg", "pdf")
DECK_FORMATS = ("pptx", "zip", "html", "pdf", "json")


def parser(words: str) -> argparse.ArgumentParser:
    """The parser of every command; `command` names the one that was chosen.

    Args:
        words: What the program is, then a blank line, then examples and exit statuses.
    """
    text = words.partition("\n\n")
    whole = argparse.ArgumentParser(
        prog="python -m dashboard",
        description=text[0],
        epilog=text[2],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    kinds = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")
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

    template = argparse.ArgumentParser(add_help=False)
    template.add_argument("--template", type=Path, metavar="FILE", help="a .pptx or .potx of your own")

    one = kinds.add_parser("list", parents=[common], help="every chart: id, title, question")

    one = kinds.add_parser("chart", parents=[common, out, view], help="one chart as a file")
    one.add_argument("id", help="chart id; `list` names them")
    one.add_argument("--format", choices=CHART_FORMATS, help="default: the ending of --out, else pptx")
    one.add_argument("--size", choices=list(SIZES), default="full", help="of a picture")
    one.add_argument("--scale", type=int, choices=SCALES, default=2, help="of a PNG")
    one.add_argument("--ground", choices=list(GROUNDS), default="light", help="of a picture")

    one = kinds.add_parser(
        "deck", parents=[common, out, view, template], help="a deck from a preset, a saved basket or a link"
    )
    what = one.add_mutually_exclusive_group()
    what.add_argument("--preset", choices=list(basket.PRESETS), help=f"default: {next(iter(basket.PRESETS))}")
    what.add_argument("--basket", type=Path, metavar="FILE", help="the JSON file that the Deck page saves")
    what.add_argument("--link", metavar="WORD", help="the deck= word of an address, or the whole address")
    one.add_argument("--format", choices=DECK_FORMATS, help="default: the ending of --out, else pptx")
    one.add_argument("--title", default="", help="title of the deck")
    one.add_argument(
        "--roles",
        type=Path,
        metavar="FILE",
        help="map of the template; default: FILE.roles.json beside it, where it is",
    )
    one.add_argument(
        "--shape", choices=list(templates.SHAPES), help="of slides without a template of your own"
    )
    for option, words in (
        ("template-fonts", "charts in the template's font"),
        ("template-colours", "plain bars in the template's first accent"),
        ("all-sources", "every document in the list of sources, not a page or two of it"),
        ("no-figures", "no list of the figures with their documents and whether they were found there again"),
        ("no-footer", "leave out the template's own footer"),
        ("newest", "let go of the snapshots and days that slides were frozen on"),
    ):
        one.add_argument(f"--{option}", action="store_true", help=words)
    one.add_argument(
        "--reviewed-by",
        default="",
        metavar="NAME",
        help="who has read every chart of it: kept with each slide",
    )
    one.add_argument("--reviewed-on", type=date.fromisoformat, metavar="DAY", help="default: today")

    one = kinds.add_parser("refresh-deck", parents=[common, out, view], help="new numbers in an earlier deck")
    one.add_argument("deck", type=Path, help="the earlier .pptx")
    one.add_argument("--changes", metavar="FILE", help="list of changes as CSV; - is standard output")

    one = kinds.add_parser(
        "add-us",
        parents=[common, out],
        help="a file of your own company for --overlay, its label by the printed rule",
        epilog=add_us.meanings(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    one.add_argument("--name", required=True, help="English name")
    one.add_argument("--name-zh", default="", metavar="NAME", help="Chinese name")
    one.add_argument("--type", choices=list(COMPANY_TYPES), default="giant", help="default: giant")
    one.add_argument("--agenda", choices=list(AGENDAS), default="", help="who sets it, of a lab or start-up")
    one.add_argument("--country", default="DE", metavar="XX", help="two letters; default: DE")
    for option, form, words in (
        ("score", "DIMENSION=N", "0 to 4; may be repeated, as the six below"),
        ("model", "NAME[,WEIGHTS][,DAY]", "open, restricted or closed weights; day of release"),
        (
            "price",
            "MODEL,INPUT,OUTPUT,CURRENCY",
            "list price of a million tokens of a model named by --model",
        ),
        ("lever", "KIND=HEADLINE", "what it earns by; the first is the one it leads with"),
        ("spending", "METRIC,YEAR,AMOUNT,CURRENCY", "in whole units: ai_capex,2025,1.2e9,EUR"),
        ("infrastructure", "KIND=NAME", "of its own"),
    ):
        one.add_argument(f"--{option}", action="append", default=[], metavar=form, help=words)
    one.add_argument(
        "--since",
        type=date.fromisoformat,
        metavar="DAY",
        help="from when the scores hold; default: the data's day",
    )
    one.add_argument("--lead", default="", metavar="NAME", help="who leads AI")
    one.add_argument("--lead-role", default="", metavar="WORDS", help="that person's role")
    one.add_argument(
        "--address", default="", help="address of the app: the link that carries the company is told"
    )

    one = kinds.add_parser(
        "brief", parents=[common, out, view, template], help="two pages on a company, or four slides"
    )
    one.add_argument("company", help="by name, alias or id, English or Chinese")
    one.add_argument(
        "--format", choices=("pptx", "html", "pdf"), help="default: the ending of --out, else pptx"
    )
    one.add_argument("--paper", choices=list(page.PAPERS), default="A4", help="of pages")
    one.set_defaults(roles=None, template_fonts=False, template_colours=False, no_footer=False)

    one = kinds.add_parser(
        "edition",
        parents=[common, template],
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
    one.add_argument("--names", choices=list(NAMES), help="script of names; default: the address's, else en")
    one.add_argument("--address", default="", help="address of the app, for links to charts")
    one.add_argument(
        "--feed", default="", metavar="ADDRESS", help="where the archive is served, for the feed's links"
    )
    one.set_defaults(roles=None, template_fonts=False, template_colours=False, no_footer=False)

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

    one = kinds.add_parser(
        "what-would-it-take",
        parents=[common, view],
        help="which scores would have to move for another label, by the printed rule",
    )
    one.add_argument("company", help="by name, alias or id, English or Chinese; your own by --overlay")
    one.add_argument(
        "--to", default="", metavar="LABEL", help="id or name of a governance model; default: each of them"
    )
    one.set_defaults(out="")

    one = kinds.add_parser(
        "mcp", parents=[common], help="answers for an assistant over standard input and output"
    )
    one.add_argument(
        "--address", default="", help="address of the app, for links to the page that shows the same"
    )
    one.add_argument(
        "--decks", type=Path, metavar="FOLDER", help="folder that decks may be written to; default: none"
    )
    one.set_defaults(out="")
    return whole
