"""Days that stand for no day: programs write them where nobody said when somebody was born, or bought his car; pure."""

from __future__ import annotations

from datetime import date

PLACEHOLDERS = frozenset({date(1900, 1, 1), date(1970, 1, 1)})
"""The first days by which programs count."""
