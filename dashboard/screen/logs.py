"""What the server writes: as words by default, as a line of JSON each where `LANDSCAPE_LOG` is `json`."""

from __future__ import annotations

import json
import logging
import sys
import threading
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import streamlit.logger

from dashboard.data import failures, settings

FORM = "LANDSCAPE_LOG"
LOG = logging.getLogger(__name__)


class Line(logging.Formatter):
    """A record as one line of JSON: time, level, logger, message, and the trace where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        said = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_text:
            said["trace"] = record.exc_text
        return json.dumps(said, ensure_ascii=False)


def leave_words_out() -> None:
    """From now on no line of the log holds the words of an error, which may be a reader's (docs/own-company.md)."""
    logging.setLogRecordFactory(_record)


def _record(*given: Any, **more: Any) -> logging.LogRecord:
    record = logging.LogRecord(*given, **more)
    if record.exc_info and record.exc_info[1] is not None:
        # What a formatter would make of it, and takes where it is there.
        record.exc_text = failures.trace(record.exc_info[1])
        if record.name == "asyncio":
            # Under its sentence it writes the task, and with it the error's words.
            record.msg, record.args = record.getMessage().partition("\n")[0], ()
    return record


def set_up() -> None:
    """Gives every handler that there is the form asked for; again once more loggers have handlers of their own."""
    leave_words_out()
    # What ends a thread or the process, or is raised where nobody can take it, is written beside loggers: unless somebody
    # else has asked for it.
    if threading.excepthook is threading.__excepthook__:
        threading.excepthook = _thread_ended
    if sys.excepthook is sys.__excepthook__:
        sys.excepthook = _process_ended
    if sys.unraisablehook is sys.__unraisablehook__:
        sys.unraisablehook = _dropped
    if settings.text(FORM).lower() != "json":
        return
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(logging.StreamHandler())
        # What libraries warn of is written beside loggers.
        logging.captureWarnings(capture=True)
    # Streamlit gives loggers new handlers whenever it reads its configuration: at the start, and when the file changes.
    streamlit.logger.setup_formatter = _form
    known = [root, *logging.root.manager.loggerDict.values()]
    for one in known:
        if isinstance(one, logging.Logger) and one.handlers:
            _form(one)


def _form(logger: logging.Logger) -> None:
    if not logger.handlers:
        logger.addHandler(logging.StreamHandler())
    for handler in logger.handlers:
        handler.setFormatter(Line())


def _thread_ended(about: threading.ExceptHookArgs) -> None:
    if about.exc_type is not SystemExit and about.exc_value is not None:
        LOG.error("%s ended", about.thread.name if about.thread else "a thread", exc_info=about.exc_value)


def _process_ended(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        LOG.error("the process ended", exc_info=error)


def _dropped(about: Any) -> None:
    where = getattr(about.object, "__qualname__", type(about.object).__name__)
    LOG.error("what failed in %s was dropped", where, exc_info=about.exc_value)
