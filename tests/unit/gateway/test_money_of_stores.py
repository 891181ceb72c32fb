"""Amounts of a deal or repair are for the roles that may see them; store roles see those of their own stores (R8)."""

from __future__ import annotations

import copy
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import pytest

from chassis.process.settings import SERVICES
from contracts.access import NEAR, Reach, matrix
from contracts.declared import fields_of
from contracts.operation import OPERATIONS
from contracts.sales import operations as sales
from contracts.sales.sheets import OrderSheet
from contracts.shapes import Sensitive
from contracts.workshop import operations as workshop
from gateway.masking import Found, Reader, apply, plan_of

for _service in SERVICES:
    for _module in walk_packages(import_module(f"contracts.{_service}").__path__):
        import_module(f"contracts.{_service}.{_module.name}")

MINE, OUR_DEALER_S, THEIRS = "HN", "BA", "FT"
ORDER: dict[str, Any] = {"store_id": MINE, "total_fen": 5, "paid_fen": 3, "customer_id": "x"}
REPAIR: dict[str, Any] = {
    "store_id": MINE, "total_fen": 5, "authorized_fen": 3, "customer_id": "x", "lines": [{"amount_fen": 5}],
}  # fmt: skip
AMOUNTS = {
    "price": (sales.Order, ORDER, lambda shown: [shown["total_fen"], shown["paid_fen"]]),
    "repair_price": (
        workshop.RepairOrder,
        REPAIR,
        lambda shown: [shown["total_fen"], shown["authorized_fen"], *(line["amount_fen"] for line in shown["lines"])],
    ),
}


def shown(shape: type, item: dict[str, Any], *, role: str, store_id: str) -> dict[str, Any]:
    item = {**copy.deepcopy(item), "store_id": store_id}
    reader = Reader((role,), (MINE,), (MINE, OUR_DEALER_S))
    apply(plan_of(shape, (role,)), item, found=Found([], []), reader=reader)
    return item


@pytest.mark.parametrize("kind", sorted(AMOUNTS))
@pytest.mark.parametrize("role", matrix().roles)
def test_every_role_sees_amounts_as_far_as_it_reaches(kind: str, role: str) -> None:
    shape, item, amounts = AMOUNTS[kind]
    reach = matrix().fields[kind].get(role)
    for store_id, admits in (
        (MINE, reach is not None),
        (OUR_DEALER_S, reach in (Reach.DEALER, Reach.GROUP)),
        (THEIRS, reach is Reach.GROUP),
    ):
        assert (set(amounts(shown(shape, item, role=role, store_id=store_id))) == {None}) is not admits


def test_only_the_leader_sees_the_amounts_of_every_store() -> None:
    everywhere = {
        kind: [role for role in matrix().roles if matrix().sees_as_far_as(kind, (role,)) is Reach.GROUP]
        for kind in AMOUNTS
    }
    assert everywhere == {"price": ["leader"], "repair_price": ["leader"]}


def test_who_writes_orders_does_not_see_the_workshop_s_prices_and_the_other_way_round() -> None:
    sees = {role: [kind for kind in sorted(AMOUNTS) if matrix().sees(kind, (role,))] for role in matrix().roles}
    assert sees["consultant"] == ["price"]
    assert sees["advisor"] == ["repair_price"]
    assert sees["finance"] == ["price", "repair_price"]
    assert sees["technician"] == sees["receptionist"] == []


@pytest.mark.parametrize("source", ["sales", "workshop"])
@pytest.mark.parametrize("role", ["advisor", "consultant", "finance", "technician", "leader"])
@pytest.mark.parametrize("store_id", [MINE, THEIRS])
def test_a_line_of_the_timeline_shows_the_money_of_its_department_and_store(
    source: str, role: str, store_id: str
) -> None:
    line = {"source": source, "store_id": store_id, "summary": {"total_fen": 5, "deep": [{"paid_fen": 4}]}}
    customer = {"customer_id": "x", "store_id": MINE, "timeline": [line]}
    view = OPERATIONS["customer.customer_view"].response
    apply(plan_of(view, (role,)), customer, found=Found([], []), reader=Reader((role,), (MINE,)))
    kind = {"sales": "price", "workshop": "repair_price"}[source]
    reach = matrix().fields[kind].get(role)
    sees = reach is Reach.GROUP or (reach is Reach.STORE and store_id == MINE)
    assert line["summary"] == {"total_fen": 5 if sees else None, "deep": [{"paid_fen": 4 if sees else None}]}


@pytest.mark.parametrize(
    ("roles", "of_himself", "of_his_team", "of_others"),
    [
        (("consultant",), True, False, False),
        (("consultant", "delivery_clerk"), True, False, False),
        (("sales_supervisor", "delivery_clerk"), True, True, False),
        (("delivery_clerk",), False, False, False),
        (("consultant", "loan_clerk"), True, True, True),
    ],
)
def test_two_roles_see_of_an_order_what_one_of_them_sees(
    roles: tuple[str, ...], of_himself: bool, of_his_team: bool, of_others: bool
) -> None:
    """What one of them opens, the other shows no further than it reaches itself."""
    reader = Reader(roles, (MINE,), staff_id="me", teammates=("mate",), operation="sales.order_sheet")
    for owner, sees in (("me", of_himself), ("mate", of_his_team), ("other", of_others)):
        sheet = {**ORDER, "consultant_id": owner, "payments": [{"amount_fen": 3}]}
        apply(plan_of(OrderSheet, roles, reader.operation), sheet, found=Found([], []), reader=reader)
        shown_ = {sheet["total_fen"] is not None, sheet["payments"][0]["amount_fen"] is not None}
        assert shown_ == {sees}, owner


def test_what_is_asked_for_by_its_owner_says_who_that_is() -> None:
    """Else nothing of it would be shown to whoever reaches his own objects only."""
    near = [
        name
        for name, reaches in matrix().operations.items()
        for role, reach in reaches.items()
        if reach in NEAR
        and any(matrix().sees_as_far_as(kind, (role,), operation=name) in NEAR for kind in AMOUNTS)
        and (plan := plan_of(OPERATIONS[name].response, (role,), name)).elsewhere
        and not plan.owner
    ]
    assert near == []


def unplaced(shape: type, *, placed: bool = False) -> list[str]:
    """Amounts in an answer of which nobody can say which store they belong to."""
    declared = fields_of(shape)
    placed = placed or "store_id" in declared
    found = []
    for name, one in declared.items():
        inside, _ = one.opened()
        kinds = {mark.kind for mark in inside.marks if isinstance(mark, Sensitive)}
        if kinds & set(AMOUNTS) and not placed:
            found.append(f"{shape.__name__}.{name}")
        if inside.is_shape:
            found += unplaced(inside.type, placed=placed)
    return found


def test_every_amount_says_of_which_store_it_is() -> None:
    """Or it answers a command within the caller's own stores."""
    found = {one for operation in OPERATIONS.values() for one in unplaced(operation.response)}
    assert found == {"Balance.total_fen", "Balance.paid_fen", "Balance.balance_fen"}
