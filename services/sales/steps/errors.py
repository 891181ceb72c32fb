"""How the steps of a delivery say no."""

from __future__ import annotations

from contracts.refusals import Invalid, NotAllowed, NotFound, RuleRefused


class StepNotFound(NotFound):
    """The order has no such step: its store does without it, or it is not signed yet."""

    code = "STEP_NOT_FOUND"
    zh = "订单没有步骤{step}"
    en = "The order has no step {step}"


class StepsNone(NotFound):
    """The order has no steps: it is not signed yet, or was before there were any."""

    code = "STEPS_NONE"
    zh = "订单尚无交车步骤"
    en = "The order has no steps yet"


class StepsOver(RuleRefused):
    """The keys were given: what was before is over."""

    code = "STEPS_OVER"
    zh = "订单已交车、已取消或正在取消,交车步骤不能再办理"
    en = "The order was handed over, or is or may be cancelled; its steps are over"


class StepOutOfTurn(RuleRefused):
    """The step cannot go there from where it stands (C5)."""

    code = "STEP_STATE"
    zh = "步骤{step}当前为{state},不能执行{act}"
    en = "Step {step} is {state}; {act} is not possible now"


class StepWaits(RuleRefused):
    """What the step waits for is not done (C5)."""

    code = "STEP_WAITS"
    zh = "步骤{step}须先完成{waits_for}"
    en = "Step {step} waits for {waits_for}"


class StepNotRedone(RuleRefused):
    """Only work can turn out not to be good: accessories, the inspection, the cleaning (C5)."""

    code = "STEP_NOT_REDONE"
    zh = "步骤{step}不能返工,如有差错请经理更正"
    en = "Step {step} is no work to be redone; if the word was wrong, a manager takes it back"


class StepByOrder(RuleRefused):
    """The step is done by what happens to the order: the contract, money, the car."""

    code = "STEP_BY_ORDER"
    zh = "步骤{step}随订单的签约、收款、配车或交车自动更新"
    en = "Step {step} follows from the order's contract, payments, vehicle or handover"


class StepNotYours(NotAllowed):
    """Somebody else does this step (C5)."""

    code = "STEP_NOT_YOURS"
    zh = "步骤{step}由{roles}办理"
    en = "Step {step} is done by {roles}"


class ReasonMissing(Invalid):
    """What holds a step up, sends it back or drops it is to be explained."""

    code = "REASON_MISSING"
    zh = "请填写原因"
    en = "Please say why"


class EvidenceMissing(Invalid):
    """The step is done with something to show for it: a policy's beginning, a plate."""

    code = "EVIDENCE_MISSING"
    zh = "步骤{step}完成时须填写{field}"
    en = "Step {step} is done with its {field}"


class ExpectedInPast(Invalid):
    """What is still to come is expected for a day to come."""

    code = "EXPECTED_IN_PAST"
    zh = "预计日期不能早于今天"
    en = "The day lies in the past"


class StageAhead(Invalid):
    """A stage is over on a day that has come, and not before the contract (R44)."""

    code = "STAGE_AHEAD"
    zh = "办理日期应在签约之后、今天或之前"
    en = "A stage is over on a day between the contract and today"


class PlateInvalid(Invalid):
    """Not a number plate (E5)."""

    code = "PLATE_INVALID"
    zh = "车牌号无效"
    en = "This is not a valid number plate"


class StepsIncomplete(RuleRefused):
    """The keys are given when everything before them is done (C4, R45)."""

    code = "STEP_INCOMPLETE"
    zh = "尚有步骤未完成:{names}"
    en = "Not done yet: {steps}"


class StepsToReverse(RuleRefused):
    """What outlives an order is taken back before it is cancelled: a red-letter invoice, the policy, the plate."""

    code = "STEPS_TO_REVERSE"
    zh = "请先办理冲红、退保或退牌,并由经理撤回步骤:{names}"
    en = "To be reversed first, and taken back by a manager: {steps}"


class ChecklistIncomplete(Invalid):
    """The keys are given when the checklist is complete (R46)."""

    code = "CHECKLIST_INCOMPLETE"
    zh = "交车清单未完成:{names}"
    en = "Not on the checklist yet: {missing}"


class ChecklistUnknown(Invalid):
    """The store's checklist has no such item, or has it no more."""

    code = "CHECKLIST_UNKNOWN"
    zh = "交车清单没有项目{item}"
    en = "The checklist has no item {item}"


class InsuranceEndsEarly(Invalid):
    """An insurance ends after it has begun."""

    code = "INSURANCE_ENDS_EARLY"
    zh = "保险止期应晚于起期"
    en = "The insurance ends before it begins"


class InsuranceNotBegun(RuleRefused):
    """Nobody drives away before his insurance has begun."""

    code = "INSURANCE_NOT_BEGUN"
    zh = "保险自{effective_from}起生效,现在不能交车"
    en = "The insurance begins at {effective_from}; the car cannot be handed over yet"
