"""What follow-up does: plans visits, lets them fall due, takes the answers, follows the policies."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, select, text
from sqlalchemy.orm import Session

from chassis.bus.context import Ask
from chassis.customers import rekeying
from chassis.customers.asking import Read
from chassis.organisation import stores
from chassis.organisation.calendar import Calendar
from chassis.store import policies, turns
from chassis.store.outbox import Cause, Fact, record_all, tell
from chassis.store.rows import insert_all, values_of
from contracts.access import Scope
from contracts.customer.operations import ByIds, Channel, ways_to_reach
from contracts.envelope import Received
from contracts.followup import events, operations
from contracts.followup.operations import Outcome, VisitStatus
from contracts.gateway.events import StoreChanged
from contracts.picked import picked
from contracts.policies import DueChange
from services.followup.tasks import usecases as tasks
from services.followup.tasks.models import TASKS
from services.followup.visits.errors import VisitMadeWith, VisitNotFound
from services.followup.visits.models import MOVABLE, VISITS, Attempt, Visit
from services.followup.visits.occasions import asked_with, consent_for, occasions_of
from services.followup.visits.occasions.occasion import Occasion
from services.followup.visits.rules import Trigger, Way, forbidden_because, way_that_reaches, way_to_ask
from services.followup.visits.shown import visit_shown
from services.followup.visits.usecases import caps, together, visit_tasks, wishes
from services.followup.visits.usecases.together import Because

TOGETHER = 200
"""Visits that fall due in one transaction."""

SHOWN = 100
"""Changes that a published policy lists."""

_visit: Any = Visit.__table__
_SURVIVORS = text(
    """
    SELECT DISTINCT survivor_id FROM customer_alias
     WHERE survivor_id = ANY(CAST(:customers AS uuid[])) AND customer_id <> survivor_id ORDER BY survivor_id
    """
)
_POLICIES = "policies"
"""Planning and publishing wait for each other, so that no visit is planned by a policy that is just being replaced."""
_CALENDARS = "calendars"
"""The same for planning and hearing that a store is open at other times."""


def plan_visits(session: Session, received: Sequence[Received[Any]]) -> None:
    """Plan the visits these events are occasions for; what is planned already stays as it is.

    They are planned for whoever their customer lives on in (E8), at the hours and by the channel he prefers, while
    their store is open; who does not want to be asked gets them suppressed at once (R12).
    """
    turns.share(session, _POLICIES, ["all"])
    turns.share(session, _CALENDARS, {event.store_id for event in received})
    calendars = stores.calendars(session, {event.store_id for event in received})
    wanted = _wanted(session, received)
    told = [rekeying.Told(one.event.payload.customer_id, *one.trigger.document) for one in wanted]
    owners = rekeying.owners(session, told)
    concerned = _asked_for_more(session, [(owner, one.occasion) for owner, one in zip(owners, wanted, strict=True)])
    wished = wishes.of_planned(session, [owner.customer_id for owner in owners])
    planned: dict[UUID, _Fresh] = {}
    for one, value, owner in zip(wanted, _values(session, wanted), owners, strict=True):
        way = way_to_ask(wished[owner.customer_id], purpose=one.occasion.consent)
        fresh = _plan(one, value=value, owner=owner, way=way, store=calendars.get(one.event.store_id))
        planned[fresh.visit.id] = fresh
    rows = [values_of(planned[visit_id].visit) for visit_id in sorted(planned)]
    new = insert_all(session, _visit, rows, on_conflict="DO NOTHING", returning="id").scalars().all() if rows else []
    record_all(session, [fact for visit_id in new for fact in planned[visit_id].facts])
    heard = {owner.customer_id: one.event for one, owner in zip(wanted, owners, strict=True)}
    together.arrange(session, {one: Because.of(heard[one]) for one in concerned})


def follow_calendar(session: Session, event: Received[StoreChanged]) -> None:
    """The store is open at other times, maybe: what is still planned there moves (C12), and everybody is told.

    Called after what it told is kept, in the same transaction.
    """
    store_id = event.payload.code
    turns.take(session, _CALENDARS, [store_id])
    moved = _moved(session, select(Visit).where(Visit.store_id == store_id))
    _move(session, moved, at=event.occurred_at, cause=Cause.of(event))
    together.arrange(session, dict.fromkeys((visit.customer_id for visit, _ in moved), Because.of(event)))


def keep_wishes(session: Session, received: Sequence[Received[Any]]) -> None:
    """Keep what customers wish, and let their visits follow it (R12); changed ones are made with others, or no more."""
    changed = wishes.keep(session, received)
    together.arrange(session, {one: Because.of(event) for one, event in changed.items()})


def rekey_visits(session: Session, event: Received[Any]) -> None:
    """Visits follow their customers' records when those are merged, restored or split; two that are one become one.

    Tasks follow them too, whatever they are about.
    """
    tasks.hold(session)
    customers = rekeying.follow(session, event, [VISITS, TASKS], acknowledge=events.VisitsRekeyed)
    wished = customers | _whose_wishes(event.payload)
    changed = wishes.follow(session, dict.fromkeys(wished, event)) if wished else {}
    together.arrange(session, dict.fromkeys({*customers, *changed}, Because.of(event)))


def _whose_wishes(told: Any) -> set[UUID]:
    """Whose wishes are others since their records changed: those merged or restored, and in whom they live or lived."""
    survivor = getattr(told, "survivor_id", None)
    named = {one for lives in told.lives_on for one in (lives.customer_id, lives.survivor_id)}
    return named | ({survivor} if survivor else set())


def _asked_for_more(session: Session, planned: Sequence[tuple[rekeying.Owner, Occasion]]) -> set[UUID]:
    """Whose visits may be made in one call with others: of several records (E8), or for several purposes (C12)."""
    if not planned:
        return set()
    survivors = session.scalars(_SURVIVORS, {"customers": [owner.customer_id for owner, _ in planned]})
    return {*survivors, *(owner.customer_id for owner, occasion in planned if asked_with(occasion.purpose))}


class _Wanted(NamedTuple):
    """One visit that an event gives rise to, the occasion that says so, and its policy when the event happened."""

    event: Received[Any]
    occasion: Occasion
    trigger: Trigger
    value: Any


def _wanted(session: Session, received: Sequence[Received[Any]]) -> list[_Wanted]:
    """The visits these events give rise to, each by its occasion's policy of that moment."""
    heard = [(event, occasion) for event in received for occasion in occasions_of(type(event.payload))]
    values = policies.resolve_all(
        session, [policies.Asked(occasion.policy, event.store_id, event.occurred_at) for event, occasion in heard]
    )
    return [
        _Wanted(event, occasion, trigger, value)
        for (event, occasion), value in zip(heard, values, strict=True)
        for trigger in occasion.triggers[type(event.payload)](event, value)
    ]


def _values(session: Session, wanted: Sequence[_Wanted]) -> list[Any]:
    """Of each visit its policy when it was triggered: asked for once more only where the event tells of another day."""
    others = [one for one in wanted if one.trigger.at != one.event.occurred_at]
    asked = [policies.Asked(one.occasion.policy, one.event.store_id, one.trigger.at) for one in others]
    found = iter(policies.resolve_all(session, asked) if asked else ())
    return [one.value if one.trigger.at == one.event.occurred_at else next(found) for one in wanted]


class _Fresh(NamedTuple):
    """A visit to insert, and what there is to tell of it if it is new."""

    visit: Visit
    facts: list[Fact]


def _plan(wanted: _Wanted, *, value: Any, owner: rekeying.Owner, way: Way, store: Calendar | None) -> _Fresh:
    event, occasion, trigger, _ = wanted
    visit = Visit.plan(
        trigger,
        purpose=occasion.purpose,
        store_id=event.store_id,
        owner=owner,
        due_at=occasion.due_at(triggered_at=trigger.at, value=value, way=way, store=store),
        channel=way.channel,
    )
    cause = Cause.of(event)
    planned = picked(events.VisitPlanned, visit, visit_id=visit.id, customer_id=visit.planned_for)
    facts = [wishes.fact(visit, planned, at=event.occurred_at, cause=cause)]
    if way.because is not None:
        visit.suppress(because=way.because, due_at=visit.due_at)
        facts.append(wishes.fact(visit, wishes.suppressed(visit), at=event.occurred_at, cause=cause))
    return _Fresh(visit, facts)


def how_to_reach(*, now: datetime, read: Read, ask: Ask) -> dict[UUID, list[Channel]]:
    """By which channels the customers of the next visits to fall due can be reached, as their records say now."""
    customers = read(lambda connection: connection.scalars(_whose_time_has_come(now, Visit.customer_id)).all())
    if not customers:
        return {}
    answer = ask(ways_to_reach, ByIds(sorted(set(customers))))
    return {one.customer_id: one.channels for one in answer.items}


def visits_due(session: Session, *, now: datetime, known: Mapping[UUID, Collection[Channel]]) -> int:
    """Let planned visits whose time has come fall due, each somebody's task now; returns how many.

    Each by a channel that reaches its customer. One that is being changed, or whose customer was not asked after, waits
    a turn. Those made in one call with it go over to its channel, and are asked by themselves if that is forbidden for
    what they ask.
    """
    found = session.scalars(_whose_time_has_come(now, Visit).with_for_update(skip_locked=True)).all()
    visits = [visit for visit in found if visit.customer_id in known]
    for visit in visits:
        visit.fall_due()
    record_all(session, [_fell_due(visit, now=now) for visit in visits])
    if moved := _reach(session, visits, now=now, known=known):
        stand = [visit.id for visit in moved]
        customers = {visit.customer_id: Because(now) for visit in moved}
        stood_for = select(Visit).where(Visit.customer_id.in_(customers), Visit.made_with.in_(stand))
        _reach(session, session.scalars(stood_for.order_by(Visit.id).with_for_update()).all(), now=now, known=known)
        together.arrange(session, customers)
    visit_tasks.follow(session, visits, at=now)
    caps.put_off(session, {visit.customer_id for visit in visits}, now=now)
    return len(visits)


def _fell_due(visit: Visit, *, now: datetime) -> Fact:
    return Fact(
        event=picked(events.VisitFellDue, visit, visit_id=visit.id, customer_id=visit.planned_for),
        subject_id=visit.id,
        subject_version=visit.version,
        store_id=visit.store_id,
        occurred_at=now,
    )


def _reach(
    session: Session, visits: Sequence[Visit], *, now: datetime, known: Mapping[UUID, Collection[Channel]]
) -> list[Visit]:
    """Let these be made by channels that reach their customers; which of them that changes."""
    lost = [visit for visit in visits if visit.channel not in known[visit.customer_id]]
    wished = wishes.of_customers(session, [visit.customer_id for visit in lost])
    moved = []
    for visit in lost:
        channel = way_that_reaches(
            visit.channel,
            reached_by=known[visit.customer_id],
            wishes=wished[visit.customer_id],
            purpose=consent_for(visit.purpose),
        )
        if visit.reschedule(due_at=visit.due_at, channel=channel):
            tell(session, visit, wishes.rescheduled(visit), now=now)
            moved.append(visit)
    return moved


def _whose_time_has_come(now: datetime, what: Any) -> Select[Any]:
    return (
        select(what)
        .where(Visit.status == VisitStatus.PLANNED, Visit.due_at <= now, Visit.made_with.is_(None))
        .order_by(Visit.due_at, Visit.id)
        .limit(TOGETHER)
    )


def complete_visit(
    session: Session, asked: operations.CompleteVisit, *, scope: Scope, now: datetime
) -> operations.Visit:
    """Record what the customer answered, asked by this channel; without one, as the visit says.

    It is the answer to what this visit asks: of those made in one call with it, the ones of another purpose are open
    still, and one of them stands for the others.

    Raises VisitNotFound, StaleVersion, VisitMadeWith, VisitClosed, VisitLocked, VisitSuppressed, ChannelForbidden,
    JudgedPersonAsks.
    """
    visit = visit_to_change(session, asked.visit_id, asked.expected_version, scope=scope)
    by, was_task = asked.channel or visit.channel, visit_tasks.is_to_be_made(visit)
    forbidden = None
    if visit.status is VisitStatus.SUPPRESSED or by is not visit.channel:
        wished = wishes.of_customers(session, [visit.customer_id])[visit.customer_id]
        forbidden = forbidden_because(wished, purpose=consent_for(visit.purpose), channel=by)
    if visit.made_with is not None:
        raise VisitMadeWith(visit_id=str(visit.made_with))
    judged = session.scalars(
        select(Visit.judged_staff_id).where(Visit.customer_id == visit.customer_id, Visit.made_with == visit.id)
    ).all()
    visit.complete(
        score=asked.score,
        remark=asked.remark,
        by=scope.staff_id,
        now=now,
        channel=by,
        forbidden=forbidden,
        judged=judged,
    )
    session.add(Attempt.of(visit, outcome=Outcome.REACHED, by=scope.staff_id, at=now))
    completed = picked(events.VisitCompleted, visit, visit_id=visit.id, customer_id=visit.planned_for)
    tell(session, visit, completed, now=now)
    if was_task:
        visit_tasks.follow(session, [visit], at=now)
    if judged:
        together.arrange(session, {visit.customer_id: Because(now)})
    caps.put_off(session, [visit.customer_id], now=now)
    return visit_shown(visit)


def follow_policy(session: Session, made: policies.Publication, *, now: datetime) -> policies.Effect:
    """Let the visits follow a new policy of when they are due.

    A visit's policy is the one in force when it was triggered. So the visits that move are those still planned (or
    suppressed), triggered at or after it takes effect, for which no other row comes first (the store's own, or a
    later one).
    """
    turns.take(session, _POLICIES, ["all"])
    wanted = select(Visit).where(Visit.purpose == made.kind.code, Visit.triggered_at >= made.since)
    if made.store_id is not None:
        wanted = wanted.where(Visit.store_id == made.store_id)
    moved = _moved(session, wanted)
    changes = [DueChange("visit", visit.id, visit.due_at, due_at) for visit, due_at in moved[:SHOWN]]
    _move(session, moved, at=now)
    planned = [visit.customer_id for visit, _ in moved if visit.status is VisitStatus.PLANNED]
    together.arrange(session, dict.fromkeys(planned, Because(now)))
    return policies.Effect(len(moved), changes)


def visit_to_change(session: Session, visit_id: UUID, expected_version: int | None, *, scope: Scope) -> Visit:
    """The visit, locked, if it lies in the caller's scope. Raises VisitNotFound, StaleVersion."""
    visit = session.get(Visit, visit_id, with_for_update=True)
    if visit is None or not scope.admits(store_id=visit.store_id):
        raise VisitNotFound
    visit.require_version(expected_version)
    return visit


def _moved(session: Session, wanted: Select[Visit]) -> list[tuple[Visit, datetime]]:
    """Of these the visits that policies, wishes and calendars of this moment make due at another time, and when."""
    movable = wanted.where(Visit.status.in_(MOVABLE)).order_by(Visit.due_at, Visit.id).with_for_update()
    visits = session.scalars(movable).all()
    planned = zip(visits, wishes.plans(session, visits), strict=True)
    return [(visit, plan.due_at) for visit, plan in planned if plan.due_at != visit.due_at]


def _move(
    session: Session, moved: Sequence[tuple[Visit, datetime]], *, at: datetime, cause: Cause | None = None
) -> None:
    """Let them be due then, and tell of those that somebody is to make."""
    for visit, due_at in moved:
        visit.reschedule(due_at=due_at, channel=visit.channel)
    told = [visit for visit, _ in moved if visit.status is VisitStatus.PLANNED]
    record_all(session, [wishes.fact(visit, wishes.rescheduled(visit), at=at, cause=cause) for visit in told])
