"""Policies: the constants of `spec/rules.md` as dated rows, resolved store → group → default at the event's time.

A policy is declared in the contracts (`contracts/policies.py`); a row overrides its default for a store or
(store "") for the group, from a moment on. Rows are never changed: a later one takes over. A row of a store with
the value null gives the store back what the group has.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from sqlalchemy import Connection, Row, insert, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, SessionTransaction

from chassis.store import tables
from chassis.store.database import is_duplicate
from contracts import shapes
from contracts.access import Actor, Reach, Scope, matrix
from contracts.gateway.policies import get_policy, list_policies, publish_policy
from contracts.operation import Kind, Operation
from contracts.picked import shaped
from contracts.policies import (
    POLICIES,
    DueChange,
    ListPolicies,
    PolicyByCode,
    PolicyEffect,
    PolicyKind,
    PolicyRecord,
    PolicyStanding,
    PolicyStandings,
    PublishedPolicy,
    PublishPolicy,
)
from contracts.refusals import Conflict, Invalid, InvalidRequest, OperationNotAllowed, StoreNotAllowed
from contracts.sayings import Saying

V = TypeVar("V")

GROUP = ""
"""The store of a row that holds for the whole group."""

_policy = tables.policy
_NEWEST = """
           SELECT value FROM policy
            WHERE code = asked.code AND store_id = {} AND effective_from <= asked.at
            ORDER BY effective_from DESC LIMIT 1
"""
_IN_FORCE = text(
    f"""
    SELECT coalesce(nullif(own.value, 'null'), ours.value)
      FROM unnest(CAST(:codes AS text[]), CAST(:stores AS text[]), CAST(:moments AS timestamptz[]))
           WITH ORDINALITY AS asked(code, store_id, at, place)
      LEFT JOIN LATERAL ({_NEWEST.format("asked.store_id")}) own ON true
      LEFT JOIN LATERAL ({_NEWEST.format("''")}) ours ON true
     ORDER BY asked.place
    """  # noqa: S608  # a constant of this file
)
_STANDING = text(
    """
    SELECT DISTINCT ON (code) *
      FROM (SELECT DISTINCT ON (code, store_id) code, store_id, effective_from, value, published_by, published_at
              FROM policy
             WHERE code = ANY(CAST(:codes AS text[])) AND store_id IN (:store_id, '') AND effective_from <= :at
             ORDER BY code, store_id, effective_from DESC) newest
     WHERE value <> 'null' ORDER BY code, store_id <> '' DESC
    """
)
_SEEN = "(store_id = '' OR :everywhere OR store_id = ANY(CAST(:stores AS text[])))"
_COMING = text(
    f"""
    SELECT code, store_id, effective_from, value, published_by, published_at FROM policy
     WHERE code = ANY(CAST(:codes AS text[])) AND effective_from > :at AND {_SEEN} ORDER BY effective_from, store_id
    """  # noqa: S608  # a constant of this file
)
_PUBLISHED = text(
    f"""
    SELECT code, store_id, effective_from, value, published_by, published_at FROM policy
     WHERE code = :code AND {_SEEN} ORDER BY effective_from DESC, store_id LIMIT :most OFFSET :passed
    """  # noqa: S608  # a constant of this file
)
_HOW_MANY = text(f"SELECT count(*) FROM policy WHERE code = :code AND {_SEEN}")  # noqa: S608  # as above


class Asked(NamedTuple, Generic[V]):
    """Which policy, for which store, as of when."""

    kind: PolicyKind[V]
    store_id: str
    at: datetime


class PolicyUnknown(Invalid):
    """There is no policy of this code."""

    code = "POLICY_UNKNOWN"
    zh = "没有名为{policy}的政策"
    en = "There is no policy {policy}"


class PolicyOfGroup(Invalid):
    """The policy holds for the whole group; no store may differ."""

    code = "POLICY_OF_GROUP"
    zh = "{policy}只能为整个集团设定,不能按门店设定"
    en = "{policy} is set for the whole group, not for a store"


class PolicyInPast(Invalid):
    """A policy cannot change what was decided already."""

    code = "POLICY_IN_PAST"
    zh = "政策生效时间不能早于现在;不填即立即生效"
    en = "The policy would take effect in the past"


class PolicyExists(Conflict):
    """There is a row for this code, store and moment already."""

    code = "POLICY_EXISTS"
    zh = "该门店在该生效时间已有此政策,请改用其他生效时间"
    en = "There is a policy for this store and moment already"


# -- for rules ------------------------------------------------------------------------------------------------


def resolve(session: Session | Connection, kind: PolicyKind[V], *, store_id: str, at: datetime) -> V:
    """The policy's value for a store (or GROUP) at a moment."""
    return resolve_all(session, [Asked(kind, store_id, at)])[0]


def resolve_all(session: Session | Connection, asked: Sequence[Asked[V]]) -> list[V]:
    """The values for several questions, in their order, by one statement."""
    questions = {
        "codes": [one.kind.code for one in asked],
        "stores": [one.store_id for one in asked],
        "moments": [one.at for one in asked],
    }
    found = session.scalars(_IN_FORCE, questions).all() if asked else []
    return [_value(one.kind, value) for one, value in zip(asked, found, strict=True)]


def _value(kind: PolicyKind[V], kept: Mapping[str, Any] | None) -> V:
    """What was kept, as the shape; what it does not name is as by default, and what the shape no longer has is left."""
    return shaped(kind.shape, {**shapes.plain(kind.default), **kept}) if kept else kind.default


# -- publishing -------------------------------------------------------------------------------------------------


class Publication(NamedTuple):
    """A row that was just written: for a store or (None) the group."""

    kind: PolicyKind[Any]
    store_id: str | None
    since: datetime


@dataclass(frozen=True, slots=True)
class Effect:
    """How many things that exist a publication concerns, and the first of those that it moves."""

    total: int = 0
    changes: Sequence[DueChange] = ()


class Follow(Protocol):
    """Lets what exists follow a new value, whose row is there already; a dry run takes back what it does."""

    def __call__(self, session: Session, made: Publication, /, *, now: datetime) -> Effect: ...


Follows = Mapping[PolicyKind[Any], Follow]
"""By policy, what follows it; a policy that is not named only judges what comes."""


def publish(
    session: Session, asked: PublishPolicy, *, service: str, actor: Actor, now: datetime, follows: Follows
) -> PolicyEffect:
    """Let a value hold, and what exists follow it; a dry run does the same and takes it back.

    Raises PolicyUnknown, OperationNotAllowed, StoreNotAllowed, PolicyOfGroup, InvalidRequest, PolicyInPast,
    PolicyExists.
    """
    kind = policy_of(asked.code, service=service)
    by = require_publisher(kind, actor, store_id=asked.store_id)
    made = Publication(kind, asked.store_id, asked.effective_from or now)
    if made.since < now:
        raise PolicyInPast(field="effective_from")
    trial = _written(session, made, _checked(kind, asked), by=by.staff_id, now=now)
    effect = follows[kind](session, made, now=now) if kind in follows else Effect()
    if asked.dry_run:
        trial.rollback()
    else:
        trial.commit()
    return PolicyEffect(
        published=not asked.dry_run,
        effective_from=made.since,
        total=effect.total,
        changes=list(effect.changes),
        zh=kind.changes_zh.format(total=effect.total),
        en=kind.changes_en.format(total=effect.total),
    )


def policy_of(code: str, *, service: str | None = None) -> PolicyKind[Any]:
    """The policy of this code, of any service or this one. Raises PolicyUnknown."""
    kind = POLICIES.get(code)
    if kind is None or (service is not None and kind.service != service):
        raise PolicyUnknown(policy=code, field="code")
    return kind


def require_publisher(kind: PolicyKind[Any], actor: Actor, *, store_id: str | None) -> Scope:
    """How far the actor publishes it. Raises OperationNotAllowed, PolicyOfGroup, StoreNotAllowed."""
    scope = matrix().policy_scope(kind.code, actor, service=kind.service)
    if scope is None:
        raise OperationNotAllowed(operation=publish_policy.name, policy=kind.code)
    if store_id is None:
        if scope.reach is not Reach.GROUP:
            raise StoreNotAllowed(store_id="*", field="store_id")
    elif not kind.per_store:
        raise PolicyOfGroup(policy=kind.code, field="store_id")
    else:
        scope.require_store(store_id)
    return scope


def _checked(kind: PolicyKind[Any], asked: PublishPolicy) -> Any:
    """The value as it is kept, with what it leaves out; None gives a store back what the group has."""
    if asked.value is None:
        if asked.store_id is None:
            raise InvalidRequest(errors={"value": [Saying.GROUP_NULL()]})
        return None
    try:
        return shapes.plain(shapes.load(kind.shape, asked.value))
    except shapes.InvalidShape as error:
        raise InvalidRequest(errors={"value": error.errors}) from None


def _written(session: Session, made: Publication, value: Any, *, by: str, now: datetime) -> SessionTransaction:
    """The savepoint in which the row stands."""
    trial = session.begin_nested()
    row = {
        "code": made.kind.code,
        "store_id": made.store_id or GROUP,
        "effective_from": made.since,
        "value": value,
        "published_by": by,
        "published_at": now,
    }
    try:
        session.execute(insert(_policy).values(row))
    except IntegrityError as error:
        trial.rollback()
        if not is_duplicate(error):
            raise
        raise PolicyExists(policy=made.kind.code, store_id=made.store_id, field="effective_from") from None
    return trial


# -- showing ------------------------------------------------------------------------------------------------------


def standings(
    connection: Connection, asked: ListPolicies, *, service: str, scope: Scope, now: datetime
) -> PolicyStandings:
    """Every policy of a service as it stands in a store or the group, and what of the scope's stores is coming.

    Raises StoreNotAllowed.
    """
    kinds = [kind for kind in POLICIES.values() if kind.service == service]
    return PolicyStandings(_standings(connection, kinds, store_id=asked.store_id, scope=scope, now=now))


def record(connection: Connection, asked: PolicyByCode, *, service: str, scope: Scope, now: datetime) -> PolicyRecord:
    """One policy as it stands, and what was published of it for the group and the scope's stores.

    Raises PolicyUnknown, StoreNotAllowed.
    """
    kind = policy_of(asked.code, service=service)
    (standing,) = _standings(connection, [kind], store_id=asked.store_id, scope=scope, now=now)
    seen = {"code": kind.code, **_seen(scope, asked.store_id)}
    page = {"most": asked.size, "passed": (asked.page - 1) * asked.size}
    rows = connection.execute(_PUBLISHED, seen | page).all()
    total = connection.scalar(_HOW_MANY, seen) or 0
    return PolicyRecord(standing, [_published(kind, row) for row in rows], asked.page, asked.size, total)


def _standings(
    connection: Connection, kinds: Collection[PolicyKind[Any]], *, store_id: str | None, scope: Scope, now: datetime
) -> list[PolicyStanding]:
    wanted = {"codes": [kind.code for kind in kinds], "at": now}
    in_force = {row.code: row for row in connection.execute(_STANDING, {**wanted, "store_id": store_id or GROUP})}
    coming = connection.execute(_COMING, {**wanted, **_seen(scope, store_id)}).all()
    return [
        PolicyStanding(
            kind.code,
            shapes.plain(_value(kind, row.value if row else None)),
            _published(kind, row) if row else None,
            [_published(kind, each) for each in coming if each.code == kind.code],
        )
        for kind in kinds
        for row in (in_force.get(kind.code),)
    ]


def _seen(scope: Scope, store_id: str | None) -> dict[str, Any]:
    stores = scope.narrow(store_id)
    return {"everywhere": stores is None, "stores": list(stores or ())}


def _published(kind: PolicyKind[Any], row: Row[Any]) -> PublishedPolicy:
    value = None if row.value is None else shapes.plain(_value(kind, row.value))
    return PublishedPolicy(row.store_id or None, row.effective_from, value, row.published_by, row.published_at)


# -- what the gateway asks of each service that keeps policies; nobody else may, and it is on no route --------------


def publishing(service: str) -> Operation[PublishPolicy, PolicyEffect]:
    """Publish a policy of this service."""
    return replace(publish_policy, name=f"{service}.publish_policy")


def standing(service: str) -> Operation[ListPolicies, PolicyStandings]:
    """Every policy of this service as it stands."""
    name = f"{service}.list_policies"
    return Operation(name, Kind.QUERY, ListPolicies, PolicyStandings, (), list_policies.summary)


def recorded(service: str) -> Operation[PolicyByCode, PolicyRecord]:
    """One policy of this service with its history."""
    return Operation(f"{service}.get_policy", Kind.QUERY, PolicyByCode, PolicyRecord, (), get_policy.summary)
