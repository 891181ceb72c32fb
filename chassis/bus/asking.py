"""Asking another service: for whom a call is made, or as the service itself where nobody asked it (point 17)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TypeVar

import orjson
import uuid_utils.compat as uuids

from chassis.bus.context import Ask, Call, CallContext, new_context
from chassis.bus.rpc import Calls
from chassis.process import clock
from chassis.process.actors import Signer
from contracts import shapes
from contracts.operation import Kind, Operation

A = TypeVar("A")
R = TypeVar("R")

PATIENCE = 3.0
"""Seconds that work which nobody waits for waits for an answer."""


def for_whom(call: Call, *, caller: Calls, signer: Signer) -> Ask:
    """Asks for the person a call is made for, within its deadline.

    A service's word is for the one it asks alone: what that one must ask of a third, it asks as itself.
    """

    def ask(operation: Operation[A, R], asked: A) -> R:
        key = call.context.key_of_part(operation.name) if operation.kind is Kind.COMMAND else None
        context = call.context.onward(key=key)
        if call.actor.is_service:
            context = replace(context, actor_token=signer.sign_itself(to=operation.service, now=clock.now()))
        return _answer(caller, operation, asked, context)

    return ask


def as_itself(*, caller: Calls, signer: Signer, moment: datetime | None = None) -> Ask:
    """Asks as the service whose caller and signer these are; `moment` is what a test system's clock was set to."""
    known = {"correlation_id": str(uuids.uuid7()), "now": moment.isoformat() if moment else None}

    def ask(operation: Operation[A, R], asked: A) -> R:
        token = signer.sign_itself(to=operation.service, now=clock.now())
        key = str(uuids.uuid7()) if operation.kind is Kind.COMMAND else None
        context = new_context(PATIENCE, **known, actor_token=token, idempotency_key=key)
        return _answer(caller, operation, asked, context)

    return ask


def _answer(caller: Calls, operation: Operation[A, R], asked: A, context: CallContext) -> R:
    """What the other service says. Raises its refusal as `Refused`, and CallFailed where it gives no answer."""
    answer: R = shapes.load(operation.response, orjson.loads(caller.call(operation, shapes.dump(asked), context)))
    return answer
