"""The people of a workshop, as tests use them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from chassis.organisation import staff
from chassis.process.clock import LOCAL
from chassis.store import tables
from chassis.store.database import Database
from contracts.access import Actor, Scope, matrix
from contracts.gateway.events import StaffChanged
from contracts.workshop import operations
from contracts.workshop.operations import ListRepairOrders, PayType, Verdict
from services.workshop.repair_orders import queries, usecases
from tests.support.events import received

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=LOCAL)
PROMISE = NOW + timedelta(hours=6)

OIL = operations.JobLine("机油更换", 30_000, Decimal("0.5"))
WINDOW = operations.JobLine("车窗异响", 80_000, Decimal("1.25"), PayType.WARRANTY)


_VERSIONS = itertools.count(1)


@dataclass(frozen=True)
class Workshop:
    """The workshop of one store and the people in it, each with what the access matrix gives his role."""

    database: Database
    store: str

    def of(self, store: str) -> Workshop:
        """The same people in another store."""
        return replace(self, store=store)

    def scope(self, operation: str, role: str, *, staff_id: str | None = None) -> Scope:
        """What somebody of this store may touch."""
        return matrix().scope(f"workshop.{operation}", Actor(staff_id or role, (role,), (self.store,)))

    def do(
        self, name: str, role: str, *, staff_id: str | None = None, now: datetime = NOW, **asked: Any
    ) -> operations.RepairOrder:
        """One command in one transaction, with its answer, as its entrypoint runs it."""
        request, scope = getattr(operations, name).request(**asked), self.scope(name, role, staff_id=staff_id)
        return self.database.run(lambda session: getattr(usecases, name)(session, request, scope=scope, now=now))

    def open_within(self, session: Session, asked: operations.OpenRepairOrder) -> operations.RepairOrder:
        """A vehicle taken in, in a transaction that goes on."""
        scope = self.scope("open_repair_order", "advisor")
        return usecases.open_repair_order(session, asked, scope=scope, now=NOW)

    def open(
        self,
        *work: operations.JobLine,
        vehicle: UUID | None = None,
        customer: UUID | None = None,
        km: int = 50_000,
        **asked: Any,
    ) -> UUID:
        """A vehicle taken in by the store's advisor."""
        order = self.do(
            "open_repair_order",
            "advisor",
            vehicle_id=vehicle or uuid4(),
            customer_id=customer or uuid4(),
            store_id=self.store,
            km=km,
            complaint="发动机异响",
            lines=list(work),
            **asked,
        )
        return order.ro_id

    def correct_km(
        self, ro_id: UUID, km: int = 60_000, *, reason: str = "抄错一位", version: int | None = None, **asked: Any
    ) -> operations.RepairOrder:
        return self.do("correct_km", "advisor", ro_id=ro_id, km=km, reason=reason, expected_version=version, **asked)

    def authorize(self, ro_id: UUID, *, version: int | None = None, **asked: Any) -> operations.RepairOrder:
        consent = {"promised_at": PROMISE, "consent_by": "张伟", "consent_channel": "signature"}
        return self.do("authorize_repair", "advisor", ro_id=ro_id, expected_version=version, **{**consent, **asked})

    def employ(self, staff_id: str, *roles: str, active: bool = True, version: int | None = None) -> None:
        """Somebody works here, as the gateway tells it."""
        has = [*(roles or ("technician",))]
        told = StaffChanged(staff_code=staff_id, roles=has, stores=[self.store], active=active)
        event = received(told, subject_id=staff_id, subject_version=version or next(_VERSIONS))
        self.database.run(lambda session: staff.keep(session, event))

    def dispatch(
        self, ro_id: UUID, *, technician: str = "technician", version: int | None = None
    ) -> operations.RepairOrder:
        self.employ(technician)
        return self.do(
            "dispatch_repair", "advisor", ro_id=ro_id, technician_id=technician, bay="3", expected_version=version
        )

    def start(
        self, ro_id: UUID, *, role: str = "technician", by: str | None = None, version: int | None = None
    ) -> operations.RepairOrder:
        return self.do("start_repair", role, staff_id=by, ro_id=ro_id, expected_version=version)

    def finish(
        self, ro_id: UUID, *, role: str = "technician", by: str | None = None, version: int | None = None
    ) -> operations.RepairOrder:
        return self.do("finish_repair", role, staff_id=by, ro_id=ro_id, expected_version=version)

    def inspect(
        self, ro_id: UUID, verdict: Verdict = Verdict.PASSED, *, by: str = "inspector", version: int | None = None
    ) -> operations.RepairOrder:
        return self.do(
            "inspect_repair", "inspector", staff_id=by, ro_id=ro_id, verdict=verdict, expected_version=version
        )

    def settle(self, ro_id: UUID, *, version: int | None = None) -> operations.RepairOrder:
        return self.do("settle_repair", "finance", ro_id=ro_id, expected_version=version)

    def give_back(self, ro_id: UUID, *, version: int | None = None, **asked: Any) -> operations.RepairOrder:
        return self.do("return_vehicle", "advisor", ro_id=ro_id, expected_version=version, **asked)

    def ready(self, *work: operations.JobLine, customer: UUID | None = None) -> UUID:
        """An order whose work is done and inspected."""
        ro_id = self.open(*work, customer=customer)
        for step in (self.authorize, self.dispatch, self.start, self.finish, self.inspect):
            step(ro_id)
        return ro_id

    def shown(self, ro_id: UUID, *, role: str = "advisor") -> operations.RepairOrder:
        """The order as this store's people see it."""
        asked, scope = operations.RepairOrderById(ro_id), self.scope("get_repair_order", role)
        return self.database.read(lambda reading: queries.get_repair_order(reading, asked, scope=scope))

    def page(self, *, role: str = "advisor", **asked: Any) -> operations.RepairOrders:
        """The board, or a list."""
        scope = self.scope("list_repair_orders", role)
        wanted = ListRepairOrders(**asked)
        return self.database.read(lambda reading: queries.list_repair_orders(reading, wanted, scope=scope))

    def somebody_waits(self) -> bool:
        """True while a session of this database waits for another's lock."""
        waiting = text(
            "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(self.database.read(lambda reading: reading.scalar(waiting)))

    def recorded(self, ro_id: UUID) -> list[tuple[str, int]]:
        """The events of an order, as they were recorded."""
        return [(row.event_type, row.subject_version) for row in self._outbox(ro_id)]

    def payloads(self, ro_id: UUID) -> list[dict[str, Any]]:
        """What those events say."""
        return [row.envelope["payload"] for row in self._outbox(ro_id)]

    def _outbox(self, ro_id: UUID) -> list[Any]:
        log = tables.outbox.c
        wanted = select(tables.outbox).where(log.subject_type == "repair_order", log.subject_id == str(ro_id))
        return self.database.read(lambda reading: list(reading.execute(wanted.order_by(log.position))))
