"""Logs: one JSON line per call or event on standard output, with the correlation id and without personal data."""

from __future__ import annotations

import logging
import sys
import traceback

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
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(serializer=lambda entry, **_: orjson.dumps(entry, default=str)),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.BytesLoggerFactory(),
        cache_logger_on_first_use=True,
    )
    bridge = logging.StreamHandler(sys.stdout)
    bridge.setFormatter(_Bridge())
    logging.basicConfig(handlers=[bridge], level=logging.WARNING, force=True)


class _Bridge(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        entry = {"event": record.getMessage(), "logger": record.name, "level": record.levelname.lower()}
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(entry).decode()


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
