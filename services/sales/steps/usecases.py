"""What the steps of a delivery do when something happens to their order; the caller has locked the order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

import uuid_utils.compat as uuids
from sqlalchemy import exists, select, text
from sqlalchemy.orm import Session

from chassis.organisation import stores
from chassis.organisation.calendar import Calendar
from chassis.process.clock import LOCAL
from chassis.store import policies
from contracts.envelope import Received
from contracts.gateway.calendars import USUAL_HOURS
from contracts.gateway.events import StoreChanged
from contracts.sales.policies import DELIVERY_STEPS, ChecklistItem
from contracts.sales.steps import DeliveryTerms, PromiseReason, StepAct, StepCode, StepState
from services.sales.steps.errors import ChecklistIncomplete, InsuranceNotBegun, StepsIncomplete, StepsToReverse
from services.sales.steps.models import DeliveryPlan, HandoverCheck, PromiseChange, StepChange
from services.sales.steps.rules.graph import STEPS, to_reverse

_LOOK_AGAIN = text(
    "UPDATE delivery_plan SET look_at = least(look_at, :at) WHERE store_id = :store_id AND ended_at IS NULL"
)


class OfOrder(Protocol):
    """What of an order its steps follow from."""

    @property
    def id(self) -> UUID:
        """The order."""
        ...

    @property
    def store_id(self) -> str:
        """Where it was written."""
        ...

    @property
    def total_fen(self) -> int:
        """Its price."""
        ...

    @property
    def paid_fen(self) -> int:
        """What came in for it, less what went back."""
        ...

    @property
    def covered_fen(self) -> int:
        """What a lender's letter says that it will pay yet."""
        ...

    @property
    def vin(self) -> str | None:
        """The vehicle set aside for it."""
        ...

    @property
    def promised_date(self) -> date | None:
        """The day promised now."""
        ...

    @property
    def delivered_at(self) -> datetime | None:
        """When the keys were given."""
        ...

    @property
    def cancelled_at(self) -> datetime | None:
        """When it was cancelled."""
        ...


@dataclass(frozen=True, slots=True)
class ForLater:
    """What is told with the keys: whether a bank paid, and with whom and for how long we insured the car."""

    by_loan: bool = False
    insurer: str | None = None
    insured_from: datetime | None = None
    insured_until: datetime | None = None


BY_ORDER: dict[StepCode, Callable[[Any], bool]] = {
    StepCode.CONTRACT: lambda order: order.promised_date is not None,
    StepCode.DEPOSIT: lambda order: order.paid_fen > 0,
    StepCode.ALLOCATE: lambda order: order.vin is not None,
    StepCode.BALANCE: lambda order: order.paid_fen + order.covered_fen >= order.total_fen,
    StepCode.HANDOVER: lambda order: order.delivered_at is not None,
}
"""Steps that nobody says are done, and when they are, whatever held them up; where it is so no longer, because money
went back, they are open again."""


def begin(session: Session, order: OfOrder, *, terms: DeliveryTerms, by: str, now: datetime) -> None:
    """An order was signed: it has the steps that its store's policy and its terms say, each with a first promise."""
    policy = policies.resolve(session, DELIVERY_STEPS, store_id=order.store_id, at=now)
    assert order.promised_date is not None
    place: dict[str, Any] = {"order_id": order.id, "store_id": order.store_id, "promised_on": order.promised_date}
    plan = DeliveryPlan.begin(policy, **place, terms=terms, now=now)
    changes = _settled(plan, order, by=by, now=now)
    reckon(session, plan, now=now)
    session.add(plan)
    session.flush()
    session.add_all(changes)


def plan_of(session: Session, order_id: UUID) -> DeliveryPlan | None:
    """An order's plan, read once in a transaction, which has the order: a session forgets what nobody holds.

    None for an order that was signed before there were steps.
    """
    plan = session.get(DeliveryPlan, order_id)
    session.info.setdefault(DeliveryPlan, set()).add(plan)
    return plan


def follow(session: Session, order: OfOrder, *, by: str, now: datetime) -> None:
    """Something happened to a signed order (money, a vehicle, the keys): its steps stand where that puts them.

    Called after whatever it was, in its transaction; called once more, it changes nothing. An order that was signed
    before there were steps has none.
    """
    plan = plan_of(session, order.id)
    if plan is not None:
        session.add_all(_settled(plan, order, by=by, now=now))
        reckon(session, plan, now=now)


def _settled(plan: DeliveryPlan, order: OfOrder, *, by: str, now: datetime) -> list[StepChange]:
    """Steps that follow from the order, put where they belong; what was changed. Of a cancelled one all stay."""
    plan.ended_at = order.delivered_at or order.cancelled_at
    changes: list[StepChange] = []
    if order.cancelled_at is not None:
        return changes
    if 2 * order.paid_fen < order.total_fen:
        plan.half_paid_at = None
    elif plan.half_paid_at is None:
        plan.half_paid_at = now
    for code, step in plan.by_code.items():
        says = BY_ORDER.get(code)
        if says is not None and says(order) is not (step.state is StepState.DONE):
            act, to = (StepAct.FINISH, StepState.DONE) if says(order) else (StepAct.REOPEN, StepState.PENDING)
            changes.append(step.move(to, act, by=by, now=now))
    return changes


def reckon(session: Session, plan: DeliveryPlan, *, now: datetime) -> None:
    """Say anew when everything of an order is due."""
    with session.no_autoflush:  # what was changed is written once, after it was reckoned
        known = stores.calendars(session, [plan.store_id])
    plan.reckon(known.get(plan.store_id) or Calendar.of(USUAL_HOURS), now=now)


def look_again(session: Session, event: Received[StoreChanged]) -> None:
    """The store is open at other times, maybe: what is open there is reckoned anew, by the clock."""
    session.execute(_LOOK_AGAIN, {"store_id": event.payload.code, "at": event.occurred_at})


def checklist(session: Session, order: OfOrder, *, now: datetime) -> list[ChecklistItem]:
    """What must be seen to before the keys are given, as the store's policy says; once they are, as it said then."""
    at = order.delivered_at or now
    return policies.resolve(session, DELIVERY_STEPS, store_id=order.store_id, at=at).checklist


def checked(session: Session, order_id: UUID) -> dict[str, HandoverCheck]:
    """What of an order's checklist was seen to, by its codes."""
    found = session.scalars(select(HandoverCheck).where(HandoverCheck.order_id == order_id))
    return {one.code: one for one in found}


def check(session: Session, order: OfOrder, codes: Collection[str], *, by: str, now: datetime) -> None:
    """Somebody saw to these items; what another saw to before him stays the other's. Of an order without steps: none.

    A code that the checklist does not have says nothing.
    """
    if not codes or plan_of(session, order.id) is None:
        return
    known = checked(session, order.id)
    seen = [item.code for item in checklist(session, order, now=now) if item.code in codes and item.code not in known]
    session.add_all(HandoverCheck(order_id=order.id, code=code, at=now, by=by) for code in dict.fromkeys(seen))


def require_handover(session: Session, order: OfOrder, *, now: datetime) -> None:
    """The keys may be given: every step before them is done, the checklist complete, the insurance has begun (R46).

    Raises StepsIncomplete, ChecklistIncomplete, InsuranceNotBegun. An order signed before there were steps has none.
    """
    plan = plan_of(session, order.id)
    if plan is None:
        return
    _require_none(plan.before_handover())
    known = checked(session, order.id)
    if missing := [one for one in checklist(session, order, now=now) if one.code not in known]:
        items = ", ".join(one.code for one in missing)
        raise ChecklistIncomplete(field="checklist", missing=items, names="、".join(one.zh for one in missing))
    insured = plan.by_code.get(StepCode.INSURANCE)
    if insured is not None and insured.effective_from is not None and insured.effective_from > now:
        raise InsuranceNotBegun(effective_from=insured.effective_from.astimezone(LOCAL).isoformat(timespec="minutes"))


def require_done(session: Session, order_id: UUID) -> None:
    """Nothing is left to do for an order, the plate after the keys included (C4). Raises StepsIncomplete."""
    plan = plan_of(session, order_id)
    if plan is not None:
        _require_none(plan.undone(list(plan.by_code)))


def _require_none(left: list[StepCode]) -> None:
    if left:
        raise StepsIncomplete(steps=", ".join(left), names="、".join(STEPS[code].zh for code in left))


def for_later(session: Session, order_id: UUID) -> ForLater:
    """What whoever serves the customer later must know; what went through other hands than ours is not known."""
    plan = plan_of(session, order_id)
    if plan is None:
        return ForLater()
    insured = plan.by_code.get(StepCode.INSURANCE)
    if insured is None:
        return ForLater(plan.agreed.by_loan)
    return ForLater(plan.agreed.by_loan, insured.insurer or None, insured.effective_from, insured.effective_until)


def require_reversed(session: Session, order_id: UUID) -> None:
    """Nothing that outlives an order stands any more: each was taken back by its owner. Raises StepsToReverse."""
    plan = plan_of(session, order_id)
    done = [one.code for one in plan.steps if one.state is StepState.DONE] if plan is not None else []
    if standing := to_reverse(done):
        raise StepsToReverse(steps=", ".join(standing), names="、".join(STEPS[code].zh for code in standing))


def was_registered(session: Session, order_id: UUID) -> bool:
    """True if the order's car ever had a plate of its own, whatever was taken back since."""
    plated = exists().where(
        StepChange.order_id == order_id, StepChange.code == StepCode.PLATE, StepChange.to_state == StepState.DONE
    )
    return bool(session.scalar(select(plated)))


def is_ready(session: Session, order_id: UUID) -> bool:
    """True if all is done before the car stands ready for its customer (C4)."""
    plan = plan_of(session, order_id)
    return plan is not None and plan.is_ready


MONEY = (StepCode.DEPOSIT, StepCode.BALANCE)
"""The steps by which money is due."""


def money_due(session: Session, order_id: UUID) -> tuple[StepCode, datetime] | None:
    """The step by which money of an order is due now, and when; None while it is no such step's turn."""
    plan = plan_of(session, order_id)
    return None if plan is None else due_of(plan)


def due_of(plan: DeliveryPlan) -> tuple[StepCode, datetime] | None:
    """The step by which money is due by this plan, and when."""
    turns = [one for one in plan.in_order if one.code in MONEY and one.its_turn]
    return next(((one.code, one.due_at) for one in turns if one.due_at is not None), None)


def promise(
    session: Session,
    order: OfOrder,
    *,
    before: date,
    first: date,
    reason: PromiseReason,
    remark: str,
    by: str,
    now: datetime,
) -> None:
    """The order's delivery is promised for another day than `before`; the first promise stays (R48).

    The customer's own wish excuses us of the first promise, unless that was broken already.
    """
    assert order.promised_date is not None
    excuses = reason is PromiseReason.CUSTOMER and now.astimezone(LOCAL).date() <= first
    change = {"from_day": before, "to_day": order.promised_date, "reason": reason, "remark": remark}
    session.add(PromiseChange(id=uuids.uuid7(), order_id=order.id, at=now, by=by, excuses=excuses, **change))
    plan = plan_of(session, order.id)
    if plan is not None:
        plan.promise(order.promised_date)
        reckon(session, plan, now=now)


def promises(session: Session, order_id: UUID) -> Sequence[PromiseChange]:
    """How the day promised was moved, in time."""
    moved = select(PromiseChange).where(PromiseChange.order_id == order_id)
    return session.scalars(moved.order_by(PromiseChange.at, PromiseChange.id)).all()


def is_excused(session: Session, order_id: UUID) -> bool:
    """True if the customer himself wished for another day than first promised (R48)."""
    moved = exists().where(PromiseChange.order_id == order_id, PromiseChange.excuses)
    return bool(session.scalar(select(moved)))
