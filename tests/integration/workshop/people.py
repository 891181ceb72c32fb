"""The people of a workshop, as tests use them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
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
from contracts.links import LinkMade
from contracts.operation import OPERATIONS
from contracts.picked import picked
from contracts.workshop import clocking, operations, settlements, stages
from contracts.workshop import following as by_link
from contracts.workshop.comebacks import Comeback, ListComebacks
from contracts.workshop.lines import Said
from contracts.workshop.operations import ListRepairOrders, PayType, Verdict
from contracts.workshop.progress import Progress
from contracts.workshop.stages import WaitingFor
from services.workshop.appointments.usecases import booking, joining
from services.workshop.bays import usecases as bays
from services.workshop.certificates import usecases as certifying
from services.workshop.comebacks import queries as failed
from services.workshop.comebacks import usecases as comebacks
from services.workshop.following import queries as following
from services.workshop.following import usecases as links
from services.workshop.repair_orders import queries
from services.workshop.repair_orders.usecases import clocks, lines, promises, steps, taking_in
from services.workshop.settlements import queries as money
from services.workshop.settlements import usecases as paying
from tests.support.events import received

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=LOCAL)
PROMISE = NOW + timedelta(hours=6)

OIL = operations.JobLine("机油更换", 30_000, Decimal("0.5"))
WINDOW = operations.JobLine("车窗异响", 80_000, Decimal("1.25"), PayType.WARRANTY)


_VERSIONS = itertools.count(1)
_WORK: dict[str, Callable[..., Any]] = {
    **vars(taking_in),
    **vars(bays),
    **vars(booking),
    **vars(joining),
    **vars(lines),
    **vars(promises),
    **vars(steps),
    **vars(clocks),
    **vars(paying),
    **vars(certifying),
    **vars(links),
    **vars(comebacks),
}
"""The commands by their names."""


def as_written(order: operations.RepairOrder) -> list[operations.JobLine]:
    """The lines of an order as they were asked for."""
    return [picked(operations.JobLine, line) for line in order.lines]


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

    def do(self, name: str, role: str, *, staff_id: str | None = None, now: datetime = NOW, **asked: Any) -> Any:
        """One command in one transaction, with its answer, as its entrypoint runs it."""
        request = OPERATIONS[f"workshop.{name}"].request(**asked)
        scope, work = self.scope(name, role, staff_id=staff_id), _WORK[name]
        return self.database.run(lambda session: work(session, request, scope=scope, now=now))

    def open_within(self, session: Session, asked: operations.OpenRepairOrder) -> operations.RepairOrder:
        """A vehicle taken in, in a transaction that goes on."""
        scope = self.scope("open_repair_order", "advisor")
        return joining.open_repair_order(session, asked, scope=scope, now=NOW)

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
        self, ro_id: UUID, *, technician: str = "technician", version: int | None = None, **asked: Any
    ) -> operations.RepairOrder:
        self.employ(technician)
        return self.do(
            "dispatch_repair",
            "advisor",
            ro_id=ro_id,
            technician_id=technician,
            bay="3",
            expected_version=version,
            **asked,
        )

    def move(
        self,
        name: str,
        role: str,
        ro_id: UUID,
        *,
        by: str | None = None,
        version: int | None = None,
        **asked: Any,
    ) -> operations.RepairOrder:
        """A command that says nothing but which order, or what `asked` adds."""
        return self.do(name, role, staff_id=by, ro_id=ro_id, expected_version=version, **asked)

    def estimate(self, ro_id: UUID, **asked: Any) -> operations.RepairOrder:
        return self.move("estimate_repair", "advisor", ro_id, **asked)

    def recall(self, ro_id: UUID, **asked: Any) -> operations.RepairOrder:
        return self.move("recall_repair", "advisor", ro_id, **asked)

    def start(self, ro_id: UUID, *, role: str = "technician", **asked: Any) -> operations.RepairOrder:
        return self.move("start_repair", role, ro_id, **asked)

    def give_line(
        self, ro_id: UUID, position: int, *technicians: str, bay: str = "", version: int | None = None, **asked: Any
    ) -> operations.RepairOrder:
        for one in technicians:
            self.employ(one)
        return self.do(
            "give_line",
            "advisor",
            ro_id=ro_id,
            position=position,
            technicians=[*technicians],
            bay=bay,
            expected_version=version,
            **asked,
        )

    def clock_on(
        self,
        ro_id: UUID,
        position: int | None = None,
        *,
        by: str = "technician",
        role: str = "technician",
        **asked: Any,
    ) -> clocking.Clocking:
        return self.do("clock_on", role, staff_id=by, ro_id=ro_id, position=position, **asked)

    def clock_off(self, ro_id: UUID, *, by: str = "technician", **asked: Any) -> clocking.Clocking:
        return self.do("clock_off", "technician", staff_id=by, ro_id=ro_id, **asked)

    def finish_line(
        self, ro_id: UUID, position: int, *, by: str = "technician", role: str = "technician", **asked: Any
    ) -> operations.RepairOrder:
        return self.do("finish_line", role, staff_id=by, ro_id=ro_id, position=position, **asked)

    def confirm(self, clocking_id: UUID, *, reason: str = "他说六点走的", **asked: Any) -> clocking.Clocking:
        said = {"clocking_id": clocking_id, "reason": reason, **asked}
        return self.do("confirm_clocking", "service_manager", **said)

    def progress(self, ro_id: UUID, *, now: datetime = NOW) -> Progress:
        """How far an order is, and whether its promise will hold."""
        asked, scope = operations.RepairOrderById(ro_id), self.scope("progress", "advisor")
        return self.database.read(lambda reading: queries.progress(reading, asked, scope=scope, now=now))

    def comebacks(self, **asked: Any) -> list[Comeback]:
        """What may be done again because of us."""
        wanted, scope = ListComebacks(**asked), self.scope("list_comebacks", "service_manager")
        return self.database.read(lambda reading: failed.list_comebacks(reading, wanted, scope=scope)).items

    def close_forgotten(self, *, now: datetime) -> int:
        """What the clock does in the evening."""
        return self.database.run(lambda session: clocks.close_forgotten(session, now=now))

    def clockings(self, ro_id: UUID) -> clocking.Clockings:
        """Who worked on an order, and its hours apart."""
        asked, scope = operations.RepairOrderById(ro_id), self.scope("clockings", "advisor")
        return self.database.read(lambda reading: queries.clockings(reading, asked, scope=scope))

    def work(self, *, role: str = "service_manager", by: str | None = None, **asked: Any) -> list[clocking.WorkItem]:
        """What technicians have to do."""
        wanted, scope = clocking.ListWork(**asked), self.scope("list_work", role, staff_id=by)
        return self.database.read(lambda reading: queries.list_work(reading, wanted, scope=scope)).items

    def wait(
        self, ro_id: UUID, waiting_for: WaitingFor = WaitingFor.PARTS, *, role: str = "advisor", **asked: Any
    ) -> operations.RepairOrder:
        return self.move("wait_repair", role, ro_id, waiting_for=waiting_for, **asked)

    def resume(self, ro_id: UUID, *, role: str = "advisor", **asked: Any) -> operations.RepairOrder:
        return self.move("resume_repair", role, ro_id, **asked)

    def finish(self, ro_id: UUID, *, role: str = "technician", **asked: Any) -> operations.RepairOrder:
        return self.move("finish_repair", role, ro_id, **asked)

    def inspect(
        self, ro_id: UUID, verdict: Verdict = Verdict.PASSED, *, by: str = "inspector", **asked: Any
    ) -> operations.RepairOrder:
        return self.move("inspect_repair", "inspector", ro_id, by=by, verdict=verdict, **asked)

    def wash(self, ro_id: UUID, **asked: Any) -> operations.RepairOrder:
        return self.move("wash_repair", "technician", ro_id, **asked)

    def settle(self, ro_id: UUID, **asked: Any) -> operations.RepairOrder:
        return self.move("settle_repair", "finance", ro_id, **asked)

    def money(self, ro_id: UUID) -> settlements.RepairMoney:
        """What is owed and what came of an order."""
        asked, scope = operations.RepairOrderById(ro_id), self.scope("repair_money", "finance")
        return self.database.read(lambda reading: money.repair_money(reading, asked, scope=scope))

    def standing(self, ro_id: UUID, payer: PayType = PayType.CUSTOMER) -> settlements.Settlement:
        """What this payer owes now."""
        made = [one for one in self.money(ro_id).settlements if one.payer is payer and one.state != "void"]
        (only,) = made
        return only

    def pay(
        self, ro_id: UUID, amount_fen: int | None = None, *, payer: PayType = PayType.CUSTOMER, **asked: Any
    ) -> settlements.RepairPayment:
        """This payer pays so much, or all that he owes."""
        owed = self.standing(ro_id, payer).balance_fen if amount_fen is None else amount_fen
        told: settlements.RepairPayment = self.do(
            "take_repair_payment",
            "finance",
            ro_id=ro_id,
            payer=payer,
            amount_fen=owed,
            **{"external_ref": str(uuid4()), **asked},
        )
        return told

    def link(self, ro_id: UUID, **asked: Any) -> LinkMade:
        """A link for the customer, that the advisor makes."""
        made: LinkMade = self.do("make_repair_link", "advisor", ro_id=ro_id, **asked)
        return made

    def followed(self, token: str, *, now: datetime = NOW) -> by_link.RepairFollowed:
        """What a link opens."""
        asked = by_link.RepairFollowedAsked(token)
        return self.database.read(lambda reading: following.repair_followed(reading, asked, now=now))

    def answer(self, token: str, said: str = "agreed", *, version: int, now: datetime = NOW) -> by_link.RepairFollowed:
        """The customer's word by his link, in a transaction of its own."""
        asked = by_link.AnswerByLink(token, version, Said(said), "张伟")
        return self.database.run(lambda session: links.answer_by_link(session, asked, now=now))

    def give_back(self, ro_id: UUID, **asked: Any) -> operations.RepairOrder:
        """The vehicle is handed back; what its customer owes he has paid before, where the invoice is made."""
        money = self.money(ro_id).settlements
        if any(one.payer is PayType.CUSTOMER and one.state == "owed" for one in money):
            self.pay(ro_id)
        return self.move("return_vehicle", "advisor", ro_id, **{"km_out": 60_000, **asked})

    def cancel(self, ro_id: UUID, *, reason: str = "客户不修了", **asked: Any) -> operations.RepairOrder:
        return self.move("cancel_repair", "advisor", ro_id, reason=reason, **asked)

    def close_returned(self, *, now: datetime) -> int:
        """What the clock does."""
        return self.database.run(lambda session: steps.close_returned(session, now=now))

    def history(self, ro_id: UUID) -> list[stages.StageEntry]:
        """Where the order came to."""
        asked, scope = operations.RepairOrderById(ro_id), self.scope("repair_history", "advisor")
        return self.database.read(lambda reading: queries.repair_history(reading, asked, scope=scope)).items

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
        """The events of an order, as they were recorded, but the readings that are told beside them."""
        return [(row.event_type, row.subject_version) for row in self._outbox(ro_id)]

    def payloads(self, ro_id: UUID) -> list[dict[str, Any]]:
        """What those events say."""
        return [row.envelope["payload"] for row in self._outbox(ro_id)]

    def readings_told(self, ro_id: UUID) -> list[dict[str, Any]]:
        """What its events say of the vehicle's odometer."""
        return [row.envelope["payload"] for row in self._outbox(ro_id, readings=True)]

    def _outbox(self, ro_id: UUID, *, readings: bool = False) -> list[Any]:
        log = tables.outbox.c
        wanted = select(tables.outbox).where(log.subject_type == "repair_order", log.subject_id == str(ro_id))
        wanted = wanted.where((log.event_type == "odometer_recorded") == readings)
        return self.database.read(lambda reading: list(reading.execute(wanted.order_by(log.position))))
