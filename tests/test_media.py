"""Files that the server holds for a reader: at an address that nobody guesses, for the reader alone, until the visit ends."""

from __future__ import annotations

import asyncio
import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from browser.look import serving
from readers import Reader, awaited
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import media_file_manager
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.media_file_storage import MediaFileKind, MediaFileStorageError
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from websockets import ClientConnection
from websockets.exceptions import ConnectionClosed

from dashboard.screen import guard, media, sign_in

BRIEF = "One-page brief, A4"


class Visits:
    """Who is connected, as Streamlit's runtime tells it, around its real store of files."""

    def __init__(self, **people: dict[str, Any]) -> None:
        self.people = people
        self.media_file_mgr = MediaFileManager(MemoryMediaFileStorage("/media"))
        self._session_mgr = self

    def is_active_session(self, session: str) -> bool:
        return session in self.people

    def get_session_info(self, session: str) -> Any:
        of = self.people.get(session)
        return None if of is None else SimpleNamespace(session=SimpleNamespace(_user_info=of))


@pytest.fixture
def visits() -> Visits:
    return Visits(
        ann={"iss": "https://id.example", "sub": "1"}, bob={"iss": "https://id.example", "sub": "2"}
    )


@pytest.fixture
def held(visits: Visits, monkeypatch: pytest.MonkeyPatch) -> media.Media:
    monkeypatch.setattr(media, "get_script_run_ctx", lambda **_: SimpleNamespace(session_id=at_work[0]))
    monkeypatch.setattr(media_file_manager, "_get_session_id", lambda: at_work[0])
    return media.Media(visits)


#: Whose page runs.
at_work = ["ann"]


def add(held: media.Media, who: str, data: bytes, name: str = "a.csv") -> str:
    at_work[0] = who
    return held.take(data, "text/csv", MediaFileKind.DOWNLOADABLE, name)


def shown(held: media.Media, who: str, data: bytes, place: str = "1") -> str:
    """Adds a file as a page does; its address."""
    at_work[0] = who
    return str(held.manager.add(data, "text/csv", place, "a.csv", is_for_static_download=True))


def pressed(held: media.Media, who: str, data: bytes) -> str:
    """Makes a file on a click; its address."""
    entry: Any = {
        "callable": lambda: data, "mimetype": "text/csv", "filename": "a.csv", "coordinates": "1", "session_id": who,
        "element_id": "",
    }  # fmt: skip
    held.manager._deferred_callables["button"] = entry
    at_work[0] = "nobody: it is made outside of a run"
    return held.make("button")


def test_one_file_of_two_readers_has_two_addresses_and_of_one_reader_one(held: media.Media) -> None:
    mine, again, other = add(held, "ann", b"x"), add(held, "ann", b"x"), add(held, "bob", b"x")
    assert mine == again != other
    assert all(re.fullmatch(r"[0-9a-f]{40}", one) for one in (mine, other))
    assert add(held, "ann", b"x", name="b.csv") != mine


def test_files_that_differ_in_the_middle_alone_are_two(held: media.Media) -> None:
    large = bytearray(3_000_000)
    first = add(held, "ann", bytes(large))
    large[400_000] = 1
    second = add(held, "ann", bytes(large))
    assert held.find(f"{first}.csv").content != held.find(f"{second}.csv").content


def test_a_file_made_on_a_click_waits_for_its_reader_while_others_click(held: media.Media) -> None:
    address = pressed(held, "ann", b"x" * 10)
    for _ in range(5):
        held.manager.remove_orphaned_files()
    held.sweep()
    assert held.find(address).content == b"x" * 10


def test_a_file_that_nobody_takes_goes(held: media.Media, monkeypatch: pytest.MonkeyPatch) -> None:
    address = pressed(held, "ann", b"x")
    monkeypatch.setattr(media, "time", SimpleNamespace(monotonic=lambda: time.monotonic() + media.WAITS + 1))
    for _ in range(3):
        held.sweep()
    assert not held.store._files_by_id
    with pytest.raises(MediaFileStorageError):
        held.find(address)


def test_the_programs_icon_is_everyones_and_has_no_end(held: media.Media, visits: Visits) -> None:
    """Browsers ask for it when they find time: after the visit that named it they were told that there is none."""
    icon = str(media.ASSETS / "favicon.png")
    address = {}
    for who in visits.people:
        at_work[0] = who
        address[who] = str(held.manager.add(icon, "image/png", "icon"))
    assert len(set(address.values())) == 1
    visits.people.clear()
    for _ in range(3):
        held.sweep()
    found = held.find(address["ann"])
    assert found.content == Path(icon).read_bytes() and held.belongs(address["ann"], {"sub": "nobody"})


def test_few_files_wait_for_one_reader(held: media.Media) -> None:
    for n in range(40):
        pressed(held, "ann", b"%d" % n)
        held.manager.remove_orphaned_files()
        held.manager.remove_orphaned_files()
    assert len(held.store._files_by_id) <= 6


def test_with_the_visit_its_files_end(held: media.Media, visits: Visits) -> None:
    of = [shown(held, "ann", b"a"), pressed(held, "ann", b"b"), shown(held, "bob", b"a")]
    assert all(held.find(one) for one in of)
    del visits.people["ann"]
    for one in of[:2]:
        with pytest.raises(MediaFileStorageError):
            held.find(one)
    with pytest.raises(MediaFileStorageError):
        held.make("button")
    held.sweep()
    held.sweep()
    assert held.find(of[2]).content == b"a"
    assert len(held.store._files_by_id) == 1
    assert set(held._named) == {"bob"} and set(held._owner.values()) == {"bob"} and not held._waiting
    assert not held.manager._deferred_callables
    # Who comes back runs the page again.
    visits.people["ann"] = {}
    assert held.find(shown(held, "ann", b"a")).content == b"a"


def test_where_readers_sign_in_a_file_is_its_accounts(
    held: media.Media, visits: Visits, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dashboard import asgi

    address = shown(held, "ann", b"a")
    ann, bob = visits.people["ann"], visits.people["bob"]
    assert held.belongs(address, ann)
    for who in (bob, {}, ann | {"iss": "https://other.example"}, {"iss": None, "sub": None}):
        assert not held.belongs(address, who)
    assert not held.belongs("/media/" + "0" * 40 + ".csv", ann)
    monkeypatch.setenv(sign_in.SIGN_IN, "*")
    monkeypatch.setattr(guard, "_media", [held])
    asked: dict[str, Any] = {"is_logged_in": True, "iat": time.time()}
    monkeypatch.setattr(sign_in, "claims_of", lambda scope: asked)
    ours = guard.Guard(asgi.app)
    scope = {"type": "http", "method": "GET", "path": address, "headers": [], "server": ("127.0.0.1", 1)}
    asked |= bob
    assert ours._why_not(scope) == (404, "Not found")
    asked |= ann
    assert ours._why_not(scope) is None


# --- Against a server ---


@pytest.fixture(scope="module")
def app(built: Path) -> Iterator[str]:
    with serving(built, more={"LANDSCAPE_METRICS": "on"}) as url:
        yield url.removeprefix("http://").rstrip("/")


def fetched(host: str, path: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(f"http://{host}/{path.lstrip('/')}", timeout=60) as answer:
            return int(answer.status), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, b""


def bytes_cached(host: str) -> int:
    """Of what `st.cache_data` and `st.cache_resource` hold for all readers."""
    said = fetched(host, "/_stcore/metrics")[1].decode()
    found = re.findall(r"^cache_memory_bytes\{[^}]*st_cache_[^}]*\} (\d+)", said, re.MULTILINE)
    return sum(map(int, found))


def bytes_held(host: str) -> int:
    said = fetched(host, "/_stcore/metrics")[1].decode()
    return sum(
        int(n) for n in re.findall(r"^cache_memory_bytes\{.*media_file_storage.*\} (\d+)", said, re.MULTILINE)
    )


@pytest.mark.slow
def test_the_developers_menu_is_not_heard_from_a_page(app: str) -> None:
    """It empties the caches of all readers, whatever the toolbar shows: words on the connection of every page."""

    async def until_answered(line: ClientConnection) -> list[str | None]:
        """What came before the answer to a heartbeat, which is given once all before it was done."""
        asked = BackMsg()
        asked.app_heartbeat = True
        await line.send(asked.SerializeToString())
        said: list[str | None] = []
        while "heartbeat_ack" not in said:
            answer = ForwardMsg()
            answer.ParseFromString(await asyncio.wait_for(line.recv(), 60))
            said.append(answer.WhichOneof("type"))
        return said[:-1]

    async def read() -> None:
        ann = Reader(app, "")
        await ann.rerun()
        assert ann.socket is not None
        await until_answered(ann.socket)
        held = bytes_cached(app)
        assert held
        for name in ("clear_cache", "set_run_on_save", "load_git_info", "debug_shutdown_runtime"):
            asked = BackMsg()
            setattr(asked, name, True)
            await ann.socket.send(asked.SerializeToString())
        # Heard, the second of them is answered by the state of the session.
        assert await until_answered(ann.socket) == []
        assert bytes_cached(app) == held
        await ann.rerun("company=alibaba")
        await ann.socket.send("a text")
        with pytest.raises(ConnectionClosed) as ended:
            while True:
                await asyncio.wait_for(ann.socket.recv(), 60)
        assert ended.value.rcvd is not None and ended.value.rcvd.code == 1003
        await ann.close()

    awaited(read())


@pytest.mark.slow
def test_two_readers_of_a_real_server(app: str) -> None:
    async def read() -> None:
        ann, bob = Reader(app, ""), Reader(app, "")
        await ann.rerun()
        await bob.rerun()
        saved = "Save view as file"
        assert ann.shown.ready[saved] != bob.shown.ready[saved]
        first = ann.shown.ready[saved]
        await ann.rerun()
        assert ann.shown.ready[saved] == first
        address = await ann.make(ann.shown.made[BRIEF])
        assert address
        # Another reader who learned of the button presses it in vain.
        assert not await bob.make(ann.shown.made[BRIEF], as_of=ann.shown.visit)
        # Whatever others do meanwhile, the file is there when the browser asks for it.
        for _ in range(3):
            await bob.rerun("type=lab")
        mine = [first, address, ann.shown.icon]
        for one in mine:
            status, content = await asyncio.to_thread(fetched, app, one)
            assert status == 200 and content, one
        assert json.loads(fetched(app, first)[1])
        await ann.close()
        for _ in range(50):
            found = [(await asyncio.to_thread(fetched, app, one))[0] for one in mine]
            if found == [404] * 3:
                break
            await asyncio.sleep(0.2)
        assert found == [404] * 3
        status, _ = await asyncio.to_thread(fetched, app, bob.shown.ready[saved])
        assert status == 200
        await bob.close()
        # With nobody there, nobody's next click is waited for.
        until = time.monotonic() + 90
        while await asyncio.to_thread(bytes_held, app) and time.monotonic() < until:
            await asyncio.sleep(1)
        assert bytes_held(app) == 0

    awaited(read())
