"""How the workshop says no about money."""

from __future__ import annotations

from contracts.refusals import Conflict, Invalid, NotFound, RuleRefused


class SettlementState(RuleRefused):
    """The settlement is not where this begins."""

    code = "SETTLEMENT_STATE"
    zh = "该结算单当前不能这样处理,请刷新后按其状态办理"
    en = "The settlement is {state}; it cannot become {wanted}"


class NotSettled(RuleRefused):
    """Nothing is owed by this payer before the invoice is made."""

    code = "NOT_SETTLED"
    zh = "该付款方没有有效的结算单,请先结算"
    en = "There is no settlement of this payer; settle the repair order first"


class NothingOwed(RuleRefused):
    """The customer has paid."""

    code = "NOTHING_OWED"
    zh = "客户应付款已结清"
    en = "The customer owes nothing"


class CustomerUnpaid(RuleRefused):
    """The customer has not paid, and nobody who may said that he may pay later."""

    code = "CUSTOMER_UNPAID"
    zh = "客户尚欠{balance}元,请先收款,或由服务经理说明原因后放行"
    en = "The customer owes {balance} yuan; take his payment, or ask a manager to let the vehicle go unpaid"


class RepairOverpayment(Invalid):
    """More than the payer owes."""

    code = "REPAIR_OVERPAYMENT"
    zh = "收款超过该付款方的欠款(¥{balance})"
    en = "The payment is more than the {balance} yuan that are owed"


class RepairReferenceUsed(Conflict):
    """The reference belongs to another payment of the channel (C19)."""

    code = "REPAIR_REFERENCE_USED"
    zh = "该付款参考号已用于另一笔维修收款"
    en = "This reference belongs to another payment of a repair"


class RepairPaymentNotFound(NotFound):
    """No such payment, or not in the caller's scope."""

    code = "REPAIR_PAYMENT_NOT_FOUND"
    zh = "没有这笔维修收款"
    en = "There is no such payment of a repair"


class RepairPaymentState(RuleRefused):
    """The payment was taken back already (C19)."""

    code = "REPAIR_PAYMENT_STATE"
    zh = "该笔维修收款已冲销"
    en = "The payment is {state}; it cannot become {wanted}"
