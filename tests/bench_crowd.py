"""Fifty readers and ten deck builders at once, for minutes: what fails, who waits with a word, and where memory ends.

`python tests/bench_crowd.py [--data FOLDER] [--minutes 3] [--rounds 2] [--port N]`. Every reader has an address of their own on
this machine, as behind a network's; exit status 1 where a run or a file failed.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import random
import re
import statistics
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

PROJECT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests"), str(PROJECT / "tests" / "browser")]

from bench_pages import PAGES, resident, served  # noqa: E402
from readers import Reader  # noqa: E402

import etl  # noqa: E402

READERS, BUILDERS = 50, 10
VIEWS = (
    "",
    "type=giant",
    "type=startup",
    "basis=coded",
    "outside=1",
    "as_of=2025-06-30",
    "type=lab&basis=coded",
)
PACKS = {
    "Start from the board pack": "",
    "Start from the company brief": "company=alibaba",
    "Start from the match-up": "company=alibaba&company=tencent",
}
MAKE, TAKE = "PowerPoint, editable", re.compile("Download PPTX")
WAITS = re.compile(r"before you|You are next")
#: Seconds for which a visit that was left may be taken up again, and a little more.
LEFT = 150
#: Seconds in which a machine without a free moment answers; what takes longer has hung.
PATIENCE = 600.0


@dataclass
class Told:
    """What the crowd met."""

    runs: list[float] = field(default_factory=list)
    files: int = 0
    decks: list[float] = field(default_factory=list)
    waited: int = 0
    come_back: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)


def fetched(host: str, path: str) -> bytes:
    """A file, as a browser takes it.

    Raises:
        OSError: the server has none there.
    """
    with urllib.request.urlopen(f"http://{host}/{path.lstrip('/')}", timeout=PATIENCE) as answer:
        return bytes(answer.read())


async def read(host: str, n: int, until: float, told: Told) -> None:
    """One reader: page after page, a filter now and then, a file every few clicks."""
    chance = random.Random(n)
    reader = Reader(host, "", address=f"127.0.1.{n + 1}")
    while time.monotonic() < until:
        page, view = chance.choice(PAGES), chance.choice(VIEWS)
        if page == "company":
            view = f"company={chance.choice(('alibaba', 'deepseek', 'baidu', 'tencent'))}&{view}"
        reader.page = page
        try:
            told.runs.append(await reader.rerun(view, patience=PATIENCE))
            briefs = [v for k, v in reader.shown.made.items() if k.startswith("One-page brief")]
            if briefs and chance.random() < 0.3:
                address = await reader.make(chance.choice(briefs), PATIENCE)
                if not address:
                    told.failed["a brief was not made"] += 1
                # A browser asks a moment later.
                await asyncio.sleep(chance.random())
                told.files += bool(address and await asyncio.to_thread(fetched, host, address))
        except Exception as error:
            told.failed[f"/{page}?{view}: {type(error).__name__}: {error}"[:160]] += 1
            await reader.close()
        await asyncio.sleep(0.5 + chance.random())
    await reader.close()


async def build(host: str, n: int, until: float, told: Told) -> None:
    """One builder: opens the page, starts from a pack, has it made, takes the file, goes."""
    chance = random.Random(1000 + n)
    while time.monotonic() < until:
        reader = Reader(host, "deck", address=f"127.0.2.{n + 1}")
        began = time.monotonic()
        try:
            pack, view = chance.choice(list(PACKS.items()))
            await reader.rerun(view, patience=PATIENCE)
            await reader.rerun(view, reader.shown.buttons[pack], PATIENCE)
            await reader.rerun(view, reader.shown.buttons[MAKE], PATIENCE)
            told.waited += any(WAITS.search(step) for step in reader.shown.steps)
            ready = [url for label, url in reader.shown.ready.items() if TAKE.search(label)]
            if ready:
                file = await asyncio.to_thread(fetched, host, ready[0])
                assert zipfile.ZipFile(io.BytesIO(file)).testzip() is None
                told.decks.append(time.monotonic() - began)
            elif notice := [x for x in reader.shown.notices if "try again" in x or "minute" in x]:
                told.come_back[notice[0][:80]] += 1
            else:
                told.failed[f"{pack}: no file: {reader.shown.notices[:1]}"[:160]] += 1
        except Exception as error:
            told.failed[f"{type(error).__name__}: {error}"[:160]] += 1
        await reader.close()
        await asyncio.sleep(1)


async def crowd(host: str, pid: int, minutes: float) -> tuple[Told, float]:
    """What a crowd met, and the most megabytes that the server took meanwhile."""
    told, most = Told(), 0.0
    until = time.monotonic() + 60 * minutes
    people = asyncio.gather(
        *(read(host, n, until, told) for n in range(READERS)),
        *(build(host, n, until, told) for n in range(BUILDERS)),
    )
    while not people.done():
        most = max(most, resident(pid))
        await asyncio.sleep(1)
    await people
    return told, most


def held(host: str) -> float:
    """Megabytes that the server's memories hold, which are bounded each."""
    return sum(one["size"] for one in json.loads(fetched(host, "/held"))) / 1e6


async def warm(host: str) -> None:
    """One reader looks at everything once."""
    reader = Reader(host, "")
    for reader.page in PAGES:
        await reader.rerun(patience=PATIENCE)
    await reader.close()


def main() -> int:
    """Prints what each crowd met; 1 where something failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="a build; made anew where not given")
    parser.add_argument("--minutes", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--port", type=int, default=0)
    a = parser.parse_args()
    failed = 0
    with ExitStack() as stack:
        data = a.data
        if data is None:
            data = Path(stack.enter_context(TemporaryDirectory())) / "processed"
            etl.build(PROJECT / "datasets" / "raw", data)
        host, pid = stack.enter_context(served("dashboard.asgi:app", PROJECT, data, a.port))
        asyncio.run(warm(host))
        print(f"warm: {resident(pid):,.0f} MB, of which memories {held(host):,.0f}", flush=True)
        for _ in range(a.rounds):
            began = time.monotonic()
            told, most = asyncio.run(crowd(host, pid, a.minutes))
            lasted = time.monotonic() - began
            runs = sorted(told.runs)
            print(
                f"{READERS} readers, {BUILDERS} builders, {lasted:.0f} s: {len(runs):,} runs (median "
                f"{statistics.median(runs):.1f} s, longest {runs[-1]:.1f}), {told.files} briefs, {len(told.decks)} decks "
                f"({min(told.decks, default=0):.0f} to {max(told.decks, default=0):.0f} s), {told.waited} told who waits "
                f"before them, {sum(told.come_back.values())} told to come back, {sum(told.failed.values())} failed; at most {most:,.0f} MB"
            )
            for what, n in [*told.come_back.items(), *told.failed.items()]:
                print(f"  {n} × {what}")
            failed += sum(told.failed.values())
            for seconds in (20, LEFT - 20):
                time.sleep(seconds)
                print(
                    f"{seconds} s later: {resident(pid):,.0f} MB, of which memories {held(host):,.0f}",
                    flush=True,
                )
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
