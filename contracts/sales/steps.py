"""Delivery steps (C5): what they are called, where one stands, what is done to it, and what a deal says of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from contracts.shapes import Called


class StepCode(StrEnum):
    """What must be done between the contract and the keys, in the order in which it is shown."""

    CONTRACT = "CONTRACT"
    DEPOSIT = "DEPOSIT"
    ALLOCATE = "ALLOCATE"
    LOAN_APPROVAL = "LOAN_APPROVAL"
    BALANCE = "BALANCE"
    CERTIFICATE = "CERTIFICATE"
    INVOICE = "INVOICE"
    INSURANCE = "INSURANCE"
    PURCHASE_TAX = "PURCHASE_TAX"
    TEMP_PLATE = "TEMP_PLATE"
    PLATE = "PLATE"
    MORTGAGE_REG = "MORTGAGE_REG"
    ACCESSORY = "ACCESSORY"
    PDI = "PDI"
    CLEAN = "CLEAN"
    APPOINT = "APPOINT"
    HANDOVER = "HANDOVER"


class StepState(StrEnum):
    """Where a step stands."""

    NOT_REQUIRED = "not_required"
    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    BLOCKED = "blocked"
    FAILED = "failed"
    REWORK = "rework"
    DONE = "done"


class StepAct(StrEnum):
    """What is done to a step.

    `redo` sends finished work back because it is not good, `reopen` takes back a word that was wrong;
    `waive` and `require` say that the deal does without it, or needs it after all.
    """

    START = "start"
    FINISH = "finish"
    BLOCK = "block"
    RESUME = "resume"
    FAIL = "fail"
    REDO = "redo"
    REOPEN = "reopen"
    WAIVE = "waive"
    REQUIRE = "require"


class PaidPart(StrEnum):
    """Money of the price from whose coming the time of a step runs: the deposit, half of it, or all."""

    DEPOSIT = "deposit"
    HALF = "half"
    ALL = "all"


class CountsFrom(StrEnum):
    """From when the time of a step runs, as a store sets it: as C5 has it, or from such a payment."""

    USUAL = "usual"
    DEPOSIT = "deposit"
    HALF = "half"
    ALL = "all"

    @property
    def part(self) -> PaidPart | None:
        """The payment, if it is one that was set."""
        return None if self is CountsFrom.USUAL else PaidPart(self.value)


class PlateStage(StrEnum):
    """How far a registration is (R44): papers, inspection, number, plates, licence."""

    DOCUMENTS = "documents"
    INSPECTION = "inspection"
    NUMBER = "number"
    PLATES = "plates"
    LICENCE = "licence"


class DeliveryRisk(StrEnum):
    """Whether the promised day will be kept: by what is left to do, it is, without any reserve, or it is not (C5)."""

    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    LATE = "late"


class PromiseReason(StrEnum):
    """Why a delivery is promised for another day; only the customer's own wish excuses us (R48)."""

    CUSTOMER = "CUSTOMER"
    FACTORY = "FACTORY"
    CERTIFICATE = "CERTIFICATE"
    BANK = "BANK"
    OFFICE = "OFFICE"
    ACCESSORY = "ACCESSORY"
    OTHER = "OTHER"


class DelayCause(StrEnum):
    """In whose hands a step lies, as its customer is told when it takes longer: never in a clerk's own words."""

    STORE = "store"
    PAYMENT = "payment"
    CAR = "car"
    CERTIFICATE = "certificate"
    BANK = "bank"
    INSURER = "insurer"
    OFFICE = "office"


@dataclass(frozen=True, slots=True)
class DeliveryTerms:
    """What was agreed with the customer, as far as it decides which steps his order needs (C5)."""

    by_loan: Annotated[bool, Called("按揭", "By a loan")] = False
    self_insured: Annotated[bool, Called("客户自行投保", "The customer insures it himself")] = False
    self_plating: Annotated[bool, Called("客户自行上牌", "The customer registers it himself")] = False
    accessories: Annotated[bool, Called("有加装", "With accessories")] = False
    before_plate: Annotated[bool, Called("上牌前提车", "Handed over before it has its plates")] = False
