"""What an answer shows to whom: masks, names beside identifiers, and answers that pass untouched."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import pytest

from contracts.customer import dossier, vehicles, views
from contracts.customer import operations as customer
from contracts.declared import fields_of
from contracts.fields import Done, Mobile, PriceFen, StaffId, StoreId
from contracts.operation import OPERATIONS
from contracts.personal_numbers import mask_mobile
from contracts.sales import operations as sales
from contracts.sales import stock
from contracts.shapes import Names, Sensitive
from contracts.workshop import operations as workshop
from gateway.expanding import EXPANSIONS, Expansion, expansions_of
from gateway.masking import Found, Plan, Reader, apply, plan_of

NO_WORDS = {
    "full_mobile", "vin", "vin_tail", "uscc", "organisation_code", "token", "hash", "request_id", "older", "content",
    "next",
}  # fmt: skip
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
    vin: str
    count: int


@dataclass(frozen=True, slots=True)
class Odd:
    secret: Annotated[str, Sensitive("nobody wrote a mask for this")]


def shown(shape: type, item: dict[str, Any], roles: tuple[str, ...]) -> Found:
    found = Found([], [])
    apply(plan_of(shape, roles), item, found=found, reader=Reader(roles, ("HN",)))
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


@dataclass(frozen=True, slots=True)
class Words:
    remark: str
    tags: list[str]
    rows: list[list[str]]
    summary: dict[str, Any]
    source_id: str
    vin: str
    full_mobile: str
    reason: str | None = None


def test_texts_are_masked_by_what_they_hold_and_identifiers_are_left_alone() -> None:
    phone, card = "13704756109", "440301197510200018"
    item: dict[str, Any] = {
        "remark": f"请打{phone}", "tags": [phone, "VIP"], "rows": [["张", card], []],
        "summary": {"contract_no": card, "visit_id": phone, "deep": [{"note": phone}, [phone]], "count": 1},
        "source_id": phone, "vin": phone, "full_mobile": phone, "reason": None,
    }  # fmt: skip
    shown(Words, item, ADVISOR)
    masked, hidden = "137****6109", "4****************8"
    assert item == {
        "remark": f"请打{masked}", "tags": [masked, "VIP"], "rows": [["张", hidden], []],
        "summary": {"contract_no": hidden, "visit_id": phone, "deep": [{"note": masked}, [masked]], "count": 1},
        "source_id": phone, "vin": phone, "full_mobile": phone, "reason": None,
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_text_of_every_answer_is_looked_at_but_identifiers(name: str) -> None:
    """What is left out is named one by one, so that a new field is masked by what it holds unless somebody says no."""

    def texts(shape: type) -> set[str]:
        found: set[str] = set()
        plan = plan_of(shape, ())
        masked = {field for field, _ in plan.masks}.union(plan.texts, plan.free)
        for field, declared in fields_of(shape).items():
            value, _ = declared.opened()
            if value.is_shape:
                assert not plan_of(value.type, ()).is_needed or field in dict(plan.inside)
                found |= texts(value.type)
            elif value.type is str and field not in masked and not any(isinstance(mark, Names) for mark in value.marks):
                found.add(field)
        return found

    assert {one for one in texts(OPERATIONS[name].response) if not one.endswith("_id")} <= NO_WORDS


def test_a_sensitive_datum_without_a_mask_of_its_own_is_hidden() -> None:
    item = {"secret": "s"}
    shown(Odd, item, ADVISOR)
    assert item == {"secret": None}


def test_an_answer_without_marks_and_texts_needs_no_plan() -> None:
    assert plan_of(Bare, ADVISOR) == Plan()
    assert not plan_of(Bare, ADVISOR).is_needed
    assert not plan_of(Done, ("finance",)).is_needed


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
        (sales.Orders, ["customer"]),
        (sales.Order, ["customer"]),
        (workshop.RepairOrders, ["customer", "vehicle"]),
        (workshop.RepairOrder, ["customer", "vehicle"]),
        (views.Hits, []),
        (stock.Stock, []),
        (dossier.Dossier, []),
        (customer.NamesOf, []),
        (vehicles.VehiclesOf, []),
        (Bare, []),
    ],
)
def test_what_stands_there_by_its_identifier_alone_may_be_told(shape: type, expands: list[str]) -> None:
    assert [each.name for each in expansions_of(shape)] == expands


@pytest.mark.parametrize("expansion", EXPANSIONS, ids=lambda one: one.name)
def test_what_is_added_to_a_list_is_declared_where_it_is_asked(expansion: Expansion) -> None:
    (many,) = fields_of(expansion.asks.request).values()
    told = fields_of(expansion.asks.response)["items"].opened()[0].type
    assert (list(fields_of(expansion.asks.request)), many.opened()[1]) == ([expansion.ids], True)
    gives = (*expansion.gives, *expansion.on_paper)
    assert {expansion.field, *(name for _, name in gives)} == set(fields_of(told))
    assert expansion.field not in {beside for beside, _ in gives}


def test_the_end_of_a_vin_that_looks_like_a_number_is_one() -> None:
    told = {"items": [{"vehicle_id": "1", "plate": "粤B12345", "model": "GL8", "vin_tail": "01088888", "vin": None}]}
    plan = plan_of(vehicles.VehiclesOf, ("technician",))
    shown = json.loads(json.dumps(told))
    apply(plan, shown, found=Found([], []), reader=Reader(("technician",)))
    assert shown == told


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
