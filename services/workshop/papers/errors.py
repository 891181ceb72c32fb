"""How the workshop says no to sheets."""

from __future__ import annotations

from contracts.refusals import NotFound


class SettlementNotFound(NotFound):
    """No such settlement, or not in the caller's scope."""

    code = "SETTLEMENT_NOT_FOUND"
    zh = "没有这张结算单"
    en = "There is no such settlement"
