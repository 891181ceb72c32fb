"""The rules of a repair order at, below and above each limit."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from chassis.process.clock import LOCAL
from contracts.refusals import InvalidRequest
from contracts.workshop.operations import JobLine, PayType
from services.workshop.repair_orders import rules
from services.workshop.repair_orders.errors import (
    InspectorDidTheWork,
    NotAuthorized,
    NothingToDo,
    PromiseInPast,
    WorkOfAnother,
)

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=LOCAL)
MOMENT = timedelta(microseconds=1)


def line(amount_fen: int, pay_type: PayType = PayType.CUSTOMER) -> JobLine:
    return JobLine("机油更换", amount_fen, Decimal("0.5"), pay_type)


def test_each_payer_bears_the_sum_of_his_own_lines() -> None:
    work = [line(30_000), line(5_000), line(80_000, PayType.WARRANTY), line(1, PayType.GOODWILL)]
    assert rules.totals(work) == {
        PayType.CUSTOMER: 35_000,
        PayType.WARRANTY: 80_000,
        PayType.INTERNAL: 0,
        PayType.INSURANCE: 0,
        PayType.GOODWILL: 1,
    }


def test_without_work_every_payer_bears_nothing() -> None:
    assert rules.totals([]) == dict.fromkeys(PayType, 0)


def test_there_is_nothing_to_agree_to_without_lines() -> None:
    with pytest.raises(NothingToDo):
        rules.require_work([])


@pytest.mark.parametrize("pay_type", PayType)
def test_one_line_is_enough_work_whoever_pays_it(pay_type: PayType) -> None:
    rules.require_work([line(0, pay_type)])


@pytest.mark.parametrize("promised_at", [NOW, NOW + MOMENT, NOW.astimezone(UTC), NOW + rules.LONGEST_PROMISE])
def test_a_promise_is_for_now_or_later(promised_at: datetime) -> None:
    rules.require_promise_ahead(promised_at=promised_at, now=NOW)


@pytest.mark.parametrize("promised_at", [NOW - MOMENT, datetime.min.replace(tzinfo=UTC)])
def test_a_promise_for_the_past_is_refused(promised_at: datetime) -> None:
    with pytest.raises(PromiseInPast):
        rules.require_promise_ahead(promised_at=promised_at, now=NOW)


@pytest.mark.parametrize("promised_at", [NOW + rules.LONGEST_PROMISE + MOMENT, datetime.max.replace(tzinfo=UTC)])
def test_a_promise_nobody_can_mean_is_an_invalid_request(promised_at: datetime) -> None:
    with pytest.raises(InvalidRequest) as refused:
        rules.require_promise_ahead(promised_at=promised_at, now=NOW)
    assert refused.value.details == {"errors": {"promised_at": ["Must be within 366 days."]}}


@pytest.mark.parametrize("worked_by", [{"T1"}, {"T1", "T2"}])
def test_whoever_worked_may_not_inspect(worked_by: set[str]) -> None:
    with pytest.raises(InspectorDidTheWork) as refused:
        rules.require_other_inspector(inspector_id="T1", worked_by=worked_by)
    assert refused.value.details == {"worked_by": sorted(worked_by)}


def test_anybody_else_may_inspect() -> None:
    rules.require_other_inspector(inspector_id="Q1", worked_by={"T1", "T2"})


@pytest.mark.parametrize("technician_id", ["T2", "t1", None])
def test_a_technician_does_not_do_the_work_of_another(technician_id: str | None) -> None:
    with pytest.raises(WorkOfAnother) as refused:
        rules.require_own_work(worker_id="T1", technician_id=technician_id)
    assert refused.value.details == {"technician_id": technician_id}


def test_a_technician_does_the_work_he_was_given() -> None:
    rules.require_own_work(worker_id="T1", technician_id="T1")


@pytest.mark.parametrize(("customer_fen", "authorized_fen"), [(9_999, 10_000), (10_000, 10_000), (0, 0)])
def test_the_customer_pays_what_he_agreed_to_or_less(customer_fen: int, authorized_fen: int) -> None:
    rules.require_consent(customer_fen=customer_fen, authorized_fen=authorized_fen)


@pytest.mark.parametrize(("customer_fen", "authorized_fen"), [(10_001, 10_000), (1, 0)])
def test_a_fen_more_than_agreed_is_refused(customer_fen: int, authorized_fen: int) -> None:
    with pytest.raises(NotAuthorized) as refused:
        rules.require_consent(customer_fen=customer_fen, authorized_fen=authorized_fen)
    assert refused.value.details == {"customer_fen": customer_fen, "authorized_fen": authorized_fen}
