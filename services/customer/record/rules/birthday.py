"""Days that stand for no day: programs write them where nobody said when somebody was born, or bought his car; pure."""

from __future__ import annotations

from datetime import date

PLACEHOLDERS = frozenset({date(1900, 1, 1), date(1970, 1, 1)})
"""The first days by which programs count."""


def says_nothing(day: date) -> bool:
    """True for a placeholder, and for New Year of a round year, which forms suggest: no evidence of who somebody is."""
    return day in PLACEHOLDERS or (day.month == day.day == 1 and day.year % 10 == 0)
