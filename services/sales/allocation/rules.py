"""Who in the queue is offered which vehicle (R47; field list 7.4, 7.5); pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from contracts.sales.allocation import OfferEnd


class Free(NamedTuple):
    """A vehicle that can be had, and since when."""

    free_since: datetime
    stock_id: UUID


class Waiting(NamedTuple):
    """An order that fits and has no vehicle, and since when its deposit is there."""

    since: datetime
    order_id: UUID


class Kept(NamedTuple):
    """A vehicle that is kept for an order until a moment; `taken_by` is the order that has it by now, if one has."""

    stock_id: UUID
    order_id: UUID
    until: datetime
    taken_by: UUID | None = None


@dataclass(frozen=True, slots=True)
class Arranged:
    """Which offers end, and how, and which vehicle is offered to which order now."""

    ended: list[tuple[Kept, OfferEnd]]
    offered: list[tuple[UUID, UUID]]


def arrange(
    free: Collection[Free],
    waiting: Collection[Waiting],
    kept: Sequence[Kept],
    *,
    had: Collection[tuple[UUID, UUID]],
    now: datetime,
) -> Arranged:
    """What follows for the vehicles of one model in one store and for those who wait for one.

    Whoever found a vehicle free when his deposit came may choose for himself; whoever found none is in the queue, in
    the order of deposit, then of the order's id. A vehicle that comes while somebody is in the queue is kept for the
    first who was not offered it before (`had`: vehicle and order). So an order that was cancelled, or got another
    vehicle, stands in nobody's way, for it does not wait any more.
    """
    there, wants = {one.stock_id for one in free}, {one.order_id for one in waiting}
    ended = [(one, how) for one in kept if (how := _end(one, there, wants, now=now)) is not None]
    held = [one for one in kept if all(one != gone for gone, _ in ended)]
    over = {(one.stock_id, one.order_id) for one, how in ended if how is OfferEnd.LAPSED} | set(had)
    cars = [one for one in free if one.stock_id not in {each.stock_id for each in held}]
    people = [one for one in waiting if one.order_id not in {each.order_id for each in held}]
    return Arranged(ended, _matched(cars, people, over=over))


def _end(kept: Kept, there: set[UUID], wants: set[UUID], *, now: datetime) -> OfferEnd | None:
    if kept.taken_by == kept.order_id:
        return OfferEnd.TAKEN
    if kept.stock_id not in there or kept.order_id not in wants:
        return OfferEnd.NOT_NEEDED
    return OfferEnd.LAPSED if kept.until <= now else None


def _matched(
    cars: Collection[Free], people: Collection[Waiting], *, over: Collection[tuple[UUID, UUID]]
) -> list[tuple[UUID, UUID]]:
    """Through time, of one moment vehicles first: who finds one there may choose, who finds none is in the queue."""
    came = [(one.free_since, False, one.stock_id) for one in cars]
    paid = [(one.since, True, one.order_id) for one in people]
    offered: list[tuple[UUID, UUID]] = []
    queue: list[UUID] = []
    spare = 0
    for _, is_order, which in sorted(came + paid):
        if is_order and spare:
            spare -= 1
        elif is_order:
            queue.append(which)
        elif first := next((one for one in queue if (which, one) not in over), None):
            queue.remove(first)
            offered.append((which, first))
        else:
            spare += 1
    return offered
