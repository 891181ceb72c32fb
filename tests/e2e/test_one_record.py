"""One person, one record, in every department, over the public API (R17, R20, R21, R29, R62)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest

from chassis.process.settings import SERVICES
from simulator.client import ApiProblem, Client
from tests.support import randoms
from tests.support.kept import SETTLED_WITHIN
from tests.support.polling import eventually
from tests.support.system import System

SOON = 5.0
"""Seconds that acceptance allows between a fact and its effects (A0)."""

DEPARTMENTS = ("consultant", "advisor", "finance", "receptionist", "cr_agent")


def registered(client: Client, **given: Any) -> tuple[int, dict[str, Any]]:
    """Status and answer of a registration in store HN; a question counts as an answer too."""
    try:
        return client.send("POST", "/customers", {"store_id": "HN", **given})
    except ApiProblem as problem:
        return problem.status, problem.problem


def test_ten_desks_of_every_department_at_once_make_one_record(system: System) -> None:
    mobile, together = randoms.mobile(), Barrier(10, timeout=20)
    clients = []
    for turn in range(10):
        known = system.as_(DEPARTMENTS[turn % len(DEPARTMENTS)])
        clients.append(Client(known.base_url, token=known.token, store=known.store))

    def register(client: Client) -> tuple[int, dict[str, Any]]:
        together.wait()
        try:
            return registered(client, name="曾国强", mobile=mobile)
        finally:
            client.close()

    with ThreadPoolExecutor(10) as desks:
        answers = list(desks.map(register, clients))
    assert sorted(status for status, _ in answers) == [200] * 9 + [201]
    assert len({answer["customer_id"] for _, answer in answers}) == 1


def test_another_name_on_the_number_is_a_question_that_shows_what_speaks_for_it(system: System) -> None:
    desk, mobile = system.as_("receptionist"), randoms.mobile()
    _, first = registered(desk, name="张伟", mobile=mobile)
    status, question = registered(desk, name="李娜", mobile=mobile)
    assert (status, question["code"]) == (409, "POSSIBLE_DUPLICATE")
    (candidate,) = question["details"]["candidates"]
    assert (candidate["customer_id"], candidate["points"]) == (first["customer_id"], 62)
    status, problem = registered(desk, name="李娜", mobile=mobile, force_new=True)
    assert (status, problem["code"]) == (422, "REASON_REQUIRED")
    status, second = registered(desk, name="李娜", mobile=mobile, force_new=True, reason="夫妻共用一个号码")
    assert status == 201
    assert second["customer_id"] != first["customer_id"]


def test_the_card_fills_in_the_form_and_a_slip_in_it_is_told_by_its_code(system: System) -> None:
    desk, number = system.as_("receptionist"), randoms.resident_id()
    _, made = registered(desk, name="王建国", mobile=randoms.mobile(), id_no=number)
    view = desk.get(f"/customers/{made['customer_id']}/360")
    assert view["birth_date"].replace("-", "") == number[6:14]
    assert view["gender"] == ("male" if int(number[16]) % 2 else "female")
    assert view["id_number"] == f"{number[0]}{16 * '*'}{number[-1]}"
    wrong = number[:17] + ("0" if number[17] != "0" else "1")
    status, problem = registered(desk, name="王建国", mobile=randoms.mobile(), id_no=wrong)
    assert (status, problem["code"], problem["details"]["field"]) == (422, "ID_CHECKSUM", "id_no")


def test_the_card_finds_its_bearer_and_stands_readable_in_no_database(system: System) -> None:
    desk, number = system.as_("receptionist"), randoms.resident_id()
    _, made = registered(desk, name="王建国", mobile=randoms.mobile(), id_no=number)
    assert [hit["customer_id"] for hit in desk.get("/customers/lookup", q=number)["items"]] == [made["customer_id"]]
    assert desk.get("/customers/prefill", id_no=number)["bearer"]["customer_id"] == made["customer_id"]
    eventually(system.caught_up, within=SETTLED_WITHIN)
    tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
    readable = "SELECT 1 FROM {} t WHERE t::text LIKE %s OR t::text LIKE %s LIMIT 1"
    found = [
        (service, table)
        for service in SERVICES
        for (table,) in system.rows(service, tables)
        if system.rows(service, readable.format(table), f"%{number}%", f"%{number.encode().hex()}%")
    ]
    assert found == []
    assert system.rows("customer", readable.format("customer"), f"%{made['customer_id']}%", "") == [(1,)]


def test_a_number_that_one_department_changes_is_known_to_all_and_its_history_tells_who(system: System) -> None:
    old, new = randoms.mobile(), randoms.mobile()
    _, made = registered(system.as_("consultant"), name="诸葛文远", mobile=old)
    path = f"/customers/{made['customer_id']}"
    status, answer = system.as_("finance").send("PATCH", path, {"mobile": new, "expected_version": 1})
    assert (status, answer["version"]) == (200, 2)

    def found(q: str) -> bool:
        hits = system.as_("advisor", store="FT").get("/customers/lookup", q=q)["items"]
        return any(hit["customer_id"] == made["customer_id"] for hit in hits)

    eventually(partial(found, new), within=SOON)
    assert not found(old)
    (change,) = system.as_("cr_agent").get(f"{path}/audit", field="mobile")["items"]
    assert (change["department"], change["staff_id"]) == ("finance", system.staff_id("finance"))
    assert change["new"]["mobile"] == f"{new[:3]}****{new[-4:]}"
    with pytest.raises(ApiProblem) as caught:
        system.as_("finance").send("PATCH", path, {"mobile": old, "expected_version": 1})
    assert (caught.value.status, caught.value.code) == (412, "STALE_VERSION")


def test_what_he_lives_by_is_typed_and_changed_by_its_code_in_the_version_that_was_seen(system: System) -> None:
    desk = system.as_("receptionist")
    _, made = registered(desk, name="姜子牙", mobile=randoms.mobile(), occupation="self_employed")
    path = f"/customers/{made['customer_id']}"
    assert desk.get(f"{path}/360")["occupation"] == "self_employed"
    status, answer = desk.send("PATCH", path, {"occupation": "retired", "expected_version": 1})
    assert (status, answer["changed"], desk.get(f"{path}/360")["occupation"]) == (200, ["occupation"], "retired")
    (changed,) = system.as_("cr_agent").get(f"{path}/audit", field="occupation")["items"]
    assert changed["old"] == {"occupation": "self_employed"}
    assert desk.get(f"{path}/dossier", format="json")["customer"]["occupation"] == "retired"
    for occupation, version, refused in (("钓鱼", 2, (422, "INVALID_REQUEST")), (None, 1, (412, "STALE_VERSION"))):
        with pytest.raises(ApiProblem) as caught:
            desk.send("PATCH", path, {"occupation": occupation, "expected_version": version})
        assert (caught.value.status, caught.value.code) == refused
    assert desk.get(f"{path}/360")["occupation"] == "retired"


def test_addresses_are_for_those_who_need_them(system: System) -> None:
    _, made = registered(
        system.as_("receptionist"), name="林小明", mobile=randoms.mobile(), address="福田区深南大道1001号"
    )
    path = f"/customers/{made['customer_id']}/360"
    assert system.as_("cr_agent").get(path)["addresses"][0]["text"] == "福田区深南大道1001号"
    assert system.as_("leader").get(path)["addresses"][0]["text"] is None
