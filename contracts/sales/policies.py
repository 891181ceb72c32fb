"""The policies of the sales service: how long a car is kept, and which steps a store's orders need (C5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from contracts.policies import policy
from contracts.sales.steps import CountsFrom, StepCode
from contracts.shapes import Between, Called, Many, Text

MOST_HALF_DAYS = 240


@dataclass(frozen=True, slots=True)
class HoursKept:
    """So many hours a vehicle is kept for the order it was offered to, nights and holidays included."""

    hours: Annotated[int, Between(1, 240), Called("保留几小时", "Hours it is kept")]


OFFER_HOURS = policy(
    "OFFER_HOURS",
    HoursKept(24),
    service="sales",
    zh="到车后为排队订单保留的时间",
    en="Time a vehicle that came is kept for the order that has waited longest",
    changes_zh="此后的保留按新时间;已保留的不变",
    changes_en="Vehicles offered from then on are kept this long; those kept already stay as they are",
    per_store=True,
)


@dataclass(frozen=True, slots=True)
class PriceLimits:
    """Up to these, both included, a price needs nobody's approval: of the list prices together, and of gifts in fen."""

    discount_percent: Annotated[int, Between(0, 100), Called("优惠上限(%)", "Discount up to (percent)")] = 3
    gift_fen: Annotated[int, Between(0, 10**9), Called("赠品价值上限", "Gifts up to")] = 200_000


PRICE_LIMITS = policy(
    "PRICE_LIMITS",
    PriceLimits(),
    service="sales",
    zh="免审批的优惠和赠品",
    en="Discounts and gifts without approval",
    changes_zh="此后提交的报价和订单按新上限审批;已审批的不变",
    changes_en="Prices submitted from then on are judged by it; what was approved stays",
    per_store=True,
)


@dataclass(frozen=True, slots=True)
class QuoteDays:
    """So many days after a quote might be offered it can be accepted, the last one included."""

    days: Annotated[int, Between(1, 90), Called("报价有效天数", "Days a quote is valid")] = 7


QUOTE_VALID = policy(
    "QUOTE_VALID",
    QuoteDays(),
    service="sales",
    zh="报价的有效期",
    en="How long a quote is valid",
    changes_zh="此后可以报出的报价按新期限;已报出的不变",
    changes_en="Quotes that may be offered from then on are valid this long; those offered before stay",
    per_store=True,
)


@dataclass(frozen=True, slots=True)
class Deposit:
    """What must be paid before a car is set aside; never more than the law lets a deposit be."""

    deposit_fen: Annotated[int, Between(0, 10**9), Called("配车前至少收款", "Paid before a car is set aside")] = 500_000


DEPOSIT_MIN = policy(
    "DEPOSIT_MIN",
    Deposit(),
    service="sales",
    zh="配车前的定金下限",
    en="The least deposit before a car is set aside",
    changes_zh="此后签订的合同按新下限;已签订的不变",
    changes_en="Contracts signed from then on ask for it; those signed before stay",
    per_store=True,
)


@dataclass(frozen=True, slots=True)
class IdentityNeeded:
    """What must be known of a buyer before his order is submitted (C4)."""

    named: Annotated[bool, Called("姓名全称", "His whole name")] = True
    reachable: Annotated[bool, Called("手机", "His mobile")] = True
    numbered: Annotated[bool, Called("证件号或统一社会信用代码", "The number of his card, or of the company")] = True


ORDER_IDENTITY = policy(
    "ORDER_IDENTITY",
    IdentityNeeded(),
    service="sales",
    zh="提交订单前须登记的客户身份",
    en="What of a buyer's identity must be known before his order is submitted",
    changes_zh="此后提交的订单按新要求;已提交的不变",
    changes_en="Orders submitted from then on ask for it; those submitted before stay",
    per_store=True,
)


@dataclass(frozen=True, slots=True)
class VatRates:
    """Value added tax contained in what is sold, in percent; what is collected for others contains none of ours."""

    goods_percent: Annotated[int, Between(0, 30), Called("货物税率(%)", "Goods (percent)")] = 13
    services_percent: Annotated[int, Between(0, 30), Called("服务税率(%)", "Services (percent)")] = 6


VAT_RATES = policy(
    "VAT_RATES",
    VatRates(),
    service="sales",
    zh="增值税税率",
    en="Value added tax",
    changes_zh="此后写下的价格按新税率计算;已写下的不变",
    changes_en="Prices written from then on contain the new rate; those written before stay",
    per_store=True,
)


@dataclass(frozen=True, slots=True)
class StepTime:
    """A step that orders of the store need where the deal does, and how many half working days it may take.

    `counts_from` is the payment from which they run, if it is another than C5 has it; of a step that the payment itself
    waits for it says nothing.
    """

    code: Annotated[StepCode, Called("步骤", "Step")]
    half_days: Annotated[int, Between(0, MOST_HALF_DAYS), Called("时限(半个工作日)", "Half working days")]
    counts_from: Annotated[CountsFrom, Called("从何时起算", "Counts from")] = CountsFrom.USUAL


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """What must have been done when the keys are given (R46)."""

    code: Annotated[str, Text(1, 20), Called("代码", "Code")]
    zh: Annotated[str, Text(1, 60), Called("中文名称", "Name in Chinese")]
    en: Annotated[str, Text(1, 60), Called("英文名称", "Name in English")]


@dataclass(frozen=True, slots=True)
class DeliverySteps:
    """The steps, the checklist at the handover, and how many days of reserve an order on track has."""

    steps: Annotated[list[StepTime], Many(40), Called("步骤与时限", "Steps and their times")]
    checklist: Annotated[list[ChecklistItem], Many(40), Called("交车清单", "Checklist at the handover")]
    reserve_days: Annotated[
        int, Between(0, 30), Called("预留天数,不足则有风险", "Days of reserve below which it is at risk")
    ]


FULL = DeliverySteps(
    steps=[
        StepTime(StepCode.CONTRACT, 0),
        StepTime(StepCode.DEPOSIT, 2),
        StepTime(StepCode.ALLOCATE, 2),
        StepTime(StepCode.LOAN_APPROVAL, 6),
        StepTime(StepCode.BALANCE, 4),
        StepTime(StepCode.CERTIFICATE, 4),
        StepTime(StepCode.INVOICE, 2),
        StepTime(StepCode.INSURANCE, 2),
        StepTime(StepCode.PURCHASE_TAX, 2),
        StepTime(StepCode.TEMP_PLATE, 2),
        StepTime(StepCode.PLATE, 6),
        StepTime(StepCode.MORTGAGE_REG, 4),
        StepTime(StepCode.ACCESSORY, 4),
        StepTime(StepCode.PDI, 2),
        StepTime(StepCode.CLEAN, 1),
        StepTime(StepCode.APPOINT, 0),
        StepTime(StepCode.HANDOVER, 0),
    ],
    checklist=[
        ChecklistItem("PDI", "交车前检查单", "Inspection before the delivery"),
        ChecklistItem("DOCUMENTS", "随车资料", "Papers of the car"),
        ChecklistItem("TOOLS", "随车工具", "Tools of the car"),
        ChecklistItem("EXPLANATION", "使用讲解", "How to use it, explained"),
        ChecklistItem("SIGNATURE", "客户签字", "The customer's signature"),
        ChecklistItem("PHOTO", "合影", "A photo together"),
    ],
    reserve_days=1,
)
"""All of C5."""

SHORT = DeliverySteps(
    steps=[StepTime(StepCode.CONTRACT, 0), StepTime(StepCode.ALLOCATE, 2), StepTime(StepCode.BALANCE, 4)],
    checklist=[],
    reserve_days=0,
)
"""A house that keeps everything else on paper: contract, car, money."""

DELIVERY_STEPS = policy(
    "DELIVERY_STEPS",
    FULL,
    service="sales",
    zh="交车步骤、时限与清单",
    en="Steps of a delivery, their times and the checklist",
    changes_zh="此后签订的订单按新步骤办理;已签订的订单不变",
    changes_en="Orders signed from then on take these steps; those signed already keep theirs",
    per_store=True,
    presets={"FULL": FULL, "SHORT": SHORT},
)
