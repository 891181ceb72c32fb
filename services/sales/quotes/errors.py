"""How sales says no of a quote."""

from __future__ import annotations

from contracts.refusals import NotFound, RuleRefused


class QuoteNotFound(NotFound):
    """No such quote, or not in the caller's scope."""

    code = "QUOTE_NOT_FOUND"
    zh = "没有这份报价"
    en = "There is no such quote"


class QuoteState(RuleRefused):
    """The quote is not where this step begins (C3)."""

    code = "QUOTE_STATE"
    zh = "报价当前状态不能这样做,请刷新后按下一步办理"
    en = "The quote is {status}; this is not possible now"


class QuoteExpired(RuleRefused):
    """Its last day is over; the same price may be offered again by a new version."""

    code = "QUOTE_EXPIRED"
    zh = "报价有效期至{valid_until},已过期;可按原价生成新版本"
    en = "The quote was valid until {valid_until}; offer it again by a new version"


class QuoteNotApproved(RuleRefused):
    """What nobody has agreed to offer is not put on paper."""

    code = "QUOTE_NOT_APPROVED"
    zh = "报价尚未提交或批准,不能打印"
    en = "The quote is not approved, so it cannot be printed"
