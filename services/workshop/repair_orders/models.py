"""What the workshop service owns: repair orders and their job lines."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import uuid_utils.compat as uuids
from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.customers import rekeying
from chassis.organisation import staff, stores
from chassis.store import numbers
from contracts.odometer import Reading, ReadingStatus
from contracts.picked import attributes
from contracts.refusals import StaleVersion
from contracts.workshop import operations
from contracts.workshop.operations import LineKind, PayType, Stage, Verdict
from services.workshop.declared import Base
from services.workshop.repair_orders import rules


class RepairOrder(Base):
    """A vehicle's stay in the workshop. The first promise is kept beside the current one (C8).

    `first_km` is the first reading, where it was corrected; `km_reason` why.
    `worked_by` are all who were ever given its work, or began or ended it: none of them may inspect it (C7).
    `origin_customer_id` is whose it was written for, while his record lives on in another (E8).
    """

    __tablename__ = "repair_order"
    __table_args__ = (
        Index("repair_order_board", "store_id", "promised_at", postgresql_where=text("returned_at IS NULL")),
        Index("repair_order_by_store", "store_id", "returned_at"),
        Index("repair_order_by_opening", "store_id", "opened_at", "id"),
        Index("repair_order_by_vehicle", "vehicle_id", "km"),
        Index("repair_order_by_customer", "customer_id"),
        Index("repair_order_by_origin", "origin_customer_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    store_id: Mapped[str]
    vehicle_id: Mapped[UUID]
    customer_id: Mapped[UUID]
    advisor_id: Mapped[str]
    stage: Mapped[Stage]
    km: Mapped[int]
    complaint: Mapped[str]
    authorized_fen: Mapped[int]
    opened_at: Mapped[datetime]
    version: Mapped[int]
    km_status: Mapped[ReadingStatus] = mapped_column(server_default=ReadingStatus.OK)
    first_km: Mapped[int | None]
    km_reason: Mapped[str] = mapped_column(server_default="")
    consent_by: Mapped[str | None]
    consent_channel: Mapped[str | None]
    authorized_at: Mapped[datetime | None]
    promised_at: Mapped[datetime | None]
    first_promise: Mapped[datetime | None]
    technician_id: Mapped[str | None]
    bay: Mapped[str]
    worked_by: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    inspector_id: Mapped[str | None]
    ready_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    origin_customer_id: Mapped[UUID | None]
    lines: Mapped[list[JobLine]] = relationship(back_populates="order", order_by="JobLine.position")

    @classmethod
    def open(cls, asked: operations.OpenRepairOrder, *, number: str, advisor_id: str, now: datetime) -> RepairOrder:
        """A vehicle that was taken in, with the work known so far."""
        return cls(
            **attributes(asked, but=("lines",)),
            id=uuids.uuid7(),
            number=number,
            advisor_id=advisor_id,
            stage=Stage.OPENED,
            authorized_fen=0,
            opened_at=now,
            version=1,
            km_status=ReadingStatus.OK,
            km_reason="",
            bay="",
            worked_by=[],
            lines=[JobLine.write(line, position=position) for position, line in enumerate(asked.lines, start=1)],
        )

    @property
    def written_for(self) -> UUID:
        """Whom the order was written for: its events name him, whoever he lives on in."""
        return self.origin_customer_id or self.customer_id

    @property
    def reading(self) -> Reading:
        """What the vehicle's odometer showed when it was taken in."""
        return Reading(self.opened_at, str(self.id), self.km)

    def correct_km(self, *, km: int, reason: str) -> None:
        """The reading was wrong; what was read first is kept."""
        self.first_km = self.km if self.first_km is None else self.first_km
        self.km, self.km_reason = km, reason
        self.version += 1

    def require_version(self, expected: int | None) -> None:
        """Raise StaleVersion if the caller looked at an older order."""
        if expected is not None and expected != self.version:
            raise StaleVersion(expected=expected, version=self.version)

    def _move(self, to: Stage) -> None:
        rules.require_move(stage=self.stage, to=to)
        self.stage = to
        self.version += 1

    def authorize(self, asked: operations.AuthorizeRepair, *, now: datetime) -> None:
        """The customer agreed to what he pays of the work, and was promised a time."""
        rules.require_move(stage=self.stage, to=Stage.AUTHORIZED)
        rules.require_work(self.lines)
        self._move(Stage.AUTHORIZED)
        self.authorized_fen = rules.totals(self.lines)[PayType.CUSTOMER]
        self.consent_by, self.consent_channel, self.authorized_at = asked.consent_by, asked.consent_channel, now
        self.promised_at = self.first_promise = asked.promised_at

    @property
    def workers(self) -> set[str]:
        """Everybody who worked on the order or was given its work."""
        return {*self.worked_by, *((self.technician_id,) if self.technician_id is not None else ())}

    def _work(self, to: Stage, *, by: str, anybodys: bool) -> None:
        """A step of the work itself; who does it is written down."""
        rules.require_move(stage=self.stage, to=to)
        if not anybodys:
            rules.require_own_work(worker_id=by, technician_id=self.technician_id)
        self._move(to)
        self.worked_by = sorted(self.workers | {by})

    def dispatch(self, *, technician_id: str, bay: str) -> None:
        """The work was given to a technician at a bay, or taken from one and given to another."""
        self._move(Stage.DISPATCHED)
        self.worked_by = sorted(self.workers | {technician_id})
        self.technician_id, self.bay = technician_id, bay

    def start(self, *, by: str, anybodys: bool = False) -> None:
        """The technician began, for the first time or again after quality control sent it back.

        With `anybodys` the work need not be his own.
        """
        self._work(Stage.IN_PROGRESS, by=by, anybodys=anybodys)

    def finish(self, *, by: str, anybodys: bool = False) -> None:
        """The work is done; quality control is next."""
        self._work(Stage.QC, by=by, anybodys=anybodys)

    def inspect(self, *, verdict: Verdict, inspector_id: str, now: datetime) -> None:
        """Quality control by somebody who did not do the work: ready, or back to the technician."""
        to = Stage.READY if verdict is Verdict.PASSED else Stage.REWORK
        rules.require_move(stage=self.stage, to=to)
        rules.require_other_inspector(inspector_id=inspector_id, worked_by=self.workers)
        self._move(to)
        self.inspector_id = inspector_id
        if to is Stage.READY:
            self.ready_at = now

    def settle(self, *, now: datetime) -> None:
        """The invoice: the customer pays no more than he agreed to (R51)."""
        rules.require_move(stage=self.stage, to=Stage.SETTLED)
        rules.require_consent(
            customer_fen=rules.totals(self.lines)[PayType.CUSTOMER], authorized_fen=self.authorized_fen
        )
        self._move(Stage.SETTLED)
        self.settled_at = now

    def give_back(self, *, now: datetime) -> None:
        """The customer has his vehicle again."""
        self._move(Stage.RETURNED)
        self.returned_at = now


class JobLine(Base):
    """One piece of work on a repair order, with who pays it; or a discount for a payer."""

    __tablename__ = "job_line"

    order_id: Mapped[UUID] = mapped_column(ForeignKey("repair_order.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    description: Mapped[str]
    hours: Mapped[Decimal]
    amount_fen: Mapped[int]
    pay_type: Mapped[PayType]
    kind: Mapped[LineKind] = mapped_column(server_default=LineKind.WORK)
    order: Mapped[RepairOrder] = relationship(back_populates="lines")

    @classmethod
    def write(cls, asked: operations.JobLine, *, position: int) -> JobLine:
        """A line as the advisor wrote it."""
        return cls(**attributes(asked), position=position)


class NumberSeries(numbers.NumberSeries, Base):
    """Document numbers, by store and day."""


class CustomerAlias(rekeying.CustomerAlias, Base):
    """Where customers live on."""


class DocumentOwner(rekeying.DocumentOwner, Base):
    """Documents that were given to somebody else."""


REPAIR_ORDERS = rekeying.Holding(
    table="repair_order",
    key=("id",),
    document_type="'repair_order'",
    document_id="t.id::text",
    found_by="t.id = CAST(l.document_id AS uuid)",
    types=("repair_order",),
    words=("complaint", "consent_by", "km_reason"),
)
"""Repair orders follow their customers."""


class StaffMember(staff.StaffMember, Base):
    """Who works where, as what."""


class Store(stores.Store, Base):
    """From which day on stores are closed."""
