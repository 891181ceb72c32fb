"""Buyer, owner and payer of a car are apart where they are: who is registered, and who owes what (C4, C19)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
import uuid_utils.compat as uuids
from sqlalchemy import text

from chassis.customers import rekeying
from contracts.customer.events import DocumentMoved
from contracts.customer.operations import WhichExist
from contracts.envelope import Received
from contracts.refusals import InvalidRequest
from contracts.sales.events import OrdersRekeyed
from contracts.sales.lines import LineAsked, LineKind
from contracts.sales.parties import NameParties, Party, PartyKind, PartyRole, PayerNamed
from services.sales import orders
from services.sales.orders.errors import OrderState
from services.sales.orders.models import ORDERS
from services.sales.parties.errors import PayerIsBuyer, PayersBeyondPrice, PayerTwice, PayerUnclear
from services.sales.parties.models import PARTIES
from tests.integration.sales.people import MODEL, PRICE, Showroom
from tests.integration.sales.test_erasing import hear as hear_erasing
from tests.support.events import deliver, twice_shuffled
from tests.support.records import erased, merged, parted, unmerged

LENT = 15_000_000
BANK = PayerNamed(PartyKind.LENDER, LENT, firm="平安银行")


def hear(showroom: Showroom, events: Sequence[Received[Any]]) -> None:
    """As the consumer does, one by one."""

    def follow(session: Any, some: Sequence[Received[Any]]) -> None:
        rekeying.follow(session, some[0], [ORDERS, PARTIES], acknowledge=OrdersRekeyed)

    for event in events:
        deliver(showroom.database.transaction, follow, [event])


def people(count: int) -> list[UUID]:
    return [uuids.uuid7() for _ in range(count)]


def test_without_a_word_the_buyer_owns_the_car_and_pays_all_of_it(showroom: Showroom) -> None:
    (buyer,) = people(1)
    order_id = showroom.write(customer=buyer)
    assert showroom.parties(order_id) == [Party(PartyRole.BUYER, PartyKind.CUSTOMER, buyer, None, PRICE)]


def test_owner_and_payers_stand_beside_the_buyer_who_pays_what_is_left(showroom: Showroom) -> None:
    buyer, son, father = people(3)
    order_id = showroom.write(customer=buyer)
    named = showroom.name_parties(
        order_id, BANK, PayerNamed(PartyKind.CUSTOMER, 1_000_000, customer_id=father), owner=son
    )
    assert named == showroom.shown(order_id) and named.version == 2
    assert showroom.parties(order_id) == [
        Party(PartyRole.BUYER, PartyKind.CUSTOMER, buyer, None, PRICE - LENT - 1_000_000),
        Party(PartyRole.OWNER, PartyKind.CUSTOMER, son, None, None),
        Party(PartyRole.PAYER, PartyKind.LENDER, None, "平安银行", LENT),
        Party(PartyRole.PAYER, PartyKind.CUSTOMER, father, None, 1_000_000),
    ]
    assert showroom.sheet(order_id).parties == showroom.parties(order_id)
    assert showroom.recorded(order_id)[-1] == ("order_parties_changed", 2)
    assert showroom.payloads(order_id)[-1]["owner_id"] == str(son)


def test_said_anew_they_are_whole_and_who_stays_is_the_same_row(showroom: Showroom) -> None:
    (son,) = people(1)
    order_id = showroom.write()
    showroom.name_parties(order_id, BANK, owner=son)
    rows = text("SELECT id, amount_fen FROM order_party WHERE order_id = :id AND role = 'payer'")

    def bank() -> Any:
        return showroom.database.read(lambda reading: reading.execute(rows, {"id": order_id}).one())

    before = bank()
    showroom.name_parties(order_id, PayerNamed(PartyKind.LENDER, LENT - 1, firm="平安银行"))
    assert (bank().id, bank().amount_fen) == (before.id, LENT - 1)
    assert [one.role for one in showroom.parties(order_id)] == [PartyRole.BUYER, PartyRole.PAYER]
    (other,) = people(1)
    for owner in (son, other, None):
        showroom.name_parties(order_id, owner=owner)
        assert [one.customer_id for one in showroom.parties(order_id)][1:] == ([owner] if owner else [])


def test_the_buyer_named_as_owner_is_no_party_of_his_own(showroom: Showroom) -> None:
    buyer, survivor = people(2)
    hear(showroom, [merged([buyer], into=survivor)])
    order_id = showroom.write(customer=survivor)
    for named in (survivor, buyer):
        showroom.name_parties(order_id, owner=named)
        assert [one.role for one in showroom.parties(order_id)] == [PartyRole.BUYER]


@pytest.mark.parametrize(
    ("payer", "refusal"),
    [
        (PayerNamed(PartyKind.CUSTOMER, 1), PayerUnclear),
        (PayerNamed(PartyKind.CUSTOMER, 1, customer_id=UUID(int=7), firm="甲"), PayerUnclear),
        (PayerNamed(PartyKind.LENDER, 1, customer_id=UUID(int=7)), PayerUnclear),
        (PayerNamed(PartyKind.FIRM, 1), PayerUnclear),
        (PayerNamed(PartyKind.LENDER, 1, firm="平安银行"), PayerTwice),
        (PayerNamed(PartyKind.LENDER, 1, firm=" 平安 银行"), PayerTwice),
        (PayerNamed(PartyKind.FIRM, PRICE - LENT + 1, firm="甲"), PayersBeyondPrice),
    ],
    ids=lambda value: value.kind if isinstance(value, PayerNamed) else value.__name__,
)
def test_payers_who_are_unclear_twice_or_bear_more_than_the_price_are_refused_and_nobody_is_changed(
    showroom: Showroom, payer: PayerNamed, refusal: type[Exception]
) -> None:
    order_id = showroom.write()
    showroom.name_parties(order_id, BANK)
    before = showroom.parties(order_id)
    with pytest.raises(refusal) as refused:
        showroom.name_parties(order_id, BANK, payer)
    assert refused.value.details["field"] == "payers"  # type: ignore[attr-defined]
    assert (showroom.parties(order_id), showroom.shown(order_id).version) == (before, 2)


def test_a_firm_whose_name_is_typed_otherwise_is_one_payer_and_the_same_row(showroom: Showroom) -> None:
    order_id = showroom.write()
    wordings = [PayerNamed(PartyKind.FIRM, 1, firm=name) for name in ("Abc 公司", "ＡＢＣ公司")]
    with pytest.raises(PayerTwice):
        showroom.name_parties(order_id, *wordings)
    rows = text("SELECT id FROM order_party WHERE order_id = :id")
    found: list[UUID] = []
    for firm in wordings:
        showroom.name_parties(order_id, firm)
        found += showroom.database.read(lambda reading: reading.execute(rows, {"id": order_id}).scalars().all())
    assert len(found) == 2 and len({*found}) == 1


def test_the_buyer_is_no_payer_beside_himself_nor_anybody_twice_by_two_records(showroom: Showroom) -> None:
    """A defect: he owed what was left, and his own share beside it."""
    buyer, other, father = people(3)
    hear(showroom, [merged([other], into=buyer)])
    order_id = showroom.write(customer=buyer)
    for himself in (buyer, other):
        with pytest.raises(PayerIsBuyer) as refused:
            showroom.name_parties(order_id, PayerNamed(PartyKind.CUSTOMER, 1, customer_id=himself))
        assert refused.value.details == {"field": "payers"}
    hear(showroom, [merged([(old := people(1)[0])], into=father)])
    with pytest.raises(PayerTwice):
        showroom.name_parties(order_id, *(PayerNamed(PartyKind.CUSTOMER, 1, customer_id=one) for one in (old, father)))
    assert showroom.parties(order_id) == [Party(PartyRole.BUYER, PartyKind.CUSTOMER, buyer, None, PRICE)]


def test_shares_and_a_lender_s_letter_together_are_no_more_than_the_price_whichever_comes_last(
    showroom: Showroom,
) -> None:
    """A defect: payers were named for what a bank had agreed to pay already, and owed less than the paper said."""
    order_id, left = showroom.signed(), PRICE - LENT
    showroom.letter(order_id, LENT)

    def firm(fen: int) -> PayerNamed:
        return PayerNamed(PartyKind.FIRM, fen, firm="红彤物流")

    with pytest.raises(PayersBeyondPrice) as refused:
        showroom.name_parties(order_id, firm(left + 1))
    assert refused.value.details == {"field": "payers", "borne_fen": PRICE + 1, "total_fen": PRICE}
    showroom.name_parties(order_id, firm(left))
    with pytest.raises(PayersBeyondPrice) as letter:
        showroom.letter(order_id, LENT + 1)
    assert letter.value.details["field"] == "amount_fen"
    assert showroom.money(order_id).letter is not None
    with pytest.raises(PayersBeyondPrice):
        showroom.amend(order_id, PRICE - 1)
    assert showroom.owes(order_id) == {"buyer": (0, 0, 0), "lender": (LENT, 0, LENT), "other": (left, 0, left)}


def test_others_may_bear_all_of_the_price_and_no_price_goes_below_what_they_bear(showroom: Showroom) -> None:
    order_id = showroom.write()
    showroom.name_parties(order_id, PayerNamed(PartyKind.FIRM, PRICE, firm="红彤物流"))
    assert showroom.parties(order_id)[0].amount_fen == 0
    with pytest.raises(PayersBeyondPrice) as refused:
        showroom.amend(order_id, PRICE - 1)
    assert refused.value.details["field"] == "total_fen"
    showroom.amend(order_id, PRICE + 1, LineAsked(LineKind.CAR, MODEL, PRICE + 1))
    assert showroom.parties(order_id)[0].amount_fen == 1


def test_a_price_that_waits_does_not_come_to_stand_below_what_others_bear(showroom: Showroom) -> None:
    order_id = showroom.write()
    showroom.amend(order_id, PRICE // 2, LineAsked(LineKind.CAR, MODEL, PRICE))
    showroom.name_parties(order_id, BANK)
    with pytest.raises(PayersBeyondPrice):
        showroom.do("approve_amendment", "sales_manager", order_id=order_id)
    showroom.name_parties(order_id)
    assert showroom.do("approve_amendment", "sales_manager", order_id=order_id).total_fen == PRICE // 2


def test_the_delivery_tells_in_whose_name_the_car_is_registered(showroom: Showroom) -> None:
    def delivered(owner: UUID | None) -> Any:
        order_id = showroom.signed(paid_fen=PRICE)
        if owner:
            showroom.name_parties(order_id, owner=owner)
        showroom.allocate(order_id, showroom.receive())
        showroom.deliver(order_id)
        with pytest.raises(OrderState):
            showroom.name_parties(order_id)
        return showroom.payloads(order_id)[-1]["owner_id"]

    (son,) = people(1)
    assert (delivered(son), delivered(None)) == (str(son), None)


@pytest.mark.parametrize("seed", range(4))
def test_owner_and_payer_follow_their_own_records_in_any_order_and_twice(showroom: Showroom, seed: int) -> None:
    buyer, son, father, survivor = people(4)
    order_id = showroom.write(customer=buyer)
    showroom.name_parties(order_id, PayerNamed(PartyKind.CUSTOMER, 1, customer_id=father), owner=son)
    history = [
        merged([son], into=survivor, version=2),
        unmerged([son], of=survivor, version=3),
        merged([father], into=survivor, version=2),
    ]
    hear(showroom, twice_shuffled(history, seed=seed))
    assert [one.customer_id for one in showroom.parties(order_id)] == [buyer, son, survivor]


def test_an_order_that_is_given_to_another_buyer_takes_neither_owner_nor_payer_along(showroom: Showroom) -> None:
    buyer, new, son = people(3)
    order_id = showroom.write(customer=buyer)
    showroom.name_parties(order_id, BANK, owner=son)
    hear(showroom, [parted(buyer, new, DocumentMoved("order", str(order_id), new, 1))])
    assert [one.customer_id for one in showroom.parties(order_id)] == [new, son, None]


def test_events_name_the_owner_as_he_was_named(showroom: Showroom) -> None:
    son, survivor = people(2)
    order_id = showroom.write()
    showroom.name_parties(order_id, owner=son)
    hear(showroom, [merged([son], into=survivor)])
    showroom.name_parties(order_id, BANK, owner=son)
    assert showroom.payloads(order_id)[-1]["owner_id"] == str(son)
    assert showroom.parties(order_id)[1].customer_id == survivor


def test_who_owes_stays_with_the_books_when_the_buyer_is_forgotten(showroom: Showroom) -> None:
    (buyer,) = people(1)
    order_id = showroom.write(customer=buyer)
    showroom.name_parties(order_id, BANK)
    before = showroom.parties(order_id)
    hear_erasing(showroom, [erased(buyer)])
    assert showroom.parties(order_id) == before


def test_owners_and_payers_with_a_record_are_asked_for_once_and_who_has_none_is_named_by_its_field() -> None:
    asked_for: list[Any] = []
    buyer, son, father = people(3)

    def ask(operation: Any, wanted: WhichExist) -> WhichExist:
        asked_for.append((operation.name, wanted.customer_ids))
        return WhichExist(customer_ids=[son])

    def require(*payers: PayerNamed, owner: UUID | None = None) -> None:
        asked = NameParties(buyer, owner_id=owner, payers=list(payers))
        orders.usecases.require_parties(asked, read=lambda _: None, ask=ask)  # type: ignore[arg-type]

    require(BANK)
    assert asked_for == []
    require(BANK, owner=son)
    assert asked_for == [("customer.which_exist", [son])]
    for owner, wrong in ((father, {"owner_id", "payers"}), (son, {"payers"})):
        with pytest.raises(InvalidRequest) as refused:
            require(PayerNamed(PartyKind.CUSTOMER, 1, customer_id=father), owner=owner)
        assert set(refused.value.details["errors"]) == wrong  # type: ignore[call-overload]
