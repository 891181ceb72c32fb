"""A call to the gateway itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chassis.bus.context import Call


@dataclass(frozen=True, slots=True)
class LocalCall(Call):
    """A call as the gateway's own operations see it.

    `now` is the time business happens at, a test's if it has set one; `arrived` is real, and security goes by it.
    """

    arrived: datetime
    address: str
    token_hash: bytes | None
