"""A bay is kept for who will come: one at a time, a share of each slot ahead, moved and cancelled (C6)."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from chassis.organisation import stores
from chassis.organisation.stores import StoreClosed
from chassis.process.clock import LOCAL
from contracts.refusals import InvalidRequest, StaleVersion
from contracts.workshop import bays
from contracts.workshop.bays import BayKind
from services.workshop.appointments.errors import (
    AppointmentNotFound,
    AppointmentStateWrong,
    StoreNotOpen,
    TimePast,
    TimeTaken,
)
from services.workshop.bays.errors import BayUnknown
from services.workshop.bays.queries import list_bays
from tests.integration.workshop.appointing import (
    HOUR,
    HOURS,
    TUESDAY,
    book,
    day,
    do,
    free,
    put_bay,
    shown,
    told,
)
from tests.integration.workshop.people import NOW, OIL, Workshop
from tests.support.stores import store_told


def test_a_bay_is_put_once_by_its_code_and_may_be_used_no_more(shop: Workshop) -> None:
    put_bay(shop, "3", kind=BayKind.PAINT)
    put_bay(shop, "3", kind=BayKind.BODY, active=False)
    scope = shop.scope("list_bays", "technician")
    found = shop.database.read(lambda reading: list_bays(reading, bays.ListBays(shop.store), scope=scope)).items
    assert [(one.code, one.kind, one.active) for one in found] == [
        ("1", "general", True), ("2", "general", True), ("3", "body", False),
    ]  # fmt: skip


def test_work_is_given_at_a_bay_of_the_store_and_where_it_has_none_at_whatever_is_said(
    shop: Workshop, elsewhere: Any
) -> None:
    ro_id = shop.open(OIL)
    shop.authorize(ro_id)
    shop.employ("technician")
    with pytest.raises(BayUnknown) as refused:
        shop.do("dispatch_repair", "advisor", ro_id=ro_id, technician_id="technician", bay="举升机")
    assert refused.value.details == {"field": "bay", "bay": "举升机"}
    with pytest.raises(BayUnknown):
        shop.give_line(ro_id, 1, "technician", bay="3")
    put_bay(shop, "2", active=False)
    with pytest.raises(BayUnknown):
        shop.do("dispatch_repair", "advisor", ro_id=ro_id, technician_id="technician", bay="2")
    assert shop.shown(ro_id).stage == "authorized"
    shop.do("dispatch_repair", "advisor", ro_id=ro_id, technician_id="technician", bay="1")
    other = elsewhere()
    there = other.open(OIL)
    other.authorize(there)
    assert other.dispatch(there).bay == "3"


# -- booking ---------------------------------------------------------------------------------------------------


def test_a_bay_is_kept_for_who_will_come_and_the_day_shows_it(shop: Workshop) -> None:
    one = book(shop, work="首保")
    assert (one.bay, one.starts_at, one.ends_at, one.state) == ("1", TUESDAY, TUESDAY + HOUR, "booked")
    assert (one.booked_by, one.booked_at, one.version, one.bay_kept) == ("receptionist", NOW, 1, True)
    found = day(shop)
    assert [(f"{each.opens_at:%H:%M}", f"{each.closes_at:%H:%M}") for each in found.opens] == [
        ("08:30", "12:00"), ("13:00", "17:30"),
    ]  # fmt: skip
    assert ([bay.code for bay in found.bays], found.items) == (["1", "2"], [one])
    assert day(shop, TUESDAY + timedelta(days=1)).items == []
    assert told(shop, one) == [("appointment_booked", 1)]


def test_the_second_who_comes_at_a_time_has_the_other_bay_and_the_third_none_but_the_next_times(
    shop: Workshop,
) -> None:
    assert [book(shop).bay, book(shop).bay] == ["1", "2"]
    with pytest.raises(TimeTaken) as refused:
        book(shop)
    assert refused.value.details["field"] == "starts_at"
    first: Any = refused.value.details["free"]
    assert first[0] == (TUESDAY + HOUR).isoformat()
    assert len(first) == 5
    assert book(shop, TUESDAY + HOUR).bay == "1", "who leaves at eleven makes room for who comes at eleven"


def test_of_a_morning_a_share_is_booked_ahead_and_the_rest_on_the_day(shop: Workshop) -> None:
    """Two bays from half past eight to twelve are seven hours, of which 5.95 are booked ahead."""
    opening = TUESDAY.replace(hour=8, minute=30)
    book(shop, opening, minutes=210)
    book(shop, opening, minutes=120)
    with pytest.raises(TimeTaken):
        book(shop, opening + 2 * HOUR, minutes=60)
    assert book(shop, opening + 2 * HOUR, minutes=27).bay == "2"
    later = opening + timedelta(minutes=147)
    assert free(shop)[0] == ("24 13:00", "1")
    on_the_day = TUESDAY.replace(hour=8, minute=0)
    assert free(shop, now=on_the_day)[0] == ("24 11:00", "2")
    assert book(shop, later, minutes=60, now=on_the_day).bay == "2"


def test_work_goes_on_in_the_working_time_of_the_store_and_keeps_its_bay_over_the_break(shop: Workshop) -> None:
    over_noon = book(shop, TUESDAY.replace(hour=11, minute=30), minutes=60, bay="2")
    assert over_noon.ends_at == TUESDAY.replace(hour=13, minute=30)
    overnight = book(shop, TUESDAY.replace(hour=17, minute=0), minutes=60, bay="2")
    assert overnight.ends_at == TUESDAY + timedelta(hours=-1) + timedelta(days=1)
    assert [each.appointment_id for each in day(shop, TUESDAY + timedelta(days=1)).items] == [overnight.appointment_id]


@pytest.mark.parametrize(
    ("asked", "refused"),
    [
        ({"starts_at": NOW - HOUR}, TimePast),
        ({"starts_at": TUESDAY.replace(hour=12)}, StoreNotOpen),
        ({"starts_at": datetime(2026, 11, 29, 10, 0, tzinfo=LOCAL)}, StoreNotOpen),
        ({"starts_at": NOW + timedelta(days=400)}, InvalidRequest),
        ({"bay": "9"}, BayUnknown),
        ({"kind": BayKind.PAINT}, BayUnknown),
    ],
    ids=["past", "at noon", "on Sunday", "in a year", "no such bay", "no bay of the kind"],
)
def test_what_nobody_can_come_to_is_refused_and_nothing_is_kept(
    shop: Workshop, asked: dict[str, Any], refused: type[Exception]
) -> None:
    with pytest.raises(refused):
        book(shop, **asked)
    assert day(shop).items == []


def test_a_closed_store_books_nothing(shop: Workshop) -> None:
    closed = store_told(shop.store, version=2, hours=HOURS, closes_on=NOW.date())
    shop.database.run(partial(stores.keep, event=closed))
    with pytest.raises(StoreClosed):
        book(shop)


def test_a_bay_that_is_used_no_more_is_booked_no_more_and_keeps_who_had_it(shop: Workshop) -> None:
    one = book(shop)
    put_bay(shop, "1", active=False)
    assert (book(shop).bay, shown(shop, one).bay) == ("2", "1")


def test_paint_has_bays_of_its_own(shop: Workshop) -> None:
    put_bay(shop, "P1", kind=BayKind.PAINT)
    assert book(shop, kind=BayKind.PAINT, minutes=300).bay == "P1"
    assert book(shop, bay="P1", starts_at=TUESDAY + timedelta(days=1)).bay == "P1"
    assert [book(shop).bay, book(shop).bay] == ["1", "2"]


def test_the_database_keeps_a_bay_for_one_at_a_time(shop: Workshop) -> None:
    one = book(shop)
    copy = text(
        """
        INSERT INTO appointment (id, store_id, customer_id, bay_id, bay, starts_at, ends_at, work, state, bay_kept,
                                 booked_by, booked_at, reason, version)
        SELECT gen_random_uuid(), store_id, customer_id, bay_id, bay, starts_at + :later, ends_at + :later, work, state,
               bay_kept, booked_by, booked_at, reason, version FROM appointment WHERE id = :id
        """
    )

    def keep_too(*, later: timedelta) -> None:
        wanted = {"later": later, "id": one.appointment_id}
        shop.database.run(lambda session: session.execute(copy, wanted))

    with pytest.raises(IntegrityError, match="appointment_has_its_bay"):
        keep_too(later=HOUR - timedelta(seconds=1))
    keep_too(later=HOUR)


# -- confirmed, moved, cancelled ---------------------------------------------------------------------------------


def test_who_is_moved_has_his_old_time_until_the_new_one_is_his(shop: Workshop) -> None:
    mine, other, _ = book(shop), book(shop, TUESDAY + 3 * HOUR), book(shop, TUESDAY + 3 * HOUR)
    do(shop, "confirm", mine)
    with pytest.raises(TimeTaken):
        do(shop, "move", mine, starts_at=other.starts_at)
    assert (shown(shop, mine).starts_at, shown(shop, mine).state) == (TUESDAY, "confirmed")
    moved = do(shop, "move", mine, starts_at=TUESDAY + HOUR / 2, bay="1")
    assert (moved.bay, moved.starts_at, moved.ends_at, moved.state) == (
        "1", TUESDAY + HOUR / 2, TUESDAY + HOUR * 3 / 2, "booked",
    )  # fmt: skip
    assert book(shop, TUESDAY - HOUR / 2, bay="1").bay == "1", "the place he left is free"
    assert told(shop, mine) == [
        ("appointment_booked", 1), ("appointment_confirmed", 2), ("appointment_rescheduled", 3),
    ]  # fmt: skip


def test_work_that_spans_a_break_is_as_long_when_it_is_moved(shop: Workshop) -> None:
    one = book(shop, TUESDAY.replace(hour=11, minute=30), minutes=60)
    assert do(shop, "move", one, starts_at=TUESDAY).ends_at == TUESDAY + HOUR


def test_who_cancels_leaves_his_bay_to_others(shop: Workshop) -> None:
    one, _ = book(shop), book(shop)
    cancelled = do(shop, "cancel", one, reason="出差")
    assert (cancelled.state, cancelled.bay_kept, cancelled.reason) == ("cancelled", False, "出差")
    assert book(shop).bay == "1"
    with pytest.raises(AppointmentStateWrong):
        do(shop, "confirm", one)
    assert told(shop, one)[-1] == ("appointment_cancelled", 2)


def test_another_store_does_not_know_it_and_an_older_version_changes_nothing(shop: Workshop, elsewhere: Any) -> None:
    one = book(shop)
    for what in ("confirm", "arrive"):
        with pytest.raises(AppointmentNotFound):
            do(elsewhere(), what, one)
        with pytest.raises(StaleVersion):
            do(shop, what, one, expected_version=7)
    with pytest.raises(AppointmentNotFound):
        do(elsewhere(), "cancel", one, reason="不来了")
    assert shown(shop, one) == one
