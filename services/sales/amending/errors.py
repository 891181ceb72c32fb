"""How sales says no of an amendment."""

from __future__ import annotations

from contracts.refusals import RuleRefused


class NoAmendment(RuleRefused):
    """No change of the price waits for anybody."""

    code = "NO_AMENDMENT"
    zh = "没有待审批的价格变更"
    en = "No change of the price waits for approval"
