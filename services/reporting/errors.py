"""How the reporting service says no."""

from __future__ import annotations

from contracts.refusals import Invalid


class MonthInvalid(Invalid):
    """Not a month."""

    code = "MONTH_INVALID"
    zh = "月份无效,应形如2026-11"
    en = "This is not a month; 2026-11 is one"
