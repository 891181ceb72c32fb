"""Work added to, changed on and declined from an open order, and what the customer said to it, as it is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.refusals import StaleVersion
from contracts.workshop import lines as contract
from contracts.workshop import operations
from contracts.workshop.operations import JobLine, LineKind, LineState, PayType, Share, Stage
from services.workshop.repair_orders import queries
from services.workshop.repair_orders.errors import LinesUnanswered, NotAuthorized, RepairOrderNotFound
from tests.integration.workshop.people import NOW, OIL, PROMISE, WINDOW, Workshop, as_written
from tests.integration.workshop.test_erasing import hear
from tests.support.events import twice_shuffled
from tests.support.records import erased

LAMP = JobLine("左前大灯", 120_000, Decimal("0.8"))


def add(workshop: Workshop, ro_id: UUID, line: JobLine = LAMP, **asked: Any) -> operations.RepairOrder:
    return workshop.move("add_line", "advisor", ro_id, line=line, **asked)


def change(workshop: Workshop, ro_id: UUID, position: int, **asked: Any) -> operations.RepairOrder:
    return workshop.move("change_line", "advisor", ro_id, position=position, **asked)


def decline(workshop: Workshop, ro_id: UUID, position: int, **asked: Any) -> operations.RepairOrder:
    return workshop.move("decline_line", "advisor", ro_id, position=position, declined_by="张伟", **asked)


def consents(workshop: Workshop, ro_id: UUID) -> list[contract.Consent]:
    asked, scope = operations.RepairOrderById(ro_id), workshop.scope("consents", "advisor")
    return workshop.database.read(lambda reading: queries.consents(reading, asked, scope=scope)).items


def at_work(workshop: Workshop, *work: JobLine) -> UUID:
    ro_id = workshop.open(*work or (OIL, WINDOW))
    for step in (workshop.authorize, workshop.dispatch, workshop.start):
        step(ro_id)
    return ro_id


def states(order: operations.RepairOrder) -> list[LineState]:
    return [line.state for line in order.lines]


def test_an_order_opened_without_work_goes_on_once_it_has_some(workshop: Workshop) -> None:
    ro_id = workshop.open()
    order = add(workshop, ro_id, OIL)
    assert (order, as_written(order), order.lines[0].position) == (workshop.shown(ro_id), [OIL], 1)
    for step in (workshop.authorize, workshop.dispatch, workshop.start, workshop.finish, workshop.inspect):
        step(ro_id)
    workshop.settle(ro_id)
    assert states(workshop.give_back(ro_id)) == [LineState.PASSED]


def test_each_change_of_the_work_is_told_once(workshop: Workshop) -> None:
    ro_id = at_work(workshop)
    add(workshop, ro_id)
    change(workshop, ro_id, 3, amount_fen=100_000)
    decline(workshop, ro_id, 3)
    assert workshop.recorded(ro_id)[-3:] == [("repair_lines_changed", version) for version in (5, 6, 7)]
    shown = workshop.shown(ro_id)
    whose: dict[str, Any] = {"ro_id": str(ro_id), "customer_id": str(shown.customer_id)}
    whose |= {"advisor_id": shown.advisor_id, "beyond_fen": None}
    assert workshop.payloads(ro_id)[-3:] == [
        {**whose, "customer_fen": 150_000, "authorized_fen": 30_000, "unanswered": 1},
        {**whose, "customer_fen": 130_000, "authorized_fen": 30_000, "unanswered": 1},
        {**whose, "customer_fen": 30_000, "authorized_fen": 30_000, "unanswered": 0},
    ]
    assert workshop.shown(ro_id).total_fen == 110_000


def test_more_work_is_done_after_he_agreed_and_paid_as_he_agreed(workshop: Workshop) -> None:
    ro_id = at_work(workshop)
    add(workshop, ro_id)
    with pytest.raises(LinesUnanswered):
        workshop.finish(ro_id)
    order = workshop.authorize(
        ro_id, promised_at=PROMISE + timedelta(hours=2), consent_by="李娜", consent_channel="call", now=NOW
    )
    assert (order.stage, states(order)[2]) == (Stage.IN_PROGRESS, LineState.WORKING)
    assert (order.promised_at, order.first_promise) == (PROMISE + timedelta(hours=2), PROMISE)
    assert workshop.recorded(ro_id)[-1] == ("repair_authorized", 6)
    assert workshop.payloads(ro_id)[-1]["amount_fen"] == order.authorized_fen == order.customer_fen == 150_000
    workshop.finish(ro_id)
    workshop.inspect(ro_id)
    workshop.settle(ro_id)
    assert workshop.payloads(ro_id)[-1]["by_pay_type"]["CUSTOMER"] == 150_000
    assert len(workshop.history(ro_id)) == 7, "a further consent is no stage"


def test_what_was_declined_is_on_no_invoice(workshop: Workshop) -> None:
    ro_id = at_work(workshop)
    add(workshop, ro_id)
    decline(workshop, ro_id, 3)
    workshop.finish(ro_id)
    workshop.inspect(ro_id)
    workshop.settle(ro_id)
    assert workshop.payloads(ro_id)[-1]["total_fen"] == 110_000


def test_a_price_beyond_what_he_agreed_to_is_settled_after_he_agreed(workshop: Workshop) -> None:
    ro_id = workshop.ready(OIL)
    change(workshop, ro_id, 1, amount_fen=30_001)
    with pytest.raises(NotAuthorized):
        workshop.settle(ro_id)
    workshop.authorize(ro_id, promised_at=None)
    assert workshop.settle(ro_id).stage is Stage.SETTLED


def test_every_word_of_the_customer_is_kept_with_what_it_was_about(workshop: Workshop) -> None:
    ro_id = at_work(workshop)
    add(workshop, ro_id)
    add(workshop, ro_id)
    decline(workshop, ro_id, 4, channel="call")
    workshop.authorize(ro_id, consent_by="李娜", up_to_fen=200_000, promised_at=None)
    first, no, more = consents(workshop, ro_id)
    assert (first.said, first.said_by, first.channel, first.version, first.lines, first.up_to_fen) == (
        *("agreed", "张伟", "signature", 1, [1, 2], 30_000),
    )
    assert (no.said, no.said_by, no.channel, no.version, no.lines, no.up_to_fen) == (
        *("declined", "张伟", "call", 6, [4], 30_000),
    )
    assert (more.said, more.said_by, more.version, more.lines, more.up_to_fen) == ("agreed", "李娜", 7, [3], 200_000)
    assert {one.staff_id for one in (first, no, more)} == {"advisor"}
    assert workshop.shown(ro_id).authorized_fen == 200_000


def test_shares_of_a_line_are_kept_and_told_on_the_invoice(workshop: Workshop) -> None:
    bumper = JobLine(
        "前保险杠", 10_001, pay_type=PayType.WARRANTY, shares=[Share(PayType.GOODWILL, percent=Decimal(50))]
    )
    ro_id = workshop.ready(OIL, bumper)
    assert as_written(workshop.shown(ro_id))[1] == bumper
    change(workshop, ro_id, 2, shares=[Share(PayType.INSURANCE, amount_fen=4_000)])
    workshop.settle(ro_id)
    assert workshop.payloads(ro_id)[-1]["by_pay_type"] == {
        "CUSTOMER": 30_000,
        "WARRANTY": 6_001,
        "INSURANCE": 4_000,
        "GOODWILL": 0,
        "INTERNAL": 0,
    }


def test_a_discount_may_be_given_until_the_invoice(workshop: Workshop) -> None:
    ro_id = workshop.ready(OIL)
    order = add(workshop, ro_id, JobLine("会员优惠", -5_000, kind=LineKind.DISCOUNT))
    assert (order.customer_fen, order.stage) == (25_000, Stage.READY)
    workshop.settle(ro_id)


def test_a_word_is_to_the_order_as_it_was_shown(workshop: Workshop) -> None:
    ro_id = at_work(workshop)
    shown = add(workshop, ro_id).version
    change(workshop, ro_id, 3, amount_fen=600_000)
    with pytest.raises(StaleVersion):
        workshop.authorize(ro_id, version=shown)
    assert [one.version for one in consents(workshop, ro_id)] == [1]


def test_work_of_another_store_is_neither_added_nor_seen(workshop: Workshop) -> None:
    ro_id = at_work(workshop)
    other = workshop.of("OTHER")
    for refused in (add, consents):
        with pytest.raises(RepairOrderNotFound):
            refused(other, ro_id)
    with pytest.raises(RepairOrderNotFound):
        add(workshop, uuid4())


@pytest.mark.parametrize("seed", range(3))
def test_who_agreed_goes_with_the_customer_and_that_he_did_stays(workshop: Workshop, seed: int) -> None:
    ro_id = at_work(workshop)
    add(workshop, ro_id)
    decline(workshop, ro_id, 3)
    before = consents(workshop, ro_id)
    hear(workshop, twice_shuffled([erased(workshop.shown(ro_id).customer_id)], seed=seed))
    assert consents(workshop, ro_id) == [replace(one, said_by="") for one in before]
