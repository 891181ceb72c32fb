"""The policies of the workshop service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from contracts.policies import policy
from contracts.shapes import Between, Called


@dataclass(frozen=True, slots=True)
class RepairVat:
    """Value added tax contained in what the workshop charges, work and parts alike, in percent."""

    percent: Annotated[int, Between(0, 30), Called("税率(%)", "Rate (percent)")] = 13


REPAIR_VAT = policy(
    "REPAIR_VAT",
    RepairVat(),
    service="workshop",
    zh="维修增值税率",
    en="Value added tax of repairs",
    changes_zh="此后的结算按新税率;已开的结算单不变",
    changes_en="Settlements made from then on contain it; those made before stay",
    per_store=True,
)


@dataclass(frozen=True, slots=True)
class ComebackWindow:
    """How long after a vehicle was returned a fault may be work of ours done again, whatever the law says (C9)."""

    days: Annotated[int, Between(1, 3_660), Called("天数", "Days")] = 30


COMEBACK_WINDOW = policy(
    "COMEBACK_WINDOW",
    ComebackWindow(),
    service="workshop",
    zh="返修判定期",
    en="Window of comebacks",
    changes_zh="此后交还的车辆按新期限;已交还的不变",
    changes_en="Vehicles returned from then on are looked at for so long; those returned before stay",
    per_store=True,
)


@dataclass(frozen=True, slots=True)
class CarGuarantee:
    """How long a car's guarantee runs from the day its customer has it; never less than the law says (C9).

    三包 is how long it is taken back, at least two years or 50 000 km; 包修 how long it is repaired, three or 60 000.
    """

    months: Annotated[int, Between(24, 240), Called("三包有效期(月)", "Taken back (months)")] = 24
    km: Annotated[int, Between(50_000, 1_000_000), Called("三包有效期(公里)", "Taken back (km)")] = 50_000
    repair_months: Annotated[int, Between(36, 240), Called("包修期(月)", "Repaired (months)")] = 36
    repair_km: Annotated[int, Between(60_000, 1_000_000), Called("包修期(公里)", "Repaired (km)")] = 60_000


CAR_GUARANTEE = policy(
    "CAR_GUARANTEE",
    CarGuarantee(),
    service="workshop",
    zh="整车三包期与包修期",
    en="Guarantee of cars",
    changes_zh="此后按新期限计算三包计数",
    changes_en="What is counted of cars from then on goes by it",
)


@dataclass(frozen=True, slots=True)
class RepairGuarantee:
    """How long a repair is guaranteed by its category, the first of both that is reached; never less than the law says.

    机动车维修管理规定: whole vehicle and assembly 20 000 km or 100 days, second-level maintenance 5 000 km or 30 days,
    first-level maintenance, minor and special repairs 2 000 km or 10 days (C9).
    """

    major_km: Annotated[int, Between(20_000, 1_000_000), Called("整车、总成修理(公里)", "Whole vehicle, assembly (km)")]
    major_days: Annotated[int, Between(100, 3_660), Called("整车、总成修理(天)", "Whole vehicle, assembly (days)")]
    second_km: Annotated[int, Between(5_000, 1_000_000), Called("二级维护(公里)", "Second-level maintenance (km)")]
    second_days: Annotated[int, Between(30, 3_660), Called("二级维护(天)", "Second-level maintenance (days)")]
    minor_km: Annotated[int, Between(2_000, 1_000_000), Called("一级维护、小修、专项(公里)", "Minor repairs (km)")]
    minor_days: Annotated[int, Between(10, 3_660), Called("一级维护、小修、专项(天)", "Minor repairs (days)")]


REPAIR_GUARANTEE = policy(
    "REPAIR_GUARANTEE",
    RepairGuarantee(20_000, 100, 5_000, 30, 2_000, 10),
    service="workshop",
    zh="维修质量保证期",
    en="Guarantee of repairs",
    changes_zh="此后签发的合格证按新期限;已签发的不变",
    changes_en="Certificates issued from then on say so; those issued before stay",
    per_store=True,
)


@dataclass(frozen=True, slots=True)
class BookedShare:
    """How much of its bays' time a store books ahead, in percent; the rest is kept for who comes unbooked (C6).

    It holds for each slot: a stretch of at most so many minutes in which the store is open.
    """

    percent: Annotated[int, Between(10, 100), Called("可预约比例(%)", "Booked ahead (percent)")] = 85
    slot_minutes: Annotated[int, Between(60, 720), Called("时段长度(分钟)", "Length of a slot (minutes)")] = 240


BOOKED_SHARE = policy(
    "BOOKED_SHARE",
    BookedShare(),
    service="workshop",
    zh="工位可预约比例",
    en="Share of the bays that is booked ahead",
    changes_zh="此后的预约按新比例;已预约的不变",
    changes_en="Appointments made from then on keep to it; those made before stay",
    per_store=True,
)
