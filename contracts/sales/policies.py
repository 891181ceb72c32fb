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
