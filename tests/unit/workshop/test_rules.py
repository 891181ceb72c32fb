"""The rules of a repair order at, below and above each limit."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from chassis.process.clock import LOCAL
from contracts.refusals import InvalidRequest
from contracts.workshop.operations import JobLine, LineKind, LineShown, LineState, PayType
from services.workshop.repair_orders.errors import (
    InspectorDidTheWork,
    NotAuthorized,
    NothingToDo,
    PromiseInPast,
    WorkOfAnother,
)
from services.workshop.repair_orders.rules import moving, work

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=LOCAL)
MOMENT = timedelta(microseconds=1)


def line(amount_fen: int, pay_type: PayType = PayType.CUSTOMER) -> JobLine:
    return JobLine("机油更换", amount_fen, Decimal("0.5"), pay_type)


def test_each_payer_bears_the_sum_of_his_own_lines() -> None:
    lines = [line(30_000), line(5_000), line(80_000, PayType.WARRANTY), line(1, PayType.GOODWILL)]
    assert work.totals(lines) == {
        PayType.CUSTOMER: 35_000,
        PayType.WARRANTY: 80_000,
        PayType.INTERNAL: 0,
        PayType.INSURANCE: 0,
        PayType.GOODWILL: 1,
    }


def test_without_work_every_payer_bears_nothing() -> None:
    assert work.totals([]) == dict.fromkeys(PayType, 0)


def test_there_is_nothing_to_agree_to_without_lines() -> None:
    with pytest.raises(NothingToDo):
        work.require_work([])


@pytest.mark.parametrize("pay_type", PayType)
def test_one_line_is_enough_work_whoever_pays_it(pay_type: PayType) -> None:
    work.require_work([LineShown(1, LineState.PROPOSED, "保养", 0, Decimal(1), pay_type, LineKind.WORK, [])])


@pytest.mark.parametrize("promised_at", [NOW, NOW + MOMENT, NOW.astimezone(UTC), NOW + moving.LONGEST_PROMISE])
def test_a_promise_is_for_now_or_later(promised_at: datetime) -> None:
    moving.require_promise_ahead(promised_at=promised_at, now=NOW)


@pytest.mark.parametrize("promised_at", [NOW - MOMENT, datetime.min.replace(tzinfo=UTC)])
def test_a_promise_for_the_past_is_refused(promised_at: datetime) -> None:
    with pytest.raises(PromiseInPast):
        moving.require_promise_ahead(promised_at=promised_at, now=NOW)


@pytest.mark.parametrize("promised_at", [NOW + moving.LONGEST_PROMISE + MOMENT, datetime.max.replace(tzinfo=UTC)])
def test_a_promise_nobody_can_mean_is_an_invalid_request(promised_at: datetime) -> None:
    with pytest.raises(InvalidRequest) as refused:
        moving.require_promise_ahead(promised_at=promised_at, now=NOW)
    assert refused.value.details == {"errors": {"promised_at": ["Must be within 366 days."]}}


@pytest.mark.parametrize("worked_by", [{"T1"}, {"T1", "T2"}])
def test_whoever_worked_may_not_inspect(worked_by: set[str]) -> None:
    with pytest.raises(InspectorDidTheWork) as refused:
        moving.require_other_inspector(inspector_id="T1", worked_by=worked_by)
    assert refused.value.details == {"worked_by": sorted(worked_by)}


def test_anybody_else_may_inspect() -> None:
    moving.require_other_inspector(inspector_id="Q1", worked_by={"T1", "T2"})


@pytest.mark.parametrize(("theirs", "said"), [({"T2"}, "T2"), ({"t1", "T2"}, "T2, t1"), (set(), None)])
def test_a_technician_does_not_do_the_work_of_others(theirs: set[str], said: str | None) -> None:
    with pytest.raises(WorkOfAnother) as refused:
        moving.require_own_work(worker_id="T1", technicians=theirs)
    assert refused.value.details == {"technician_id": said}


def test_a_technician_does_the_work_he_was_given_alone_or_with_others() -> None:
    moving.require_own_work(worker_id="T1", technicians={"T1"})
    moving.require_own_work(worker_id="T1", technicians={"T1", "T2"})


@pytest.mark.parametrize(("customer_fen", "authorized_fen"), [(9_999, 10_000), (10_000, 10_000), (0, 0)])
def test_the_customer_pays_what_he_agreed_to_or_less(customer_fen: int, authorized_fen: int) -> None:
    work.require_consent(customer_fen=customer_fen, authorized_fen=authorized_fen)


@pytest.mark.parametrize(("customer_fen", "authorized_fen"), [(10_001, 10_000), (1, 0)])
def test_a_fen_more_than_agreed_is_refused(customer_fen: int, authorized_fen: int) -> None:
    with pytest.raises(NotAuthorized) as refused:
        work.require_consent(customer_fen=customer_fen, authorized_fen=authorized_fen)
    assert refused.value.details == {"customer_fen": customer_fen, "authorized_fen": authorized_fen}
