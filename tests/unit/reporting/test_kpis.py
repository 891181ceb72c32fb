"""What is made of a month's counts (C17, C18)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from services.reporting.kpis import csi
from services.reporting.kpis.service_revenue import service_revenue


def test_without_answers_there_is_no_satisfaction_rather_than_none_at_all() -> None:
    assert csi.index(score_sum=0, answers=0) is None


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
    assert csi.index(score_sum=sum(scores), answers=len(scores)) == Decimal(expected)


def test_half_a_tenth_is_rounded_up() -> None:
    assert csi.index(score_sum=681, answers=80) == Decimal("851.3")  # exactly 851.25


def test_ten_scored_surveys_give_the_index_of_r9() -> None:
    scores = [10, 9, 9, 8, 10, 7, 9, 10, 8, 6]
    assert csi.index(score_sum=sum(scores), answers=10) == Decimal("860.0")


def test_what_we_pay_ourselves_is_no_revenue() -> None:
    assert service_revenue(total_fen=0, internal_fen=0) == 0
    assert service_revenue(total_fen=50_000, internal_fen=0) == 50_000
    assert service_revenue(total_fen=50_000, internal_fen=50_000) == 0
