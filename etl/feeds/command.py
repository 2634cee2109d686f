"""The commands `python -m etl refresh` and `python -m etl review`."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd

from etl.feeds import review
from etl.feeds.declare import FeedError
from etl.feeds.policy import CLASSES
from etl.feeds.propose import Queue, proposals, queue
from etl.feeds.refresh import Outcome, Wanted, refresh, table_text
from etl.feeds.store import FOLDER, Store, folder
from etl.feeds.upstream import FEEDS
from etl.new import BY_NAME, NotWrittenError
from etl.read import read_table

#: Tables that feeds are compared with.
COMPARED = (
    "companies", "company_aliases", "models", "model_prices", "benchmarks", "benchmark_scores", "review_decisions",
)  # fmt: skip


def frames(raw: Path) -> dict[str, pd.DataFrame]:
    """The curated tables that feeds are compared with, as typed frames.

    Raises:
        FeedError: one of them cannot be read.
    """
    found = {}
    for name in COMPARED:
        found[name], problems = read_table(BY_NAME[name], raw / f"{name}.csv", f"{name}.csv")
        if problems:
            raise FeedError(f"{problems[0]}; run `python -m etl check` first")
    return found


def open_queue(raw: Path, store: Store) -> Queue:
    """The queue of the feed rows held.

    Raises:
        FeedError: a table or feed rows cannot be read.
    """
    ours = frames(raw)
    return queue(proposals(ours, store), ours["review_decisions"])


def refresh_main(arguments: list[str]) -> int:
    """0 where every feed that was asked answered, 1 where one was refused or not reached; what is sound is taken anyway."""
    parser = argparse.ArgumentParser(
        prog="python -m etl refresh",
        description="Reads the feeds, keeps their rows apart, and tells what they would change. Feeds: "
        + ", ".join(FEEDS),
    )
    parser.add_argument(
        "--feed", action="append", default=[], metavar="NAME", help="this one alone; can be given again"
    )
    parser.add_argument(
        "--from",
        dest="source",
        default="",
        metavar="DIR_OR_URL",
        help="a folder of upstream files, or an address that stands for the web",
    )
    parser.add_argument("--dry-run", action="store_true", help="read and tell, write nothing")
    parser.add_argument(
        "--since",
        type=date.fromisoformat,
        default=None,
        metavar="DAY",
        help="of feeds with a history, from this day on",
    )
    parser.add_argument(
        "--fewer",
        action="append",
        default=[],
        metavar="NAME",
        help="of this feed, take an edition with fewer rows",
    )
    parser.add_argument(
        "--summary",
        type=Path,
        default=None,
        help="where the Markdown summary goes (default: summary.md of the folder)",
    )
    _common(parser)
    a = parser.parse_args(arguments)
    began = time.perf_counter()
    store = Store(folder(a.feeds), dry=a.dry_run)
    wanted = Wanted(tuple(a.feed), a.source, a.dry_run, a.since, tuple(a.fewer))
    try:
        ours = frames(a.raw)
        outcomes = refresh(wanted, ours, store, _tell if sys.stderr.isatty() else None)
        print(table_text(outcomes, time.perf_counter() - began))
        if any(o.status in ("taken", "same") for o in outcomes):
            waiting = queue(proposals(ours, store), ours["review_decisions"])
            store.write_queue(review.kept(waiting, wanted.today))
            print(f"{len(waiting.open)} proposals are open: python -m etl review")
            _summary(
                a.summary or (None if a.dry_run else store.root / "summary.md"),
                waiting,
                outcomes,
                wanted.today,
            )
    except FeedError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(
            "Stopped. What was read whole is kept; the next run goes on with what was not.", file=sys.stderr
        )
        return 130
    return int(any(o.status in ("refused", "unreachable") for o in outcomes))


def _summary(path: Path | None, waiting: Queue, outcomes: list[Outcome], today: date) -> None:
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(review.markdown(waiting, outcomes, today), encoding="utf-8", newline="\n")
        print(f"summary written to {path}")


def _tell(words: str) -> None:
    print(words, file=sys.stderr)


def review_main(arguments: list[str]) -> int:
    """Lists the queue or writes decisions; 0 when done, 1 with a sentence when not."""
    parser = argparse.ArgumentParser(
        prog="python -m etl review", description="What the feeds would change, and decisions on it."
    )
    parser.add_argument(
        "--class",
        dest="of_class",
        default="",
        choices=["", *CLASSES],
        metavar="CLASS",
        help=f"list one class: {', '.join(CLASSES)}",
    )
    parser.add_argument("--all", action="store_true", help="list every proposal")
    parser.add_argument(
        "--accept", nargs="*", default=None, metavar="ID", help="accept these, or those of --all-of"
    )
    parser.add_argument(
        "--refuse",
        nargs="*",
        default=None,
        metavar="ID",
        help="refuse these, or those of --all-of; needs --why",
    )
    parser.add_argument(
        "--all-of",
        default="",
        choices=["", *CLASSES],
        metavar="CLASS",
        help="with --accept or --refuse: the whole class",
    )
    parser.add_argument(
        "--unattended", action="store_true", help="accept what the rule lets in without a person"
    )
    parser.add_argument("--why", default="", help="the reason, in one sentence")
    parser.add_argument(
        "--by", default="", help=f"who decides (default: {review.REVIEWER}, else the user's name)"
    )
    parser.add_argument("--dry-run", action="store_true", help="tell and write nothing")
    _common(parser)
    a = parser.parse_args(arguments)
    decisions = [a.accept is not None, a.refuse is not None, a.unattended]
    if sum(decisions) > 1:
        parser.error("--accept, --refuse and --unattended go one at a time")
    if a.all_of and not (decisions[0] or decisions[1]):
        parser.error("--all-of needs --accept or --refuse")
    today = datetime.now(UTC).date()
    try:
        store = Store(folder(a.feeds))
        waiting = open_queue(a.raw, store)
        if not any(decisions):
            print(review.listed(waiting, a.of_class, a.all))
            return 0
        found = review.chosen(waiting, a.accept or a.refuse or [], a.all_of, a.unattended)
        why, who = a.why, a.by or review.reviewer()
        if a.unattended:
            why, who = why or "Two feeds agree on the price.", "rule: " + CLASSES["changed_price"].unattended
        elif a.accept is not None:
            why = why or "Accepted as the feeds say it."
        print(
            review.decide(
                found, "refused" if a.refuse is not None else "accepted", why, who, today, a.raw, a.dry_run
            )
        )
        if found and not a.dry_run:
            store.write_queue(review.kept(open_queue(a.raw, store), today))
    except (FeedError, NotWrittenError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _common(parser: argparse.ArgumentParser) -> None:
    raw = Path(__file__).resolve().parents[2] / "datasets" / "raw"
    parser.add_argument("--raw", type=Path, default=raw, help="folder of the CSV files")
    parser.add_argument(
        "--feeds",
        type=Path,
        default=None,
        help=f"folder of the feed rows (default: {FOLDER}, else datasets/feeds)",
    )


COMMANDS = {"refresh": refresh_main, "review": review_main}

__all__ = ["COMMANDS", "frames", "open_queue"]
