"""How sales says no about what is owed."""

from __future__ import annotations

from contracts.refusals import Invalid, NotFound, RuleRefused


class LoanBeyondPrice(Invalid):
    """No lender pays more than the price."""

    code = "LOAN_BEYOND_PRICE"
    zh = "贷款金额超过订单总价(¥{total})"
    en = "The loan is more than the price of {total} yuan"


class LetterLapsed(Invalid):
    """The letter held until a day that is over."""

    code = "LETTER_LAPSED"
    zh = "贷款批复的有效期已过"
    en = "The letter of approval holds until a day that is over"


class LetterNotFound(NotFound):
    """No letter of approval stands for the order."""

    code = "LETTER_NOT_FOUND"
    zh = "该订单没有有效的贷款批复"
    en = "No letter of approval stands for this order"


class LoanNotApproved(RuleRefused):
    """More than a letter of approval says is no disbursement of its loan."""

    code = "LOAN_NOT_APPROVED"
    zh = "放款超过贷款批复的余额(¥{left}),请先登记贷款批复"
    en = "The letter of approval leaves {left} yuan to be paid by the lender; enter a letter first"


class LoanLapsed(RuleRefused):
    """What is still owed was to come by a letter that holds no more (C4)."""

    code = "LOAN_LAPSED"
    zh = "贷款批复已于{until}到期,请登记新的批复或先收款,再交车"
    en = "The letter of approval held until {until}; enter a new one, or take the money before the car is handed over"


class NotSettled(RuleRefused):
    """Money of the order is owed, for nothing, or on its way back (C4, C19)."""

    code = "NOT_SETTLED"
    zh = "款项未结清:应收¥{owed},未分配¥{unapplied},待退¥{returning};结清后才能关闭"
    en = "Not settled: {owed} yuan are owed, {unapplied} unapplied, {returning} to be given back; that comes first"
