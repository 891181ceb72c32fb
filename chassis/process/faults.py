"""Crash points: places where a test lets a process die (`tests/faults`).

Inert unless CRM_TEST_MODE and CRM_CRASH_DIR are set.
A file `<process>.<point>` in that folder makes the process kill itself, as by `kill -9`, the next time it passes;
the file is removed first, so that it dies once. A message header `x-crm-fault` (`raise` or `kill`)
makes one message poisonous.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

POINTS = (
    "before_commit",
    "after_commit_before_ack",
    "relay_published_before_confirm",
    "relay_confirmed_before_mark",
)

_TESTING = os.environ.get("CRM_TEST_MODE", "0") in ("1", "true", "yes")
_FOLDER = os.environ.get("CRM_CRASH_DIR", "") if _TESTING else ""


class PlantedFault(RuntimeError):
    """Raised inside a handler by a test's poisonous message."""


def point(name: str, *, process: str) -> None:
    """Die here if a test armed this point for this process."""
    if not _FOLDER:
        return
    try:
        (Path(_FOLDER) / f"{process}.{name}").unlink()
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)


def poison(headers: Mapping[str, Any]) -> None:
    """Fail or die if the message carries a planted fault."""
    if not _TESTING:
        return
    fault = headers.get("x-crm-fault")
    if fault == "raise":
        raise PlantedFault("planted by a test")
    if fault == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
