"""How the workshop says no to who answers by a link."""

from __future__ import annotations

from contracts.refusals import RuleRefused


class OfferMoved(RuleRefused):
    """The order is not what he was shown, or nothing of it waits for his word."""

    code = "OFFER_MOVED"
    zh = "维修内容刚有变化,请重新查看后再答复"
    en = "The repair has changed since you looked; please look again before you answer"
