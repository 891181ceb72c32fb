"""Calls to a real service through the gateway: stores, masks, names, statuses, and the access log."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import pytest

from contracts.access import matrix
from tests.integration.gateway.running import Gateway, Person, Process
from tests.support import randoms
from tests.support.polling import eventually

pytestmark = pytest.mark.usefixtures("customer_service")

HERE, THERE = "HN", "FT"


@pytest.fixture(scope="module")
def desk(gateway: Gateway) -> Person:
    """A receptionist of one store."""
    return gateway.person("receptionist", stores=(HERE,))


def register(desk: Person, **fields: Any) -> dict[str, Any]:
    body = {"name": randoms.name(), "mobile": randoms.mobile(), "store_id": HERE, **fields}
    answer = desk.post("/customers", body)
    assert answer.status == 201, answer.body
    return {**body, **answer.body}


def test_who_is_new_is_created_and_who_is_known_is_found(desk: Person) -> None:
    known = register(desk)
    again = desk.post("/customers", {"name": known["name"], "mobile": known["mobile"], "store_id": HERE})
    assert (again.status, again.body["created"], again.body["customer_id"]) == (200, False, known["customer_id"])


def test_a_lookup_shows_the_number_masked(desk: Person) -> None:
    known = register(desk)
    (hit,) = desk.get(f"/customers/lookup?q={known['mobile']}").body["items"]
    assert hit["customer_id"] == known["customer_id"]
    assert hit["mobile"] == f"{known['mobile'][:3]}****{known['mobile'][-4:]}"
    view = desk.get(f"/customers/{known['customer_id']}/360")
    assert known["mobile"] not in str(view.body)
    assert (view.body["store_id"], view.body["store_name"]) == (HERE, f"{HERE}店")
    assert view.headers["ETag"] == '"1"'


def test_the_full_number_is_shown_with_a_reason_and_logged_first(gateway: Gateway, desk: Person) -> None:
    known = register(desk)
    path = f"/customers/{known['customer_id']}/reveal"
    assert desk.post(path, {}).status == 422
    revealed = desk.post(path, {"reason": "交车前联系"}, X_Request_Id="req-reveal-1")
    assert revealed.body["full_mobile"] == known["mobile"]
    assert (revealed.headers["RateLimit-Remaining"], revealed.headers["RateLimit-Reset"]) == ("29", "3600")
    logged = gateway.rows(
        "SELECT staff_id, operation, reason, request_id FROM access_log WHERE subject_id = %s", known["customer_id"]
    )
    assert logged == [(desk.code, "customer.reveal_contact", "交车前联系", "req-reveal-1")]
    page = gateway.person("leader").get("/access-log").body
    assert page["items"][0]["staff_name"] == f"员工{desk.code}"
    assert known["mobile"] not in gateway.process.log.read_text("utf-8")


def test_who_was_looked_at_is_named_to_those_who_may_know_names(gateway: Gateway, desk: Person) -> None:
    known = register(desk)
    desk.post(f"/customers/{known['customer_id']}/reveal", {"reason": "回访"})
    asked = f"/access-log?subject_id={known['customer_id']}&operation=customer.reveal_contact"
    leader, admin = gateway.person("leader"), gateway.person("admin")
    (entry,) = leader.get(f"{asked}&expand=customer").body["items"]
    told = (entry["customer_id"], entry["customers"], entry["customer_name"])
    assert told == (known["customer_id"], 1, known["name"])
    assert admin.get(asked).body["items"][0]["customer_id"] == known["customer_id"]
    assert admin.get(f"{asked}&expand=customer").code == "OPERATION_NOT_ALLOWED"


def test_what_cannot_be_logged_is_not_shown(gateway: Gateway, desk: Person) -> None:
    known = register(desk)
    gateway.rows('REVOKE INSERT ON access_log FROM "gateway_app"')
    try:
        refused = desk.post(f"/customers/{known['customer_id']}/reveal", {"reason": "回访"})
    finally:
        gateway.rows('GRANT INSERT ON access_log TO "gateway_app"')
    assert refused.status == 500
    assert known["mobile"] not in str(refused.body)


def test_more_numbers_than_one_sees_in_an_hour_are_not_shown(gateway: Gateway, desk: Person) -> None:
    known, greedy = register(desk), gateway.person("cr_agent", stores=(HERE,))
    gateway.rows(
        "INSERT INTO access_log SELECT gen_random_uuid(), now() - interval '50 min', %s, 'customer.reveal_contact',"
        " %s, 'x', 'x' FROM generate_series(1, 26)",
        greedy.code,
        known["customer_id"],
    )
    path = f"/customers/{known['customer_id']}/reveal"
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: greedy.post(path, {"reason": "回访"}, Accept_Language="en"), range(10)))
    refused = [answer for answer in answers if answer.status != 200]
    assert len(refused) == 6
    for answer in refused:
        assert (answer.status, answer.code, answer.headers["Content-Language"]) == (429, "REVEAL_LIMIT", "en")
        assert 0 < int(answer.headers["Retry-After"]) <= 600
        assert known["mobile"] not in str(answer.body)
    assert "30" in greedy.post(path, {"reason": "回访"}).body["title"]
    assert desk.post(path, {"reason": "回访"}).status == 200, "the ration is each one's own"
    metrics = gateway.page("/metrics").body.decode()
    assert "crm_reveals_refused_total 7.0" in metrics
    assert 'crm_access_total{operation="customer.reveal_contact"}' in metrics
    assert '"not shown: more than one person sees in an hour"' in gateway.process.log.read_text("utf-8")


def test_a_customer_is_found_in_the_log_however_his_identifier_was_typed(gateway: Gateway, desk: Person) -> None:
    known = register(desk)["customer_id"]
    desk.post(f"/customers/{known.upper()}/reveal", {"reason": "回访"})
    desk.post(f"/customers/{known.replace('-', '')}/reveal", {"reason": "回访"})
    leader = gateway.person("leader")
    found = leader.get(f"/access-log?subject_id={known}&staff_id={desk.code}&operation=customer.reveal_contact").body
    assert (found["total"], {one["subject_id"] for one in found["items"]}) == (2, {known})
    newest, older = found["items"]
    assert newest["position"] > older["position"]
    assert len(newest["hash"]) == 64
    assert leader.get(f"/access-log?subject_id={known}&until=2026-01-01T00:00:00Z").body["total"] == 0
    wrong = [leader.get(f"/access-log?{query}") for query in ("since=yesterday", "subject_id=x", "from=2026-01-01")]
    assert [(answer.status, answer.code) for answer in wrong] == [(422, "INVALID_REQUEST")] * 3


ASKED_OF_ONE = (
    "lookup?q={mobile}", "lookup?q={id_no}", "{customer_id}/audit", "{customer_id}/360", "{customer_id}/consents",
    "{customer_id}/completeness", "{customer_id}/documents", "{customer_id}/dossier", "{customer_id}/relations",
    "prefill?id_no={id_no}", "prefill?vin={vin}",
)  # fmt: skip


def test_no_answer_about_a_customer_holds_his_number_or_card_in_full(gateway: Gateway, desk: Person) -> None:
    card = randoms.resident_id()
    car = {"vin": randoms.vin(), "model": "GL8"}
    known = {**register(desk, id_no=card, vehicle=car), **car}
    path = f"/customers/{known['customer_id']}"
    assert desk.patch(path, {"mobile": randoms.mobile()}, If_Match='"1"').status == 200
    paper = {"type": "id_copy", "number": card, "store_id": HERE, "shelf": "A-1"}
    assert desk.post(f"{path}/documents", paper).status == 201
    everybody = gateway.person(*matrix().roles, stores=(HERE,))
    for asked in ASKED_OF_ONE:
        answer = everybody.get(f"/customers/{asked.format(**known)}")
        assert answer.status == 200, (asked, answer.body)
        said = answer.body if isinstance(answer.body, bytes) else str(answer.body).encode()
        assert known["mobile"].encode() not in said, asked
        assert card.encode() not in said, asked


def test_the_store_acted_for_must_be_ones_own(gateway: Gateway, desk: Person) -> None:
    gateway.person("receptionist", stores=(THERE,))
    body = {"name": "张伟", "mobile": randoms.mobile()}
    assert desk.post("/customers", body, X_Store_Id=HERE).status == 201
    foreign = [
        desk.post("/customers", {**body, "mobile": randoms.mobile()}, X_Store_Id=THERE),
        desk.post("/customers", {**body, "mobile": randoms.mobile(), "store_id": THERE}),
        desk.post("/customers", {**body, "mobile": randoms.mobile(), "store_id": THERE}, X_Store_Id=HERE),
        desk.get("/me", X_Store_Id=THERE),
    ]
    assert [(answer.status, answer.code) for answer in foreign] == [(403, "STORE_NOT_ALLOWED")] * 4
    assert desk.get("/customers/lookup?q=13800000000", X_Store_Id=THERE).status == 200, "customers are everybody's"
    missing = desk.post("/customers", body)
    assert (missing.status, list(missing.body["errors"])) == (422, ["store_id"])
    assert desk.get("/me", X_Store_Id="h n").code == "INVALID_REQUEST"


def test_what_a_role_may_not_do_never_reaches_the_service(gateway: Gateway) -> None:
    inspector = gateway.person("inspector", stores=(HERE,))
    refused = inspector.get("/customers/lookup?q=13800000000")
    assert (refused.status, refused.code) == (403, "OPERATION_NOT_ALLOWED")
    assert gateway.person("admin").get("/customers/lookup?q=13800000000").status == 403


def test_a_services_refusal_comes_through_in_the_callers_language(desk: Person) -> None:
    missing = "/customers/0193a0f2-6c11-7c3a-9d52-0b6f1b2c9a01/360"
    chinese, english = desk.get(missing), desk.get(missing, Accept_Language="en-GB,en;q=0.8,zh;q=0.2")
    assert (chinese.status, chinese.code, chinese.body["title"]) == (404, "CUSTOMER_NOT_FOUND", "没有这位客户")
    assert (english.status, english.body["title"]) == (404, "There is no such customer")
    assert (chinese.headers["Content-Language"], english.headers["Content-Language"]) == ("zh", "en")


def test_a_command_repeated_with_its_key_is_done_once_in_its_service(desk: Person) -> None:
    key = randoms.code("key-")
    body = {"name": randoms.name(), "mobile": randoms.mobile(), "store_id": HERE}
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda _: desk.post("/customers", body, Idempotency_Key=key), range(5)))
    assert {answer.status for answer in answers} == {201}
    assert len({answer.body["customer_id"] for answer in answers}) == 1
    other = desk.post("/customers", {**body, "name": "别人"}, Idempotency_Key=key)
    assert (other.status, other.code) == (422, "IDEMPOTENCY_KEY_REUSED")


@pytest.mark.parametrize(
    ("query", "field"),
    [("q=", "q"), ("", "q"), ("q=1&limit=51", "limit"), ("q=1&limit=x", "limit"), ("q=1&nix=1", "nix")],
)
def test_a_query_that_does_not_fit_is_refused_with_the_field(desk: Person, query: str, field: str) -> None:
    answer = desk.get(f"/customers/lookup?{query}")
    assert (answer.status, answer.code, list(answer.body["errors"])) == (422, "INVALID_REQUEST", [field])


def test_names_are_given_for_many_customers_at_once(desk: Person) -> None:
    known = [register(desk) for _ in range(3)]
    ids = [each["customer_id"] for each in known]
    named = desk.post("/customers/names", {"customer_ids": ids}).body["items"]
    assert {each["customer_id"]: each["name"] for each in named} == {
        each["customer_id"]: each["name"] for each in known
    }


def test_a_request_goes_through_gateway_and_service_under_one_number(
    gateway: Gateway, desk: Person, customer_service: Process
) -> None:
    answer = desk.get("/customers/lookup?q=zhang", X_Request_Id="trace-me-please-1")
    assert answer.headers["X-Request-Id"] == "trace-me-please-1"
    assert [line["operation"] for line in gateway.logged("trace-me-please-1")] == ["customer.look_up"]
    eventually(  # the service writes it after it has answered
        lambda: "trace-me-please-1" in customer_service.log.read_text("utf-8"), what="the service's line of the call"
    )
    odd = desk.get("/me", X_Request_Id="no good\tnumber")
    assert odd.headers["X-Request-Id"] != "no good\tnumber"


def test_nobodys_number_is_in_the_logs(gateway: Gateway, desk: Person) -> None:
    known = register(desk)
    desk.get(f"/customers/lookup?q={known['mobile']}")
    desk.get(f"/customers/lookup?q={known['mobile']}&nix=1")
    assert known["mobile"] not in gateway.process.log.read_text("utf-8")


def test_a_name_in_an_answer_is_at_most_a_second_old(gateway: Gateway, desk: Person) -> None:

    known = register(desk)
    path = f"/customers/{known['customer_id']}/360"
    gateway.rows("UPDATE store SET name = '新店名' WHERE code = %s", HERE)
    try:
        eventually(lambda: desk.get(path).body["store_name"] == "新店名", within=1.3)
    finally:
        gateway.rows("UPDATE store SET name = %s WHERE code = %s", f"{HERE}店", HERE)
        eventually(lambda: desk.get(path).body["store_name"] == f"{HERE}店", within=1.3)


PHONE_TYPED, CARD_TYPED = "13704756109", "440301197510200018"
SAID = f"电话{PHONE_TYPED}证件{CARD_TYPED}"
"""What people type where it does not belong."""
PARTS = ("360", "audit", "documents", "dossier", "dossier?format=json", "relations", "completeness")


def test_a_number_is_masked_by_what_it_is_wherever_it_was_typed(gateway: Gateway, desk: Person) -> None:
    """Into a name, as the number of a contract, into words: no role reads it in any answer."""
    name = f"{randoms.name()}{PHONE_TYPED}"
    body = {
        "name": name,
        "mobile": randoms.mobile(),
        "store_id": HERE,
        "employer": SAID,
        "email": f"{PHONE_TYPED}@139.com",
    }
    known = desk.post("/customers", {**body, "address": f"福田区深南大道1号 {SAID}"})
    assert known.status == 201, known.body
    path = f"/customers/{known.body['customer_id']}"
    assert desk.patch(path, {"tags": [PHONE_TYPED]}, If_Match='"1"').status == 200
    for paper in ("contract", "registration", "other"):
        added = desk.post(
            f"{path}/documents", {"type": paper, "number": CARD_TYPED, "store_id": HERE, "shelf": PHONE_TYPED}
        )
        assert added.status == 201, added.body
    spouse = desk.post("/customers", {"name": f"王{PHONE_TYPED}", "mobile": randoms.mobile(), "store_id": HERE}).body
    related = desk.post(f"{path}/relations", {"kind": "spouse_of", "other_id": spouse["customer_id"]})
    assert related.status == 201, related.body
    everybody = gateway.person(*matrix().roles, stores=(HERE,))
    people = [gateway.person(role, stores=(HERE,)) for role in matrix().roles]
    seen = 0
    of_one = (*(f"{path}/{part}" for part in PARTS), f"/customers/lookup?q={quote(name.removesuffix(PHONE_TYPED))}")
    for asked in of_one:
        for who in (everybody, *people):
            answer = who.get(asked)
            if answer.status == 403:
                continue
            said = answer.body.decode() if isinstance(answer.body, bytes) else str(answer.body)
            assert answer.status == 200
            assert PHONE_TYPED not in said, (asked, who.code)
            assert CARD_TYPED not in said, (asked, who.code)
            seen += "137****6109" in said
    assert seen > 30
    names = everybody.post("/customers/names", {"customer_ids": [known.body["customer_id"]]}).body["items"]
    assert [one["name"] for one in names] == [name.replace(PHONE_TYPED, "137****6109")]
