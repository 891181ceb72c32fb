"""delivery_on_time (准时交车率): cars handed over not later than first promised, of all handed over (R48, C18)."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from chassis.process.clock import LOCAL
from chassis.store.database import Database
from services.reporting.kpis.delivery_on_time import DELIVERY_ON_TIME
from tests.integration.reporting.business import TODAY, delivered, figure_of, fold, settled

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("part", "whole", "figure"),
    [(0, 0, None), (0, 3, "0.0"), (1, 3, "33.3"), (2, 3, "66.7"), (1, 8, "12.5"), (3, 3, "100.0")],
)
def test_the_share_has_one_decimal_and_of_nothing_there_is_none(part: int, whole: int, figure: str | None) -> None:
    assert DELIVERY_ON_TIME.made(part=part, whole=whole) == (None if figure is None else Decimal(figure))


def test_a_car_is_on_time_until_the_promised_day_ends_in_the_stores(reporting: Database) -> None:
    last, late = datetime(2026, 11, 3, 23, 59, tzinfo=LOCAL), datetime(2026, 11, 4, 0, 0, tzinfo=LOCAL)
    fold(reporting, delivered(promised=TODAY, at=last), delivered(promised=TODAY, at=late))
    assert figure_of(reporting, DELIVERY_ON_TIME) == {"HN": Decimal("50.0"), "*": Decimal("50.0")}


def test_stores_are_summed_by_their_cars_and_a_store_without_deliveries_has_none(reporting: Database) -> None:
    early, late = delivered(promised=TODAY + DAY), delivered(store_id="YZ", promised=TODAY - DAY)
    fold(reporting, early, early, delivered(promised=TODAY), late, settled(store_id="CD"))
    assert figure_of(reporting, DELIVERY_ON_TIME) == {
        "HN": Decimal("100.0"),
        "YZ": Decimal("0.0"),
        "*": Decimal("66.7"),
    }
    assert figure_of(reporting, DELIVERY_ON_TIME, month="2026-12") == {"*": None}


def test_a_car_that_its_customer_wished_for_another_day_says_nothing_of_us(reporting: Database) -> None:
    late = delivered(promised=TODAY - DAY, excused=True)
    fold(reporting, late, delivered(promised=TODAY), late)
    assert figure_of(reporting, DELIVERY_ON_TIME) == {"HN": Decimal("100.0"), "*": Decimal("100.0")}
