"""`python -m etl`: build the data; `--help` tells of the other commands."""

from __future__ import annotations

import argparse
import gc
import sys
import time
from datetime import date
from pathlib import Path

from etl.build import BuildFailed, build, review, sound_rows
from etl.feeds.store import FOLDER, folder
from etl.new import KINDS, Given, NotWrittenError, written
from etl.problem import Problem, told
from etl.registry import NotRegisteredError, register
from etl.tables import TABLES
from etl.verify import NothingToVerifyError, verify

ABOUT = (
    "`python -m etl`: build the data; `check`: check it, write nothing; `new source|claim-list|company`: skeletons of rows; "
    "`registry`: sign rows that were read; `verify`: values looked up again in the documents cited; `publish ADDRESS`: put the build where other machines read it; `refresh`: read the upstream feeds; `review`: what they would change."
)
FEEDING = ("refresh", "review")
DATASETS = Path(__file__).resolve().parent.parent / "datasets"


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; 0 when built or sound, 1 when the data has problems."""
    given = sys.argv[1:] if arguments is None else arguments
    if given and given[0] in FEEDING:
        # These two and the one that reads addresses again alone know of feeds: a build needs nothing of them.
        from etl.feeds.command import COMMANDS

        return COMMANDS[given[0]](given[1:])
    if given and given[0] == "publish":
        from etl.publish import command

        return command(given[1:], DATASETS / "processed")
    parser = argparse.ArgumentParser(prog="python -m etl", description=ABOUT)
    parser.add_argument(
        "command",
        nargs="?",
        choices=["build", "check", "new", "verify", "registry", "publish", *FEEDING],
        default="build",
        help="default: build",
    )
    parser.add_argument("kind", nargs="?", choices=list(KINDS), help="of `new`: what the rows are for")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="COLUMN=VALUE",
        help="of `new`: a cell that is known; can be given again and again",
    )
    parser.add_argument("--rows", type=int, default=1, help="of `new claim-list`: how many claims")
    parser.add_argument("--dry-run", action="store_true", help="of `new`: list the rows and write nothing")
    parser.add_argument(
        "--documents",
        type=Path,
        help="of `verify`: folder of saved copies to look into, each <source_id>.md, .html, .csv, .log or .pictures.md "
        "(without it the addresses are read again)",
    )
    parser.add_argument("--table", help="of `verify`: only rows of this table")
    parser.add_argument("--source", help="of `verify`: only this document")
    parser.add_argument(
        "--from",
        dest="base",
        default="",
        metavar="URL",
        help="of `verify`: an address that stands for every host: URL/host/path, then URL/path",
    )
    parser.add_argument("--by", default="", metavar="NAME", help="of `registry`: who read the rows")
    parser.add_argument("--gone", default="", metavar="WHY", help="of `registry`: why rows were taken out")
    parser.add_argument("--raw", type=Path, default=DATASETS / "raw", help="folder of the CSV files")
    parser.add_argument(
        "--out", type=Path, default=DATASETS / "processed", help="folder of the Parquet files"
    )
    parser.add_argument(
        "--feeds",
        type=Path,
        default=None,
        help=f"folder of feed rows whose use is shown (default: {FOLDER}, else datasets/feeds)",
    )
    a = parser.parse_args(given)
    feeds = folder(a.feeds)
    began = time.perf_counter()
    if (a.command == "new") != (a.kind is not None):
        parser.error(
            f"`new` takes one of {', '.join(KINDS)}" if a.command == "new" else f"no argument '{a.kind}' here"
        )
    try:
        if a.command == "verify" and a.documents is None:
            return _reread(a, began)
        if a.command == "verify":
            found = verify(a.raw, a.documents, date.today(), table=a.table, source=a.source)
            words = ", ".join(f"{n:,} {finding.replace('_', ' ')}" for finding, n in sorted(found.items()))
            print(f"{sum(found.values()):,} values looked up: {words} ({time.perf_counter() - began:.1f} s)")
            return 0
        if a.command == "new":
            cells = dict(_cell(given) for given in a.set)
            today = f"{date.today():%Y-%m-%d}"
            print(written(a.kind, Given(cells, max(a.rows, 1), today, a.raw), dry=a.dry_run))
            return 0
        if a.command == "registry":
            today = f"{date.today():%Y-%m-%d}"
            print(register(tuple(t for t in TABLES if t.is_raw), a.raw, a.by, today, a.gone))
            return 0
        if a.command == "check":
            reviewed = review(a.raw)
            changed = reviewed.changed if reviewed else []
            try:
                sound = sound_rows(a.raw, reviewed, feeds)
            except BuildFailed as failed:
                # A cell that cannot be right is told as that, once.
                wrong = {(p.file, p.line, p.column) for p in failed.problems}
                _warn([p for p in changed if (p.file, p.line, p.column) not in wrong])
                raise
            _warn(changed)
            print(
                f"{sum(sound.values()):,} rows in {len(sound)} tables are sound "
                f"({time.perf_counter() - began:.1f} s)"
            )
            if reviewed and (said := reviewed.sentence()):
                print(said, file=sys.stderr)
            return 1 if changed else 0
        result = build(a.raw, a.out, feeds=feeds)
    except (NotWrittenError, NothingToVerifyError, NotRegisteredError) as refused:
        print(refused, file=sys.stderr)
        return 1
    except BuildFailed as failed:
        print("\n".join(told(failed.problems)), file=sys.stderr)
        print(failed, file=sys.stderr)
        return 1
    if result.review:
        _warn(result.review.changed)
    if result.review and (said := result.review.sentence()):
        print(said, file=sys.stderr)
    for name, rows in result.rows.items():
        print(f"{name:24}{rows:7,}")
    print(f"snapshot {result.snapshot} written to {a.out} ({time.perf_counter() - began:.1f} s)")
    return 0


def _reread(a: argparse.Namespace, began: float) -> int:
    from etl.feeds.declare import FeedError
    from etl.reread import reread

    tell = (lambda line: print(line, file=sys.stderr)) if sys.stderr.isatty() else None
    try:
        report = reread(
            a.raw,
            a.raw.parent / ".verify",
            date.today(),
            table=a.table,
            source=a.source,
            base=a.base,
            told=tell,
        )
    except FeedError as refused:
        print(refused, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. What was read is kept; the next run goes on with what was not.", file=sys.stderr)
        return 130
    print("\n".join([*report.told, f"{report.sentence()} ({time.perf_counter() - began:.1f} s)"]))
    if report.stopped:
        said = f"Stopped: {report.stopped}. What was read is kept; the next run goes on with what was not."
        print(said, file=sys.stderr)
        return 1
    return 0


def _warn(problems: list[Problem]) -> None:
    for line in told(problems):
        print(line, file=sys.stderr)


def _cell(given: str) -> tuple[str, str]:
    column, there, value = given.partition("=")
    if not there:
        raise NotWrittenError(f"--set {given}: got no '=', expected column=value")
    return column.strip(), value.strip()


if __name__ == "__main__":
    # A build makes much and leaves no rings: a tenth of its time went into looking for them.
    gc.set_threshold(50_000, 20, 20)
    sys.exit(main())
