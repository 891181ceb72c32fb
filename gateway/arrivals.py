"""A car is taken in whose customer or which itself may be new: composed of what two services do (docs/decisions/0035).

Each part is a command of its service with a key of its own, derived from the caller's: whoever comes again after a
cut, wherever that was, goes on where it broke, and nothing is done twice. What the repair order could be refused for is
asked before anybody is registered.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import orjson

from chassis.bus.rpc import Caller, Refused
from chassis.process.keys import derived
from chassis.store import idempotency
from chassis.store.database import Database
from chassis.store.idempotency import Asked
from contracts import shapes
from contracts.customer.operations import RegisterCustomer, Registered, register_customer
from contracts.customer.vehicles import AddVehicle, add_vehicle
from contracts.declared import fields_of
from contracts.gateway.arrivals import Arrival, RecordArrival, record_arrival
from contracts.operation import Kind, Operation
from contracts.picked import picked
from contracts.refusals import InvalidRequest, StillRunning
from contracts.sayings import Saying
from contracts.workshop.operations import CheckRepairOrder, OpenRepairOrder, check_repair_order, open_repair_order
from gateway.asking import LocalCall, ask

_OF_HIM = tuple(name for name in fields_of(RegisterCustomer) if name not in ("store_id", "kind", "source", "vehicle"))
"""What is said of somebody who is to be found or registered, and of nobody whom the desk has chosen."""


class Arrivals:
    """Asks for the parts of an arrival, in their order."""

    def __init__(self, *, database: Database, caller: Caller, secret: str) -> None:
        self._database, self._caller = database, caller
        self._secret = derived(secret.encode(), "arrivals")

    def record_arrival(self, asked: RecordArrival, call: LocalCall) -> Arrival:
        """The customer and his car, found or registered, and the repair order.

        Raises InvalidRequest, KeyReused, and as Refused what a part is refused for: POSSIBLE_DUPLICATE, with whom it
        may be, where a human must decide.
        """
        _require_somebody(asked)
        once = self._asked(asked, call)
        if not self._database.read(partial(idempotency.begun, asked=once)):
            self._ask(check_repair_order, picked(CheckRepairOrder, asked), call)
            self._database.run(partial(idempotency.begin, asked=once))
        try:
            him: Registered = self._registered(asked, call)
            opening = picked(OpenRepairOrder, asked, customer_id=him.customer_id, vehicle_id=him.vehicle_id)
            order = self._ask(open_repair_order, opening, call)
        except Refused as refusal:
            if refusal.wire["code"] != StillRunning.code:
                self._database.run(partial(idempotency.give_up, asked=once))
            raise
        return picked(Arrival, him, repair_order=order)

    def _registered(self, asked: RecordArrival, call: LocalCall) -> Registered:
        """The customer and his car as they are registered, by this or before."""
        if asked.customer_id is None:
            registered: Registered = self._ask(register_customer, picked(RegisterCustomer, asked), call)
            call.tell(shapes.plain(registered))  # whatever becomes of the rest: somebody may have been found
            return registered
        his = picked(AddVehicle, asked.vehicle, customer_id=asked.customer_id, since=None)
        added = self._ask(add_vehicle, his, call)
        return Registered(added.customer_id, created=False, vehicle_id=added.vehicle_id, warnings=added.warnings)

    def _asked(self, asked: RecordArrival, call: LocalCall) -> Asked:
        key = call.context.idempotency_key
        assert key is not None
        same = idempotency.fingerprint(record_arrival.name, shapes.dump(asked), secret=self._secret)
        return Asked(call.actor.staff_id, key, record_arrival.name, same)

    def _ask(self, operation: Operation[Any, Any], asked: Any, call: LocalCall) -> Any:
        context = call.context
        key = context.key_of_part(operation.name) if operation.kind is Kind.COMMAND else None
        onward = context.onward(key=key, at_most=context.remaining())
        answer = orjson.loads(ask(self._caller, operation, shapes.dump(asked), onward))
        return shapes.load(operation.response, answer, tolerant=True)


def _require_somebody(asked: RecordArrival) -> None:
    """Raise InvalidRequest unless it is said who comes, in one way."""
    if asked.customer_id is None:
        missing = [field for field in ("name", "mobile") if getattr(asked, field) is None]
    else:
        missing = [field for field in _OF_HIM if getattr(asked, field)]
    if missing:
        raise InvalidRequest(errors={field: [Saying.EITHER()] for field in missing})
