"""The policies of the sales service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from contracts.policies import policy
from contracts.shapes import Between, Called


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
    gift_fen: Annotated[int, Between(0, 10**9), Called("赠品价值上限(分)", "Gifts up to (fen)")] = 200_000


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
class Deposit:
    """What must be paid before a car is set aside; never more than the law lets a deposit be."""

    deposit_fen: Annotated[
        int, Between(0, 10**9), Called("配车前至少收款(分)", "Paid before a car is set aside (fen)")
    ] = 500_000


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
)
