"""Opens pages of the running app in Chromium and saves what a reader sees.

    python tests/browser/look.py                   the README's pictures into docs/pictures
    python tests/browser/look.py --all --out look  every page at 390 and 1440 px, light and dark

Prints per picture: seconds until the page stood still, exceptions, console errors, sideways overflow, charts
without a text alternative. Exit status 1 on an exception, a console error or a request to another host.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlparse

PROJECT = Path(__file__).resolve().parent.parent.parent
PICTURES = PROJECT / "docs" / "pictures"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)
#: Names under which Chromium or Chrome is installed, the most likely first.
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC_BROWSERS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
#: Weight of a picture that README shows.
MOST_BYTES = 400_000
#: A page taller than this is cut: a picture for reading, not a scroll.
TALLEST = 7000


@dataclass(frozen=True)
class Shot:
    """One picture: its name, the page, the window and the theme; `height` None is the whole page."""

    name: str
    path: str
    width: int = 1440
    theme: str = "light"
    height: int | None = None


README_SHOTS = (
    Shot("overview-light", "/", height=1100),
    Shot("overview-dark", "/", theme="dark", height=1100),
    Shot("governance-light", "/governance", height=1100),
    Shot("models-light", "/models", height=1100),
    Shot("phone", "/", width=390, height=844),
)


def find_browser() -> str | None:
    """Path of a Chromium or Chrome: `CHROMIUM` where set, else the first one here; None without any."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    return found or next((path for path in MAC_BROWSERS if Path(path).is_file()), None)


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def end_process(process: subprocess.Popen[Any], seconds: float = 20) -> int:
    """Ends a process as a deployment does, and by force where it has not ended by then; its exit status.

    On a busy machine a server that holds connections may take longer than anybody waits: that is no finding of a test.
    """
    process.terminate()
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


@contextmanager
def serving(
    data: Path | None = None, wait: float = 90, *, port: int = 0, more: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Serves the app as `make run` does, on a free port, and stops it afterwards.

    Args:
        data: Folder of built data to show; None shows the project's own, which the app builds if need be.
        wait: Seconds within which it must answer.
        port: Where; a free one when 0.
        more: Further variables of its environment.

    Yields:
        The app's address, ending in "/".
    """
    port = port or free_port()
    env = os.environ | ({"LANDSCAPE_DATA": str(data)} if data else {}) | dict(more or {})
    # The server is a process that may not open a connection off this machine; what it tried is told.
    egress = Path(tempfile.mkdtemp(prefix="egress-")) / "log"
    paths = [str(Path(__file__).parent / "no_egress"), *filter(None, [env.get("PYTHONPATH")])]
    env |= {"PYTHONPATH": os.pathsep.join(paths), "NO_EGRESS_LOG": str(egress)}
    command = [sys.executable, "-m", "uvicorn", "dashboard.asgi:app", "--host", "127.0.0.1"]
    with tempfile.TemporaryFile() as log:
        app = subprocess.Popen(
            [*command, "--port", str(port), "--log-level", "warning"],
            cwd=PROJECT,
            env=env,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until_healthy(app, f"http://127.0.0.1:{port}/_stcore/health", wait, log)
            yield f"http://127.0.0.1:{port}/"
        finally:
            end_process(app)
            tried = egress.read_text(encoding="utf-8") if egress.is_file() else ""
            shutil.rmtree(egress.parent)
            assert not tried, f"the server tried to reach other machines:\n{tried}"


def _wait_until_healthy(app: subprocess.Popen[bytes], url: str, wait: float, log: Any) -> None:
    end = time.monotonic() + wait
    while time.monotonic() < end:
        if app.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    log.seek(0)
    said = log.read().decode(errors="replace")[-3000:]
    raise RuntimeError(f"the app did not answer at {url} within {wait:.0f} s; it said:\n{said}")


#: Notes when the page last wrote to the server and last heard from it: what is asked and not answered is no rest.
WIRE = """(() => {
  const wire = window.__wire = { sent: 0, heard: 0 };
  window.WebSocket = class extends window.WebSocket {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", () => { wire.heard = performance.now(); });
    }
    send(data) {
      wire.sent = performance.now();
      super.send(data);
    }
  };
})()"""
#: Milliseconds of silence, on the wire and on the page, that count as rest. Streamlit holds some widgets back for 200.
SILENCE = 400
#: Some messages have no answer: after these milliseconds none is waited for any more.
ANSWERED = 1500
STATE = """([silence, answered]) => {
  const app = document.querySelector("[data-testid='stApp']");
  const wire = window.__wire, now = performance.now();
  const talking = wire && (now - Math.max(wire.sent, wire.heard) < silence
    || (wire.sent > wire.heard && now - wire.sent < answered));
  return [
    talking ? "talking" : "silent",
    app ? app.getAttribute("data-test-script-state") : "none",
    document.querySelectorAll("[data-testid='stSkeleton'],[data-testid='stSpinner']").length,
    document.querySelectorAll("[data-stale='true']").length,
    document.querySelectorAll(".js-plotly-plot .main-svg").length,
    document.querySelectorAll(".landscape-figure:not([data-drawn])").length,
    document.body.innerText.length,
  ].join("|");
}"""


def settle(page: Any, limit: float = 60) -> float:
    """Waits until the script has run and nothing on the page changes any more.

    Args:
        page: A Playwright page on the app.
        limit: Seconds after which it gives up.

    Returns:
        Seconds it took.

    Raises:
        TimeoutError: the page still ran or changed at the limit.
    """
    began = time.monotonic()
    page.wait_for_selector("[data-testid='stApp']", timeout=limit * 1000)
    last, since, state = "", began, ""
    while (now := time.monotonic()) - began < limit:
        state = page.evaluate(STATE, [SILENCE, ANSWERED])
        wire, script, waiting, stale, _, undrawn, letters = state.split("|")
        at_rest = script == "notRunning" and waiting == stale == undrawn == "0" and letters != "0"
        if state != last or not at_rest:
            last, since = state, now
        elif wire == "silent" and now - since >= SILENCE / 1000:
            return now - began
        page.wait_for_timeout(80)
    raise TimeoutError(f"{page.url} did not come to rest within {limit:.0f} s: {state}")


def new_context(browser: Any, **options: Any) -> Any:
    """A context of its own in whose pages `settle` knows of every message to the server and from it."""
    context = browser.new_context(**options)
    context.add_init_script(WIRE)
    return context


def is_foreign(url: str, base: str) -> bool:
    """True for an address on another host than the app's."""
    return url.startswith(("http", "ws")) and urlparse(url).netloc != urlparse(base).netloc


@dataclass
class Watch:
    """What a page did that it must not: console errors, uncaught exceptions, requests to other hosts."""

    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def clear(self) -> None:
        """Forgets what was seen so far."""
        self.errors.clear()
        self.foreign.clear()

    @property
    def complaints(self) -> list[str]:
        """One line per fault."""
        return [f"console: {e}" for e in self.errors] + [f"asked another host: {u}" for u in self.foreign]


def watch(page: Any, base: str) -> Watch:
    """Records from now on what `page` must not do; the browser itself finds no other machine (`FLAGS`)."""
    seen = Watch()

    def ask(asked: Any) -> None:
        if is_foreign(asked.url, base):
            seen.foreign.append(asked.url)

    # Listened to, not held up: a browser whose requests are held up keeps no file, and fails where one is on its way at the end.
    page.on("request", ask)
    page.on("websocket", ask)

    def hear(message: Any) -> None:
        url = (message.location or {}).get("url", "")
        if message.type == "error" and not is_foreign(url, base):
            seen.errors.append(f"{message.text} {url}".strip())

    page.on("console", hear)
    page.on("pageerror", lambda e: seen.errors.append(str(e)))
    return seen


def page_paths(page: Any) -> list[str]:
    """Paths of every page in the app's navigation, in its order; `page` shows the app."""
    links = page.eval_on_selector_all(
        "[data-testid='stTopNavLink'],[data-testid='stSidebarNavLink']", "all => all.map(a => a.href)"
    )
    return list(dict.fromkeys(urlparse(url).path or "/" for url in links)) or ["/"]


def paths_of(browser: Any, base: str) -> list[str]:
    """Paths of every page of the app at an address, in the order of its navigation."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(base)
    settle(page)
    found = page_paths(page)
    page.close()
    return found


def csv_of_a_chart(page: Any, base: str) -> bytes:
    """The CSV of a chart as a reader saves it from the gallery of the app at an address, which ends in "/"."""
    page.goto(f"{base}gallery?gallery.chart=governance-mix")
    settle(page, 120)
    page.locator(".st-key-save-governance-mix button").first.click()
    with page.expect_download(timeout=60_000) as saved:
        page.get_by_role("button", name="CSV", exact=True).click()
    return Path(saved.value.path()).read_bytes()


def overflow(page: Any) -> int:
    """Pixels by which the page's content is wider than its window."""
    return int(
        page.evaluate(
            """() => { const m = document.querySelector("[data-testid='stMain']");
            return Math.max(m ? m.scrollWidth - m.clientWidth : 0,
                            document.documentElement.scrollWidth - document.documentElement.clientWidth); }"""
        )
    )


def mute_charts(page: Any) -> int:
    """Number of charts that say nothing to a screen reader."""
    return int(
        page.evaluate(
            """() => [...document.querySelectorAll(".landscape-figure")].filter(e => !e.ariaLabel).length"""
        )
    )


def full_height(page: Any) -> int:
    """Height in pixels of everything on the page."""
    return int(
        page.evaluate(
            """() => { const m = document.querySelector("[data-testid='stMain']");
            return Math.ceil(Math.max(600, m ? m.scrollHeight : document.body.scrollHeight)); }"""
        )
    )


def picture(page: Any, shot: Shot) -> bytes:
    """PNG of a settled page: the window is grown to the content first, for the app scrolls inside itself."""
    height = shot.height or min(full_height(page) + 20, TALLEST)
    page.set_viewport_size({"width": shot.width, "height": height})
    settle(page)
    return bytes(page.screenshot())


def light_png(data: bytes) -> bytes:
    """The same picture in at most 256 colours; fewer, then smaller, while it is heavier than `MOST_BYTES`."""
    from PIL import Image

    image = Image.open(io.BytesIO(data)).convert("RGB")
    colours = 256
    while True:
        out = io.BytesIO()
        image.quantize(colors=colours, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        if out.tell() <= MOST_BYTES or image.width < 400:
            return out.getvalue()
        if colours > 64:
            colours //= 2
        else:
            image = image.resize(
                (int(image.width * 0.85), int(image.height * 0.85)), Image.Resampling.LANCZOS
            )


@contextmanager
def chromium() -> Iterator[Any]:
    """A headless browser.

    Raises:
        RuntimeError: there is no Chromium or Chrome on this machine.
    """
    from playwright.sync_api import sync_playwright

    path = find_browser()
    if path is None:
        raise RuntimeError("no Chromium or Chrome found: install one, or name it in CHROMIUM=/path/to/it")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def take(browser: Any, base: str, shot: Shot, out: Path) -> bool:
    """Saves one picture and says what was seen; True where the page was sound."""
    context = new_context(
        browser,
        viewport={"width": shot.width, "height": shot.height or 900},
        color_scheme=shot.theme,
        device_scale_factor=2 if shot.width < 700 else 1,
        is_mobile=shot.width < 700,
        has_touch=shot.width < 700,
        user_agent=PHONE if shot.width < 700 else None,
    )
    try:
        page = context.new_page()
        seen = watch(page, base)
        page.goto(urljoin(base, shot.path))
        seconds = settle(page)
        broken = page.locator("[data-testid='stException']").count()
        beyond, mute = overflow(page), mute_charts(page)
        file = out / f"{shot.name}.png"
        file.write_bytes(light_png(picture(page, shot)))
    finally:
        context.close()
    print(
        f"{file}: {file.stat().st_size // 1000} kB, {seconds:.1f} s, exceptions {broken}, console errors "
        f"{len(seen.errors)}, overflow {beyond} px, charts without alt {mute}"
    )
    for line in dict.fromkeys(seen.complaints):
        print(f"    {line[:200]}")
    return not (broken or seen.complaints)


#: The app thins some tables for a browser that calls itself mobile.
PHONE = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Mobile Safari/537.36"
)


def every_page(browser: Any, base: str) -> list[Shot]:
    """Each page of the app at 1440 and 390 px, light and dark, at full height."""
    paths = paths_of(browser, base)
    return [
        Shot(
            f"{re.sub(r'[^a-z0-9]+', '-', path).strip('-') or 'overview'}-{width}-{theme}", path, width, theme
        )
        for path in paths
        for width in (1440, 390)
        for theme in ("light", "dark")
    ]


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; 0 where every page was sound."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--out", type=Path, default=PICTURES, help="folder of the pictures; default docs/pictures"
    )
    parser.add_argument("--all", action="store_true", help="every page, 1440 and 390 px, light and dark")
    parser.add_argument("--path", action="append", help="one page such as /models?company=alibaba; repeat")
    parser.add_argument("--width", type=int, default=1440, help="window for --path; default 1440")
    parser.add_argument("--theme", choices=["light", "dark"], default="light", help="theme for --path")
    parser.add_argument("--url", help="address of an app that runs already; default: start one")
    a = parser.parse_args(arguments)
    a.out.mkdir(parents=True, exist_ok=True)

    def shoot(base: str) -> bool:
        with chromium() as browser:
            shots = list(README_SHOTS)
            if a.path:
                shots = [
                    Shot(re.sub(r"\W+", "-", p).strip("-")[:80] or "overview", p, a.width, a.theme)
                    for p in a.path
                ]
            elif a.all:
                shots = every_page(browser, base)
            return all([take(browser, base, shot, a.out) for shot in shots])

    try:
        if a.url:
            sound = shoot(a.url)
        else:
            with serving() as base:
                sound = shoot(base)
    except (RuntimeError, TimeoutError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
