"""A car nobody knows is taken in by one call; what is cut on the way is gone on with, and nothing is done twice."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from chassis.process import clock
from contracts.customer.operations import register_customer
from simulator.client import ApiProblem, Client
from tests.support import randoms
from tests.support.polling import eventually
from tests.support.system import System


def arrival(**more: Any) -> dict[str, Any]:
    """Somebody new with a new car."""
    return {
        "name": randoms.name(),
        "mobile": randoms.mobile(),
        "vehicle": {"vin": randoms.vin(), "plate": randoms.plate(), "model": "GL8"},
        "store_id": "HN",
        "km": 9_800,
        "complaint": "异响",
        "lines": [{"description": "检查底盘", "amount_fen": 12_000}],
        **more,
    }


def refused(client: Client, body: dict[str, Any], *, key: str | None = None) -> ApiProblem:
    with pytest.raises(ApiProblem) as caught:
        client.post("/arrivals", body, key=key)
    return caught.value


def known(system: System, body: dict[str, Any]) -> list[dict[str, Any]]:
    """Who is found by the car."""
    found: list[dict[str, Any]] = system.as_("advisor").get("/customers/lookup", q=body["vehicle"]["vin"])["items"]
    return found


def orders_of(system: System, customer_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = system.as_("advisor").get("/repair-orders", customer_id=customer_id)["items"]
    return found


def test_an_unknown_car_of_an_unknown_customer_is_taken_in_by_one_call(system: System) -> None:
    advisor, body = system.as_("advisor"), arrival()
    made = advisor.post("/arrivals", body)
    order = made["repair_order"]
    assert (made["created"], order["km"], order["complaint"], order["total_fen"]) == (True, 9_800, "异响", 12_000)
    assert (order["customer_id"], order["vehicle_id"]) == (made["customer_id"], made["vehicle_id"])
    assert order["advisor_id"] == system.staff_id("advisor")
    (him,) = known(system, body)
    assert (him["customer_id"], him["vehicles"][0]["plate"]) == (made["customer_id"], body["vehicle"]["plate"])
    assert advisor.get(f"/repair-orders/{order['ro_id']}")["number"] == order["number"]
    eventually(lambda: system.view_with(made["customer_id"], "repair_order_opened"), within=10)


def test_who_comes_again_is_found_and_only_the_order_is_new(system: System) -> None:
    advisor, body = system.as_("advisor"), arrival()
    first = advisor.post("/arrivals", body)
    again = advisor.post("/arrivals", {**body, "km": 10_100})
    assert (again["created"], again["customer_id"], again["vehicle_id"]) == (
        False, first["customer_id"], first["vehicle_id"],
    )  # fmt: skip
    assert "mobile" in again["evidence"]
    assert len(orders_of(system, first["customer_id"])) == 2


def test_where_it_is_not_sure_who_he_is_the_answer_says_who_he_may_be_and_nothing_is_done(system: System) -> None:
    advisor, body = system.as_("advisor"), arrival(name="张伟")
    first = advisor.post("/arrivals", body)
    other = arrival(name="李娜", mobile=body["mobile"])
    problem = refused(advisor, other)
    assert (problem.status, problem.code) == (409, "POSSIBLE_DUPLICATE")
    (candidate,) = problem.problem["details"]["candidates"]
    mobile = body["mobile"]
    assert (candidate["customer_id"], candidate["name"]) == (first["customer_id"], "张伟")
    assert candidate["mobile"] == f"{mobile[:3]}****{mobile[-4:]}"
    assert mobile not in str(problem.problem)
    assert known(system, other) == []
    assert len(orders_of(system, first["customer_id"])) == 1

    car = {field: other[field] for field in ("vehicle", "store_id", "km", "complaint")}
    chosen = advisor.post("/arrivals", {**car, "customer_id": first["customer_id"]})
    assert (chosen["customer_id"], chosen["created"]) == (first["customer_id"], False)
    assert chosen["vehicle_id"] != first["vehicle_id"]
    mine = advisor.post("/arrivals", {**other, "vehicle": {"vin": randoms.vin()}, "force_new": True, "reason": "夫妻"})
    assert mine["created"]


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"lines": [{"description": "送", "amount_fen": -5}]}, 422, "LINE_AMOUNT"),
        ({"lines": [{"description": "送", "amount_fen": -5, "kind": "DISCOUNT"}]}, 422, "DISCOUNT_TOO_LARGE"),
        ({"mobile": "12345678901"}, 422, "MOBILE_INVALID"),
        ({"vehicle": {"vin": "LSGDC82C02S71621I"}}, 422, "VIN_INVALID"),
        ({"km": -1}, 422, "INVALID_REQUEST"),
        ({"complaint": "  "}, 422, "INVALID_REQUEST"),
        ({"mobile": None}, 422, "INVALID_REQUEST"),
        ({"customer_id": str(uuid4())}, 422, "INVALID_REQUEST"),
        ({"store_id": "FT"}, 403, "STORE_NOT_ALLOWED"),
        ({"store_id": "XX"}, 403, "STORE_NOT_ALLOWED"),
        ({"force_new": True}, 422, "REASON_REQUIRED"),
    ],
)
def test_what_is_wrong_in_any_part_of_it_is_refused_before_anything_is_done(
    system: System, more: dict[str, Any], status: int, code: str
) -> None:
    body = arrival() | more
    problem = refused(system.as_("advisor"), body)
    assert (problem.status, problem.code) == (status, code)
    assert code == "VIN_INVALID" or known(system, body) == []


def test_one_or_the_other_way_to_say_who_comes(system: System) -> None:
    advisor = system.as_("advisor")
    nobody = refused(advisor, arrival(name=None, mobile=None))
    assert sorted(nobody.problem["errors"]) == ["mobile", "name"]
    both = refused(advisor, arrival(customer_id=str(uuid4())))
    assert sorted(both.problem["errors"]) == ["mobile", "name"]
    stranger = {**arrival(customer_id=str(uuid4())), "name": None, "mobile": None}
    assert refused(advisor, stranger).code == "CUSTOMER_NOT_FOUND"


def test_a_car_of_somebody_else_is_not_made_his(system: System) -> None:
    advisor, body = system.as_("advisor"), arrival()
    owner, other = advisor.post("/arrivals", body), advisor.post("/arrivals", arrival())
    his = {"customer_id": other["customer_id"], "name": None, "mobile": None}
    assert refused(advisor, body | his).code == "VEHICLE_HAS_OWNER"
    brought = advisor.post("/arrivals", body | his | {"vehicle": {**body["vehicle"], "role": "bringer"}})
    assert (brought["vehicle_id"], brought["repair_order"]["customer_id"]) == (
        owner["vehicle_id"], other["customer_id"],
    )  # fmt: skip


def test_a_store_that_has_closed_takes_nobody_in_and_registers_nobody(system: System) -> None:
    closed = randoms.code()
    system.boss.post("/stores", {"code": closed, "name": "旧店", "dealer_code": "HT"})
    advisor, body = system.hired("advisor", store=closed), arrival(store_id=closed)
    system.boss.send("PATCH", f"/stores/{closed}", {"closes_on": (clock.now() - timedelta(days=1)).date().isoformat()})

    def turned_away() -> bool:
        return refused(advisor, arrival(store_id=closed, name=None, mobile=None)).code == "INVALID_REQUEST" and bool(
            system.rows("workshop", "SELECT 1 FROM store WHERE store_id = %s AND closes_on IS NOT NULL", closed)
        )

    eventually(turned_away, within=10, what="the workshop to hear that the store has closed")
    assert refused(advisor, body).code == "STORE_CLOSED"
    assert known(system, body) == []


def test_who_may_not_do_one_part_of_it_does_none(system: System) -> None:
    body = arrival()
    for role in ("receptionist", "technician", "consultant", "finance", "leader"):
        assert refused(system.as_(role), body).code == "OPERATION_NOT_ALLOWED"
    assert known(system, body) == []


def test_cards_are_not_guessed_by_arrivals_and_who_was_found_by_a_number_is_written_down(system: System) -> None:
    """R62: writing a number down is searching for it, in whatever call."""
    guesser, body = system.hired("advisor"), arrival()
    first = system.as_("advisor").post("/arrivals", body)
    assert guesser.post("/arrivals", body)["customer_id"] == first["customer_id"]
    found = system.boss.get("/access-log", staff_id=guesser.get("/me")["staff_id"])["items"]
    assert [(one["operation"], one["subject_id"]) for one in found] == [
        ("gateway.record_arrival", first["customer_id"]),
    ]  # fmt: skip
    for _ in range(30):
        assert guesser.post("/arrivals", arrival(id_no=randoms.resident_id()))["created"]
    thirty_first = arrival(id_no=randoms.resident_id())
    assert refused(guesser, thirty_first).code == "SEARCH_LIMIT"
    assert known(system, thirty_first) == []


def test_the_same_key_gives_the_same_answer_and_with_another_body_none(system: System) -> None:
    advisor, body, key = system.as_("advisor"), arrival(), str(uuid4())
    first = advisor.post("/arrivals", body, key=key)
    assert advisor.post("/arrivals", body, key=key) == first
    others: list[dict[str, Any]] = [{"km": 1}, {"name": "王芳"}, {"lines": []}]
    for other in others:
        problem = refused(advisor, body | other, key=key)
        assert (problem.status, problem.code) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert len(orders_of(system, first["customer_id"])) == 1


def test_a_key_that_was_refused_may_be_used_for_what_is_right(system: System) -> None:
    advisor, body, key = system.as_("advisor"), arrival(), str(uuid4())
    assert refused(advisor, body | {"mobile": "123"}, key=key).code == "MOBILE_INVALID"
    assert advisor.post("/arrivals", body, key=key)["created"]


def test_ten_at_once_with_one_key_are_one_arrival(system: System) -> None:
    token, body, key = system.as_("advisor").token, arrival(), str(uuid4())
    answers: list[Any] = []

    def send() -> None:
        client = Client(system.base_url, token=token, store="HN")
        try:
            answers.append(insisting(client, body, key))
        finally:
            client.close()

    threads = [threading.Thread(target=send) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 10
    assert all(answer == answers[0] for answer in answers)
    assert len(orders_of(system, answers[0]["customer_id"])) == 1


def insisting(client: Client, body: dict[str, Any], key: str) -> dict[str, Any]:
    """Send it with its key until it is answered, as the console does."""

    def answered() -> dict[str, Any] | None:
        try:
            answer: dict[str, Any] = client.post("/arrivals", body, key=key)
        except ApiProblem as problem:
            if problem.status < 500 and problem.code != "REQUEST_IN_PROGRESS":
                raise
            return None
        except OSError:
            return None
        return answer

    return eventually(answered, within=60, what="the arrival to be answered")


def send_and_lose(system: System, body: dict[str, Any], key: str) -> threading.Thread:
    """Send it and do not care for the answer."""
    token = system.as_("advisor").token

    def send() -> None:
        client = Client(system.base_url, token=token, store="HN")
        with suppress(ApiProblem, OSError):
            client.post("/arrivals", body, key=key)
        client.close()

    thread = threading.Thread(target=send)
    thread.start()
    return thread


def begun(system: System, key: str) -> bool:
    return bool(system.rows("gateway", "SELECT 1 FROM command_log WHERE key = %s", key))


def registered(system: System, key: str) -> bool:
    return bool(system.rows("customer", "SELECT 1 FROM command_log WHERE key = %s", f"{key} {register_customer.name}"))


@pytest.mark.parametrize("dies", ["gateway", "customer", "workshop"])
@pytest.mark.parametrize("cut", ["at the customer", "at the repair order"])
def test_an_arrival_that_is_cut_is_gone_on_with_and_nothing_is_done_twice(system: System, cut: str, dies: str) -> None:
    body, key = arrival(), str(uuid4())
    with system.frozen("customer"):
        sent = send_and_lose(system, body, key)
        eventually(lambda: begun(system, key), within=5, what="the arrival to be begun")
        if cut == "at the customer":
            system.kill(dies)
    if cut == "at the repair order":
        with system.frozen("workshop"):
            eventually(lambda: registered(system, key), within=7, what="the customer to be registered")
            system.kill(dies)
    sent.join()

    advisor = system.as_("advisor")
    made = insisting(advisor, body, key)
    assert refused(advisor, body | {"km": 1}, key=key).code == "IDEMPOTENCY_KEY_REUSED"
    (him,) = known(system, body)
    (order,) = orders_of(system, made["customer_id"])
    assert (him["customer_id"], order) == (made["customer_id"], made["repair_order"])
    people = "SELECT count(*) FROM customer WHERE name = %s AND mobile = %s"
    assert system.rows("customer", people, body["name"], body["mobile"]) == [(1,)]
    system.ready_again(within=30)


def test_another_body_goes_on_with_nobody_else_s_arrival(system: System) -> None:
    """The key is the first one's even while nothing but the customer is done."""
    body, key = arrival(), str(uuid4())
    with system.frozen("customer"):
        sent = send_and_lose(system, body, key)
        eventually(lambda: begun(system, key), within=5, what="the arrival to be begun")
        system.kill("gateway")
    sent.join()

    def told() -> bool:
        try:
            return refused(system.as_("advisor"), body | {"km": 1}, key=key).code == "IDEMPOTENCY_KEY_REUSED"
        except OSError:
            return False

    eventually(told, within=20, what="the gateway to say whose key it is")
    assert insisting(system.as_("advisor"), body, key)["repair_order"]["km"] == body["km"]


def whose_card_was_read(system: System, customer_id: str, *, by: Client) -> list[dict[str, Any]]:
    staff_id = by.get("/me")["staff_id"]
    found: list[dict[str, Any]] = system.boss.get("/access-log", subject_id=customer_id, staff_id=staff_id)["items"]
    return found


def test_whom_a_card_found_is_in_the_access_log_also_where_the_order_is_not_opened(system: System) -> None:
    who, advisor = {"name": randoms.name(), "id_no": randoms.resident_id()}, system.hired("advisor")
    him = system.as_("advisor").post("/arrivals", arrival(**who))
    with system.databases.connection("workshop", autocommit=False) as connection:
        connection.execute("LOCK TABLE repair_order IN EXCLUSIVE MODE")
        problem = refused(advisor, arrival(**who))
        connection.rollback()
    assert problem.status in (503, 504)
    eventually(
        lambda: whose_card_was_read(system, him["customer_id"], by=advisor), within=5, what="the entry of who was found"
    )


def test_nobody_sends_the_key_of_a_part(system: System) -> None:
    """Whoever could would have the order refused after the customer was found, and his search counted as none."""
    who = {"name": randoms.name(), "id_no": randoms.resident_id()}
    advisor, key = system.hired("advisor"), str(uuid4())
    order = system.as_("advisor").post("/arrivals", arrival(**who))["repair_order"]
    for between in (".", "-", ":", "/"):
        same = {"km": order["km"], "reason": "same"}
        advisor.post(f"/repair-orders/{order['ro_id']}/km", same, key=f"{key}{between}workshop.open_repair_order")
    with pytest.raises(ApiProblem) as blank:
        advisor.post(f"/repair-orders/{order['ro_id']}/km", same, key=f"{key} workshop.open_repair_order")
    assert blank.value.status == 422

    made = advisor.post("/arrivals", arrival(**who), key=key)

    assert (made["customer_id"], made["created"]) == (order["customer_id"], False)
    eventually(lambda: whose_card_was_read(system, made["customer_id"], by=advisor), within=5, what="the entry")
