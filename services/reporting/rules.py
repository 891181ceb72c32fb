"""The months that figures are kept by; pure."""

from __future__ import annotations

import re
from datetime import datetime, tzinfo

from services.reporting.errors import MonthInvalid

_MONTH = re.compile(r"(19|20)[0-9]{2}-(0[1-9]|1[0-2])")


def month_of(moment: datetime, *, zone: tzinfo) -> str:
    """The month a moment lies in, by the clocks of that zone: `2026-11`."""
    return f"{moment.astimezone(zone):%Y-%m}"


def require_month(typed: str) -> str:
    """The month as typed. Raises MonthInvalid if it is none."""
    if _MONTH.fullmatch(typed) is None:
        raise MonthInvalid(month=typed)
    return typed
