"""Logs: one JSON line per call or event on standard output, with the correlation id and without personal data."""

from __future__ import annotations

import logging
import re
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO, cast

import orjson
import structlog


def configure(service: str) -> None:
    """Set up structured logging for this process; libraries' warnings come out in the same form."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            lambda _logger, _method, entry: {**entry, "process": service},
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(serializer=lambda entry, **_: orjson.dumps(entry, default=str)),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: structlog.BytesLogger(cast("BinaryIO", _Unfailing(sys.stdout.buffer))),
        cache_logger_on_first_use=True,
    )
    bridge = logging.StreamHandler(sys.stdout)
    bridge.setFormatter(_Bridge())
    logging.basicConfig(handlers=[bridge], level=logging.WARNING, force=True)
    ended = get("ended")
    sys.excepthook = lambda _kind, error, _trace: ended.error(
        "process ends", error=describe(error), where=origin(error)
    )
    threading.excepthook = lambda hook: ended.error(
        "thread ends",
        thread=hook.thread.name if hook.thread else "",
        error=describe(hook.exc_value) if hook.exc_value else "",
        where=origin(hook.exc_value) if hook.exc_value else [],
    )


class _Unfailing:
    """Where lines are written. One that cannot be, as on a full disk, is lost or late: it is no reason to stop."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, line: bytes) -> None:
        """Write, if it can be."""
        self._try(lambda: self._file.write(line))

    def flush(self) -> None:
        """Say what waits, if it can be said."""
        self._try(self._file.flush)

    def _try(self, said: Callable[[], object]) -> None:
        try:
            said()
        except OSError:
            # not above: it takes `socketserver` along, which has to come after eventlet's patch or waits for all
            from chassis.process import metrics  # noqa: PLC0415

            metrics.LOG_FAILURES.inc()


class _Bridge(logging.Formatter):
    """What a library says, in our form: an error it speaks of is described, never quoted (S24)."""

    def format(self, record: logging.LogRecord) -> str:
        try:
            message = str(record.msg) % _described(record.args) if record.args else str(record.msg)
        except (TypeError, ValueError, KeyError):
            message = str(record.msg)
        entry: dict[str, object] = {"event": message, "logger": record.name, "level": record.levelname.lower()}
        if record.exc_info and (error := record.exc_info[1]):
            entry |= {"error": describe(error), "where": origin(error)}
        return orjson.dumps(entry, default=str).decode()


def _described(arguments: Any) -> Any:
    """A log call's arguments, errors among them told as we tell them."""
    if isinstance(arguments, Mapping):
        return {name: _described_one(each) for name, each in arguments.items()}
    return tuple(_described_one(each) for each in arguments)


def _described_one(argument: object) -> object:
    return describe(argument) if isinstance(argument, BaseException) else argument


def describe(error: BaseException) -> str:
    """What went wrong, without the data it went wrong with: PostgreSQL's messages quote whole rows (S24).

    What has no state and is no fault of a statement is about the connection, and its words alone say why there is none.
    """
    quoted = getattr(error, "orig", None) or error
    if not hasattr(quoted, "sqlstate"):
        return f"{type(error).__name__}: {error}".splitlines()[0][:300]
    state = quoted.sqlstate
    if state is None and any(kind.__name__ == "OperationalError" for kind in type(quoted).__mro__):
        return f"{type(quoted).__name__}: {_why_not_connected(str(quoted))}"
    constraint = getattr(getattr(quoted, "diag", None), "constraint_name", None)
    return " ".join(part for part in (type(quoted).__name__, state, constraint) if part)


def _why_not_connected(told: str) -> str:
    """The server's or the network's own word, without addresses and names: whoever may ask for health reads it too."""
    why = (told.rpartition("failed: ")[2].strip().splitlines() or [""])[0]
    return re.sub(r"\"[^\"]*\"", "…", why)[:200]


def get(name: str) -> structlog.typing.FilteringBoundLogger:
    """A logger that names its part of the system."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger(part=name)
    return logger


def origin(error: BaseException, *, depth: int = 8) -> list[str]:
    """Where an error came from in our own code, innermost last: files, lines, functions; no data, no message."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/site-packages/" not in frame.filename]
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames[-depth:]]


def _short(filename: str) -> str:
    return "/".join(filename.rsplit("/", 3)[1:])
