"""The figures of a month, by store and in sum, whichever they are (R7, R9, R34): these tests bring their own."""

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
from contracts.reporting.operations import Definition, MonthAsked, MonthFigures, StoreMonth, Unit
from services.reporting import queries
from services.reporting.errors import MonthInvalid
from services.reporting.kpis import FIGURES
from services.reporting.kpis.figure import Count, Figure, number_of, sum_of
from tests.integration.reporting.business import NOON, answered, delivered, fold, settled


def scope(role: str, *stores: str) -> Scope:
    return matrix().scope("reporting.month_figures", Actor("wang", (role,), stores))


LEADER = scope("leader")

ASKED = "purpose = 'PLANTED'"


def mean(*, scores: int, answers: int) -> Decimal | None:
    return round(Decimal(scores) / answers, 1) if answers else None


PLANTED = (
    Figure("sold", "售", "Sold", Unit.COUNT, {"counted": number_of("delivery")}),
    Figure("worth", "值", "Worth", Unit.FEN, {"counted": sum_of("delivery", "total_fen")}),
    Figure("served", "次", "Served", Unit.COUNT, {"counted": number_of("workshop_visit")}),
    Figure("cars", "台", "Cars", Unit.COUNT, {"counted": Count("workshop_visit", "count(DISTINCT vehicle_id)")}),
    Figure("asked", "问", "Asked", Unit.COUNT, {"counted": number_of("answer", where=ASKED)}),
    Figure(
        "mean",
        "均",
        "Mean",
        Unit.POINTS,
        {"scores": sum_of("answer", "score", where=ASKED), "answers": number_of("answer", where=ASKED)},
        mean,
    ),
)


def figures(
    database: Database,
    month: str = "2026-11",
    *,
    store_id: str | None = None,
    by: Scope = LEADER,
    of: tuple[Figure, ...] = PLANTED,
) -> MonthFigures:
    asked = MonthAsked(month=month, store_id=store_id)
    return database.read(lambda connection: queries.month_figures(connection, asked, scope=by, figures=of))


def month_of(store_id: str, **counted: Any) -> StoreMonth:
    nothing: dict[str, Any] = {"sold": 0, "worth": 0, "served": 0, "cars": 0, "asked": 0, "mean": None}
    return StoreMonth(store_id=store_id, figures=nothing | counted)


def asked(**how: Any) -> Any:
    return answered(purpose="PLANTED", **how)


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
        asked(store_id="HN", score=8),
        asked(store_id="HN", score=9),
        asked(store_id="YZ", score=10, at=newest),
    )
    found = figures(reporting)
    assert (found.month, found.as_of) == ("2026-11", newest)
    assert found.stores == [
        month_of("HN", sold=2, worth=300, served=2, cars=1, asked=2, mean=Decimal("8.5")),
        month_of("YZ", sold=1, worth=400, served=2, cars=2, asked=1, mean=Decimal("10.0")),
    ]
    assert found.total == month_of("*", sold=3, worth=700, served=4, cars=2, asked=3, mean=Decimal("9.0"))


def test_every_figure_is_told_with_what_it_is(reporting: Database) -> None:
    found = figures(reporting, of=PLANTED[4:])
    assert found.definitions == [
        Definition("asked", "问", "Asked", Unit.COUNT),
        Definition("mean", "均", "Mean", Unit.POINTS),
    ]


def test_the_figures_of_the_house_are_counted_together_each_by_its_code(reporting: Database) -> None:
    fold(reporting, delivered(), settled(), answered())
    found = figures(reporting, of=FIGURES)
    codes = [figure.code for figure in FIGURES]
    assert [one.code for one in found.definitions] == codes
    assert [list(one.figures) for one in (*found.stores, found.total)] == [codes, codes]


def test_facts_that_no_figure_looks_at_are_as_if_they_were_not_there(reporting: Database) -> None:
    fold(reporting, answered(purpose="ANOTHER", score=1))
    found = figures(reporting)
    assert (found.stores, found.total, found.as_of) == ([], month_of("*"), None)


def test_a_store_that_only_sold_has_no_mean_rather_than_one_of_nothing(reporting: Database) -> None:
    fold(reporting, delivered(store_id="CD", total_fen=5))
    assert figures(reporting).stores == [month_of("CD", sold=1, worth=5)]


def test_a_month_begins_and_ends_at_local_midnight(reporting: Database) -> None:
    first, next_first = datetime(2026, 11, 1, tzinfo=LOCAL), datetime(2026, 12, 1, tzinfo=LOCAL)
    blink = timedelta(microseconds=1)
    for at in (first - blink, first, next_first - blink, next_first):
        fold(reporting, delivered(at=at.astimezone(UTC)), settled(at=at.astimezone(UTC)), asked(at=at))
    for month, expected in (("2026-10", 1), ("2026-11", 2), ("2026-12", 1), ("2027-01", 0)):
        total = figures(reporting, month).total.figures
        assert (total["sold"], total["served"], total["asked"]) == (expected, expected, expected), month


def test_as_of_is_the_newest_fact_in_the_figures(reporting: Database) -> None:
    fold(reporting, delivered(store_id="HN", at=NOON), delivered(store_id="YZ", at=NOON + timedelta(hours=1)))
    assert figures(reporting).as_of == NOON + timedelta(hours=1)
    assert figures(reporting, store_id="HN").as_of == NOON
    assert figures(reporting, "2026-10").as_of is None


def test_a_month_without_facts_has_no_stores_and_a_sum_of_zeros(reporting: Database) -> None:
    found = figures(reporting)
    assert (found.stores, found.total, found.as_of) == ([], month_of("*"), None)


def test_a_store_that_is_asked_for_appears_without_facts(reporting: Database) -> None:
    fold(reporting, delivered(store_id="YZ"))
    found = figures(reporting, store_id="HN")
    assert (found.stores, found.total) == ([month_of("HN")], month_of("*"))


def test_a_store_that_is_asked_for_appears_alone(reporting: Database) -> None:
    fold(reporting, delivered(store_id="YZ", total_fen=7), delivered(store_id="HN"))
    found = figures(reporting, store_id="YZ")
    assert found.stores == [month_of("YZ", sold=1, worth=7)]
    assert found.total == month_of("*", sold=1, worth=7)


def test_a_manager_sees_his_stores_and_their_sum(reporting: Database) -> None:
    fold(reporting, *[delivered(store_id=store_id, total_fen=1) for store_id in ("CD", "HN", "YZ")])
    found = figures(reporting, by=scope("sales_manager", "HN", "YZ"))
    assert [store.store_id for store in found.stores] == ["HN", "YZ"]
    assert found.total == month_of("*", sold=2, worth=2)
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


def test_on_the_wire_things_are_numbers_and_points_are_text(reporting: Database) -> None:
    fold(reporting, asked(score=9), delivered(total_fen=7))
    shown = shapes.plain(figures(reporting))
    assert shown["total"] == {
        "store_id": "*",
        "figures": {"sold": 1, "worth": 7, "served": 0, "cars": 0, "asked": 1, "mean": "9.0"},
    }
    assert shapes.plain(shapes.load(MonthFigures, shown)) == shown
