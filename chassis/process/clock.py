"""The clock: the one place where the time of day is read. Everything time-driven takes `now` as an argument."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")
"""The zone of all stores (`spec/rules.md`); days and months begin by it."""


def now() -> datetime:
    """The present moment, aware, in the stores' zone."""
    return datetime.now(LOCAL)
