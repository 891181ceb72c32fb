"""Views of lists that people save: their own, within bounds, and none that its list would refuse."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from contracts.gateway.views import MOST_VIEWS
from tests.integration.gateway.running import Gateway, Person

BOARD, VISITS = "workshop.list_repair_orders", "followup.worklist"
READY = {"name": "今天要交的", "asked": {"stage": "ready", "sort": "opened_at"}}
NEW = {"name": "新到", "asked": {"sort": "-opened_at"}}


@pytest.fixture
def manager(gateway: Gateway) -> Person:
    return gateway.person("service_manager")


def save(person: Person, *views: Any, of: str = BOARD, **headers: Any) -> Any:
    return person.put("/me/views", {"of": of, "views": list(views)}, **headers)


def kept(person: Person) -> dict[str, Any]:
    return {one["of"]: one["views"] for one in person.get("/me/views").body["items"]}


def test_what_was_saved_is_there_in_its_order_and_its_owner_s_alone(gateway: Gateway, manager: Person) -> None:
    assert kept(manager) == {}
    saved = save(manager, READY, NEW)
    assert (saved.status, saved.body, saved.headers["ETag"]) == (
        200,
        {"of": BOARD, "views": [READY, NEW], "version": 1},
        '"1"',
    )
    assert save(manager, {"name": "电话", "asked": {"channel": "call"}}, of=VISITS).status == 200
    assert save(manager, NEW, {**READY, "name": " 待交 "}).body["version"] == 2
    assert kept(manager) == {
        BOARD: [NEW, {**READY, "name": "待交"}],
        VISITS: [{"name": "电话", "asked": {"channel": "call"}}],
    }
    assert kept(gateway.person("service_manager")) == {}
    assert save(manager).body["views"] == []
    assert kept(manager)[BOARD] == []


@pytest.mark.parametrize(
    ("views", "where"),
    [
        ([{"name": "x", "asked": {"stage": "gone"}}], ["0", "asked", "stage"]),
        ([READY, {"name": "x", "asked": {"sort": "price"}}], ["1", "asked", "sort"]),
        ([{"name": "x", "asked": {"colour": "red"}}], ["0", "asked", "colour"]),
        *([{"name": "x", "asked": {name: value}}] and ([{"name": "x", "asked": {name: value}}], ["0", "asked", name])
          for name, value in (("page", 2), ("size", 9), ("after", "x"), ("store_id", "HN"),
                              ("customer_id", str(uuid4())), ("vehicle_id", str(uuid4())))),
        ([{"name": "x", "asked": []}], ["0", "asked"]),
        ([{"name": "", "asked": {}}], ["0", "name"]),
        ([{"name": "　", "asked": {}}], ["0", "name"]),
        ([{"name": "名" * 41, "asked": {}}], ["0", "name"]),
        ([{"asked": {}}], ["0", "name"]),
        ([READY, {"name": f" {READY['name']}", "asked": {}}], ["1", "name"]),
        ([{"name": str(number), "asked": {}} for number in range(MOST_VIEWS + 1)], []),
    ],
)  # fmt: skip
def test_a_view_that_its_list_would_refuse_or_that_is_none_is_not_saved(
    manager: Person, views: list[Any], where: list[str]
) -> None:
    save(manager, NEW)
    refused = save(manager, *views)
    assert (refused.status, list(refused.body["errors"])) == (422, ["views"])
    place = refused.body["errors"]["views"]
    for name in where:
        assert list(place) == [name]
        place = place[name]
    assert kept(manager) == {BOARD: [NEW]}, "and nothing of it"


def test_as_many_as_there_may_be_are_saved(manager: Person) -> None:
    views = [{"name": "名" * 38 + f"{number:02}", "asked": {}} for number in range(MOST_VIEWS)]
    assert save(manager, *views).body["views"] == views


@pytest.mark.parametrize("of", ["gateway.list_access", "orders", "", None, "workshop.settle_repair"])
def test_a_view_is_of_a_list_that_has_views(manager: Person, of: Any) -> None:
    refused = save(manager, NEW, of=of)
    assert (refused.status, list(refused.body["errors"])) == (422, ["of"])


def test_a_list_that_somebody_may_not_see_has_no_views_of_his(gateway: Gateway, manager: Person) -> None:
    refused = save(gateway.person("plate_clerk"), NEW)
    assert (refused.status, refused.code) == (403, "OPERATION_NOT_ALLOWED")
    save(manager, NEW)
    gateway.rows("UPDATE staff SET roles = '{consultant}' WHERE code = %s", manager.code)
    gateway.person("admin").patch(f"/staff/{manager.code}", {"roles": ["consultant"]})
    assert kept(manager) == {}, "whoever gets another role"


def test_what_a_list_no_longer_knows_is_not_told(gateway: Gateway, manager: Person) -> None:
    save(manager, READY, NEW)
    old = (
        """UPDATE saved_views SET views = jsonb_set(views, '{0,asked}', '{"bay_of_before": 1}') WHERE staff_code = %s"""
    )
    gateway.rows(old, manager.code)
    assert kept(manager) == {BOARD: [NEW]}
    gateway.rows("UPDATE saved_views SET of = 'sales.list_of_before' WHERE staff_code = %s", manager.code)
    assert kept(manager) == {}


def test_two_tabs_do_not_take_each_other_s_views_away(manager: Person) -> None:
    assert save(manager, NEW, If_Match='"1"').status == 412, "none was saved that could be known"
    assert save(manager, NEW).body["version"] == 1
    assert save(manager, READY, If_Match='"1"').body["version"] == 2
    stale = save(manager, NEW, If_Match='"1"')
    assert (stale.status, stale.code) == (412, "STALE_VERSION")
    assert kept(manager) == {BOARD: [READY]}


def test_ten_at_once_are_kept_one_after_the_other(manager: Person) -> None:
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda number: save(manager, {"name": str(number), "asked": {}}), range(10)))
    assert sorted(answer.body["version"] for answer in answers) == list(range(1, 11))


def test_a_retry_is_the_same_save(manager: Person) -> None:
    done = [save(manager, NEW, Idempotency_Key=f"views-{manager.code}").body for _ in range(2)]
    assert done[0] == done[1]
    assert done[0]["version"] == 1
