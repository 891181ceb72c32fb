"""The figures of a month, by store and in sum (R7, R9, R34)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import uuid_utils.compat as uuids

from chassis.process.clock import LOCAL
from chassis.store.database import Database
from contracts import shapes
from contracts.access import Actor, Scope, matrix
from contracts.refusals import OperationNotAllowed, StoreNotAllowed
from contracts.reporting.operations import MonthAsked, MonthFigures, StoreMonth
from services.reporting import queries
from services.reporting.errors import MonthInvalid
from tests.integration.reporting.business import NOON, answered, delivered, fold, settled


def scope(role: str, *stores: str) -> Scope:
    return matrix().scope("reporting.month_figures", Actor("wang", (role,), stores))


LEADER = scope("leader")


def figures(
    database: Database, month: str = "2026-11", *, store_id: str | None = None, by: Scope = LEADER
) -> MonthFigures:
    asked = MonthAsked(month=month, store_id=store_id)
    return database.read(lambda connection: queries.month_figures(connection, asked, scope=by))


def month_of(store_id: str, **counted: Any) -> StoreMonth:
    nothing: dict[str, Any] = {
        "deliveries": 0,
        "sales_revenue_fen": 0,
        "service_visits": 0,
        "service_vehicles": 0,
        "service_revenue_fen": 0,
        "answers": 0,
        "csi": None,
    }
    return StoreMonth(store_id=store_id, **(nothing | counted))


def test_the_figures_of_two_stores_and_their_sum(reporting: Database) -> None:
    shared = uuids.uuid7()
    newest = NOON + timedelta(hours=6)
    fold(
        reporting,
        delivered(store_id="HN", total_fen=100),
        delivered(store_id="HN", total_fen=200),
        delivered(store_id="YZ", total_fen=400),
        settled(store_id="HN", total_fen=10, vehicle_id=shared),
        settled(store_id="HN", total_fen=20, vehicle_id=shared),
        settled(store_id="YZ", total_fen=40, vehicle_id=shared),
        settled(store_id="YZ", total_fen=80),
        answered(store_id="HN", score=8),
        answered(store_id="HN", score=9),
        answered(store_id="YZ", score=10, at=newest),
    )
    found = figures(reporting)
    assert (found.month, found.as_of) == ("2026-11", newest)
    assert found.stores == [
        month_of(
            "HN",
            deliveries=2,
            sales_revenue_fen=300,
            service_visits=2,
            service_vehicles=1,
            service_revenue_fen=30,
            answers=2,
            csi=Decimal("850.0"),
        ),
        month_of(
            "YZ",
            deliveries=1,
            sales_revenue_fen=400,
            service_visits=2,
            service_vehicles=2,
            service_revenue_fen=120,
            answers=1,
            csi=Decimal("1000.0"),
        ),
    ]
    assert found.total == month_of(
        "*",
        deliveries=3,
        sales_revenue_fen=700,
        service_visits=4,
        service_vehicles=2,
        service_revenue_fen=150,
        answers=3,
        csi=Decimal("900.0"),
    )


def test_visits_and_vehicles_of_the_workshop_are_counted_apart(reporting: Database) -> None:
    vehicles = [uuids.uuid7() for _ in range(800)]
    visits = [settled(vehicle_id=vehicles[number % 800]) for number in range(1050)]
    fold(reporting, *visits)
    total = figures(reporting).total
    assert (total.service_visits, total.service_vehicles) == (1050, 800)


def test_ten_scored_surveys_show_as_satisfaction_to_one_decimal(reporting: Database) -> None:
    fold(reporting, *[answered(score=score) for score in (10, 9, 9, 8, 10, 7, 9, 10, 8, 7)])
    assert figures(reporting).total == month_of("*", answers=10, csi=Decimal("870.0"))
    fold(reporting, answered(score=8))
    assert figures(reporting).total.csi == Decimal("863.6")


def test_answers_about_a_sale_are_no_answers_about_service(reporting: Database) -> None:
    fold(reporting, answered(purpose="DELIVERY_D7", score=1), answered(purpose="DELIVERY_D3", score=1))
    found = figures(reporting)
    assert (found.stores, found.total, found.as_of) == ([], month_of("*"), None)


def test_a_store_that_only_sold_has_no_satisfaction_rather_than_none_at_all(reporting: Database) -> None:
    fold(reporting, delivered(store_id="CD", total_fen=5))
    assert figures(reporting).stores == [month_of("CD", deliveries=1, sales_revenue_fen=5)]


def test_internal_work_is_no_revenue(reporting: Database) -> None:
    fold(reporting, settled(total_fen=300, by_pay_type={"CUSTOMER": 180, "INTERNAL": 100, "WARRANTY": 20}))
    assert figures(reporting).total.service_revenue_fen == 200


def test_a_month_begins_and_ends_at_local_midnight(reporting: Database) -> None:
    first, next_first = datetime(2026, 11, 1, tzinfo=LOCAL), datetime(2026, 12, 1, tzinfo=LOCAL)
    blink = timedelta(microseconds=1)
    for at in (first - blink, first, next_first - blink, next_first):
        fold(reporting, delivered(at=at.astimezone(UTC)), settled(at=at.astimezone(UTC)), answered(at=at))
    for month, expected in (("2026-10", 1), ("2026-11", 2), ("2026-12", 1), ("2027-01", 0)):
        total = figures(reporting, month).total
        assert (total.deliveries, total.service_visits, total.answers) == (expected, expected, expected), month


def test_as_of_is_the_newest_fact_in_the_figures(reporting: Database) -> None:
    fold(reporting, delivered(store_id="HN", at=NOON), delivered(store_id="YZ", at=NOON + timedelta(hours=1)))
    assert figures(reporting).as_of == NOON + timedelta(hours=1)
    assert figures(reporting, store_id="HN").as_of == NOON
    assert figures(reporting, "2026-10").as_of is None


def test_a_month_without_facts_has_no_stores_and_a_sum_of_zeros(reporting: Database) -> None:
    assert figures(reporting) == MonthFigures(month="2026-11", as_of=None, stores=[], total=month_of("*"))


def test_a_store_that_is_asked_for_appears_without_facts(reporting: Database) -> None:
    fold(reporting, delivered(store_id="YZ"))
    found = figures(reporting, store_id="HN")
    assert (found.stores, found.total) == ([month_of("HN")], month_of("*"))


def test_a_store_that_is_asked_for_appears_alone(reporting: Database) -> None:
    fold(reporting, delivered(store_id="YZ", total_fen=7), delivered(store_id="HN"))
    found = figures(reporting, store_id="YZ")
    assert found.stores == [month_of("YZ", deliveries=1, sales_revenue_fen=7)]
    assert found.total == month_of("*", deliveries=1, sales_revenue_fen=7)


def test_a_manager_sees_his_stores_and_their_sum(reporting: Database) -> None:
    fold(reporting, *[delivered(store_id=store_id, total_fen=1) for store_id in ("CD", "HN", "YZ")])
    found = figures(reporting, by=scope("sales_manager", "HN", "YZ"))
    assert [store.store_id for store in found.stores] == ["HN", "YZ"]
    assert found.total == month_of("*", deliveries=2, sales_revenue_fen=2)
    assert figures(reporting, by=scope("finance")).total == month_of("*")


def test_asking_for_another_store_is_refused(reporting: Database) -> None:
    with pytest.raises(StoreNotAllowed):
        figures(reporting, store_id="CD", by=scope("service_manager", "HN"))


@pytest.mark.parametrize("month", ["2026-13", "2026-00", "abcdefg", "2026/11"])
def test_what_is_no_month_is_refused(month: str, reporting: Database) -> None:
    with pytest.raises(MonthInvalid):
        figures(reporting, month)


@pytest.mark.parametrize("role", ["consultant", "receptionist", "cr_agent", "admin"])
def test_other_roles_see_no_figures(role: str) -> None:
    with pytest.raises(OperationNotAllowed):
        scope(role, "HN")


def test_the_figures_read_back_from_their_wire_form(reporting: Database) -> None:
    fold(reporting, answered(score=9), delivered())
    found = figures(reporting)
    assert shapes.load(MonthFigures, shapes.plain(found)) == found
