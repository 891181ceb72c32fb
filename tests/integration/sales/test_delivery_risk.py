"""What will be late is known before the customer asks: told once for each level, listed first, promised anew."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from chassis.customers import erasing
from contracts.gateway.calendars import USUAL_HOURS, OwnDay
from contracts.gateway.events import StoreChanged
from contracts.sales import deliveries as asked
from contracts.sales.policies import DELIVERY_STEPS, FULL
from contracts.sales.steps import DeliveryRisk, DeliveryTerms, PromiseReason, StepAct, StepCode
from contracts.shapes import plain
from services.sales import deliveries
from services.sales.deliveries import queries
from services.sales.orders.errors import PromiseInPast
from services.sales.orders.models import ORDERS
from services.sales.steps import usecases as steps
from services.sales.steps.errors import StepsOver
from tests.integration.sales.people import NOW, PROMISE, Showroom
from tests.integration.sales.test_delivery_steps import act, at, paid_and_allocated, seen, signed, step_of
from tests.support.events import deliver, made, received, twice_shuffled
from tests.support.plans import plan_of_page
from tests.support.publishing import publish
from tests.support.records import erased

TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)
RISK, LATE = DeliveryRisk.AT_RISK, DeliveryRisk.LATE
BEFORE_PLATE = (StepCode.CERTIFICATE, StepCode.INVOICE, StepCode.INSURANCE, StepCode.PURCHASE_TAX)


def watch(showroom: Showroom, now: datetime) -> None:
    """The clock looks, until nothing is left to look at."""
    while showroom.database.run(lambda session: deliveries.usecases.watch(session, now=now)):
        pass


def told(showroom: Showroom, order_id: UUID) -> list[tuple[str, str | None]]:
    """The levels that were told of, and the day that was predicted."""
    return [(one["level"], one["predicted_date"]) for one in showroom.payloads(order_id) if "level" in one]


def repromise(showroom: Showroom, order_id: UUID, day: date, reason: PromiseReason, **more: Any) -> asked.Delivery:
    words: dict[str, Any] = {"promised_date": day, "reason": reason, "remark": "客户已知悉"}
    moved: asked.Delivery = showroom.do("repromise_order", "consultant", order_id=order_id, **words, **more)
    return moved


def listed(showroom: Showroom, *, role: str = "sales_manager", **wanted: Any) -> list[UUID]:
    request, scope = asked.ListDeliveries(store_id=showroom.store, **wanted), showroom.scope("list_deliveries", role)
    page = showroom.database.read(lambda reading: queries.list_deliveries(reading, request, scope=scope))
    assert page.total == len(page.items)
    return [one.order_id for one in page.items]


# -- told ------------------------------------------------------------------------------------------------------------


def test_each_level_is_told_once_right_after_its_edge_and_not_at_it(showroom: Showroom) -> None:
    order_id = signed(showroom, promised=date(2026, 11, 26))
    version = showroom.shown(order_id).version
    due = at("2026-11-24", 20)  # the car should be set aside by then
    watch(showroom, due)
    assert (told(showroom, order_id), showroom.shown(order_id).version) == ([], version)
    for moment in (due + TICK, due + DAY, due + 2 * TICK):
        watch(showroom, moment)
    assert told(showroom, order_id) == [("late", "2026-11-27")]
    assert showroom.recorded(order_id)[-1] == ("delivery_at_risk", version + 1)
    assert step_of(showroom, order_id, StepCode.ALLOCATE, now=due + TICK).is_late


def test_first_the_reserve_goes_then_the_promise(full: Showroom) -> None:
    order_id = signed(full, promised=date(2026, 12, 4))  # reckoned for the third
    watch(full, NOW)
    assert told(full, order_id) == []
    act(full, order_id, StepCode.ALLOCATE, StepAct.BLOCK, reason="在途", expected_on=date(2026, 11, 27))
    watch(full, NOW + TICK)
    assert told(full, order_id) == [("at_risk", "2026-12-04")]
    act(full, order_id, StepCode.ALLOCATE, StepAct.BLOCK, reason="在途", expected_on=date(2026, 11, 30))
    watch(full, NOW + 2 * TICK)
    watch(full, NOW + 3 * TICK)
    assert told(full, order_id) == [("at_risk", "2026-12-04"), ("late", "2026-12-09")]


def test_what_comes_back_on_track_and_slips_once_more_is_not_told_again(full: Showroom) -> None:
    order_id = signed(full, promised=date(2026, 12, 4))
    for day in (27, 24, 27):
        act(full, order_id, StepCode.ALLOCATE, StepAct.BLOCK, reason="在途", expected_on=date(2026, 11, day))
        watch(full, NOW + TICK)
    assert [level for level, _ in told(full, order_id)] == ["at_risk"]


def test_a_weekend_holds_a_plate_back_and_nobody_is_told_of_a_risk_that_is_none(full: Showroom) -> None:
    friday = at("2026-11-27")
    order_id = signed(full, promised=date(2026, 12, 31), now=friday)
    full.pay(order_id)
    full.allocate(order_id, full.receive())
    steps_done: tuple[tuple[StepCode, dict[str, Any]], ...] = (
        (StepCode.CERTIFICATE, {}),
        (StepCode.INVOICE, {}),
        (StepCode.INSURANCE, {"effective_from": friday}),
    )
    for code, more in steps_done:
        act(full, order_id, code, StepAct.FINISH, now=friday, **more)
    assert step_of(full, order_id, StepCode.PURCHASE_TAX).due_at == at("2026-11-30", 17)
    watch(full, at("2026-11-29", 23))
    assert not step_of(full, order_id, StepCode.PURCHASE_TAX, now=at("2026-11-29", 23)).is_late
    assert told(full, order_id) == []


EDGES = {
    "an ordinary Tuesday": ("2026-11-19", "2026-11-24", RISK, "2026-11-25"),
    "a Friday, after which nobody works till Monday": ("2026-11-24", "2026-11-27", LATE, "2026-11-30"),
    "a Friday before a Saturday that is worked": ("2026-02-10", "2026-02-13", RISK, "2026-02-14"),
    "that Saturday, before Spring Festival": ("2026-02-11", "2026-02-14", LATE, "2026-02-24"),
    "the day before the national day": ("2026-09-27", "2026-09-30", LATE, "2026-10-08"),
}
"""Begun so that a registration is due that day, its keys promised for the next one, with a day of reserve: what it is
right after its time, and when the offices work next."""


@pytest.mark.parametrize("edge", EDGES)
def test_a_registration_that_is_not_done_is_a_risk_right_after_its_time_as_long_as_offices_rest(
    showroom: Showroom, edge: str
) -> None:
    begun, day, level, ready = EDGES[edge]
    began, due = at(begun), at(day, 17)
    publish(showroom.database, DELIVERY_STEPS, plain(FULL), now=began, store_id=showroom.store)
    order_id = signed(showroom, promised=due.date() + DAY, now=began)
    showroom.pay(order_id, now=began)
    showroom.allocate(order_id, showroom.receive(now=began), now=began)
    for code in (*BEFORE_PLATE, StepCode.PDI, StepCode.CLEAN):
        shows: dict[str, Any] = {"effective_from": began} if code is StepCode.INSURANCE else {}
        act(showroom, order_id, code, StepAct.FINISH, now=began, **shows)
    assert step_of(showroom, order_id, StepCode.PLATE, now=began).due_at == due
    for moment in (began, due - TICK, due):
        watch(showroom, moment)
        assert told(showroom, order_id) == []
        assert not step_of(showroom, order_id, StepCode.PLATE, now=moment).is_late
    assert step_of(showroom, order_id, StepCode.PLATE, now=due + TICK).is_late
    for moment in (due + TICK, due + 2 * TICK):
        watch(showroom, moment)
        assert told(showroom, order_id) == [(level.value, ready)]


def test_a_reserve_that_changes_at_midnight_is_that_of_the_contract(showroom: Showroom) -> None:
    midnight = at("2026-11-24", 0)
    publish(showroom.database, DELIVERY_STEPS, plain(FULL), now=NOW - DAY, store_id=showroom.store)
    more = plain(FULL) | {"reserve_days": 5}
    publish(showroom.database, DELIVERY_STEPS, more, now=NOW, store_id=showroom.store, effective_from=midnight)
    promised = date(2026, 12, 7)  # both are reckoned for the third
    before, after = (signed(showroom, promised=promised, now=moment) for moment in (midnight - TICK, midnight))
    watch(showroom, midnight + TICK)
    assert (told(showroom, before), told(showroom, after)) == ([], [("at_risk", "2026-12-03")])


def test_4_7_a_year_not_yet_announced_is_reckoned_anew_every_day(full: Showroom) -> None:
    began = at("2026-12-28")
    order_id = signed(full, now=began, promised=date(2027, 1, 15))
    looked = text("SELECT look_at FROM delivery_plan WHERE order_id = :id")
    moments = []
    for day in range(3):
        with full.database.reading() as reading:
            moments.append(reading.scalar(looked, {"id": order_id}))
        watch(full, began + (day + 1) * DAY + TICK)
    assert moments[0] <= began + DAY
    assert moments[1] <= began + 2 * DAY + TICK


def test_a_store_that_changes_its_hours_has_its_deliveries_reckoned_anew(showroom: Showroom) -> None:
    order_id = signed(showroom, promised=date(2026, 11, 26))
    changed = made(StoreChanged, code=showroom.store, hours=USUAL_HOURS, closes_on=date(2026, 11, 25))
    events = [received(changed, subject_id=showroom.store, subject_version=2, occurred_at=NOW)]
    for event in twice_shuffled(events):
        deliver(showroom.database.transaction, lambda session, some: keep(session, some[0]), [event])
    watch(showroom, NOW + TICK)
    assert told(showroom, order_id) == [("late", None)], "it closes before the money can come"


def test_4_8_days_that_change_later_move_what_is_open_and_neither_what_is_done_nor_what_was_first_planned(
    showroom: Showroom,
) -> None:
    order_id = signed(showroom)
    before = {code: step_of(showroom, order_id, code) for code in (StepCode.CONTRACT, StepCode.ALLOCATE)}
    closed = [OwnDay(date(2026, 11, 24), [], "盘点")]
    changed = made(StoreChanged, code=showroom.store, hours=USUAL_HOURS, own_days=closed, closes_on=None)
    event = received(changed, subject_id=showroom.store, subject_version=2, occurred_at=NOW)
    deliver(showroom.database.transaction, lambda session, some: keep(session, some[0]), [event])
    watch(showroom, NOW + TICK)
    after = step_of(showroom, order_id, StepCode.ALLOCATE)
    assert (before[StepCode.ALLOCATE].due_at, after.due_at) == (at("2026-11-24", 20), at("2026-11-25", 20))
    assert after.planned_at == before[StepCode.ALLOCATE].planned_at
    assert step_of(showroom, order_id, StepCode.CONTRACT) == before[StepCode.CONTRACT]


def keep(session: Any, event: Any) -> None:
    from chassis.organisation import stores

    stores.keep(session, event)
    steps.look_again(session, event)


# -- promised anew ---------------------------------------------------------------------------------------------------


def test_r48_another_promise_keeps_the_first_one_and_is_told_of_once_more(showroom: Showroom) -> None:
    order_id = signed(showroom, promised=date(2026, 11, 24))
    watch(showroom, NOW)
    shown = repromise(showroom, order_id, date(2026, 11, 27), PromiseReason.FACTORY)
    assert (shown.order.promised_date, shown.order.first_promise) == (date(2026, 11, 27), date(2026, 11, 24))
    assert (shown.risk, shown.promises[0].from_day) == (DeliveryRisk.ON_TRACK, date(2026, 11, 24))
    watch(showroom, at("2026-11-25", 21))
    assert [level for level, _ in told(showroom, order_id)] == ["late", "late"], "each promise has its own levels"
    assert showroom.payloads(order_id)[2] == {
        "order_id": str(order_id),
        "customer_id": str(shown.order.customer_id),
        "consultant_id": "C1",
        "promised_date": "2026-11-27",
        "first_promise": "2026-11-24",
        "reason": "FACTORY",
    }


@pytest.mark.parametrize(
    ("reason", "on", "excused"),
    [
        (PromiseReason.CUSTOMER, PROMISE, True),
        (PromiseReason.CUSTOMER, PROMISE + DAY, False),
        (PromiseReason.FACTORY, PROMISE, False),
    ],
    ids=["the customer wished it in time", "when the promise was broken already", "not the customer"],
)
def test_r48_only_the_customers_own_wish_excuses_and_not_when_it_was_late_already(
    showroom: Showroom, reason: PromiseReason, on: date, excused: bool
) -> None:
    order_id = paid_and_allocated(showroom)
    moment = at(on.isoformat(), 23)
    repromise(showroom, order_id, on + 5 * DAY, reason, now=moment)
    showroom.deliver(order_id, now=moment + DAY)
    assert showroom.payloads(order_id)[-1]["excused"] is excused


def test_4_6_before_eight_in_the_morning_today_is_the_stores_day_and_not_that_of_greenwich(showroom: Showroom) -> None:
    order_id = signed(showroom)
    early = at("2026-11-24", 7).astimezone(UTC)
    assert early.day == 23
    with pytest.raises(PromiseInPast):
        signed(showroom, promised=date(2026, 11, 23), now=early)
    with pytest.raises(PromiseInPast):
        repromise(showroom, order_id, date(2026, 11, 23), PromiseReason.OTHER, now=early)
    repromise(showroom, order_id, date(2026, 11, 24), PromiseReason.OTHER, now=early)


def test_no_day_in_the_past_is_promised_and_nothing_after_the_keys(showroom: Showroom) -> None:
    order_id = paid_and_allocated(showroom)
    with pytest.raises(PromiseInPast):
        repromise(showroom, order_id, NOW.date() - DAY, PromiseReason.OTHER)
    repromise(showroom, order_id, NOW.date(), PromiseReason.OTHER)
    showroom.deliver(order_id)
    with pytest.raises(StepsOver):
        repromise(showroom, order_id, PROMISE + 30 * DAY, PromiseReason.OTHER)
    unsigned = showroom.write()
    with pytest.raises(StepsOver):
        repromise(showroom, unsigned, PROMISE, PromiseReason.OTHER)


# -- listed ------------------------------------------------------------------------------------------------------------


def test_what_will_be_late_is_listed_first_and_what_was_handed_over_no_more(showroom: Showroom) -> None:
    calm, late, risky = (signed(showroom, promised=date(2026, 11, day)) for day in (30, 24, 26))
    gone = paid_and_allocated(showroom)
    showroom.deliver(gone)
    assert listed(showroom) == [late, risky, calm]
    assert listed(showroom, sort=asked.DeliverySort.PROMISE) == [late, risky, calm]
    assert listed(showroom, risk=LATE) == [late]
    assert listed(showroom, role="consultant") == [late, risky, calm]
    assert listed(showroom.served_by("C2"), role="consultant") == []


def test_a_clerk_finds_what_his_turn_has_come_for(full: Showroom) -> None:
    waiting, ready = signed(full), paid_and_allocated(full)
    assert listed(full, step=StepCode.PDI) == [ready]
    assert listed(full, step=StepCode.DEPOSIT) == [waiting]
    act(full, ready, StepCode.PDI, StepAct.FINISH)
    assert listed(full, step=StepCode.PDI) == []


MANY = """
    WITH ordered AS (
        INSERT INTO sales_order (id, number, store_id, customer_id, consultant_id, model, status, total_fen, paid_fen,
                                 created_at, version, promised_date, first_promise)
        SELECT gen_random_uuid(), 'OPEN-' || n, 'S' || n %% 20, gen_random_uuid(), 'consultant', 'GL8', 'signed', 1, 0,
               CAST('2026-11-01' AS timestamptz), 1, '2026-12-01', '2026-12-01' FROM generate_series(1, 10000) n
        RETURNING id, store_id, number)
    INSERT INTO delivery_plan (order_id, store_id, terms, reserve_days, signed_at, promised_on, days_left, risk,
                               told_risk, untold, holds, provisional, ended_at)
    SELECT id, store_id, '{}', 1, now(), '2026-12-01', substr(number, 6)::int %% 40 - 10, 'on_track', 'on_track',
           false, 'PLATE', false, CASE WHEN substr(number, 6)::int %% 34 > 0 THEN now() END FROM ordered
"""


@pytest.mark.parametrize("sort", asked.DeliverySort)
def test_the_open_ones_of_a_store_are_one_read_of_an_index(databases: Any, sort: asked.DeliverySort) -> None:
    database = databases("sales")
    databases.as_owner("sales", MANY)
    databases.as_owner("sales", "ANALYZE sales_order, delivery_plan")
    try:
        scope = Showroom(database, "S7").scope("list_deliveries", "sales_manager")
        wanted = asked.ListDeliveries(store_id="S7", sort=sort, size=5)
        plan = plan_of_page(database, lambda reading: queries.list_deliveries(reading, wanted, scope=scope))
    finally:
        number = "SELECT id FROM sales_order WHERE number LIKE 'OPEN-%%'"
        databases.as_owner("sales", f"DELETE FROM delivery_plan WHERE order_id IN ({number})")
        databases.as_owner("sales", "DELETE FROM sales_order WHERE number LIKE 'OPEN-%%'")
    assert queries.SORTS[sort].index in plan, plan
    assert "Sort" not in plan, plan


# -- forgotten -------------------------------------------------------------------------------------------------------


def test_what_was_said_about_him_goes_from_the_steps_of_who_is_forgotten(full: Showroom) -> None:
    order_id = paid_and_allocated(full)
    act(full, order_id, StepCode.PDI, StepAct.BLOCK, reason="客户张伟要求暂停")
    act(full, order_id, StepCode.CERTIFICATE, StepAct.FINISH, evidence="张伟签收")
    repromise(full, order_id, PROMISE + DAY, PromiseReason.CUSTOMER)
    customer = full.shown(order_id).customer_id
    event = erased(customer)
    deliver(full.database.transaction, lambda session, some: erasing.forget(session, some[0], holding=ORDERS), [event])
    words = """
        SELECT reason || evidence AS word FROM delivery_step WHERE order_id = :id
        UNION ALL SELECT reason FROM step_change WHERE order_id = :id
        UNION ALL SELECT remark FROM promise_change WHERE order_id = :id
    """
    with full.database.reading() as reading:
        assert set(reading.scalars(text(words), {"id": order_id})) == {""}
    assert seen(full, order_id).terms == DeliveryTerms()
