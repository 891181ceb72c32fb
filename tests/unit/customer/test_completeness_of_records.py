"""The field dictionary: what is required at which stage, and how much it counts (R17)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

import pytest

from chassis.process.clock import LOCAL
from contracts.customer.folder import Stage
from contracts.customer.operations import CustomerKind
from services.customer.folder.rules.completeness import (
    DICTIONARY,
    Known,
    completeness,
    identity_missing,
    required,
    stage_of,
)
from services.customer.record.rules import given as giving
from services.customer.record.rules.given import Typed
from services.customer.record.rules.record import new_record

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=LOCAL)
PERSON = Typed(name="王伟先生", phones=("13800138000",))
COMPANY = Typed(name="深圳顺达有限公司", kind=CustomerKind.COMPANY, phones=("13800138000",))


def known(typed: Typed = PERSON, *, owns: bool = False, sold: bool = False, service_visits: int = 0) -> Known:
    record = new_record(
        giving.read(typed, today=date(2026, 11, 2)), customer_id=UUID(int=1), department="desk", source="desk",
        store_id="HN", forced_reason=None, at=NOW,
    )  # fmt: skip
    return Known(record, owns=owns, plated=False, sold=sold, service_visits=service_visits, consented=False)


def names(found: Known) -> set[str]:
    return {field.name for field in required(found)}


@pytest.mark.parametrize(
    ("found", "stage"),
    [
        (known(), Stage.PROSPECT),
        (known(owns=True), Stage.OWNER),
        (known(sold=True), Stage.OWNER),
        (known(owns=True, service_visits=1), Stage.SERVICED),
        (known(service_visits=1), Stage.SERVICED),
    ],
)
def test_the_stage_follows_from_what_he_did_with_us(found: Known, stage: Stage) -> None:
    assert stage_of(found) is stage


def test_a_later_stage_requires_what_the_earlier_ones_do_and_more() -> None:
    stages = [names(known()), names(known(owns=True)), names(known(owns=True, service_visits=1))]
    assert stages[0] < stages[1] < stages[2]


def test_a_company_is_asked_for_its_own_number_and_not_for_a_birth_date() -> None:
    assert {"organisation_no"} == names(known(COMPANY, owns=True)) - names(known(owns=True))
    assert {"id_no", "gender", "birth_date"} == names(known(owns=True)) - names(known(COMPANY, owns=True))


def test_the_score_is_the_filled_weight_in_hundredths_rounded_down() -> None:
    score, missing = completeness(known())
    assert missing == ["consent"]
    assert score == 87  # 7 of 8
    assert completeness(replace(known(), consented=True)) == (100, [])


@pytest.mark.parametrize("sold", [False, True])
@pytest.mark.parametrize(
    ("typed", "missing"),
    [
        (PERSON, ["id_no"]),
        (Typed(name="王先生", phones=()), ["name", "mobile", "id_no"]),
        (Typed(name="王伟", phones=("13800138000",), id_number="11010519491231002X"), []),
        (COMPANY, ["organisation_no"]),
    ],
)
def test_what_is_missing_of_an_identity_is_the_same_at_every_stage(
    typed: Typed, missing: list[str], sold: bool
) -> None:
    assert identity_missing(known(typed, sold=sold)) == missing


def test_every_field_counts_and_is_named_once() -> None:
    assert all(field.weight > 0 for field in DICTIONARY)
    assert len({field.name for field in DICTIONARY}) == len(DICTIONARY)
