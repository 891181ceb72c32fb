"""Links for customers: what opens an order's progress, for how long, and for whom no longer (point 21)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import uuid_utils.compat as uuids
from sqlalchemy import text

from chassis.customers import links
from contracts.customer.events import CustomerErased, DocumentMoved
from contracts.envelope import Received
from contracts.links import LINKS_OPEN, TOKEN, Link
from contracts.refusals import LinkNotFound, LinksTooMany
from contracts.sales.steps import StepCode
from services.sales.orders.errors import OrderNotFound
from services.sales.orders.models import ORDER_PROGRESS, ORDERS
from tests.integration.sales.people import DEPOSIT, MODEL, NOW, PROMISE, Showroom
from tests.integration.sales.test_merging import hear as hear_merge
from tests.support.events import deliver, twice_shuffled
from tests.support.records import erased, merged, parted, unmerged

LATER = NOW + timedelta(days=2)
A_MOMENT = timedelta(microseconds=1)
PASSED = [StepCode.CONTRACT, StepCode.DEPOSIT, StepCode.ALLOCATE, StepCode.HANDOVER]


def opens(showroom: Showroom, token: str, **now: Any) -> bool:
    try:
        showroom.progress(token, **now)
    except LinkNotFound:
        return False
    return True


def hear(showroom: Showroom, events: Sequence[Received[Any]]) -> None:
    """As the consumer does, one by one."""

    def end(session: Any, some: Any) -> None:
        links.end_his(session, some[0], now=NOW)

    for event in events:
        if isinstance(event.payload, CustomerErased):
            deliver(showroom.database.transaction, end, [event])
        else:
            hear_merge(showroom, [event])


def kept(showroom: Showroom) -> str:
    """Everything the database of the service holds, as text."""
    tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"

    def read(reading: Any) -> str:
        names = list(reading.scalars(text(tables)))
        assert {"customer_link", "command_log", "outbox"} <= {*names}
        return "\n".join(str(row) for name in names for row in reading.scalars(text(f'SELECT t::text FROM "{name}" t')))

    return showroom.database.read(read)


def test_a_link_shows_how_far_the_order_is_and_follows_it(showroom: Showroom) -> None:
    order_id = showroom.write()
    token = showroom.link(order_id).token

    def done() -> list[date | None]:
        told = {step.step: step.done_on for step in showroom.progress(token).steps}
        return [told[code] for code in PASSED]

    new = showroom.progress(token)
    assert [step.step for step in new.steps] == PASSED
    assert (done(), new.model, new.promised_date, new.version) == ([None] * 4, MODEL, None, 1)
    assert new.link_ends_on == (NOW + timedelta(days=30)).date()

    showroom.sign(order_id)
    showroom.do("pay_order", "finance", order_id=order_id, amount_fen=DEPOSIT, external_ref=str(uuid4()), now=LATER)
    assert done() == [NOW.date(), LATER.date(), None, None]
    showroom.pay(order_id, showroom.shown(order_id, role="finance").total_fen - DEPOSIT)
    showroom.allocate(order_id, showroom.receive())
    showroom.deliver(order_id)

    assert done() == [NOW.date(), NOW.date(), NOW.date(), (NOW + timedelta(days=7)).date()]
    last = showroom.progress(token)
    assert (last.promised_date, last.version) == (PROMISE, showroom.shown(order_id).version)


def test_looking_at_a_link_and_making_one_change_nothing_else(showroom: Showroom) -> None:
    order_id = showroom.signed()
    before = showroom.shown(order_id), showroom.recorded(order_id)
    token = showroom.link(order_id).token
    stored = kept(showroom)
    assert showroom.progress(token) == showroom.progress(token)
    assert kept(showroom) == stored
    assert (showroom.shown(order_id), showroom.recorded(order_id)) == before


def test_of_a_token_only_a_hash_is_kept(showroom: Showroom) -> None:
    made = showroom.link(showroom.write())
    assert TOKEN.fullmatch(made.token)
    stored = kept(showroom)
    assert made.token not in stored
    assert hashlib.sha256(made.token.encode()).hexdigest() in stored


def test_no_two_tokens_are_alike(showroom: Showroom) -> None:
    order_id = showroom.write()
    assert len({showroom.link(order_id).token for _ in range(LINKS_OPEN)}) == LINKS_OPEN


@pytest.mark.parametrize("days", [1, 30])
def test_a_link_ends_to_the_moment(showroom: Showroom, days: int) -> None:
    made = showroom.link(showroom.write(), days=days)
    assert made.ends_at == NOW + timedelta(days=days)
    assert opens(showroom, made.token, now=made.ends_at - A_MOMENT)
    assert not opens(showroom, made.token, now=made.ends_at)


def test_a_revoked_link_is_ended_at_once_for_good_and_alone(showroom: Showroom) -> None:
    order_id = showroom.write()
    gone, stays = showroom.link(order_id), showroom.link(order_id, now=LATER)
    for _ in range(2):
        showroom.do("revoke_order_link", "sales_manager", order_id=order_id, link_id=gone.link_id)
    assert (opens(showroom, gone.token), opens(showroom, stays.token)) == (False, True)
    assert showroom.links(order_id) == [Link(stays.link_id, "C1", LATER, stays.ends_at)]
    assert showroom.links(order_id, now=stays.ends_at) == []


def test_who_revoked_it_first_is_who_revoked_it(showroom: Showroom) -> None:
    order_id = showroom.write()
    made = showroom.link(order_id)
    for role in ("consultant", "sales_manager"):
        showroom.do("revoke_order_link", role, order_id=order_id, link_id=made.link_id)
    wanted = text("SELECT revoked_by FROM customer_link WHERE id = :id")
    assert showroom.database.read(lambda reading: reading.scalar(wanted, {"id": made.link_id})) == "C1"


def test_what_is_nobodys_anothers_or_for_something_else_opens_nothing(showroom: Showroom) -> None:
    made = showroom.link(showroom.write())
    for token in (made.token[:-1] + ("A" if made.token[-1] != "A" else "B"), made.token.swapcase(), "", "'"):
        assert not opens(showroom, token)
    other = links.Opening("survey", ORDERS)
    with pytest.raises(LinkNotFound):
        showroom.database.read(lambda reading: links.find(reading, other, token=made.token, now=NOW))
    found = showroom.database.read(lambda reading: links.find(reading, ORDER_PROGRESS, token=made.token, now=NOW))
    assert found.ends_at == made.ends_at


def test_only_who_may_touch_the_order_makes_lists_and_revokes(
    showroom: Showroom, elsewhere: Callable[[], Showroom]
) -> None:
    order_id = showroom.write()
    made = showroom.link(order_id)
    for asking, role in ((showroom.served_by("C2"), "consultant"), (elsewhere(), "sales_manager")):
        for work in (
            lambda asking=asking, role=role: asking.do("make_order_link", role, order_id=order_id),
            lambda asking=asking, role=role: asking.do(
                "revoke_order_link", role, order_id=order_id, link_id=made.link_id
            ),
            lambda asking=asking, role=role: asking.links(order_id, role=role),
        ):
            with pytest.raises(OrderNotFound):
                work()
    assert opens(showroom, made.token)


def test_a_link_of_another_order_is_not_revoked_by_this_one(showroom: Showroom) -> None:
    made, other = showroom.link(showroom.write()), showroom.write()
    for link_id in (made.link_id, uuid4()):
        with pytest.raises(LinkNotFound):
            showroom.do("revoke_order_link", "consultant", order_id=other, link_id=link_id)
    assert opens(showroom, made.token)


def test_an_order_has_so_many_open_links_and_an_ended_one_makes_room(showroom: Showroom) -> None:
    order_id = showroom.write()
    made = [showroom.link(order_id, days=2) for _ in range(LINKS_OPEN)]
    with pytest.raises(LinksTooMany):
        showroom.link(order_id)
    showroom.do("revoke_order_link", "consultant", order_id=order_id, link_id=made[0].link_id)
    showroom.link(order_id, days=30)
    with pytest.raises(LinksTooMany):
        showroom.link(order_id)
    showroom.link(order_id, now=made[1].ends_at)


@pytest.mark.parametrize("seed", range(6))
def test_links_of_who_was_forgotten_end_and_nobody_elses(showroom: Showroom, seed: int) -> None:
    his, joined, other = (uuids.uuid7() for _ in range(3))
    tokens = [showroom.link(showroom.write(customer=who)).token for who in (his, joined, other)]
    assert all(opens(showroom, token) for token in tokens)
    hear(showroom, twice_shuffled([merged([joined], into=his), erased(his, joined)], seed=seed))
    assert [opens(showroom, token) for token in tokens] == [False, False, True]


@pytest.mark.parametrize("seed", range(4))
def test_a_merge_keeps_links_and_its_undoing_ends_those_given_to_the_wrong_one(showroom: Showroom, seed: int) -> None:
    survivor, loser = uuids.uuid7(), uuids.uuid7()
    order_id = showroom.write(customer=loser)
    before = showroom.link(order_id).token
    hear(showroom, twice_shuffled([merged([loser], into=survivor)], seed=seed))
    meanwhile = showroom.link(order_id).token
    assert (opens(showroom, before), opens(showroom, meanwhile)) == (True, True)
    both = [merged([loser], into=survivor), unmerged([loser], of=survivor)]
    hear(showroom, twice_shuffled(both, seed=seed))
    assert (opens(showroom, before), opens(showroom, meanwhile)) == (True, False)


@pytest.mark.parametrize("seed", range(4))
def test_an_order_that_turns_out_to_be_another_persons_is_no_longer_shown_to_the_first(
    showroom: Showroom, seed: int
) -> None:
    one, new = uuids.uuid7(), uuids.uuid7()
    stays, goes = showroom.write(customer=one), showroom.write(customer=one)
    tokens = [showroom.link(order_id).token for order_id in (stays, goes)]
    hear(showroom, twice_shuffled([parted(one, new, moved(goes, new))], seed=seed))
    assert [opens(showroom, token) for token in tokens] == [True, False]
    assert opens(showroom, showroom.link(goes).token)


def moved(order_id: UUID, to: UUID) -> DocumentMoved:
    return DocumentMoved("order", str(order_id), to, 1)
