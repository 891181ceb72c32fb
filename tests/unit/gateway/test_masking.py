"""What an answer shows to whom: masks, names beside identifiers, and answers that pass untouched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import pytest

from contracts.customer import operations as customer
from contracts.customer import views
from contracts.fields import Mobile, PriceFen, StaffId, StoreId
from contracts.operation import OPERATIONS
from contracts.sales import operations as sales
from contracts.shapes import Sensitive
from contracts.workshop import operations as workshop
from gateway.declared import fields_of
from gateway.masking import Found, Plan, apply, expands_customers, mask_mobile, plan_of

ADVISOR, CONSULTANT = ("advisor",), ("consultant",)


@dataclass(frozen=True, slots=True)
class Part:
    price_fen: PriceFen
    sold_store_id: StoreId | None = None


@dataclass(frozen=True, slots=True)
class Whole:
    mobiles: list[Mobile]
    advisor_id: StaffId
    parts: list[Part]
    spare: Part | None
    summary: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bare:
    id: UUID
    text: str


@dataclass(frozen=True, slots=True)
class Odd:
    secret: Annotated[str, Sensitive("nobody wrote a mask for this")]


def shown(shape: type, item: dict[str, Any], roles: tuple[str, ...]) -> Found:
    found = Found([], [])
    apply(plan_of(shape, roles), item, found=found, roles=roles)
    return found


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("13812345678", "138****5678"),
        ("075512345678", "075****5678"),
        ("+85291234567", "+85****4567"),
        ("123456789", "123****6789"),
        ("12345678", "****78"),
        ("1", "****1"),
        ("", ""),
    ],
)
def test_a_phone_number_keeps_its_ends(number: str, masked: str) -> None:
    assert mask_mobile(number) == masked


def test_everything_that_is_marked_is_masked_wherever_it_stands() -> None:
    item: dict[str, Any] = {
        "mobiles": ["13812345678", "13912345678"],
        "advisor_id": "A1",
        "parts": [{"price_fen": 5, "sold_store_id": "HN"}, {"price_fen": None, "sold_store_id": None}],
        "spare": {"price_fen": 7, "sold_store_id": None},
        "summary": {},
    }
    found = shown(Whole, item, ADVISOR)
    assert item["mobiles"] == ["138****5678", "139****5678"]
    assert [part["price_fen"] for part in item["parts"]] == [None, None]
    assert item["spare"]["price_fen"] is None
    named = [(identifier, named.what, named.beside) for _, identifier, named in found.named]
    assert named == [("A1", "staff", "advisor_name"), ("HN", "store", "sold_store_name")]


def test_who_may_see_prices_sees_them_and_still_no_mobile() -> None:
    item: dict[str, Any] = {
        "mobiles": ["13812345678"],
        "advisor_id": "A1",
        "parts": [{"price_fen": 5, "sold_store_id": None}],
        "spare": None,
        "summary": {"total_fen": 9},
    }
    shown(Whole, item, CONSULTANT)
    assert item["parts"][0]["price_fen"] == 5
    assert item["summary"] == {"total_fen": 9}
    assert item["mobiles"] == ["138****5678"]


def test_a_dictionary_without_declaration_is_masked_by_the_names_in_it() -> None:
    item: dict[str, Any] = {
        "mobiles": [],
        "advisor_id": None,
        "parts": [],
        "spare": None,
        "summary": {"total_fen": 9, "model": "GL8", "deep": [{"old_mobile": "13812345678", "paid_fen": 3}]},
    }
    shown(Whole, item, ADVISOR)
    deep = [{"old_mobile": "138****5678", "paid_fen": None}]
    assert item["summary"] == {"total_fen": None, "model": "GL8", "deep": deep}


def test_a_sensitive_datum_without_a_mask_of_its_own_is_hidden() -> None:
    item = {"secret": "s"}
    shown(Odd, item, ADVISOR)
    assert item == {"secret": None}


def test_an_answer_without_marks_needs_no_plan() -> None:
    assert plan_of(Bare, ADVISOR) == Plan()
    assert not plan_of(Bare, ADVISOR).is_needed
    assert not plan_of(sales.Balance, ("finance",)).is_needed


def test_a_plan_is_made_once() -> None:
    assert plan_of(views.Hits, ADVISOR) is plan_of(views.Hits, ADVISOR)


def test_an_order_shows_its_price_to_its_consultant_and_not_to_an_advisor() -> None:
    order = {"total_fen": 1, "paid_fen": 1, "store_id": "HN", "consultant_id": "C1", "customer_id": "x"}
    for_consultant, for_advisor = {**order}, {**order}
    shown(sales.Order, for_consultant, CONSULTANT)
    shown(sales.Order, for_advisor, ADVISOR)
    assert (for_consultant["total_fen"], for_advisor["total_fen"]) == (1, None)


@pytest.mark.parametrize(
    ("shape", "expands"),
    [
        (sales.Orders, True),
        (sales.Order, True),
        (workshop.RepairOrders, True),
        (views.Hits, False),
        (customer.NamesOf, False),
        (Bare, False),
    ],
)
def test_customers_are_named_where_only_their_identifier_stands(shape: type, expands: bool) -> None:
    assert expands_customers(shape) is expands


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_no_answer_of_any_operation_carries_a_full_mobile_but_the_one_that_reveals_it(name: str) -> None:
    def mobiles(plan: Plan, at: str) -> set[str]:
        found = {f"{at}{field}" for field, mask in plan.masks if mask is mask_mobile}
        return found.union(*(mobiles(inner, f"{at}{field}.") for field, inner in plan.inside))

    response = OPERATIONS[name].response
    declared = [field for field in sorted(fields_of(response)) if "mobile" in field]
    masked = mobiles(plan_of(response, ("admin", "leader", "finance")), "")
    assert [field for field in declared if field not in masked] == (
        ["full_mobile"] if name == "customer.reveal_contact" else []
    )
