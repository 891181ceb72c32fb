"""Crash points: places where a test lets the process die (`tests/faults`). Inert unless CRM_TEST_MODE is set.

`CRM_CRASH_AT=after_commit:<file>` makes the process kill itself the first time it passes the point,
once: the file is removed first, so that the restarted process lives.
A message header `x-crm-fault` (`raise` or `kill`) makes one message poisonous.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from typing import Any

POINTS = (
    "before_commit",
    "after_commit_before_ack",
    "relay_published_before_confirm",
    "relay_confirmed_before_mark",
)

_ARMED = os.environ.get("CRM_TEST_MODE", "0") in ("1", "true", "yes")
_POINT, _, _TRIGGER = os.environ.get("CRM_CRASH_AT", "").partition(":")


class PlantedFault(RuntimeError):
    """Raised inside a handler by a test's poisonous message."""


def point(name: str) -> None:
    """Die here, as by `kill -9`, if a test armed this point."""
    if not _ARMED or name != _POINT:
        return
    try:
        os.unlink(_TRIGGER)
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)


def poison(headers: Mapping[str, Any]) -> None:
    """Fail or die if the message carries a planted fault."""
    if not _ARMED or not headers:
        return
    fault = headers.get("x-crm-fault")
    if fault == "raise":
        raise PlantedFault("planted by a test")
    if fault == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
