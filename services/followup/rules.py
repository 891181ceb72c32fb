"""When a customer may be called (C12), and whether he wants to be (R12); pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from typing import Protocol
from uuid import UUID

from contracts.customer.folder import ConsentChannel, Purpose
from contracts.customer.operations import Channel
from contracts.followup.operations import SuppressedBecause

WINDOWS = (
    (time(9, 30), time(11, 30)),
    (time(14, 30), time(17, 30)),
    (time(18, 30), time(20, 0)),
)
"""Local times of day at which customers are called, on every day of the week; the end is excluded."""


def calling_time(wanted: datetime, *, latest: datetime, zone: tzinfo) -> datetime:
    """The first moment from `wanted` on that lies in a calling window, in local time.

    If that is after `latest` (which is not before `wanted`), the call is brought forward
    to the last opening of a window that `latest` allows.
    """
    openings = _openings_around(wanted.astimezone(zone))
    first = next(max(opens, wanted.astimezone(zone)) for opens, closes in openings if wanted < closes)
    if first <= latest:
        return first
    return max(opens for opens, _ in openings if opens <= latest)


def _openings_around(local: datetime) -> list[tuple[datetime, datetime]]:
    """The windows of yesterday, today and tomorrow, in order."""
    days = [local.date() + timedelta(days=offset) for offset in (-1, 0, 1)]
    return [
        (datetime.combine(day, opens, local.tzinfo), datetime.combine(day, closes, local.tzinfo))
        for day in days
        for opens, closes in WINDOWS
    ]


NOT_TO_BE_CALLED = "do_not_call"
"""What a wish is about that is about no purpose: being called at all."""


class Wished(Protocol):
    """A wish of one customer: about what, by which channel, since when."""

    @property
    def about(self) -> str: ...
    @property
    def channel(self) -> str: ...
    @property
    def allowed(self) -> bool: ...
    @property
    def at(self) -> datetime: ...


def suppressed_because(wishes: Iterable[Wished], *, purpose: Purpose | None) -> SuppressedBecause | None:
    """Why a customer with these wishes is not called for this purpose; None if he may be (R12).

    Who does not want to be called is called for nothing. A withdrawn consent stops what rests on consent; what rests
    on the contract (`purpose` None) goes on without one (PIPL 13).
    """
    wishes = list(wishes)
    if any(wish.about == NOT_TO_BE_CALLED and not wish.allowed for wish in wishes):
        return SuppressedBecause.DO_NOT_CALL
    if purpose is not None and not _allows(wishes, purpose, Channel.CALL):
        return SuppressedBecause.CONSENT_WITHDRAWN
    return None


def other_ways(wishes: Iterable[Wished], *, purpose: Purpose | None) -> list[Channel]:
    """The channels beside the telephone by which the customer may be asked for this purpose."""
    wishes = list(wishes)
    ways: list[Channel] = [channel for channel in Channel if channel is not Channel.CALL]
    return ways if purpose is None else [channel for channel in ways if _allows(wishes, purpose, channel)]


def _allows(wishes: list[Wished], purpose: Purpose, channel: Channel) -> bool:
    """The latest decision about the channel, or about any; without one nothing was withdrawn."""
    said = [wish for wish in wishes if wish.about == purpose and wish.channel in (channel, ConsentChannel.ANY)]
    return max(said, key=lambda wish: (wish.at, not wish.allowed)).allowed if said else True


TOGETHER_WITHIN = timedelta(hours=72)
"""How far apart two visits may be due that ask one customer the same (E8)."""


@dataclass(frozen=True, slots=True)
class Asking:
    """An open visit; `planned_for` is its customer before records were merged.

    `stands` is the visit that stood for this one and was made: it stands for it still.
    """

    id: UUID
    customer_id: UUID
    purpose: str
    planned_for: UUID
    due_at: datetime
    stands: UUID | None = None


def made_together(visits: Sequence[Asking]) -> dict[UUID, UUID]:
    """Which visit stands for which: of those of one customer and purpose due within 72 hours, the first (E8).

    Two that were planned for the same record were meant to be two.
    """
    made: dict[UUID, UUID] = {}
    kept: list[Asking] = []
    for visit in sorted(visits, key=lambda one: (one.due_at, one.id)):
        first = visit.stands or next((one.id for one in kept if _the_same(one, visit)), None)
        if first is None:
            kept.append(visit)
        else:
            made[visit.id] = first
    return made


def _the_same(one: Asking, other: Asking) -> bool:
    return (
        (one.customer_id, one.purpose) == (other.customer_id, other.purpose)
        and one.planned_for != other.planned_for
        and other.due_at - one.due_at <= TOGETHER_WITHIN
    )
