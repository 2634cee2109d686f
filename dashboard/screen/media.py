"""Files that pages show and readers take: each has an owner, an address that nobody can guess, and an end.

Streamlit names a file by its content, serves it to whoever asks, forgets it when two other readers have clicked, be it taken
or not, and keeps those of the last reader for ever.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from streamlit.runtime.media_file_storage import MediaFileStorageError
from streamlit.runtime.memory_media_file_storage import MemoryFile, get_extension_for_mimetype
from streamlit.runtime.scriptrunner import get_script_run_ctx

#: Seconds for which a file made on a click waits for the reader's browser, whatever others do meanwhile.
WAITS = 120.0
#: Files made on clicks that wait for one reader, and files of one reader whose address stays the same from run to run.
_MOST_WAITING, _MOST_NAMED = 5, 200
#: What the program shows of its own.
ASSETS = Path(__file__).resolve().parent.parent / "assets"
#: Claims that say who somebody is.
_WHO = ("iss", "sub")


class Media:
    """Streamlit's store of files that it serves, with owners and ends.

    Args:
        runtime: Streamlit's, whose store this is from now on.
    """

    def __init__(self, runtime: Any) -> None:
        self.runtime, self.manager = runtime, runtime.media_file_mgr
        self.store = self.manager._storage
        self._lock = threading.RLock()
        self._made_for = threading.local()
        #: Session by file; file by what it holds and by session; until when files made on a click wait, by session and file.
        self._owner: dict[str, str] = {}
        self._named: dict[str, OrderedDict[object, str]] = {}
        self._waiting: dict[str, OrderedDict[str, float]] = {}
        #: Files of the program itself, such as its icon: no reader's, and without an end.
        self._public: set[str] = set()
        self._make = self.manager.execute_deferred
        self.manager.execute_deferred = self.make
        self.store.load_and_get_id = self.take
        self.store.get_file = self.find
        self.store.get_url = self.address
        self.store.delete_file = self.drop

    def is_over(self, owner: str) -> bool:
        """Whether a visit has ended; who comes back within two minutes runs the page again, which brings its files."""
        return not self.runtime.is_active_session(owner)

    def take(self, given: str | bytes, mimetype: str, kind: Any, filename: str | None = None) -> str:
        """Holds a file for the visit that is at work, and gives its id: the same for the same file, until the visit ends."""
        data = self.store._read_file(given) if isinstance(given, str) else bytes(given)
        if isinstance(given, str) and Path(given).resolve().is_relative_to(ASSETS):
            # Browsers ask for the icon when they find time, which may be after the visit that named it.
            file_id = hashlib.blake2b(data, digest_size=20).hexdigest()
            self._public.add(file_id)
            self.store._files_by_id[file_id] = MemoryFile(data, mimetype, kind, filename)
            return file_id
        # A file made on a click is made outside of a run, which Streamlit would warn of.
        context = get_script_run_ctx(suppress_warning=True)
        owner = getattr(self._made_for, "owner", "") or (context.session_id if context else "")
        # Of the whole content: a part of it may be that of another file.
        what = (hashlib.blake2b(data, digest_size=20).digest(), mimetype, kind, filename)
        with self._lock:
            mine = self._named.setdefault(owner, OrderedDict())
            file_id = mine.setdefault(what, secrets.token_hex(20))
            mine.move_to_end(what)
            while len(mine) > _MOST_NAMED:
                mine.popitem(last=False)
            self._owner[file_id] = owner
            if file_id not in self.store._files_by_id:
                self.store._files_by_id[file_id] = MemoryFile(data, mimetype, kind, filename)
        return file_id

    def make(self, deferred_id: str) -> str:
        """Makes a file on a click, for who was shown the button; its address.

        Raises:
            MediaFileStorageError: there is no such button, its reader is gone, or the file could not be made.
        """
        asked = self.manager._deferred_callables.get(deferred_id)
        owner = asked["session_id"] if asked else ""
        if self.is_over(owner):
            raise MediaFileStorageError(f"Deferred file {deferred_id} not found")
        with self._making_for(owner):
            url = str(self._make(deferred_id))
        with self._lock:
            waiting = self._waiting.setdefault(owner, OrderedDict())
            waiting[_id_of(url)] = time.monotonic() + WAITS
            waiting.move_to_end(_id_of(url))
            self._waited(list(waiting)[:-_MOST_WAITING])
        return url

    @contextmanager
    def _making_for(self, owner: str) -> Iterator[None]:
        self._made_for.owner = owner
        try:
            yield
        finally:
            del self._made_for.owner

    def find(self, filename: str) -> MemoryFile:
        """The file of an address.

        Raises:
            MediaFileStorageError: there is none, or its reader is gone.
        """
        file_id = _id_of(filename)
        found: MemoryFile | None = self.store._files_by_id.get(file_id)
        is_over = file_id not in self._public and self.is_over(self._owner.get(file_id, ""))
        if found is None or is_over:
            raise MediaFileStorageError(f"No media file with id '{file_id}'")
        return found

    def address(self, file_id: str) -> str:
        """Where a file that is held is served."""
        found = self.store._files_by_id.get(file_id)
        if found is None:
            raise MediaFileStorageError(f"No media file with id '{file_id}'")
        return f"{self.store._media_endpoint}/{file_id}{get_extension_for_mimetype(found.mimetype)}"

    def drop(self, file_id: str) -> None:
        """Lets a file go that no page shows, unless its reader's browser is about to ask for it."""
        if file_id in self._public:
            return
        with self._lock:
            owner = self._owner.get(file_id, "")
            until = self._waiting.get(owner, OrderedDict()).get(file_id, 0.0)
            if until < time.monotonic() or self.is_over(owner):
                self._let_go(file_id)

    def _let_go(self, file_id: str) -> None:
        self.store._files_by_id.pop(file_id, None)
        self._waiting.get(self._owner.pop(file_id, ""), OrderedDict()).pop(file_id, None)

    def _waited(self, file_ids: Iterable[str]) -> None:
        """Files wait no longer: those that Streamlit knows still are its to drop."""
        for file_id in file_ids:
            if file_id in self.manager._file_metadata:
                self._waiting.get(self._owner.get(file_id, ""), OrderedDict()).pop(file_id, None)
            else:
                self._let_go(file_id)

    def belongs(self, path: str, claims: Mapping[str, Any]) -> bool:
        """Whether the file of an address is one of the account that asks, by its provider's claims."""
        if _id_of(path) in self._public:
            return True
        owner = self._owner.get(_id_of(path), "")
        session = self.runtime._session_mgr.get_session_info(owner)
        if session is None:
            return False
        of = session.session._user_info
        return all(of.get(k) == claims.get(k) for k in _WHO)

    def sweep(self) -> None:
        """Lets go what belongs to visits that have ended, and what was made and not taken in time."""
        now = time.monotonic()
        with self._lock:
            over = {s for s in {*self._named, *self._owner.values()} if self.is_over(s)}
            late = [f for files in self._waiting.values() for f, until in files.items() if until < now]
        for owner in over:
            self.manager.clear_session_refs(owner)
        # Streamlit marks what nobody shows in one pass and drops it in the next.
        self.manager.remove_orphaned_files()
        with self._lock:
            self._waited(late)
            for owner in filter(self.is_over, over):
                for file_id in [f for f, of in self._owner.items() if of == owner]:
                    self._let_go(file_id)
                self._named.pop(owner, None)
                self._waiting.pop(owner, None)


def _id_of(path: str) -> str:
    return PurePosixPath(path).stem
