"""`python -m etl review`: the queue, and decisions on it as rows of review_decisions."""

from __future__ import annotations

import getpass
import hashlib
import json
import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pandas as pd

from etl.feeds.declare import FeedError, Ours
from etl.feeds.policy import CLASSES, NEVER, SHOWN, SHOWN_UNATTENDED, TIERS
from etl.feeds.propose import Proposal, Queue
from etl.feeds.refresh import Outcome
from etl.feeds.upstream import FEEDS
from etl.new import Cells, insert, slug

#: Proposals of a class that a list shows unless all are asked for.
SHOWN_OF_A_CLASS = 12
REVIEWER = "LANDSCAPE_REVIEWER"


def reviewer() -> str:
    """Who decides: LANDSCAPE_REVIEWER, else the name of the user of this machine."""
    try:
        return os.environ.get(REVIEWER, "").strip() or getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


def chosen(queue: Queue, ids: Sequence[str], of_class: str = "", unattended: bool = False) -> list[Proposal]:
    """The open proposals that are meant: by id, by class, or those that the rule lets in.

    Raises:
        FeedError: an id or class that is not there.
    """
    by_id = {p.proposal_id: p for p in queue.open}
    unknown = [i for i in ids if i not in by_id]
    if unknown:
        raise FeedError(f"no open proposal '{unknown[0]}': it was decided, or the feeds no longer say it")
    if of_class and of_class not in CLASSES:
        raise FeedError(f"no class '{of_class}'; expected one of {', '.join(CLASSES)}")
    found = [by_id[i] for i in ids]
    found += [p for p in queue.open if of_class and p.name == of_class and p not in found]
    return found + [p for p in queue.open if unattended and p.is_unattended and p not in found]


def decide(
    found: Sequence[Proposal], verdict: str, why: str, who: str, today: date, raw: Path, dry: bool = False
) -> str:
    """Writes the decisions, and the rows of accepted proposals that write one.

    Raises:
        FeedError: a decision without a reason.
        NotWrittenError: a row cannot be written; no file was touched.
    """
    if not found:
        return "Nothing to decide."
    if not why.strip():
        raise FeedError('a refusal needs --why "one sentence": it stays until upstream says something else')
    rows: dict[str, list[Cells]] = {"review_decisions": [], "model_prices": [], "sources": []}
    for p in found:
        value = hashlib.sha256(p.theirs.encode()).hexdigest()[:6]
        rows["review_decisions"].append(
            {
                "decision_id": f"{p.proposal_id}-{value}", "proposal_id": p.proposal_id, "proposal_class": p.name,
                "subject": _line(p.subject), "company_id": p.company_id, "feeds": "; ".join(p.feeds), "our_value": _line(p.ours),
                "upstream_value": _line(p.theirs), "verdict": verdict, "why": _line(why), "decided_by": _line(who),
                "decided_date": f"{today:%Y-%m-%d}",
            }
        )  # fmt: skip
        if verdict == "accepted" and CLASSES[p.name].is_written:
            price, sources = _price(p, today)
            rows["model_prices"].append(price)
            rows["sources"] += [s for s in sources if s not in rows["sources"]]
    insert({name: cells for name, cells in rows.items() if cells}, raw, skip_known=("sources",), dry=dry)
    said = [f"{len(found)} {verdict}{' (nothing written: --dry-run)' if dry else ''}."]
    if rows["model_prices"]:
        said.append(
            f"{len(rows['model_prices'])} rows of model_prices, with the feeds as their documents. `python -m etl` builds them."
        )
    if verdict == "accepted":
        said += [
            f"{p.proposal_id}  {p.subject}: {step}" for p in found if (step := CLASSES[p.name].next_step)
        ]
    return "\n".join(said)


def _line(text: str) -> str:
    return " ".join(text.split())


def _price(p: Proposal, today: date) -> tuple[Cells, list[Cells]]:
    """The row of a price, and the documents of the day on which the feeds listed it."""
    cells = dict(p.cells)
    sources: list[Cells] = []
    for name in p.feeds:
        feed = FEEDS[name]
        url = f"{feed.files(Ours({}, {}, today, None))[0].url}#read-{cells['price_date']}"
        sources.append(
            {
                "source_id": f"{slug(name).replace('.', '-')}-{hashlib.sha256(url.encode()).hexdigest()[:8]}",
                "publisher": feed.title.partition(":")[0], "title": f"[{feed.title}, read {cells['price_date']}]", "url": url,
                "published_date": cells["price_date"], "published_date_precision": "day", "accessed_date": f"{today:%Y-%m-%d}",
                "kind": "dataset", "license": feed.licence, "language": "en",
            }
        )  # fmt: skip
    made = slug(
        f"{cells['model_id'].replace('/', '.')}-{cells['provider']}-standard-usd-{cells['price_date']}"
    )
    return (
        {**cells, "price_id": made, "confidence": "medium" if len(p.feeds) > 1 else "low",
         "source_ids": "; ".join(s["source_id"] for s in sources)},
        sources,
    )  # fmt: skip


def listed(queue: Queue, of_class: str = "", everything: bool = False) -> str:
    """The queue in words, for the command line."""
    lines = [SHOWN, ""]
    for name, c in CLASSES.items():
        mine = [p for p in queue.open if p.name == name]
        if not mine or (of_class and name != of_class):
            continue
        sizes = ", ".join(f"{n} {t}" for t in TIERS if (n := sum(p.size == t for p in mine)))
        lines.append(f"{c.words} ({name}): {len(mine)} ({sizes})")
        shown = mine if everything or of_class else mine[:SHOWN_OF_A_CLASS]
        for p in shown:
            mark = " · may go in unattended" if p.is_unattended else ""
            lines.append(f"  {p.proposal_id}  {p.size:9}{p.subject}: {p.reason}{mark}")
            if p.suggestions:
                lines.append(f"{'':23}near: {'; '.join(p.suggestions)}")
        if len(shown) < len(mine):
            lines.append(f"  … {len(mine) - len(shown)} more: python -m etl review --class {name}")
        lines.append("")
    lines.append(
        f"{len(queue.open)} open, {queue.accepted} accepted, {queue.refused} refused and unchanged since."
    )
    return "\n".join(lines)


def rows(queue: Queue) -> pd.DataFrame:
    """The open proposals as a table for the Data page: class, size, subject, reason, near, feeds, proposal_id, company_id."""
    return pd.DataFrame(
        [
            {
                "class": CLASSES[p.name].words, "size": p.size, "subject": p.subject, "reason": p.reason,
                "near": "; ".join(p.suggestions), "feeds": ", ".join(p.feeds), "company_id": p.company_id,
                "unattended": p.is_unattended, "proposal_id": p.proposal_id,
            }
            for p in queue.open
        ],
        columns=["class", "size", "subject", "reason", "near", "feeds", "company_id", "unattended", "proposal_id"],
    )  # fmt: skip


def kept(queue: Queue, day: date) -> str:
    """The queue as JSON for the Data page, in the words of the command line."""
    unattended = [f"{c.words}: {c.unattended}" for c in CLASSES.values() if c.unattended]
    return json.dumps(
        {
            "day": f"{day:%Y-%m-%d}",
            "rule": SHOWN,
            "unattended": [*unattended, *SHOWN_UNATTENDED.values()],
            "never": list(NEVER.values()),
            "accepted": queue.accepted,
            "refused": queue.refused,
            "open": rows(queue).to_dict("records"),
        },
        ensure_ascii=False,
    )


def markdown(queue: Queue, outcomes: Sequence[Outcome], day: date) -> str:
    """One summary that can be the text of a pull request: what was read, what was refused, what is proposed."""
    lines = [
        f"# Feeds of {day:%Y-%m-%d}",
        "",
        "| feed | outcome | files | rows | new | changed | gone | what |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    told: dict[tuple[str, str], list[Outcome]] = {}
    for o in outcomes:
        told.setdefault((o.feed, o.status), []).append(o)
    for (feed, status), mine in told.items():
        sums = [sum(getattr(o, k) for o in mine) for k in ("rows", "added", "changed", "gone")]
        words = (
            ""
            if status == "absent"
            else "; ".join(dict.fromkeys(_cell(w) for o in mine for w in (o.words, *o.warnings) if w))
        )
        lines.append(
            f"| {feed} | {status} | {len(mine)} | "
            + " | ".join(f"{n:,}" for n in sums)
            + f" | {words[:300]} |"
        )
    lines += [
        "",
        f"{len(queue.open)} proposals are open, {queue.refused} refused ones are unchanged. {SHOWN}",
        "",
    ]
    for name, c in CLASSES.items():
        mine_open = [p for p in queue.open if p.name == name]
        if not mine_open:
            continue
        sizes = ", ".join(f"{n} {t}" for t in TIERS if (n := sum(p.size == t for p in mine_open)))
        lines += [f"## {c.words} ({len(mine_open)}: {sizes})", ""]
        for p in mine_open[:SHOWN_OF_A_CLASS]:
            near = f" Near: {_cell('; '.join(p.suggestions))}." if p.suggestions else ""
            free = " May go in unattended." if p.is_unattended else ""
            lines.append(f"- `{p.proposal_id}` {p.size}: {_cell(p.subject)}. {_cell(p.reason)}.{near}{free}")
        if len(mine_open) > SHOWN_OF_A_CLASS:
            lines.append(
                f"- and {len(mine_open) - SHOWN_OF_A_CLASS} more: `python -m etl review --class {name}`"
            )
        lines.append("")
    lines += ["## What goes in by itself", ""]
    lines += [f"- {c.words}: {c.unattended}" for c in CLASSES.values() if c.unattended]
    lines += [f"- {words}" for words in SHOWN_UNATTENDED.values()]
    lines += ["", "Never: " + "; ".join(NEVER.values()) + ".", ""]
    read = list(dict.fromkeys(o.feed for o in outcomes if o.status in ("taken", "same")))
    lines += ["## Attribution", "", *(f"- {FEEDS[f].attribution} ({FEEDS[f].page})" for f in read)]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    """A text from upstream as plain words in Markdown: no link, no mark, no cell of a table."""
    plain = " ".join(str(text).split())
    for mark in "\\`*_[]<>|#!@":
        plain = plain.replace(mark, f"\\{mark}")
    return plain


__all__ = ["REVIEWER", "chosen", "decide", "kept", "listed", "markdown", "reviewer", "rows"]
