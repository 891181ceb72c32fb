"""A repair order, and how it moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import uuid_utils.compat as uuids
from sqlalchemy import Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.customers import rekeying
from contracts.odometer import ReadingStatus
from contracts.picked import attributes
from contracts.refusals import StaleVersion
from contracts.workshop import operations
from contracts.workshop.lines import ChangeLine, DeclineLine, Said
from contracts.workshop.operations import LineKind, LineState, Stage, Verdict
from services.workshop.declared import Base
from services.workshop.repair_orders.errors import LineNotFound, LineNotToDo, NothingToDo, StageNotAllowed
from services.workshop.repair_orders.models.lines import Consent, JobLine
from services.workshop.repair_orders.models.odometer import Odometer
from services.workshop.repair_orders.rules import moving, work
from services.workshop.repair_orders.rules.moving import Step


class RepairOrder(Odometer, Base):
    """A vehicle's stay in the workshop. The first promise is kept beside the current one (C8).

    `technician_id` has every line without technicians of its own. `worked_by` are all who were ever given its work, or
    began, ended or were clocked on it: none of them may inspect it (C7).
    `origin_customer_id` is whose it was written for, while his record lives on in another (E8).
    While it waits, `waiting_from` is where it stood before; `refusal_by` signed that he refuses the work.
    """

    __tablename__ = "repair_order"
    __table_args__ = (
        Index(
            "repair_order_board",
            "store_id",
            "promised_at",
            postgresql_where=text("returned_at IS NULL AND cancelled_at IS NULL"),
        ),
        Index("repair_order_to_close", "returned_at", postgresql_where=text("stage = 'delivered'")),
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
    stage_since: Mapped[datetime] = mapped_column(server_default=text("now()"))
    complaint: Mapped[str]
    authorized_fen: Mapped[int]
    opened_at: Mapped[datetime]
    version: Mapped[int]
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
    closed_at: Mapped[datetime | None]
    promise_reason: Mapped[str] = mapped_column(server_default="")
    waiting_from: Mapped[Stage | None]
    expected_at: Mapped[datetime | None]
    waiting_note: Mapped[str] = mapped_column(server_default="")
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str] = mapped_column(server_default="")
    refusal_by: Mapped[str | None]
    origin_customer_id: Mapped[UUID | None]
    lines: Mapped[list[JobLine]] = relationship(order_by="JobLine.position")

    @classmethod
    def open(cls, asked: operations.OpenRepairOrder, *, number: str, advisor_id: str, now: datetime) -> RepairOrder:
        """A vehicle that was taken in, with the work known so far."""
        return cls(
            **attributes(asked, but=("lines", "appointment_id")),
            id=uuids.uuid7(),
            number=number,
            advisor_id=advisor_id,
            stage=Stage.OPENED,
            stage_since=now,
            authorized_fen=0,
            opened_at=now,
            version=1,
            km_status=ReadingStatus.OK,
            km_out_status=ReadingStatus.OK,
            km_reason="",
            promise_reason="",
            waiting_note="",
            cancel_reason="",
            bay="",
            worked_by=[],
            lines=[JobLine.write(line, position=position) for position, line in enumerate(asked.lines, start=1)],
        )

    @property
    def written_for(self) -> UUID:
        """Whom the order was written for: its events name him, whoever he lives on in."""
        return self.origin_customer_id or self.customer_id

    def require_version(self, expected: int | None) -> None:
        """Raise StaleVersion if the caller looked at an older order."""
        if expected is not None and expected != self.version:
            raise StaleVersion(expected=expected, version=self.version)

    def _require(self, step: Step, to: Stage) -> None:
        moving.require_move(step, stage=self.stage, to=to)

    def _move(self, step: Step, to: Stage, *, now: datetime) -> None:
        self._require(step, to)
        if to is not self.stage:
            self.stage_since = now
        self.stage = to
        self.version += 1

    def estimate(self, *, now: datetime) -> None:
        """The work known so far is what the customer, or his insurer, is asked about."""
        self._require(Step.ESTIMATE, Stage.ESTIMATED)
        work.require_work(self.lines)
        self._move(Step.ESTIMATE, Stage.ESTIMATED, now=now)

    def authorize(self, asked: operations.AuthorizeRepair, *, by: str | None, now: datetime) -> Consent:
        """The customer agreed to what he pays of the work, and was promised a time; later maybe another."""
        first = self.stage in work.UNAGREED
        if first:
            work.require_work(self.lines)
        elif self.stage not in work.OPEN_TO_MONEY:
            self._require(Step.AUTHORIZE, Stage.AUTHORIZED)
        elif not work.unanswered(self.lines) and asked.up_to_fen is None and self._within_agreed():
            raise NothingToDo
        promised_at = moving.promised(asked.promised_at or self.promised_at)
        up_to_fen = work.agreed_fen(up_to_fen=asked.up_to_fen, authorized_fen=self.authorized_fen, lines=self.lines)
        said = self._said(Said.AGREED, work.unanswered(self.lines), up_to_fen=up_to_fen).take_down(
            said_by=asked.consent_by, channel=asked.consent_channel, by=by, at=now
        )
        if first:
            self._move(Step.AUTHORIZE, Stage.AUTHORIZED, now=now)
            self.consent_by, self.consent_channel, self.authorized_at = asked.consent_by, asked.consent_channel, now
            self.first_promise = promised_at
        else:
            self.version += 1
        self.promised_at, self.authorized_fen = promised_at, up_to_fen
        self._lines_go({LineState.PROPOSED: work.begun_at(self.stage)})
        return said

    def _said(self, said: Said, lines: Sequence[int], *, up_to_fen: int) -> Consent:
        return Consent.given(said, order_id=self.id, version=self.version, lines=lines, up_to_fen=up_to_fen)

    def _within_agreed(self) -> bool:
        return work.customer_fen(self.lines) <= self.authorized_fen

    def _lines_go(self, to: Mapping[LineState, LineState]) -> None:
        for line in self.lines:
            line.state = to.get(line.state, line.state)

    def add_line(self, asked: operations.JobLine) -> None:
        """More work, or a discount; what the customer has not agreed to waits for his word."""
        work.require_open(asked, stage=self.stage)
        position = max((line.position for line in self.lines), default=0) + 1
        work.require_price(asked, place=position)
        work.require_sums([*work.charged(self.lines), asked])
        state = work.state_of(asked, stage=self.stage, others=self.lines, authorized_fen=self.authorized_fen)
        self.lines.append(JobLine.write(asked, position=position, state=state))
        self.version += 1

    def change_line(self, asked: ChangeLine) -> None:
        """A line is another than it was; where its customer would pay more than he agreed to, he is asked again."""
        line = self._line(asked.position)
        work.require_changeable(
            state=line.state, stage=self.stage, other_work=asked.description is not None or asked.hours is not None
        )
        other_work = asked.description not in (None, line.description)
        line.change(asked)
        work.require_price(line, place=line.position)
        work.require_sums(work.charged(self.lines))
        if line.state in work.NOT_BEGUN:
            others = [one for one in self.lines if one is not line]
            agreed = work.state_of(line, stage=self.stage, others=others, authorized_fen=self.authorized_fen)
            line.state = LineState.PROPOSED if other_work and work.is_his(line) else agreed
        self.version += 1

    def decline_line(self, asked: DeclineLine, *, by: str, now: datetime) -> Consent:
        """The customer does not want work that was not begun."""
        line = self._line(asked.position)
        work.require_open_to_work(stage=self.stage)
        work.require_not_begun(state=line.state)
        work.require_sums([one for one in work.charged(self.lines) if one is not line])
        said = self._said(Said.DECLINED, [line.position], up_to_fen=self.authorized_fen).take_down(
            said_by=asked.declined_by, channel=asked.channel, by=by, at=now
        )
        line.state = LineState.DECLINED
        self.version += 1
        return said

    def decline_unanswered(self, *, said_by: str, channel: str, now: datetime) -> Consent:
        """The customer wants none of the work that waits for his word; a discount beyond the rest is ours to mend."""
        work.require_open_to_work(stage=self.stage)
        waiting = work.unanswered(self.lines)
        said = self._said(Said.DECLINED, waiting, up_to_fen=self.authorized_fen)
        self._lines_go({LineState.PROPOSED: LineState.DECLINED})
        self.version += 1
        return said.take_down(said_by=said_by, channel=channel, by=None, at=now)

    def _line(self, position: int) -> JobLine:
        found = next((line for line in self.lines if line.position == position), None)
        if found is None:
            raise LineNotFound(line=position)
        return found

    @property
    def only_line(self) -> int | None:
        """The place of its work, if that is one line."""
        places = [one.position for one in work.charged(self.lines) if one.kind is LineKind.WORK]
        return places[0] if len(places) == 1 else None

    @property
    def workers(self) -> set[str]:
        """Everybody who worked on the order or was given its work."""
        return {*self.worked_by, *((self.technician_id,) if self.technician_id is not None else ())}

    def technicians_of(self, line: JobLine | None = None) -> set[str]:
        """Whose a line is; of one that is nobody's, and without one, whose anything of the order is."""
        orders = set() if self.technician_id is None else {self.technician_id}
        theirs = set() if line is None else set(line.technicians) or orders
        return theirs or orders.union(*(one.technicians for one in self.lines))

    def _require_own(self, line: JobLine | None = None, *, by: str, anybodys: bool) -> None:
        if not anybodys:
            moving.require_own_work(worker_id=by, technicians=self.technicians_of(line))

    def _work(self, step: Step, to: Stage, *, by: str, anybodys: bool, now: datetime) -> None:
        """A step of the work itself; who does it is written down."""
        self._require(step, to)
        self._require_own(by=by, anybodys=anybodys)
        self._move(step, to, now=now)
        self.worked_by = sorted(self.workers | {by})

    def dispatch(self, *, technician_id: str, bay: str, now: datetime) -> None:
        """The work was given to a technician at a bay, or taken from one and given to another."""
        self._move(Step.DISPATCH, Stage.DISPATCHED, now=now)
        self.worked_by = sorted(self.workers | {technician_id})
        self.technician_id, self.bay = technician_id, bay
        self._all_lines_are_the_orders()

    def _all_lines_are_the_orders(self) -> None:
        for line in self.lines:
            line.technicians, line.bay = [], ""

    def give_line(self, position: int, *, technicians: Sequence[str], bay: str, now: datetime) -> None:
        """A line was given to technicians of its own, at its own bay; without technicians it is the order's again."""
        self._require(Step.DISPATCH, Stage.DISPATCHED)
        line = self._line(position)
        work.require_givable(line)
        if self.stage is Stage.AUTHORIZED and technicians:
            self._move(Step.DISPATCH, Stage.DISPATCHED, now=now)
        else:
            self.version += 1
        line.technicians, line.bay = sorted(set(technicians)), bay
        self.worked_by = sorted(self.workers | set(technicians))

    def take_up(self, position: int | None, *, by: str, now: datetime, anybodys: bool = False) -> bool:
        """Somebody works on a line from now on, or on all that is to be done; true if the order is another by that."""
        if self.stage is not Stage.IN_PROGRESS:
            self._require(Step.START, Stage.IN_PROGRESS)
        line = None if position is None else self._line(position)
        if line is not None:
            work.require_to_do(line)
        self._require_own(line, by=by, anybodys=anybodys)
        wanted = self.lines if line is None else [line]
        begun = [one for one in wanted if one.state is LineState.AUTHORIZED]
        if self.stage is Stage.IN_PROGRESS and not begun and by in self.worked_by:
            return False
        if self.stage is Stage.IN_PROGRESS:
            self.version += 1
        else:
            self._move(Step.START, Stage.IN_PROGRESS, now=now)
        for one in begun:
            one.state = LineState.WORKING
        self.worked_by = sorted(self.workers | {by})
        return True

    def end_line(self, position: int, *, by: str, anybodys: bool = False) -> None:
        """The work of a line is done; the order's goes on."""
        self._require(Step.FINISH, Stage.QC)
        line = self._line(position)
        if line.state is not LineState.WORKING or line.kind is not LineKind.WORK:
            raise LineNotToDo(line=position)
        self._require_own(line, by=by, anybodys=anybodys)
        line.state = LineState.DONE
        self.worked_by = sorted(self.workers | {by})
        self.version += 1

    def renew_promise(self, *, promised_at: datetime, reason: str) -> None:
        """Another time was promised, before the vehicle is ready; the first one is kept."""
        if self.promised_at is None or self.stage not in moving.PROMISED:
            raise StageNotAllowed(stage=self.stage, wanted=Stage.AUTHORIZED)
        self.promised_at, self.promise_reason = promised_at, reason
        self.version += 1

    def recall(self, *, now: datetime) -> None:
        """Work that was not begun was taken from its technician; who had it may still not inspect it."""
        self._move(Step.RECALL, Stage.AUTHORIZED, now=now)
        self.technician_id, self.bay = None, ""
        self._all_lines_are_the_orders()

    def start(self, *, by: str, now: datetime, anybodys: bool = False) -> None:
        """The technician began, for the first time or again after quality control sent it back.

        With `anybodys` the work need not be his own.
        """
        self._work(Step.START, Stage.IN_PROGRESS, by=by, anybodys=anybodys, now=now)
        self._lines_go({LineState.AUTHORIZED: LineState.WORKING})

    def wait(
        self, to: Stage, *, expected_at: datetime | None, note: str, by: str, now: datetime, anybodys: bool = False
    ) -> None:
        """The work cannot go on; asked again where it waits already, what is waited for is expected anew."""
        self._require(Step.WAIT, to)
        self._require_own(by=by, anybodys=anybodys)
        moving.require_expected_ahead(expected_at=expected_at, now=now)
        if self.waiting_from is None:
            self.waiting_from = self.stage
        self._move(Step.WAIT, to, now=now)
        self.expected_at, self.waiting_note = expected_at, note

    def resume(self, *, by: str, now: datetime, anybodys: bool = False) -> None:
        """What was waited for is there: it stands again where it came from."""
        to = moving.require_return(stage=self.stage, waiting_from=self.waiting_from)
        self._require_own(by=by, anybodys=anybodys)
        self._move(Step.RESUME, to, now=now)
        self._wait_no_more()
        for line in self.lines if to is Stage.IN_PROGRESS else ():
            if line.state is LineState.AUTHORIZED and not line.technicians:
                line.state = LineState.WORKING

    def _wait_no_more(self) -> None:
        self.waiting_from, self.expected_at, self.waiting_note = None, None, ""

    def finish(self, *, by: str, now: datetime, anybodys: bool = False) -> None:
        """The work is done; quality control is next."""
        self._require(Step.FINISH, Stage.QC)
        self._require_own(by=by, anybodys=anybodys)
        work.require_answered(self.lines)
        work.require_begun(self.lines)
        self._work(Step.FINISH, Stage.QC, by=by, anybodys=anybodys, now=now)
        self._lines_go(dict.fromkeys(work.TO_DO, LineState.DONE))

    def inspect(self, *, verdict: Verdict, inspector_id: str, now: datetime) -> None:
        """Quality control by somebody who did not do the work: ready, to be washed first, or back to the technician."""
        to = moving.PASSED[verdict]
        self._require(Step.INSPECT, to)
        moving.require_other_inspector(inspector_id=inspector_id, worked_by=self.workers)
        self._move(Step.INSPECT, to, now=now)
        self._lines_go({LineState.DONE: LineState.WORKING if to is Stage.REWORK else LineState.PASSED})
        self.inspector_id = inspector_id
        if to is Stage.READY:
            self.ready_at = now

    def wash(self, *, now: datetime) -> None:
        """It passed quality control, and is washed: it may be fetched."""
        self._move(Step.WASH, Stage.READY, now=now)
        self.ready_at = now

    def settle(self, *, now: datetime) -> None:
        """The invoice: the customer pays no more than he agreed to (R51)."""
        self._require(Step.SETTLE, Stage.SETTLED)
        work.require_sums(work.charged(self.lines))
        work.require_consent(customer_fen=work.customer_fen(self.lines), authorized_fen=self.authorized_fen)
        self._move(Step.SETTLE, Stage.SETTLED, now=now)
        self.settled_at = now

    def void_settlement(self, *, now: datetime) -> None:
        """The invoice was wrong: the vehicle is ready, and is settled anew."""
        self._move(Step.VOID, Stage.READY, now=now)
        self.settled_at = None

    def noted(self) -> None:
        """Something of it changed that is kept beside it, such as its money."""
        self.version += 1

    def give_back(self, *, now: datetime) -> None:
        """The customer has his vehicle again."""
        self._move(Step.GIVE_BACK, Stage.RETURNED, now=now)
        self.returned_at = now

    def close(self, *, now: datetime) -> None:
        """Nothing came after its return."""
        self._move(Step.CLOSE, Stage.CLOSED, now=now)
        self.closed_at = now

    def cancel(self, *, reason: str, refusal_by: str | None, now: datetime) -> None:
        """Nothing more is done; where it waits the customer has signed that he refuses the work."""
        self._require(Step.CANCEL, Stage.CANCELLED)
        moving.require_refusal(stage=self.stage, refusal_by=refusal_by)
        self._move(Step.CANCEL, Stage.CANCELLED, now=now)
        self._wait_no_more()
        self.cancelled_at, self.cancel_reason, self.refusal_by = now, reason, refusal_by


REPAIR_ORDERS = rekeying.Holding(
    table="repair_order",
    key=("id",),
    document_type="'repair_order'",
    document_id="t.id::text",
    found_by="t.id = CAST(l.document_id AS uuid)",
    types=("repair_order",),
    words=("complaint", "consent_by", "km_reason", "waiting_note", "cancel_reason", "refusal_by", "promise_reason"),
    hanging=(
        rekeying.Hanging("repair_consent", "order_id", ("said_by",)),
        rekeying.Hanging("settlement", "order_id", ("allowed_reason", "void_reason")),
        rekeying.Hanging("repair_payment", "order_id", ("reverse_reason",)),
        rekeying.Hanging("comeback", "order_id", ("reason",)),
        rekeying.Hanging("guarantee_watch", "order_id", ("answer",)),
    ),
)
"""Repair orders follow their customers."""
