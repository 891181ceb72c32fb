"""The policies of all services under one address: each service keeps its own, the gateway the ration of searches."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

import eventlet
import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.bus.context import CallContext
from chassis.bus.rpc import Caller, CallFailed
from chassis.process import logs
from chassis.store import policies
from chassis.store.database import Database
from contracts import shapes
from contracts.access import Actor, matrix
from contracts.customer import policies as customer
from contracts.followup import policies as followup
from contracts.gateway import policies as gateway
from contracts.gateway.policies import Policies, Policy, PolicyHistory, Preset
from contracts.operation import Operation
from contracts.picked import picked
from contracts.policies import (
    POLICIES,
    ListPolicies,
    PolicyByCode,
    PolicyEffect,
    PolicyKind,
    PolicyRecord,
    PolicyStanding,
    PolicyStandings,
    PublishPolicy,
)
from contracts.sales import policies as sales
from contracts.workshop import policies as workshop
from gateway.asking import LocalCall, ask
from gateway.errors import PolicyNotFound, StoreUnknown
from gateway.faults import HttpFault
from gateway.json_schema import Schemas

log = logs.get("policies")

DECLARED = (customer, followup, gateway, sales, workshop)
"""Where the policies of each service that has any are declared."""

HERE = "gateway"
PATIENCE = 2.0
"""Seconds that the list waits for a service before it is shown without it."""

_STORE = text("SELECT EXISTS (SELECT FROM store WHERE code = :store_id)")


class KeptPolicies:
    """Shows every policy as it stands, and has them published by whoever keeps them."""

    def __init__(self, *, database: Database, caller: Caller) -> None:
        self._database, self._caller = database, caller

    def list_policies(self, asked: ListPolicies, call: LocalCall) -> Policies:
        """The policies of the services that answer in time, and who does not. Raises StoreNotAllowed."""
        call.scope.narrow(asked.store_id)
        keepers = dict.fromkeys(kind.service for kind in POLICIES.values())
        waited_for = {service: eventlet.spawn(self._standings, service, asked, call) for service in keepers}
        found: dict[str, PolicyStandings | None] = {service: each.wait() for service, each in waited_for.items()}
        known = [one for standings in found.values() if standings for one in standings.items if one.code in POLICIES]
        return Policies(
            items=[_shown(POLICIES[one.code], one, call.actor) for one in known],
            unanswered=[service for service, standings in found.items() if standings is None],
        )

    def _standings(self, service: str, asked: ListPolicies, call: LocalCall) -> PolicyStandings | None:
        if service == HERE:
            return self._database.read(
                lambda connection: policies.standings(
                    connection, asked, service=HERE, scope=call.scope, now=call.arrived
                )
            )
        operation = policies.standing(service)
        try:
            answer: PolicyStandings = self._asked(operation, asked, call.context.onward(at_most=PATIENCE))
        except (CallFailed, HttpFault) as error:
            log.warning("policies shown without a service", service=service, error=type(error).__name__)
            return None
        return answer

    def get_policy(self, asked: PolicyByCode, call: LocalCall) -> PolicyHistory:
        """One policy with its history. Raises PolicyNotFound, StoreNotAllowed."""
        kind = POLICIES.get(asked.code)
        if kind is None:
            raise PolicyNotFound(policy=asked.code)
        call.scope.narrow(asked.store_id)
        record = self._record(kind, asked, call)
        return PolicyHistory(
            _shown(kind, record.standing, call.actor), record.items, record.page, record.size, record.total
        )

    def _record(self, kind: PolicyKind[Any], asked: PolicyByCode, call: LocalCall) -> PolicyRecord:
        if kind.service == HERE:
            return self._database.read(
                lambda connection: policies.record(connection, asked, service=HERE, scope=call.scope, now=call.arrived)
            )
        record: PolicyRecord = self._asked(policies.recorded(kind.service), asked, call.context)
        return record

    def require_publishable(self, asked: PublishPolicy, call: LocalCall) -> PolicyKind[Any]:
        """The policy, if this person may set it for this store and there is such a store.

        Raises PolicyUnknown, OperationNotAllowed, PolicyOfGroup, StoreNotAllowed, StoreUnknown.
        """
        kind = policies.policy_of(asked.code)
        policies.require_publisher(kind, call.actor, store_id=asked.store_id)
        if asked.store_id is not None and not self._database.read(
            lambda connection: connection.scalar(_STORE, {"store_id": asked.store_id})
        ):
            raise StoreUnknown(store_id=asked.store_id, field="store_id")
        return kind

    def publish_there(self, kind: PolicyKind[Any], asked: PublishPolicy, call: LocalCall) -> bytes:
        """Have it published by the service that keeps it."""
        return ask(self._caller, policies.publishing(kind.service), shapes.dump(asked), call.context)

    def _asked(self, operation: Operation, asked: ListPolicies | PolicyByCode, context: CallContext) -> Any:
        answer = orjson.loads(ask(self._caller, operation, shapes.dump(asked), context))
        return shapes.load(operation.response, answer, tolerant=True)


def publish(session: Session, asked: PublishPolicy, *, actor: Actor, arrived: datetime) -> PolicyEffect:
    """Publish a policy of the gateway itself, by the real clock (see `SEARCH_RATION`)."""
    return policies.publish(session, asked, service=HERE, actor=actor, now=arrived, follows={})


def _shown(kind: PolicyKind[Any], standing: PolicyStanding, actor: Actor) -> Policy:
    scope = matrix().policy_scope(kind.code, actor, service=kind.service)
    return picked(
        Policy,
        kind,
        schema=_schema(kind),
        default=shapes.plain(kind.default),
        presets=[Preset(name, shapes.plain(value)) for name, value in kind.presets.items()],
        may_publish=scope.reach if scope else None,
        value=standing.value,
        in_force=standing.in_force,
        coming=standing.coming,
    )


@cache
def _schema(kind: PolicyKind[Any]) -> dict[str, Any]:
    """The JSON Schema of a value, whole in itself: what it refers to stands in it."""
    schemas = Schemas()
    schema = schemas.of(kind.shape, shown=False)
    return {**schema, "components": {"schemas": schemas.components}} if schemas.components else schema
