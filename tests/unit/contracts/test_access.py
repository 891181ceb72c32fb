"""Who may do what: the matrix itself, and that a wider role never narrows."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.access import Actor, Matrix, Reach, Scope, matrix, read
from contracts.refusals import OperationNotAllowed, StoreNotAllowed

WIDTH = [Reach.OWN, Reach.TEAM, Reach.STORE, Reach.DEALER, Reach.GROUP]
ROLES = st.lists(st.sampled_from(matrix().roles), max_size=5, unique=True).map(tuple)
STORES = st.lists(st.sampled_from(["HN", "NS", "LG", "FT"]), max_size=3, unique=True).map(tuple)


def actor(*roles: str, stores: tuple[str, ...] = ("HN",)) -> Actor:
    return Actor("s-1", roles, stores)


def reach(operation: str, roles: tuple[str, ...], stores: tuple[str, ...]) -> Scope | None:
    try:
        return matrix().scope(operation, Actor("s-1", roles, stores, ("HN", "FT"), ("s-2",)))
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
    everywhere = Actor("a", ("r",), stores, ("HN", "NS"), ("b",))
    scopes = [Scope(one, everywhere.stores_within(one), "a", "r", everywhere.teammates) for one in WIDTH]
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


def test_team_means_mine_and_my_teammates_in_my_stores():
    ours = Scope(Reach.TEAM, ("HN",), "s-1", "sales_supervisor", ("s-2",))
    assert ours.admits(store_id="HN", owner_id="s-1")
    assert ours.admits(store_id="HN", owner_id="s-2")
    assert not ours.admits(store_id="HN", owner_id="s-3")
    assert not ours.admits(store_id="HN")
    assert not ours.admits(store_id="NS", owner_id="s-2")
    assert ours.owners == ("s-1", "s-2")


def test_dealer_means_every_store_of_my_dealer_mine_first_and_no_other():
    boss = Actor("s-1", ("dealer_leader",), ("NS",), ("HN", "NS"))
    his = matrix().scope("reporting.month_figures", boss)
    assert his.stores == ("NS", "HN")
    assert his.narrow(None) == ("NS", "HN")
    assert his.narrow("HN") == ("HN",)
    assert his.admits(store_id="HN", owner_id="s-2")
    with pytest.raises(StoreNotAllowed):
        his.narrow("FT")


def test_who_reaches_less_far_gains_nothing_by_his_dealer():
    manager = Actor("s-1", ("sales_manager",), ("NS",), ("HN", "NS"))
    assert matrix().scope("reporting.month_figures", manager).stores == ("NS",)


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


def test_what_a_role_sees_reaches_as_far_as_its_widest_word():
    assert matrix().sees_as_far_as("price", ("technician",)) is None
    assert matrix().sees_as_far_as("price", ("consultant", "technician")) is Reach.STORE
    assert matrix().sees_as_far_as("price", ("consultant", "dealer_leader")) is Reach.DEALER
    assert matrix().sees_as_far_as("price", ("leader", "dealer_leader")) is Reach.GROUP


def planted(tmp_path: Path, text: str) -> Matrix:
    path = tmp_path / "access.toml"
    path.write_text(text, "utf-8")
    return read(path)


def test_a_service_as_itself_has_its_own_role_alone_and_says_so():
    itself = Actor.service("followup")
    assert itself == Actor("service:followup", ("service:followup",), ())
    assert itself.is_service
    assert not Actor("s-1", ("leader",), ("HN",)).is_service
    assert Actor("s-1", ("leader", "service:followup"), ()).is_service


def test_the_roles_of_services_are_none_of_people_and_only_declared_ones_count(tmp_path):
    assert matrix().services
    assert not set(matrix().services) & set(matrix().roles)
    text = 'roles = ["leader"]\nservices = ["service:a"]\n[fields]\n[operations]\n"x.y" = {{ "{}" = "group" }}\n'
    assert planted(tmp_path, text.format("service:a")).operations["x.y"] == {"service:a": Reach.GROUP}
    with pytest.raises(ValueError, match="service:b"):
        planted(tmp_path, text.format("service:b"))


def test_a_matrix_that_names_an_undeclared_role_is_refused(tmp_path):
    with pytest.raises(ValueError, match="king"):
        planted(tmp_path, 'roles = ["leader"]\n[operations]\n"a.b" = { king = "group" }\n[fields]\n')


def test_a_matrix_that_lets_an_undeclared_role_see_is_refused(tmp_path):
    with pytest.raises(ValueError, match="king"):
        planted(tmp_path, 'roles = ["leader"]\n[operations]\n[fields]\nprice = { king = "store" }\n')


SETS = 'roles = ["a", "b", "c"]\n[fields]\n[sets]\nall = ["a", "b", "c"]\nsome = ["a", "b"]\n[operations]\n'


def test_a_set_stands_for_its_roles_the_wider_word_of_two_holds_and_a_role_s_own_before_both(tmp_path):
    matrix_ = planted(tmp_path, f'{SETS}"x.y" = {{ some = "dealer", b = "own", all = "store" }}\n')
    assert matrix_.operations["x.y"] == {"a": Reach.DEALER, "b": Reach.OWN, "c": Reach.STORE}


@pytest.mark.parametrize("sets", ['more = ["king"]', 'leader = ["leader"]'], ids=["unknown", "named as a role"])
def test_a_set_of_an_undeclared_role_or_named_as_one_is_refused(tmp_path, sets):
    with pytest.raises(ValueError, match=r"access\.toml names"):
        planted(tmp_path, f'roles = ["leader"]\n[fields]\n[operations]\n[sets]\n{sets}\n')


def test_a_matrix_with_an_unknown_reach_is_refused(tmp_path):
    with pytest.raises(ValueError, match="world"):
        planted(tmp_path, 'roles = ["leader"]\n[operations]\n"a.b" = { leader = "world" }\n[fields]\n')
