"""The steps of a delivery as a table (C5): whose each is, what it waits for, and which deals need it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from contracts.sales.steps import DelayCause, DeliveryTerms, PaidPart, StepCode

Says = Callable[[DeliveryTerms], bool]


def _yes(_: DeliveryTerms) -> bool:
    return True


def _no(_: DeliveryTerms) -> bool:
    return False


def _by_loan(terms: DeliveryTerms) -> bool:
    return terms.by_loan


def _insured_by_us(terms: DeliveryTerms) -> bool:
    return not terms.self_insured


def _plated_by_us(terms: DeliveryTerms) -> bool:
    return not terms.self_plating


def _before_plate(terms: DeliveryTerms) -> bool:
    return terms.before_plate


def _with_accessories(terms: DeliveryTerms) -> bool:
    return terms.accessories


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One row. `after` are the steps that must be done before it; `role` does it, and so may a sales manager.

    `office` says whether its days are those of banks, insurers and the vehicle office, else they are the store's;
    `needed` whether a deal needs it. `counts_from` is the payment from which its time runs, unless the store's policy
    names another; until that has come it is not its turn.
    What is done `by_order` is done by what happens to the order, and by nobody's word.
    `may_redo`: done, it may turn out not to be good. `told` steps are shown to the customer, `cause` is in whose hands
    each lies, as he is told when it is late.
    """

    zh: str
    en: str
    role: str
    after: tuple[StepCode, ...] = ()
    office: Says = _no
    needed: Says = _yes
    counts_from: PaidPart | None = None
    by_order: bool = False
    may_redo: bool = False
    told: bool = True
    cause: DelayCause = DelayCause.STORE


_C, _D = StepCode, DelayCause
STEPS: dict[StepCode, Step] = {
    _C.CONTRACT: Step(zh="签约", en="Contract", role="consultant", by_order=True),
    _C.DEPOSIT: Step(zh="定金", en="Deposit", role="finance", after=(_C.CONTRACT,), by_order=True, cause=_D.PAYMENT),
    _C.ALLOCATE: Step(
        zh="配车", en="Vehicle set aside", role="sales_planner", after=(_C.DEPOSIT,), by_order=True, cause=_D.CAR
    ),
    _C.LOAN_APPROVAL: Step(
        zh="按揭审批",
        en="Loan approved",
        role="loan_clerk",
        after=(_C.CONTRACT,),
        office=_yes,
        needed=_by_loan,
        counts_from=PaidPart.DEPOSIT,
        cause=_D.BANK,
    ),
    _C.BALANCE: Step(
        zh="余款",
        en="Balance paid",
        role="finance",
        after=(_C.ALLOCATE, _C.LOAN_APPROVAL),
        office=_by_loan,
        by_order=True,
        cause=_D.PAYMENT,
    ),
    _C.CERTIFICATE: Step(
        zh="合格证",
        en="Certificate in hand",
        role="finance",
        after=(_C.ALLOCATE,),
        office=_yes,
        told=False,
        cause=_D.CERTIFICATE,
    ),
    _C.INVOICE: Step(zh="开具发票", en="Invoice", role="finance", after=(_C.BALANCE,)),
    _C.INSURANCE: Step(
        zh="保险",
        en="Insurance",
        role="insurance_clerk",
        after=(_C.ALLOCATE,),
        office=_yes,
        needed=_insured_by_us,
        cause=_D.INSURER,
    ),
    _C.PURCHASE_TAX: Step(
        zh="购置税",
        en="Purchase tax",
        role="plate_clerk",
        after=(_C.INVOICE,),
        office=_yes,
        needed=_plated_by_us,
        cause=_D.OFFICE,
    ),
    _C.TEMP_PLATE: Step(
        zh="临时牌照",
        en="Temporary plate",
        role="plate_clerk",
        after=(_C.INVOICE, _C.INSURANCE),
        office=_yes,
        needed=_before_plate,
        cause=_D.OFFICE,
    ),
    _C.PLATE: Step(
        zh="上牌",
        en="Registration",
        role="plate_clerk",
        after=(_C.PURCHASE_TAX, _C.INSURANCE, _C.CERTIFICATE),
        office=_yes,
        needed=_plated_by_us,
        cause=_D.OFFICE,
    ),
    _C.MORTGAGE_REG: Step(
        zh="抵押登记",
        en="Mortgage registered",
        role="loan_clerk",
        after=(_C.PLATE,),
        office=_yes,
        needed=_by_loan,
        cause=_D.OFFICE,
    ),
    _C.ACCESSORY: Step(
        zh="装修",
        en="Accessories fitted",
        role="accessory_clerk",
        after=(_C.ALLOCATE,),
        needed=_with_accessories,
        counts_from=PaidPart.HALF,
        may_redo=True,
    ),
    _C.PDI: Step(
        zh="交车前检查", en="Inspected for delivery", role="inspector", after=(_C.ALLOCATE,), may_redo=True, told=False
    ),
    _C.CLEAN: Step(
        zh="洗车备车", en="Cleaned", role="delivery_clerk", after=(_C.PDI, _C.ACCESSORY), may_redo=True, told=False
    ),
    _C.APPOINT: Step(zh="交车预约", en="Handover agreed", role="consultant"),
    _C.HANDOVER: Step(zh="交车", en="Handed over", role="consultant", by_order=True),
}
"""C5, with the certificate (合格证) before the plate and the keys: it may lie at the bank that financed the stock.
What APPOINT and HANDOVER wait for follows from all others (`before`)."""

PAID_BY = {
    PaidPart.DEPOSIT: StepCode.DEPOSIT,
    PaidPart.HALF: StepCode.BALANCE,
    PaidPart.ALL: StepCode.BALANCE,
}
"""The step that is done with the money from which others count; half of the price comes before it is."""

MANAGERS = ("sales_manager", "general_manager")
"""Who may do any step, waive or require one, and take back a word."""

_AFTER_KEYS = (StepCode.PURCHASE_TAX, StepCode.PLATE, StepCode.MORTGAGE_REG)
"""What is done after the handover where that comes before the plate."""

_IRREVOCABLE = (StepCode.INVOICE, StepCode.INSURANCE, StepCode.PURCHASE_TAX, StepCode.PLATE, StepCode.MORTGAGE_REG)
"""What outlives a cancelled order until it is reversed: one car, one invoice with its VIN."""


def needed(code: StepCode, terms: DeliveryTerms) -> bool:
    """True if a deal of these terms needs the step."""
    return STEPS[code].needed(terms)


def after_keys(terms: DeliveryTerms) -> tuple[StepCode, ...]:
    """The steps that are done after the handover."""
    return _AFTER_KEYS if terms.before_plate else ()


def before_handover(codes: Collection[StepCode], *, terms: DeliveryTerms) -> list[StepCode]:
    """Those of these steps that must be done before the keys are given, in their order."""
    later = {StepCode.HANDOVER, *after_keys(terms)}
    return [code for code in STEPS if code in codes and code not in later]


def before_ready(codes: Collection[StepCode], *, terms: DeliveryTerms) -> list[StepCode]:
    """Those of these steps after which the car stands ready, and only the customer is waited for (C4)."""
    return [code for code in before_handover(codes, terms=terms) if code is not StepCode.APPOINT]


def before(code: StepCode, codes: Collection[StepCode], *, terms: DeliveryTerms) -> list[StepCode]:
    """What of these steps the step waits for itself.

    Where one that it waits for is not needed, it waits for what that one would have waited for.
    """
    if code is StepCode.HANDOVER:
        return before_handover(codes, terms=terms)
    if code is StepCode.APPOINT:
        return [one for one in before_ready(codes, terms=terms) if one is not StepCode.CLEAN]
    found: dict[StepCode, None] = {}
    for one in STEPS[code].after:
        found |= dict.fromkeys([one] if one in codes else before(one, codes, terms=terms))
    return list(found)


def leads_to(code: StepCode, to: StepCode) -> bool:
    """True if the one comes before the other, however far, or is it: it cannot count from the other's money."""
    return code is to or any(leads_to(code, one) for one in STEPS[to].after)


def to_reverse(done: Collection[StepCode]) -> list[StepCode]:
    """What of an order that is cancelled must be reversed by its owner, a red-letter invoice first of all."""
    return [code for code in _IRREVOCABLE if code in done]
