"""Whatever is pressed at the lifts, in whatever order: a technician works on one thing at a time, on what was agreed
to, while the work goes on, and inspects none of it (C7).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from contracts.refusals import Refusal
from contracts.workshop import clocking
from contracts.workshop.operations import JobLine, LineState, Stage
from contracts.workshop.stages import WaitingFor
from tests.integration.workshop.people import NOW, OIL, WINDOW, Workshop
from tests.support.examples import examples
from tests.support.randoms import code

WHO = st.integers(0, 2)
WHICH = st.integers(0, 1)
LINE = st.none() | st.integers(1, 3)


class Lifts(RuleBasedStateMachine):
    """Three technicians, two orders with two lines each and a third that nobody agreed to."""

    workshop: Workshop

    @initialize()
    def open(self) -> None:
        self.now = NOW
        self.people = [code("T") for _ in range(3)]
        self.orders = [self.workshop.open(OIL, WINDOW) for _ in range(2)]
        for ro_id in self.orders:
            self.workshop.authorize(ro_id)
            self.workshop.dispatch(ro_id, technician=self.people[0])
            self.workshop.do("add_line", "advisor", ro_id=ro_id, line=JobLine("刹车片", 90_000))

    def _tried(self, step: object) -> None:
        self.now += timedelta(minutes=7)
        try:
            step()  # type: ignore[operator]  # a press
        except Refusal:
            return

    @rule(order=WHICH, line=st.integers(1, 3), who=st.lists(WHO, max_size=2, unique=True))
    def give(self, order: int, line: int, who: list[int]) -> None:
        people = [self.people[one] for one in who]
        self._tried(lambda: self.workshop.give_line(self.orders[order], line, *people, now=self.now))

    @rule(who=WHO, order=WHICH, line=LINE)
    def clock_on(self, who: int, order: int, line: int | None) -> None:
        self._tried(lambda: self.workshop.clock_on(self.orders[order], line, by=self.people[who], now=self.now))

    @rule(who=WHO, order=WHICH)
    def clock_off(self, who: int, order: int) -> None:
        self._tried(lambda: self.workshop.clock_off(self.orders[order], by=self.people[who], now=self.now))

    @rule(who=WHO, order=WHICH, line=st.integers(1, 3))
    def finish_line(self, who: int, order: int, line: int) -> None:
        self._tried(lambda: self.workshop.finish_line(self.orders[order], line, by=self.people[who], now=self.now))

    @rule(order=WHICH, goes_on=st.booleans(), who=WHO)
    def stand_still(self, order: int, who: int, *, goes_on: bool) -> None:
        ro_id, by = self.orders[order], self.people[who]
        if goes_on:
            self._tried(lambda: self.workshop.resume(ro_id, role="technician", by=by, now=self.now))
        else:
            self._tried(lambda: self.workshop.wait(ro_id, WaitingFor.PARTS, now=self.now))

    @rule(order=WHICH, who=WHO)
    def finish(self, order: int, who: int) -> None:
        ro_id = self.orders[order]
        self._tried(lambda: self.workshop.do("decline_line", "advisor", ro_id=ro_id, position=3, declined_by="本人"))
        self._tried(lambda: self.workshop.finish(ro_id, by=self.people[who], now=self.now))

    @rule(order=WHICH, who=WHO)
    def inspect(self, order: int, who: int) -> None:
        self._tried(lambda: self.workshop.inspect(self.orders[order], by=self.people[who], now=self.now))

    @rule()
    def close_for_the_day(self) -> None:
        self.now += timedelta(hours=15)
        self.workshop.close_forgotten(now=self.now)

    def _clockings(self) -> dict[UUID, list[clocking.Clocking]]:
        return {ro_id: self.workshop.clockings(ro_id).items for ro_id in self.orders}

    @invariant()
    def nobody_works_on_two_things_at_once(self) -> None:
        every = [one for found in self._clockings().values() for one in found]
        for who in self.people:
            his = sorted((one.began_at, one.ended_at or datetime.max.replace(tzinfo=NOW.tzinfo)) for one in every
                         if one.technician_id == who)  # fmt: skip
            assert all(before[1] <= after[0] for before, after in pairwise(his))

    @invariant()
    def clocks_run_where_the_work_goes_on(self) -> None:
        for ro_id, found in self._clockings().items():
            order = self.workshop.shown(ro_id)
            if order.stage is not Stage.IN_PROGRESS:
                assert all(one.ended_at for one in found)
            over = {line.position for line in order.lines if line.state is LineState.DONE}
            assert all(one.ended_at for one in found if one.position in over)

    @invariant()
    def nobody_works_on_what_was_not_agreed_to_and_whoever_worked_does_not_inspect(self) -> None:
        for ro_id, found in self._clockings().items():
            order = self.workshop.shown(ro_id)
            assert not any(one.position == 3 for one in found)
            assert {one.technician_id for one in found} <= set(order.worked_by)


def test_whatever_is_pressed_at_the_lifts(workshop: Workshop) -> None:
    machine = type("Lifts", (Lifts,), {"workshop": workshop})
    quiet = settings(
        max_examples=examples(15),
        stateful_step_count=15,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
    run_state_machine_as_test(machine, settings=quiet)
