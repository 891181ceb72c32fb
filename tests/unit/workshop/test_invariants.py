"""Whatever is tried with an order, in whatever order: no work nobody agreed to, no invoice beyond what he agreed to,
and nobody passes his own work (C7, R51).
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from contracts.refusals import Refusal
from contracts.workshop import operations
from contracts.workshop.lines import ChangeLine, DeclineLine
from contracts.workshop.operations import JobLine, LineKind, LineState, PayType, Share, Stage, Verdict
from services.workshop.repair_orders.models import RepairOrder
from services.workshop.repair_orders.rules import moving, work
from tests.support.examples import examples
from tests.unit.workshop.test_transitions import NOW, PROMISE

PEOPLE = st.sampled_from(["T1", "T2", "M1", "Q1"])
MONEY = st.integers(0, 300)
PAYERS = st.sampled_from([PayType.CUSTOMER, PayType.CUSTOMER, PayType.WARRANTY])
POSITIONS = st.integers(1, 4)
BEGUN = {LineState.WORKING, LineState.DONE, LineState.PASSED}


def written(amount_fen: int, pay_type: PayType, *, shared: bool, off: bool) -> JobLine:
    if off:
        return JobLine("优惠", -amount_fen, pay_type=pay_type, kind=LineKind.DISCOUNT)
    other = PayType.WARRANTY if pay_type is PayType.CUSTOMER else PayType.CUSTOMER
    shares = [Share(other, percent=Decimal("33.3"))] if shared else []
    return JobLine("保养", amount_fen, pay_type=pay_type, shares=shares)


LINES = st.builds(written, MONEY, PAYERS, shared=st.booleans(), off=st.sampled_from([False, False, False, True]))


class Desk(RuleBasedStateMachine):
    """Everybody of a workshop at one order; what is refused changes nothing that counts."""

    @initialize(lines=st.lists(LINES, min_size=1, max_size=3), begun=st.integers(0, 5))
    def open(self, lines: list[JobLine], begun: int) -> None:
        self.touched: set[str] = set()
        self.dearer: set[int] = set()
        try:
            work.require_prices(lines)
        except Refusal:
            lines = [JobLine("保养", 100)]
        asked = operations.OpenRepairOrder(UUID(int=1), UUID(int=2), "HN", 5, "异响", lines)
        self.order = RepairOrder.open(asked, number="1", advisor_id="A1", now=NOW)
        for _ in range(begun):
            self._next_step("T1")

    def _agree(self, up_to: int | None = None) -> None:
        asked = operations.AuthorizeRepair(self.order.id, "张伟", PROMISE, up_to_fen=up_to)
        if self._tried(lambda: self.order.authorize(asked, by="A1", now=NOW)):
            self.dearer.clear()

    def _dispatch(self, who: str) -> None:
        if self._tried(lambda: self.order.dispatch(technician_id=who, bay="", now=NOW)):
            self.touched.add(who)

    def _press(self, who: str, *, starts: bool, anybodys: bool = True) -> None:
        does = self.order.start if starts else self.order.finish
        if self._tried(lambda: does(by=who, now=NOW, anybodys=anybodys)):
            self.touched.add(who)

    def _inspect(self, who: str, verdict: Verdict) -> None:
        if self._tried(lambda: self.order.inspect(verdict=verdict, inspector_id=who, now=NOW)):
            assert who not in self.touched

    def _next_step(self, who: str) -> None:
        """The straight way, by whomever: without it nobody gets far by chance."""
        match self.order.stage:
            case Stage.OPENED | Stage.ESTIMATED:
                self._agree()
            case Stage.AUTHORIZED:
                self._dispatch(who)
            case Stage.DISPATCHED | Stage.REWORK:
                self._press(who, starts=True)
            case Stage.IN_PROGRESS:
                self._press(who, starts=False)
            case Stage.QC:
                self._inspect("Q2" if who in self.touched else who, Verdict.PASSED)
            case Stage.READY:
                self._tried(lambda: self.order.settle(now=NOW + timedelta(hours=1)))
            case _:
                self._tried(lambda: self.order.resume(by=who, now=NOW, anybodys=True))
                self._tried(lambda: self.order.wash(now=NOW))

    @rule(who=PEOPLE)
    def go_on(self, who: str) -> None:
        self._next_step(who)

    @rule(up_to=st.none() | MONEY)
    def agree(self, up_to: int | None) -> None:
        self._agree(up_to)

    @rule(who=PEOPLE, by=st.integers(1, 300))
    def make_dearer_and_go_on(self, who: str, by: int) -> None:
        for line in [one for one in self.order.lines if one.state in BEGUN and one.kind is LineKind.WORK]:
            asked = ChangeLine(self.order.id, line.position, amount_fen=line.amount_fen + by)
            if self._tried(lambda asked=asked: self.order.change_line(asked)):
                self.dearer.add(line.position)
        self._next_step(who)

    @rule(line=LINES)
    def add(self, line: JobLine) -> None:
        self._tried(lambda: self.order.add_line(line))

    @rule(by=st.integers(-50, 300), other=st.booleans(), data=st.data())
    def change(self, by: int, data: st.DataObject, *, other: bool) -> None:
        plain = [one for one in self.order.lines if one.kind is LineKind.WORK and not one.shares]
        if not plain:
            return
        line = data.draw(st.sampled_from(plain))
        before = (line.description, line.amount_fen, line.state)
        asked = ChangeLine(self.order.id, line.position, "大修" if other else None, max(0, line.amount_fen + by))
        if not self._tried(lambda: self.order.change_line(asked)):
            line.description, line.amount_fen, line.state = before  # the transaction is rolled back
        elif line.state in BEGUN:
            self.dearer.add(line.position)

    @rule(position=POSITIONS)
    def decline(self, position: int) -> None:
        said = DeclineLine(self.order.id, position, "张伟")
        self._tried(lambda: self.order.decline_line(said, by="A1", now=NOW))

    @rule(who=PEOPLE)
    def give_anew(self, who: str) -> None:
        self._dispatch(who)

    @rule(who=PEOPLE, starts=st.booleans(), anybodys=st.booleans())
    def press(self, who: str, *, starts: bool, anybodys: bool) -> None:
        self._press(who, starts=starts, anybodys=anybodys)

    @rule(position=POSITIONS, technicians=st.lists(PEOPLE, max_size=2))
    def give_line(self, position: int, technicians: list[str]) -> None:
        if self._tried(lambda: self.order.give_line(position, technicians=technicians, bay="", now=NOW)):
            self.touched.update(technicians)

    @rule(who=PEOPLE, position=st.none() | POSITIONS, anybodys=st.booleans())
    def take_up(self, who: str, position: int | None, *, anybodys: bool) -> None:
        if self._tried(lambda: self.order.take_up(position, by=who, now=NOW, anybodys=anybodys)):
            self.touched.add(who)

    @rule(who=PEOPLE, position=POSITIONS)
    def end_line(self, who: str, position: int) -> None:
        if self._tried(lambda: self.order.end_line(position, by=who, anybodys=True)):
            self.touched.add(who)

    @rule(to=st.sampled_from(list(moving.WAITING.values())), who=PEOPLE)
    def wait(self, to: Stage, who: str) -> None:
        self._tried(lambda: self.order.wait(to, expected_at=None, note="", by=who, now=NOW, anybodys=True))

    @rule(who=PEOPLE, verdict=st.sampled_from(Verdict))
    def inspect(self, who: str, verdict: Verdict) -> None:
        self._inspect(who, verdict)

    @rule()
    def void(self) -> None:
        self._tried(lambda: self.order.void_settlement(now=NOW))

    @rule()
    def recall(self) -> None:
        self._tried(lambda: self.order.recall(now=NOW))

    def _tried(self, step: object) -> bool:
        try:
            step()  # type: ignore[operator]  # a step of the order
        except Refusal:
            return False
        return True

    @invariant()
    def nobody_works_on_what_he_did_not_agree_to(self) -> None:
        if not self.dearer:
            begun = [line for line in self.order.lines if line.state in BEGUN and line.kind is LineKind.WORK]
            off = [line for line in self.order.lines if line.kind is LineKind.DISCOUNT]
            assert work.customer_fen([*begun, *off]) <= self.order.authorized_fen
        if self.order.stage in (Stage.QC, Stage.WASHING, Stage.READY, Stage.SETTLED):
            assert all(
                line.state in (*BEGUN, LineState.DECLINED) for line in self.order.lines if line.kind is LineKind.WORK
            )

    @invariant()
    def he_pays_no_more_than_he_agreed_to(self) -> None:
        if self.order.settled_at is not None:
            assert work.customer_fen(self.order.lines) <= self.order.authorized_fen

    @invariant()
    def nobody_passed_his_own_work(self) -> None:
        if self.order.stage in (Stage.WASHING, Stage.READY, Stage.SETTLED):
            assert self.order.inspector_id not in self.touched

    @invariant()
    def it_waits_exactly_where_it_waits(self) -> None:
        assert (self.order.waiting_from is not None) == (self.order.stage in moving.WAITING.values())


TestDesk = Desk.TestCase
TestDesk.settings = settings(max_examples=examples(100), stateful_step_count=15, deadline=None)
