"""How sales says no of an order."""

from __future__ import annotations

from contracts.refusals import Invalid, NotFound, RuleRefused


class OrderNotFound(NotFound):
    """No such order, or not in the caller's scope."""

    code = "ORDER_NOT_FOUND"
    zh = "没有这个订单"
    en = "There is no such order"


class ConsultantUnknown(Invalid):
    """Nobody of the store's consultants whom the caller may write an order for."""

    code = "CONSULTANT_UNKNOWN"
    zh = "{consultant_id}不是本店在职销售顾问,或您不能为其开单"
    en = "{consultant_id} is no consultant of this store that you may write an order for"


class IdentityIncomplete(RuleRefused):
    """Of the buyer something is not known that an order needs (C4)."""

    code = "IDENTITY_INCOMPLETE"
    zh = "客户身份不完整,请先补充:{names}"
    en = "Of the customer's identity this is missing: {missing}; complete his record first"


class OrderState(RuleRefused):
    """The order is not where this step begins (C4)."""

    code = "ORDER_STATE"
    zh = "订单当前状态不能这样做,请刷新后按下一步办理"
    en = "The order is {status}; this is not possible now"


class PromiseInPast(Invalid):
    """The promised date lies before today."""

    code = "PROMISE_IN_PAST"
    zh = "承诺交车日期不能早于今天"
    en = "The promised date lies in the past"


class Overpayment(Invalid):
    """More than is owed (R43)."""

    code = "OVERPAYMENT"
    zh = "付款超过未付余额(¥{balance})"
    en = "The payment is more than the balance of {balance} yuan"


class DepositMissing(RuleRefused):
    """No car without a deposit (C4)."""

    code = "DEPOSIT_MISSING"
    zh = "定金未收足¥{needed},不能配车"
    en = "A deposit of {needed} yuan comes first, so no vehicle can be allocated"


class PaidMore(RuleRefused):
    """More was paid than the new price; it is paid back first (C4)."""

    code = "PAID_MORE"
    zh = "已付¥{paid},高于新总价¥{total},请先退款"
    en = "{paid} yuan were paid, more than the new price of {total} yuan; pay back first"


class AmendmentWaits(RuleRefused):
    """An amendment of the price waits for somebody's word."""

    code = "AMENDMENT_WAITS"
    zh = "价格变更正在审批,请先等待审批结果"
    en = "A change of the price waits for approval; that comes first"


class BalanceOpen(RuleRefused):
    """No delivery before everything is paid (C4)."""

    code = "BALANCE_OPEN"
    zh = "尚有余款{balance_fen}未付,请财务先收款,再交车"
    en = "{balance_fen} are still owed; finance must confirm them before the car is handed over"


class ModelDiffers(RuleRefused):
    """The vehicle is not the model that was ordered."""

    code = "MODEL_DIFFERS"
    zh = "所配车型({vehicle})与订单车型({ordered})不符"
    en = "The vehicle is a {vehicle}, the order is for a {ordered}"
