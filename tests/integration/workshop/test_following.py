"""What a customer sees of his repair by his link, and how his word on more work is taken: once (R51)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from chassis.customers import erasing, links
from contracts.customer.events import CustomerErased
from contracts.envelope import Received
from contracts.refusals import LinkNotFound
from contracts.workshop.following import RepairStep, WorkAsked
from contracts.workshop.operations import JobLine, LineKind, LineState, PayType, Share, Stage
from services.workshop.following.errors import OfferMoved
from services.workshop.repair_orders.errors import DiscountTooLarge, RepairOrderNotFound
from services.workshop.repair_orders.models import REPAIR_ORDERS
from tests.integration.workshop.people import NOW, OIL, PROMISE, WINDOW, Workshop
from tests.integration.workshop.test_lines import add, at_work, consents, states
from tests.support.events import deliver, twice_shuffled
from tests.support.records import erased

LAMP = JobLine("左前大灯", 120_000, pay_type=PayType.INSURANCE, shares=[Share(PayType.CUSTOMER, amount_fen=20_000)])
WIPER = JobLine("雨刮片", 6_000)


def opens(workshop: Workshop, token: str) -> bool:
    try:
        workshop.followed(token)
    except LinkNotFound:
        return False
    return True


def test_a_customer_sees_how_far_his_repair_is_when_it_was_promised_and_when_it_will_be_ready(
    workshop: Workshop,
) -> None:
    ro_id = workshop.open(OIL)
    token = workshop.link(ro_id).token

    def done() -> list[RepairStep]:
        return [one.step for one in workshop.followed(token).steps if one.done_at is not None]

    first = workshop.followed(token)
    assert (done(), first.promised_at, first.version) == ([RepairStep.TAKEN_IN], None, 1)
    for step in (workshop.authorize, workshop.dispatch, workshop.start):
        step(ro_id)
    shown = workshop.followed(token)
    assert done() == [RepairStep.TAKEN_IN, RepairStep.AGREED, RepairStep.IN_WORK]
    assert (shown.stage, shown.promised_at) == (Stage.IN_PROGRESS, PROMISE)
    assert shown.expected_at is not None and NOW < shown.expected_at < PROMISE
    for step in (workshop.finish, workshop.inspect, workshop.settle, workshop.give_back):
        step(ro_id)
    last = workshop.followed(token)
    assert (done(), last.expected_at, last.asks, last.pays_fen) == ([*RepairStep], None, [], None)


def test_what_is_proposed_is_asked_with_his_share_of_its_price_and_what_he_would_pay(workshop: Workshop) -> None:
    ro_id = at_work(workshop, OIL, WINDOW)
    token = workshop.link(ro_id).token
    assert workshop.followed(token).asks == []
    add(workshop, ro_id, LAMP)
    add(workshop, ro_id, WIPER)
    shown = workshop.followed(token)
    assert shown.asks == [WorkAsked(3, "左前大灯", 20_000), WorkAsked(4, "雨刮片", 6_000)]
    assert (shown.pays_fen, shown.answered, shown.version) == (56_000, None, 6)


def test_his_yes_is_a_consent_for_the_version_he_saw_and_the_work_goes_on(workshop: Workshop) -> None:
    ro_id = at_work(workshop)
    token = workshop.link(ro_id).token
    add(workshop, ro_id, WIPER)
    seen = workshop.followed(token)
    after = workshop.answer(token, version=seen.version, now=NOW + timedelta(minutes=5))
    assert (after.asks, after.answered, after.version) == ([], "agreed", seen.version + 1)
    order = workshop.shown(ro_id)
    assert (order.stage, states(order)[2], order.authorized_fen) == (Stage.IN_PROGRESS, LineState.WORKING, 36_000)
    said = consents(workshop, ro_id)[-1]
    assert (said.said, said.channel, said.said_by, said.staff_id) == ("agreed", "link", "张伟", None)
    assert (said.version, said.lines, said.up_to_fen) == (seen.version, [3], 36_000)
    assert said.at == NOW + timedelta(minutes=5)
    assert workshop.recorded(ro_id)[-1] == ("repair_authorized", after.version)


def test_his_no_leaves_the_work_undone_and_unpaid(workshop: Workshop) -> None:
    ro_id = at_work(workshop)
    token = workshop.link(ro_id).token
    add(workshop, ro_id, WIPER)
    add(workshop, ro_id, LAMP)
    after = workshop.answer(token, "declined", version=workshop.followed(token).version)
    order = workshop.shown(ro_id)
    assert (after.answered, states(order)[2:], order.customer_fen) == ("declined", [LineState.DECLINED] * 2, 30_000)
    assert consents(workshop, ro_id)[-1].lines == [3, 4]
    assert workshop.recorded(ro_id)[-1] == ("repair_lines_changed", after.version)
    workshop.finish(ro_id)


@pytest.mark.parametrize("said", ["agreed", "declined"])
def test_the_same_word_again_is_one_word(workshop: Workshop, said: str) -> None:
    ro_id = at_work(workshop)
    token = workshop.link(ro_id).token
    add(workshop, ro_id, WIPER)
    version = workshop.followed(token).version
    first = workshop.answer(token, said, version=version)
    events = workshop.recorded(ro_id)
    assert workshop.answer(token, said, version=version) == first
    workshop.wait(ro_id)
    again = workshop.answer(token, said, version=version)
    assert (again.answered, again.version) == (first.answered, first.version + 1), "he sees how it stands now"
    assert [name for name, _ in workshop.recorded(ro_id)][: len(events)] == [name for name, _ in events]
    assert len(consents(workshop, ro_id)) == 2


def test_two_at_once_are_one_word_and_the_other_answer_comes_too_late(workshop: Workshop) -> None:
    ro_id = at_work(workshop)
    token = workshop.link(ro_id).token
    add(workshop, ro_id, WIPER)
    version = workshop.followed(token).version

    def answered(said: str) -> str | None:
        try:
            return workshop.answer(token, said, version=version).answered
        except OfferMoved:
            return "too late"

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(answered, ["agreed", "agreed", "declined", "declined"]))
    first = consents(workshop, ro_id)[-1].said
    assert len(consents(workshop, ro_id)) == 2
    assert sorted(told, key=str) == sorted([first, first, "too late", "too late"])


def test_a_price_that_was_changed_meanwhile_is_not_agreed_to(workshop: Workshop) -> None:
    ro_id = at_work(workshop)
    token = workshop.link(ro_id).token
    add(workshop, ro_id, WIPER)
    seen = workshop.followed(token)
    workshop.move("change_line", "advisor", ro_id, position=3, amount_fen=60_000)
    before = workshop.shown(ro_id)
    with pytest.raises(OfferMoved):
        workshop.answer(token, version=seen.version)
    assert workshop.shown(ro_id) == before
    assert workshop.followed(token).asks == [WorkAsked(3, "雨刮片", 60_000)]


def test_where_nothing_is_asked_nothing_is_answered(workshop: Workshop) -> None:
    at_the_desk = workshop.open(OIL)
    for ro_id in (at_the_desk, at_work(workshop)):
        token = workshop.link(ro_id).token
        shown = workshop.followed(token)
        assert shown.asks == [], "the first consent, with its promise, is given at the desk"
        for said in ("agreed", "declined"):
            with pytest.raises(OfferMoved):
                workshop.answer(token, said, version=shown.version)


def test_his_no_is_taken_whatever_discount_was_given_and_the_price_is_his_advisor_s_to_settle(
    workshop: Workshop,
) -> None:
    """A defect: he was told of discounts of payers, could not say no, and nobody at the desk knew."""
    ro_id = at_work(workshop, WINDOW)
    token = workshop.link(ro_id).token
    add(workshop, ro_id, WIPER)
    add(workshop, ro_id, JobLine("优惠", -1_000, kind=LineKind.DISCOUNT))
    version = workshop.shown(ro_id).version
    assert workshop.payloads(ro_id)[-1]["beyond_fen"] is None
    after = workshop.answer(token, "declined", version=version)
    assert (after.answered, after.asks, after.price_open) == ("declined", [], True)
    assert workshop.answer(token, "declined", version=version) == after, "said again it is the same word"
    told = workshop.payloads(ro_id)[-1]
    assert (told["beyond_fen"], told["advisor_id"]) == (1_000, workshop.shown(ro_id).advisor_id)
    for step in (workshop.finish, workshop.inspect):
        step(ro_id)
    with pytest.raises(DiscountTooLarge):
        workshop.settle(ro_id)
    workshop.move("change_line", "advisor", ro_id, position=3, amount_fen=0)
    assert (workshop.payloads(ro_id)[-1]["beyond_fen"], workshop.followed(token).price_open) == (0, False)
    workshop.settle(ro_id)


def test_looking_changes_nothing(workshop: Workshop) -> None:
    ro_id = at_work(workshop)
    token = workshop.link(ro_id).token
    add(workshop, ro_id, WIPER)
    before = workshop.shown(ro_id), workshop.recorded(ro_id), consents(workshop, ro_id)
    assert workshop.followed(token) == workshop.followed(token)
    assert (workshop.shown(ro_id), workshop.recorded(ro_id), consents(workshop, ro_id)) == before


def test_a_revoked_link_shows_nothing_and_takes_nothing(workshop: Workshop) -> None:
    ro_id = at_work(workshop)
    made = workshop.link(ro_id)
    add(workshop, ro_id, WIPER)
    version = workshop.followed(made.token).version
    workshop.do("revoke_repair_link", "service_manager", ro_id=ro_id, link_id=made.link_id)
    assert not opens(workshop, made.token)
    with pytest.raises(LinkNotFound):
        workshop.answer(made.token, version=version)
    assert states(workshop.shown(ro_id))[2] is LineState.PROPOSED


def test_only_who_may_touch_the_order_makes_links(workshop: Workshop, elsewhere: Callable[[], Workshop]) -> None:
    with pytest.raises(RepairOrderNotFound):
        elsewhere().link(workshop.open(OIL))


@pytest.mark.parametrize("seed", range(3))
def test_links_of_who_was_forgotten_end_and_what_he_signed_with_goes(workshop: Workshop, seed: int) -> None:
    customer, tokens = uuid4(), []
    for who in (customer, uuid4()):
        ro_id = workshop.open(OIL, customer=who)
        for step in (workshop.authorize, workshop.dispatch, workshop.start):
            step(ro_id)
        tokens.append(workshop.link(ro_id).token)
    his: UUID = workshop.page(customer_id=customer).items[0].ro_id
    add(workshop, his, WIPER)
    workshop.answer(tokens[0], version=workshop.followed(tokens[0]).version)
    forget(workshop, twice_shuffled([erased(customer)], seed=seed))
    assert [opens(workshop, token) for token in tokens] == [False, True]
    assert {one.said_by for one in consents(workshop, his)} == {""}


def forget(workshop: Workshop, events: Sequence[Received[CustomerErased]]) -> None:
    """As the row of the service does."""

    def handle(session: Any, some: Any) -> None:
        erasing.forget(session, some[0], holding=REPAIR_ORDERS)
        links.end_his(session, some[0], now=NOW)

    for event in events:
        deliver(workshop.database.transaction, handle, [event])
