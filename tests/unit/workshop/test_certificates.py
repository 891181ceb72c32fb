"""How long a repair is guaranteed, and when its certificate may be issued (C9)."""

from __future__ import annotations

import pytest

from contracts.workshop.jobs import RepairCategory
from contracts.workshop.operations import Stage
from contracts.workshop.policies import REPAIR_GUARANTEE
from services.workshop.certificates import rules
from services.workshop.certificates.errors import KmOutBelowIn, NotInspected


@pytest.mark.parametrize(
    ("category", "km", "days"),
    [
        ("overhaul", 20_000, 100), ("assembly", 20_000, 100), ("second_maintenance", 5_000, 30),
        ("first_maintenance", 2_000, 10), ("minor", 2_000, 10), ("special", 2_000, 10),
    ],
)  # fmt: skip
def test_each_category_is_guaranteed_as_long_as_the_law_says(category: str, km: int, days: int) -> None:
    assert rules.guarantee_of(RepairCategory(category), REPAIR_GUARANTEE.default) == (km, days)


@pytest.mark.parametrize("stage", Stage)
def test_only_a_vehicle_that_passed_quality_control_is_certified(stage: Stage) -> None:
    if stage in {"ready", "settled", "delivered", "closed"}:
        rules.require_inspected(stage)
        return
    with pytest.raises(NotInspected):
        rules.require_inspected(stage)


@pytest.mark.parametrize(("km_out", "refused"), [(99, True), (100, False), (101, False)])
def test_an_odometer_does_not_run_backwards_in_our_hands(km_out: int, *, refused: bool) -> None:
    if not refused:
        rules.require_forward(km_in=100, km_out=km_out, read_out=None)
        return
    with pytest.raises(KmOutBelowIn) as told:
        rules.require_forward(km_in=100, km_out=km_out, read_out=101)
    rules.require_forward(km_in=100, km_out=km_out, read_out=km_out)
    assert told.value.details == {"field": "km_out", "km": 100}
