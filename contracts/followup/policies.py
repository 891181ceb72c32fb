"""The policies of the follow-up service: how long after its occasion a customer is asked (C12), when tasks are due.

A row of a visit here and the occasion's file of the same name, in small letters, are all of an occasion
(`services/followup/visits/occasions/`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from contracts.policies import PolicyKind, policy
from contracts.shapes import Between, Called

V = TypeVar("V")

VISITS: list[PolicyKind[Any]] = []
"""The policies of occasions for visits: their shapes name units of time, and the code is the visits' purpose."""


@dataclass(frozen=True, slots=True)
class DaysLater:
    """So many days after what was heard."""

    days: Annotated[int, Between(1, 30), Called("几天后回访", "Days until the visit")]


@dataclass(frozen=True, slots=True)
class HoursLater:
    """So many hours after what was heard, from one day to three."""

    hours: Annotated[int, Between(24, 72), Called("几小时后回访", "Hours until the visit")]


@dataclass(frozen=True, slots=True)
class SampleLater:
    """So many days after what was heard, of so many in a hundred, and of all who answered worse than this before."""

    days: Annotated[int, Between(15, 60), Called("几天后回访", "Days until the visit")]
    percent: Annotated[int, Between(0, 100), Called("抽样百分比", "Sample in a hundred")]
    below: Annotated[int, Between(1, 10), Called("前次低于几分必访", "Always if the score before was below")]


def _visit(code: str, default: V, *, zh: str, en: str) -> PolicyKind[V]:
    kind = policy(
        code,
        default,
        service="followup",
        zh=zh,
        en=en,
        changes_zh="{total}个回访改期;生效前已发生的业务所引起的回访不变",
        changes_en="{total} visits are due at another time; those of what happened before it stay as they are",
        per_store=True,
    )
    VISITS.append(kind)
    return kind


DELIVERY_D3 = _visit("DELIVERY_D3", DaysLater(3), zh="交车后致谢回访", en="Thanks after the delivery")
DELIVERY_D7 = _visit("DELIVERY_D7", DaysLater(7), zh="交车后满意度回访", en="How the sale went, after the delivery")
DELIVERY_D30 = _visit(
    "DELIVERY_D30",
    SampleLater(days=30, percent=30, below=8),
    zh="交车满月回访",
    en="Use of the car, a month after the delivery",
)
SERVICE_D3 = _visit(
    "SERVICE_D3", HoursLater(48), zh="维修取车后回访", en="Was it fixed, after the vehicle was returned"
)


@dataclass(frozen=True, slots=True)
class Caps:
    """How often one customer is reached by all departments and stores together: on a day, in 7 days, in 30 (C12)."""

    a_day: Annotated[int, Between(1, 5), Called("每天最多联系次数", "Contacts a day")]
    a_week: Annotated[int, Between(1, 10), Called("7天内最多联系次数", "Contacts in 7 days")]
    a_month: Annotated[int, Between(1, 20), Called("30天内最多联系次数", "Contacts in 30 days")]


CONTACT_CAPS = policy(
    "CONTACT_CAPS",
    Caps(a_day=1, a_week=2, a_month=4),
    service="followup",
    zh="客户联系频次上限",
    en="How often a customer is reached",
    changes_zh="此后的回访按新上限安排;已顺延的回访不变",
    changes_en="Visits from then on are put off by it; those put off already stay as they are",
)


def _task(code: str, default: V, *, zh: str, en: str, changes_zh: str, changes_en: str) -> PolicyKind[V]:
    """Until when a task is due, by the store that has it; `changes` say what the new time is of."""
    return policy(
        code,
        default,
        service="followup",
        zh=zh,
        en=en,
        changes_zh=f"{changes_zh};已有待办不变",
        changes_en=f"{changes_en} within this time; tasks there are already stay as they are",
        per_store=True,
    )


@dataclass(frozen=True, slots=True)
class DaysToDecide:
    """So many days after the suspicion."""

    days: Annotated[int, Between(1, 30), Called("几天内确认", "Days to decide")]


@dataclass(frozen=True, slots=True)
class HoursToDecide:
    """So many hours after somebody asked."""

    hours: Annotated[int, Between(1, 72), Called("几小时内审批", "Hours to decide")]


ORDER_APPROVAL = _task(
    "ORDER_APPROVAL",
    HoursToDecide(4),
    zh="订单价格的审批期限",
    en="Time to decide on a price beyond the limits",
    changes_zh="此后提交的价格按新期限审批",
    changes_en="Prices submitted from then on are decided",
)


@dataclass(frozen=True, slots=True)
class HoursToTell:
    """So many hours after it was seen."""

    hours: Annotated[int, Between(1, 72), Called("几小时内联系客户", "Hours to tell the customer")]


DELIVERY_AT_RISK = _task(
    "DELIVERY_AT_RISK",
    HoursToTell(4),
    zh="交期有风险时联系客户的期限",
    en="Time to tell the customer that his delivery is at risk",
    changes_zh="此后出现的交期风险按新期限处理",
    changes_en="Deliveries at risk from then on are told of",
)

MERGE_QUESTION = _task(
    "MERGE_QUESTION",
    DaysToDecide(2),
    zh="疑似重复档案的确认期限",
    en="Time to decide whether two records are one customer",
    changes_zh="此后发现的疑似重复按新期限处理",
    changes_en="Records suspected from then on are decided",
)


@dataclass(frozen=True, slots=True)
class MinutesToCall:
    """So many minutes after it was told."""

    minutes: Annotated[int, Between(5, 240), Called("几分钟内联系客户", "Minutes to call the customer")]


PROMISE_AT_RISK = _task(
    "PROMISE_AT_RISK",
    MinutesToCall(15),
    zh="交车可能延迟时联系客户的期限",
    en="Time to call a customer whose vehicle will hardly be ready as promised",
    changes_zh="此后发现的延迟风险按新期限处理",
    changes_en="What is at risk from then on is told",
)
