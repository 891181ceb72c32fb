"""Who may do what: the matrix itself, and that a wider role never narrows."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.access import Actor, Matrix, Reach, Scope, matrix, read
from contracts.refusals import OperationNotAllowed, StoreNotAllowed

WIDTH = [Reach.OWN, Reach.STORE, Reach.GROUP]
ROLES = st.lists(st.sampled_from(matrix().roles), max_size=5, unique=True).map(tuple)
STORES = st.lists(st.sampled_from(["HN", "NS", "LG", "FT"]), max_size=3, unique=True).map(tuple)


def actor(*roles: str, stores: tuple[str, ...] = ("HN",)) -> Actor:
    return Actor("s-1", roles, stores)


def reach(operation: str, roles: tuple[str, ...], stores: tuple[str, ...]) -> Scope | None:
    try:
        return matrix().scope(operation, Actor("s-1", roles, stores))
    except OperationNotAllowed:
        return None


@given(
    operation=st.sampled_from(sorted(matrix().operations)),
    roles=ROLES,
    more=st.sampled_from(matrix().roles),
    stores=STORES,
    where=st.sampled_from(["HN", "NS", "LG", "FT"]),
    owner=st.sampled_from(["s-1", "s-2", None]),
)
def test_one_more_role_never_takes_anything_away(operation, roles, more, stores, where, owner):
    before = reach(operation, roles, stores)
    after = reach(operation, (*roles, more), stores)
    if before is not None:
        assert after is not None
        assert WIDTH.index(after.reach) >= WIDTH.index(before.reach)
        if before.admits(store_id=where, owner_id=owner):
            assert after.admits(store_id=where, owner_id=owner)


@given(operation=st.sampled_from(sorted(matrix().operations)), roles=ROLES, stores=STORES)
def test_the_order_of_the_roles_does_not_matter(operation, roles, stores):
    one, other = reach(operation, roles, stores), reach(operation, roles[::-1], stores)
    assert (one and one.reach) == (other and other.reach)


@given(reach_=st.sampled_from(WIDTH), stores=STORES, where=st.sampled_from(["HN", "NS"]), owner=st.sampled_from("ab"))
def test_a_wider_reach_admits_everything_a_narrower_one_does(reach_, stores, where, owner):
    scopes = [Scope(one, stores, "a", "r") for one in WIDTH]
    admitted = [scope.admits(store_id=where, owner_id=owner) for scope in scopes]
    assert admitted == sorted(admitted)
    assert scopes[WIDTH.index(reach_)].admits(store_id=where, owner_id=owner) in (True, False)


def test_a_role_without_a_grant_may_not():
    with pytest.raises(OperationNotAllowed):
        matrix().scope("sales.pay_order", actor("consultant"))


def test_nobody_may_what_is_not_in_the_matrix():
    with pytest.raises(OperationNotAllowed):
        matrix().scope("sales.burn_down", actor(*matrix().roles))


def test_without_a_role_nothing_is_allowed():
    with pytest.raises(OperationNotAllowed):
        matrix().scope("gateway.who_am_i", actor())


def test_a_role_nobody_declared_gives_nothing():
    with pytest.raises(OperationNotAllowed):
        matrix().scope("gateway.who_am_i", actor("emperor"))


def test_own_means_mine_and_in_my_stores():
    mine = Scope(Reach.OWN, ("HN",), "s-1", "consultant")
    assert mine.admits(store_id="HN", owner_id="s-1")
    assert not mine.admits(store_id="HN", owner_id="s-2")
    assert not mine.admits(store_id="HN")
    assert not mine.admits(store_id="NS", owner_id="s-1")


def test_store_means_everybody_in_my_stores():
    ours = Scope(Reach.STORE, ("HN",), "s-1", "sales_manager")
    assert ours.admits(store_id="HN", owner_id="s-2")
    assert not ours.admits(store_id="NS", owner_id="s-1")


def test_a_list_shows_my_stores_or_the_one_i_ask_for():
    ours = Scope(Reach.STORE, ("HN", "NS"), "s-1", "sales_manager")
    assert ours.narrow(None) == ("HN", "NS")
    assert ours.narrow("NS") == ("NS",)
    with pytest.raises(StoreNotAllowed):
        ours.narrow("LG")


def test_the_group_sees_every_store():
    all_of_it = Scope(Reach.GROUP, (), "s-1", "leader")
    assert all_of_it.narrow(None) is None
    assert all_of_it.narrow("LG") == ("LG",)
    all_of_it.require_store("LG")


def test_a_mobile_number_is_shown_in_full_to_nobody_unasked():
    assert not matrix().sees("mobile", matrix().roles)


def test_a_kind_nobody_declared_is_seen_by_nobody():
    assert not matrix().sees("blood group", matrix().roles)


@pytest.mark.parametrize(("role", "sees"), [("finance", True), ("receptionist", False), ("technician", False)])
def test_prices_are_for_those_who_deal_with_them(role, sees):
    assert matrix().sees("price", (role,)) is sees


def planted(tmp_path: Path, text: str) -> Matrix:
    path = tmp_path / "access.toml"
    path.write_text(text, "utf-8")
    return read(path)


def test_a_matrix_that_names_an_undeclared_role_is_refused(tmp_path):
    with pytest.raises(ValueError, match="king"):
        planted(tmp_path, 'roles = ["leader"]\n[operations]\n"a.b" = { king = "group" }\n[fields]\n')


def test_a_matrix_that_lets_an_undeclared_role_see_is_refused(tmp_path):
    with pytest.raises(ValueError, match="king"):
        planted(tmp_path, 'roles = ["leader"]\n[operations]\n[fields]\nprice = { king = "store" }\n')


def test_a_matrix_with_an_unknown_reach_is_refused(tmp_path):
    with pytest.raises(ValueError, match="world"):
        planted(tmp_path, 'roles = ["leader"]\n[operations]\n"a.b" = { leader = "world" }\n[fields]\n')
