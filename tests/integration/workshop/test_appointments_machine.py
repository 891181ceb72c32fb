"""Whatever desks do, in whatever order: a bay has one at a time, a slot no more than its share, nobody is lost (C6)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from itertools import combinations
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run

from chassis.organisation import stores
from contracts.refusals import Refusal
from contracts.workshop.appointments import Appointment
from services.workshop.appointments.rules.capacity import Span
from tests.integration.workshop.appointing import (
    EVENING,
    HOUR,
    HOURS,
    TUESDAY,
    book,
    day,
    do,
    free_bays,
    in_the_evening,
    put_bay,
    take_in,
)
from tests.integration.workshop.people import NOW, Workshop
from tests.support.examples import examples
from tests.support.randoms import code
from tests.support.stores import store_told

BAYS, PERCENT = ("1", "2"), 85
DAYS = [TUESDAY, TUESDAY + timedelta(days=1)]
MORNING = st.builds(lambda on, half: on.replace(hour=8, minute=30) + half * HOUR / 2, st.sampled_from(DAYS),
                    st.integers(0, 5))  # fmt: skip
MINUTES = st.sampled_from([60, 90, 180, 210])
STEPS = st.sampled_from(["confirm", "arrive", "cancel", "excuse"])
WHICH = st.integers(0, 30)


class Desks(RuleBasedStateMachine):
    """A store of two bays on Monday, one of them booked for Wednesday morning; then it is Tuesday, and its evening."""

    known: Callable[[], Workshop]

    @initialize()
    def open(self) -> None:
        self.shop, self.now = self.known(), NOW
        self.made: dict[UUID, Appointment] = {}
        self.orders: dict[UUID, UUID] = {}
        full = book(self.shop, DAYS[1].replace(hour=8, minute=30), minutes=210, bay="1")
        self.made[full.appointment_id] = full

    def _tried(self, step: Callable[[], Any]) -> Any:
        try:
            return step()
        except Refusal:
            return None

    def _one(self, which: int) -> Appointment:
        return list(self.made.values())[which % len(self.made)]

    @rule(at=MORNING, minutes=MINUTES, bay=st.none() | st.sampled_from(BAYS))
    def book(self, at: datetime, minutes: int, bay: str | None) -> None:
        one = self._tried(lambda: book(self.shop, at, minutes=minutes, bay=bay, now=self.now))
        if one is not None:
            self.made[one.appointment_id] = one

    @precondition(lambda self: self.made)
    @rule(which=WHICH, at=MORNING, minutes=st.none() | MINUTES)
    def move(self, which: int, at: datetime, minutes: int | None) -> None:
        one = self._one(which)
        self._tried(lambda: do(self.shop, "move", one, starts_at=at, minutes=minutes, now=self.now))

    @precondition(lambda self: self.made)
    @rule(which=WHICH, step=STEPS)
    def step(self, which: int, step: str) -> None:
        said = {"reason": "电话告知"} if step in ("cancel", "excuse") else {}
        self._tried(lambda: do(self.shop, step, self._one(which), now=self.now, **said))

    @precondition(lambda self: self.made)
    @rule(which=WHICH, named=st.booleans())
    def take_in(self, which: int, *, named: bool) -> None:
        one = self._one(which)
        if named:
            order = self._tried(lambda: take_in(self.shop, now=self.now, appointment_id=one.appointment_id))
        else:
            order = take_in(self.shop, now=self.now, vehicle_id=one.vehicle_id)  # whoever is here is taken in
        if order is not None:
            self.orders[order.ro_id] = order.vehicle_id

    @precondition(lambda self: self.orders)
    @rule(which=WHICH)
    def give_up_the_work(self, which: int) -> None:
        self._tried(lambda: self.shop.cancel(list(self.orders)[which % len(self.orders)]))
        free_bays(self.shop, now=self.now)

    @rule(evening=st.booleans())
    def time_passes(self, *, evening: bool) -> None:
        self.now = max(self.now, EVENING if evening else TUESDAY.replace(hour=8, minute=0))
        in_the_evening(self.shop, now=self.now)

    def _all(self) -> list[Appointment]:
        found = {one.appointment_id: one for each in [NOW, *DAYS] for one in day(self.shop, each).items}
        return list(found.values())

    @invariant()
    def nobody_is_lost(self) -> None:
        found = self._all()
        assert {one.appointment_id for one in found} == set(self.made)
        converted = [one.ro_id for one in found if one.state == "converted"]
        assert len(converted) == len(set(converted)) and set(converted) <= set(self.orders)

    @invariant()
    def a_bay_has_one_at_a_time(self) -> None:
        kept = [one for one in self._all() if one.bay_kept]
        for one, other in combinations(kept, 2):
            apart = one.ends_at <= other.starts_at or other.ends_at <= one.starts_at
            assert one.bay != other.bay or apart

    @invariant()
    def of_a_slot_no_more_than_its_share_is_booked_ahead(self) -> None:
        kept = [one for one in self._all() if one.bay_kept]
        ahead = [at for at in DAYS if at.date() > self.now.date()]
        for slot in (Span(at.replace(hour=8, minute=30), at.replace(hour=12)) for at in ahead):
            spans = [Span(one.starts_at, one.ends_at).shares(slot) for one in kept]
            taken = [each for each in spans if each]
            assert len(taken) <= 1 or sum(taken, timedelta(0)) * 100 <= slot.length * len(BAYS) * PERCENT


def test_whatever_desks_do_with_their_book(shop: Workshop) -> None:
    def known() -> Workshop:
        """A store of its own for each history."""
        other = shop.of(code("W"))
        other.database.run(partial(stores.keep, event=store_told(other.store, hours=HOURS)))
        for bay in BAYS:
            put_bay(other, bay)
        return other

    machine = type("Desks", (Desks,), {"known": staticmethod(known)})
    quiet = settings(
        max_examples=examples(20),
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
    run(machine, settings=quiet)
