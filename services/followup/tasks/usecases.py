"""What followup does with tasks: opens and closes them by what is heard, and lets people hand them on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from chassis.customers import erasing, rekeying
from chassis.organisation import staff
from chassis.store import policies, turns
from chassis.store.outbox import Cause, Fact, record_all
from contracts.access import Scope
from contracts.customer.events import CustomerErased
from contracts.envelope import Received
from contracts.followup import events
from contracts.followup import tasks as operations
from contracts.followup.tasks import Handing
from contracts.gateway.events import StaffChanged
from contracts.picked import picked
from services.followup.tasks import kinds
from services.followup.tasks.errors import ColleagueUnknown, NotForColleague, TaskNotFound, TaskTaken
from services.followup.tasks.kinds.kind import Kind
from services.followup.tasks.models import TASKS, Task
from services.followup.tasks.queries import hand_overs_of
from services.followup.tasks.rules import Move, Opening, may_do
from services.followup.tasks.shown import task_shown

_STAFF = "staff of tasks"
"""Who gives tasks to people and who hears that somebody left wait for each other, so that neither misses the other."""

Key = tuple[str, str]
"""A task by its kind's code and its subject."""


class _Word(NamedTuple):
    """What an event says of one task."""

    kind: Kind
    subject_id: str
    says: Opening | Move | None
    event: Received[Any]


def hold(session: Session) -> None:
    """Nobody's leaving is heard until the transaction ends. First of all, before rows of tasks are written or moved."""
    turns.share(session, _STAFF, ["all"])


def keep(session: Session, received: Sequence[Received[Any]]) -> None:
    """Open, move and close tasks as these events say, in whatever order they come.

    A word counts by the moment its event was recorded at: departments tell what they did in the order they did it.
    Tasks of a customer who lives on in another are the other's (E8).
    """
    words = [word for event in received for word in _words(event)]
    if not words:
        return
    hold(session)
    words = _due(session, _of_their_owners(session, words))
    tasks = _tasks(session, {(word.kind.code, word.subject_id): word.kind for word in words})
    for word in words:
        task, at = tasks[word.kind.code, word.subject_id], word.event.envelope.recorded_at
        if isinstance(word.says, Opening):
            task.hear_opening(word.says, at=at)
        elif word.says is not None:
            task.hear_move(word.says, at=at)
        else:
            task.hear_closing(at=at)
    last = words[-1].event
    _give_back(session, tasks.values(), at=last.occurred_at, cause=Cause.of(last))


def stand(
    session: Session, kind: Kind, *, opened: Sequence[Opening] = (), closed: Collection[str] = (), at: datetime
) -> None:
    """Let tasks of subjects that the caller has locked be open, or closed, by his word alone.

    For what another idea of followup does: no event need be told, and none can come late.
    """
    if not opened and not closed:
        return
    hold(session)
    named = {(kind.code, opening.subject_id): kind for opening in opened}
    tasks = _tasks(session, named, known=[(kind.code, subject_id) for subject_id in closed])
    for opening in opened:
        tasks[kind.code, opening.subject_id].stand(opening, at=at)
    for task in tasks.values():
        if task.subject_id in closed:
            task.fall(at=at)
    _give_back(session, [tasks[key] for key in named], at=at)


def fall_back(session: Session, event: Received[StaffChanged]) -> None:
    """Who left, or does not do this any more in the store, has no task there: it is his role's again, and says so."""
    staff_id = event.payload.staff_code
    turns.take(session, _STAFF, ["all"])
    his = select(Task).where(Task.staff_id == staff_id, Task.open).order_by(Task.id).with_for_update()
    _give_back(session, session.scalars(his).all(), at=event.occurred_at)


def forget(session: Session, event: Received[CustomerErased]) -> None:
    """Nobody reads any more why his tasks were handed over (PIPL 47). What is open is closed by its department."""
    hold(session)
    erasing.forget(session, event, holding=TASKS)


def take_task(
    session: Session, asked: operations.TakeTask, *, scope: Scope, roles: Sequence[str], now: datetime
) -> operations.Task:
    """What was nobody's yet is the caller's; his own stays his. Raises TaskTaken, TaskClosed, NotForColleague."""
    hold(session)
    task, kind = _task_to_hand(session, asked.task_id, scope=scope, roles=roles, taken=True)
    task.require_open()
    if task.staff_id is None:
        _require_for(task, kind, staff_id=scope.staff_id, roles=roles)
        _hand(session, task, Handing.TAKEN, to=scope.staff_id, by=scope.staff_id, at=now)
    elif task.staff_id != scope.staff_id:
        raise TaskTaken(staff_id=task.staff_id)
    return _shown(session, task, kind, now=now)


def hand_over_task(
    session: Session, asked: operations.HandOverTask, *, scope: Scope, roles: Sequence[str], now: datetime
) -> operations.Task:
    """A colleague of the store does it, who may, or without one its role; who has it already keeps it.

    Raises TaskNotFound, TaskClosed, StaleVersion, ColleagueUnknown, NotForColleague.
    """
    hold(session)
    task, kind = _task_to_hand(session, asked.task_id, scope=scope, roles=roles)
    task.require_open()
    task.require_version(asked.expected_version)
    if asked.to is not None:
        colleague = staff.members(session, [asked.to]).get(asked.to)
        if colleague is None or not colleague.works_in(task.store_id):
            raise ColleagueUnknown(field="to", staff_id=asked.to)
        _require_for(task, kind, staff_id=asked.to, roles=colleague.roles)
    if asked.to != task.staff_id:
        how = Handing.GIVEN_BACK if asked.to is None else Handing.HANDED_OVER
        _hand(session, task, how, to=asked.to, by=scope.staff_id, reason=asked.reason, at=now)
    return _shown(session, task, kind, now=now)


def _words(event: Received[Any]) -> Iterable[_Word]:
    told = type(event.payload)
    for kind in kinds.kinds_that_hear(told):
        for says in (kind.opens.get(told, _nothing)(event), kind.moves.get(told, _nothing)(event)):
            if says is not None:
                yield _Word(kind, says.subject_id, says, event)
        for subject_id in kind.closes.get(told, _none_of_them)(event):
            yield _Word(kind, subject_id, None, event)


def _nothing(_event: Received[Any]) -> None:
    return None


def _none_of_them(_event: Received[Any]) -> tuple[str, ...]:
    return ()


def _of_their_owners(session: Session, words: Sequence[_Word]) -> list[_Word]:
    """The same, each opening for whom its customer lives on in; that does not change until the transaction ends."""
    openings = [word.says for word in words if isinstance(word.says, Opening)]
    told = [rekeying.Told(one.customer_id, *(one.document or ("", ""))) for one in openings]
    owned = iter(
        replace(one, customer_id=owner.customer_id, origin_customer_id=owner.origin_id)
        for one, owner in zip(openings, rekeying.owners(session, told), strict=True)
    )
    return [word._replace(says=next(owned)) if isinstance(word.says, Opening) else word for word in words]


def _due(session: Session, words: Sequence[_Word]) -> list[_Word]:
    """The same, each opening with its due time: by its kind's policy, as of when it happened, if it names none."""
    asked = [_policy_asked(word) for word in words]
    values = iter(policies.resolve_all(session, [one for _, one in filter(None, asked)]))
    return [
        word if wanted is None else word._replace(says=_due_at(*wanted, next(values)))
        for word, wanted in zip(words, asked, strict=True)
    ]


def _due_at(opening: Opening, asked: policies.Asked[Any], value: Any) -> Opening:
    return replace(opening, due_at=asked.at + timedelta(**asdict(value)))


def _policy_asked(word: _Word) -> tuple[Opening, policies.Asked[Any]] | None:
    """The policy that says when this task is due, if its opening does not."""
    opening, within = word.says, word.kind.within
    if not isinstance(opening, Opening) or opening.due_at is not None or within is None:
        return None
    return opening, policies.Asked(within, opening.store_id, word.event.occurred_at)


def _tasks(session: Session, named: Mapping[Key, Kind], *, known: Collection[Key] = ()) -> dict[Key, Task]:
    """The rows of these tasks, locked: of those that are `named` whether there or not yet, of the `known` if there."""
    keys = sorted({*named, *known})
    if not keys:
        return {}
    turns.take(session, "task", ["/".join(key) for key in keys])
    wanted = select(Task).where(tuple_(Task.kind, Task.subject_id).in_(keys)).order_by(Task.id)
    rows = session.scalars(wanted.with_for_update().execution_options(populate_existing=True))
    found = {(row.kind, row.subject_id): row for row in rows}
    for key, kind in named.items():
        if key not in found:
            found[key] = Task.of(kind, key[1])
            session.add(found[key])
    return found


def _give_back(session: Session, tasks: Iterable[Task], *, at: datetime, cause: Cause | None = None) -> None:
    """Let those go back to their roles whose persons may not do them, or, as far as is known, do this no more."""
    had = [task for task in tasks if task.open and task.staff_id is not None]
    members = staff.members(session, {task.staff_id for task in had if task.staff_id is not None})
    for task in had:
        if task.staff_id in task.not_for or _does_not(members.get(task.staff_id or ""), task):
            _hand(session, task, Handing.LEFT, to=None, at=at, cause=cause)


def _hand(
    session: Session,
    task: Task,
    how: Handing,
    *,
    to: str | None,
    at: datetime,
    by: str | None = None,
    reason: str = "",
    cause: Cause | None = None,
) -> None:
    """It is somebody else's now, or its role's again, which is written down and told; why is only written down."""
    handed = task.hand(how, to=to, at=at, by=by, reason=reason)
    session.add(handed)
    told = picked(
        events.TaskHandedOver,
        task,
        task_id=task.id,
        customer_id=task.origin_customer_id or task.customer_id,
        how=how.value,
        from_staff_id=handed.from_staff_id,
        to_staff_id=handed.to_staff_id,
    )
    fact = Fact(
        event=told,
        subject_id=task.id,
        subject_version=task.version,
        store_id=task.store_id,
        occurred_at=at,
        cause=cause,
    )
    record_all(session, [fact])


def _does_not(member: staff.Member | None, task: Task) -> bool:
    """True of somebody who is known to work elsewhere, or to do something else."""
    kind = kinds.kind_of(task.kind)
    if member is None or kind is None:
        return False
    return not member.works_in(task.store_id) or not may_do(kind.done_by, member.roles)


def _task_to_hand(
    session: Session, task_id: UUID, *, scope: Scope, roles: Sequence[str], taken: bool = False
) -> tuple[Task, Kind]:
    """The task, locked, if it is the caller's, his role's in his stores, or in his reach. Raises TaskNotFound.

    With `taken` a colleague's is found too: who comes second hears who was first.
    """
    task = session.get(Task, task_id, with_for_update=True)
    kind = None if task is None else kinds.kind_of(task.kind)
    if task is None or kind is None or task.opened_at is None:
        raise TaskNotFound
    of_his_role = task.role in roles and task.store_id in scope.stores and (taken or task.staff_id is None)
    if not of_his_role and not scope.admits(store_id=task.store_id, owner_id=task.staff_id):
        raise TaskNotFound
    return task, kind


def _require_for(task: Task, kind: Kind, *, staff_id: str, roles: Collection[str]) -> None:
    """Raise NotForColleague unless his role does this, and it is not about himself (C12)."""
    if staff_id in task.not_for:
        raise NotForColleague(staff_id=staff_id, because="judged")
    if not may_do(kind.done_by, roles):
        raise NotForColleague(staff_id=staff_id, because="role")


def _shown(session: Session, task: Task, kind: Kind, *, now: datetime) -> operations.Task:
    session.flush()
    return task_shown(task, kind, hand_overs_of(session, [task.id])[task.id], now=now)
