"""csi (售后满意度): what is made of the scores of service visits, at its limits, and which are counted (C17, C18)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chassis.store.database import Database
from services.reporting.kpis.csi import CSI, index
from tests.integration.reporting.business import answered, delivered, figure_of, fold


def test_without_answers_there_is_no_satisfaction_rather_than_none_at_all() -> None:
    assert index(score_sum=0, answers=0) is None


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([1], "100.0"),
        ([10], "1000.0"),
        ([8, 9], "850.0"),
        ([7, 8, 8], "766.7"),
        ([10, 10, 9], "966.7"),
        ([1, 1, 2], "133.3"),
    ],
)
def test_satisfaction_is_a_hundred_times_the_mean_score_to_one_decimal(scores: list[int], expected: str) -> None:
    assert index(score_sum=sum(scores), answers=len(scores)) == Decimal(expected)


def test_half_a_tenth_is_rounded_up() -> None:
    assert index(score_sum=681, answers=80) == Decimal("851.3")  # exactly 851.25


def test_ten_scored_surveys_give_the_index_of_r9(reporting: Database) -> None:
    fold(reporting, *[answered(score=score) for score in (10, 9, 9, 8, 10, 7, 9, 10, 8, 7)])
    assert figure_of(reporting, CSI)["*"] == Decimal("870.0")
    fold(reporting, answered(score=8))
    assert figure_of(reporting, CSI)["*"] == Decimal("863.6")


def test_answers_about_a_sale_are_no_answers_about_service(reporting: Database) -> None:
    fold(reporting, answered(purpose="DELIVERY_D7", score=1), answered(purpose="DELIVERY_D3", score=1), delivered())
    assert figure_of(reporting, CSI) == {"*": None}
