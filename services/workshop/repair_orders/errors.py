"""How the workshop service says no."""

from __future__ import annotations

from contracts.refusals import Invalid, NotFound, RuleRefused


class RepairOrderNotFound(NotFound):
    """No such repair order, or not in the caller's scope."""

    code = "REPAIR_ORDER_NOT_FOUND"
    zh = "没有这张维修工单"
    en = "There is no such repair order"


class StageNotAllowed(RuleRefused):
    """The repair order is not where this step begins (C7)."""

    code = "STAGE_NOT_ALLOWED"
    zh = "工单当前阶段不能这样做,请刷新后按下一步办理"
    en = "The repair order is {stage}; it cannot become {wanted} now"


class ExpectedInPast(Invalid):
    """What is waited for should have been there already."""

    code = "EXPECTED_IN_PAST"
    zh = "预计时间不能早于现在"
    en = "The time it is expected at lies in the past"


class RefusalNotSigned(RuleRefused):
    """An order that waits is cancelled with the customer's signed refusal only (C7)."""

    code = "REFUSAL_NOT_SIGNED"
    zh = "等待中的工单须有客户签字的拒修确认才能取消"
    en = "A repair order that waits is cancelled only with the customer's signed refusal"


class LineNotFound(NotFound):
    """No such line on the order."""

    code = "LINE_NOT_FOUND"
    zh = "工单上没有第{line}行"
    en = "There is no line {line} on the repair order"


class LineBegun(RuleRefused):
    """The work of the line was begun, or was declined."""

    code = "LINE_BEGUN"
    zh = "该项目已开工或已被拒绝,只能改价,不能再更改或拒绝"
    en = "The line is {state}; it cannot be changed or declined any more"


class LinesUnanswered(RuleRefused):
    """The customer was not asked yet, or has not said yes or no (R51)."""

    code = "LINES_UNANSWERED"
    zh = "第{lines}行尚未经客户确认,请先追加确认或拒绝"
    en = "The customer has neither agreed to nor declined lines {lines}"


class LineNotToDo(RuleRefused):
    """Nothing is to be done on the line: it is done, was declined, or is a discount."""

    code = "LINE_NOT_TO_DO"
    zh = "第{line}行没有待施工的内容"
    en = "There is nothing to be done on line {line}"


class LinesNotBegun(RuleRefused):
    """Work that the customer agreed to was never begun: it is done before quality control, or declined."""

    code = "LINES_NOT_BEGUN"
    zh = "第{lines}行尚未施工,请先施工,或由客户拒绝"
    en = "Nobody worked on lines {lines} yet; do them first, or the customer declines them"


class NotClockedOn(RuleRefused):
    """The caller's clock does not run on this order."""

    code = "NOT_CLOCKED_ON"
    zh = "您没有在本工单上计时"
    en = "Your clock does not run on this repair order"


class ClockingNotFound(NotFound):
    """No such clocking, or not in the caller's scope."""

    code = "CLOCKING_NOT_FOUND"
    zh = "没有这条工时记录"
    en = "There is no such clocking"


class ClockingNotForgotten(RuleRefused):
    """Only a clock that was forgotten, and stopped by the clock, is confirmed."""

    code = "CLOCKING_NOT_FORGOTTEN"
    zh = "该工时由本人结束,无需确认"
    en = "This clock was stopped by the technician himself; there is nothing to confirm"


class ClockingEndWrong(Invalid):
    """A clock stops after it began, not in the future, and before the next one of the same technician begins."""

    code = "CLOCKING_END_WRONG"
    zh = "结束时间须在开始之后、不晚于现在,且不与该技师的下一段工时重叠"
    en = "A clock stops after it began, not later than now, and before the technician's next one begins"


class SharesWrong(Invalid):
    """A share of a line says too much or too little."""

    code = "SHARES_WRONG"
    zh = "第{line}行分摊有误:每个付款方一次,比例与金额二选一,合计不超过该行金额"
    en = "The shares of line {line} cannot be: each payer once, by per cent or by a sum, no more than the line in all"


class AmountBelowLines(Invalid):
    """The customer would agree to less than he is asked to pay."""

    code = "AMOUNT_BELOW_LINES"
    zh = "同意金额低于客户应付的{customer_fen};请先拒绝不做的项目"
    en = "Less than the {customer_fen} the customer would pay; decline first what is not to be done"


class NothingToDo(RuleRefused):
    """No work on the order that anybody could agree to."""

    code = "NOTHING_TO_DO"
    zh = "没有待客户确认的维修项目,请先登记项目再委托确认"
    en = "There is no work on the repair order that anybody could agree to"


class LineAmount(Invalid):
    """Work costs nothing or more, a discount is nothing or less."""

    code = "LINE_AMOUNT"
    zh = "第{line}行金额有误:维修项目不能为负,优惠项目不能为正"
    en = "The amount of line {line} cannot be: work is never below 0, a discount never above"


class DiscountHasNoClass(Invalid):
    """What is taken off a bill is no kind of work, and about nothing of the vehicle."""

    code = "DISCOUNT_HAS_NO_CLASS"
    zh = "第{line}行是优惠,没有作业类别和故障部位"
    en = "Line {line} is a discount: it is no kind of work, and about nothing of the vehicle"


class DiscountTooLarge(Invalid):
    """A payer would be given more than he has to pay."""

    code = "DISCOUNT_TOO_LARGE"
    zh = "优惠超过该付费方应付的{work_fen}"
    en = "The discounts for {pay_type} exceed the {work_fen} of his work"


class KmNotRead(RuleRefused):
    """Nobody read the odometer with the work done yet: there is nothing to correct."""

    code = "KM_NOT_READ"
    zh = "尚未读取出厂里程,无可更正"
    en = "Nobody read the odometer with the work done yet; there is nothing to correct"


class PromiseInPast(Invalid):
    """The time promised has passed already."""

    code = "PROMISE_IN_PAST"
    zh = "承诺交车时间不能早于现在"
    en = "The time promised lies in the past"


class InspectorDidTheWork(RuleRefused):
    """Quality control by somebody who worked on the order, or was given its work (C7)."""

    code = "INSPECTOR_DID_THE_WORK"
    zh = "参与过本工单施工的人不能质检,请由其他质检员检验"
    en = "Whoever worked on the repair order, or was given its work, may not inspect it"


class WorkOfAnother(RuleRefused):
    """The work was given to other technicians (C7)."""

    code = "WORK_OF_ANOTHER"
    zh = "本工单已派给技师{technician_id},请先改派"
    en = "The work was given to {technician_id}; dispatch it anew before somebody else does it"


class TechnicianUnknown(Invalid):
    """Nobody who works as a technician in the order's store: work is given to one (C7)."""

    code = "TECHNICIAN_UNKNOWN"
    zh = "本店没有在职技师{technician_id}"
    en = "No technician {technician_id} works in this store"


class NotAuthorized(RuleRefused):
    """The customer would pay more than he agreed to (R51)."""

    code = "NOT_AUTHORIZED"
    zh = "应收客户{customer_fen},超过客户确认的{authorized_fen},请先请客户追加确认"
    en = "The customer would pay {customer_fen}, but agreed to {authorized_fen}; ask for his consent to more first"
