"""How sales says no about money."""

from __future__ import annotations

from contracts.refusals import Conflict, Invalid, NotAllowed, NotFound, RuleRefused


class ReferenceUsed(Conflict):
    """The reference belongs to another payment of the channel, whose order is named to who may see it (C19)."""

    code = "REFERENCE_USED"
    zh = "该付款参考号已用于另一笔付款{named}"
    en = "This reference belongs to another payment{named}"


class ReferenceDiffers(Conflict):
    """The order has the payment already, as something else: told once more it must be told as it was."""

    code = "REFERENCE_DIFFERS"
    zh = "该付款参考号已在本订单登记,但{names}不同;如登记有误,请先冲销原收款"
    en = "The order has this reference already, with another {differs}; if that was wrong, reverse it first"


class ReferenceEnded(Conflict):
    """What is told is a payment that was taken back, or never came: told again it does not come to be paid."""

    code = "REFERENCE_ENDED"
    zh = "该笔收款已冲销或未到账,不能再按原样登记;若款项又已到账,请在参考号后加注区别"
    en = "This payment was taken back, or never came; if it has come after all, mark its reference as another one"


class RefundReferenceUsed(Conflict):
    """Another refund of the channel has gone out by this reference (C19)."""

    code = "REFUND_REFERENCE_USED"
    zh = "该参考号已用于另一笔退款"
    en = "Another refund has gone out by this reference"


class AmountUnreadable(Invalid):
    """Not an amount of yuan with at most two places."""

    code = "AMOUNT_UNREADABLE"
    zh = "金额“{amount}”无法识别,应为元,最多两位小数"
    en = "'{amount}' is no amount of yuan with at most two places"


class PaymentNotFound(NotFound):
    """No such payment, or not in the caller's scope."""

    code = "PAYMENT_NOT_FOUND"
    zh = "没有这笔付款"
    en = "There is no such payment"


class PaymentState(RuleRefused):
    """The payment is not where this begins (C19)."""

    code = "PAYMENT_STATE"
    zh = "这笔付款当前不能这样处理,请刷新后按其状态办理"
    en = "The payment is {state}; it cannot become {wanted}"


class RefundStands(RuleRefused):
    """Money of the payment has gone back, or is to: it cannot be taken back as well."""

    code = "REFUND_STANDS"
    zh = "该付款已有退款,不能冲销;请先处理退款"
    en = "Money of this payment goes back already; see to its refund first"


class NothingUnapplied(RuleRefused):
    """All of the payment is for something already, or promised back."""

    code = "NOTHING_UNAPPLIED"
    zh = "该付款没有未分配的金额"
    en = "Nothing of this payment is unapplied"


class OtherOrder(RuleRefused):
    """Money that came for one order is given back, not moved to another."""

    code = "OTHER_ORDER"
    zh = "该款项属于其他订单,不能转用;请办理退款"
    en = "This money came for another order; give it back instead"


class RefundNotFound(NotFound):
    """No such refund, or not in the caller's scope."""

    code = "REFUND_NOT_FOUND"
    zh = "没有这笔退款"
    en = "There is no such refund"


class RefundState(RuleRefused):
    """The refund is not where this begins (C19)."""

    code = "REFUND_STATE"
    zh = "这笔退款当前不能这样处理,请刷新后按其状态办理"
    en = "The refund is {state}; it cannot become {wanted}"


class RefundTooMuch(Invalid):
    """More than came and does not go back already (C19)."""

    code = "REFUND_TOO_MUCH"
    zh = "最多可退¥{left}"
    en = "At most {left} yuan can be given back"


class OwnRefund(NotAllowed):
    """Whoever asked for a refund does not agree to it himself."""

    code = "OWN_REFUND"
    zh = "退款申请人不能自己审批"
    en = "Whoever asked for a refund cannot approve it"


class PayerUnknown(Invalid):
    """Nobody who was named as a payer of the order; a lender pays as a loan."""

    code = "PAYER_UNKNOWN"
    zh = "付款方不在该订单的付款人中"
    en = "This is none of those who were named as payers of the order"


class NoCompensation(RuleRefused):
    """Nothing is owed on top of a deposit, or somebody asked for it already (民法典 587)."""

    code = "NO_COMPENSATION"
    zh = "没有应双倍返还的定金,或已申请"
    en = "Nothing is owed on top of a deposit, or it is asked for already"


class NoticeNotFound(NotFound):
    """No such notice, or not in the caller's scope."""

    code = "NOTICE_NOT_FOUND"
    zh = "没有这条渠道通知"
    en = "There is no such notice"


class NoticeClosed(RuleRefused):
    """Somebody has looked into it already."""

    code = "NOTICE_CLOSED"
    zh = "该通知已有人核实"
    en = "Somebody has looked into this notice already"


class NothingToClose(RuleRefused):
    """The notice agrees with what is known."""

    code = "NOTHING_TO_CLOSE"
    zh = "该通知与账面一致,无需核实"
    en = "This notice agrees with what is known; there is nothing to look into"


class DepositForfeited(RuleRefused):
    """The buyer's fault cancelled the order: his deposit is not given back (民法典 587)."""

    code = "DEPOSIT_FORFEITED"
    zh = "因买方原因取消,定金¥{stays}不予退还"
    en = "The buyer cancelled: of his deposit {stays} yuan stay"
