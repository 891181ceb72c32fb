"""How the workshop says no of guarantees."""

from __future__ import annotations

from contracts.refusals import NotFound


class GuaranteeWatchNotFound(NotFound):
    """No such counter was told of, or not in the caller's scope."""

    code = "GUARANTEE_WATCH_NOT_FOUND"
    zh = "没有这条三包提醒"
    en = "There is no such counter"
