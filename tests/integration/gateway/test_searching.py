"""Searching for a number that answers mask is reading it: rationed, and written into the access log (R62)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.integration.gateway.running import Gateway, Person
from tests.support import randoms
from tests.support.polling import eventually

pytestmark = pytest.mark.usefixtures("customer_service")

HERE = "HN"


@pytest.fixture(scope="module")
def desk(gateway: Gateway) -> Person:
    """Registers people."""
    return gateway.person("receptionist", stores=(HERE,))


@pytest.fixture(scope="module")
def leader(gateway: Gateway) -> Person:
    """Reads the log."""
    return gateway.person("leader")


@pytest.fixture
def known(desk: Person) -> dict[str, Any]:
    """A customer with phone, card, plate and VIN."""
    car = {"vin": randoms.vin(), "model": "GL8", "plate": randoms.plate()}
    body = {"name": randoms.name(), "mobile": randoms.mobile(), "id_no": randoms.resident_id()}
    answer = desk.post("/customers", {**body, "store_id": HERE, "vehicle": car})
    assert answer.status == 201, answer.body
    return {**body, **car, **answer.body}


@pytest.fixture
def written(leader: Person) -> Callable[..., list[tuple[str, str]]]:
    """`written(staff)`: operation and reason of his entries, oldest first."""

    def read(staff: Person, **about: str) -> list[tuple[str, str]]:
        asked = "".join(f"&{name}={value}" for name, value in about.items())
        page = leader.get(f"/access-log?staff_id={staff.code}&size=100{asked}").body
        return [(one["operation"], one["reason"]) for one in reversed(page["items"])]

    return read


def look(person: Person, typed: str) -> list[str]:
    answer = person.get(f"/customers/lookup?q={typed}&limit=50")
    assert answer.status == 200, answer.body
    return [one["customer_id"] for one in answer.body["items"]]


def test_who_is_found_by_a_number_is_in_the_log_at_once_and_only_once(
    gateway: Gateway, known: dict[str, Any], written: Callable[..., list[tuple[str, str]]]
) -> None:
    technician = gateway.person("technician", stores=("FT",))
    him = known["customer_id"]
    for _ in range(3):
        for typed in (known["mobile"][-4:], known["mobile"], known["id_no"], known["id_no"].lower()):
            assert him in look(technician, typed)
    said = [("customer.look_up", f"按{how}查询") for how in ("电话后四位", "完整电话", "完整证件号")]
    assert sorted(written(technician)) == sorted(said)
    assert sorted(written(technician, subject_id=him)) == sorted(said)
    log = gateway.process.log.read_text("utf-8")
    assert known["mobile"] not in log
    assert known["id_no"] not in log
    entries = str(gateway.rows("SELECT * FROM access_log WHERE staff_id = %s", technician.code))
    kept = str(gateway.rows("SELECT * FROM searched WHERE staff_id = %s", technician.code))
    for number in (known["mobile"], known["mobile"][-4:], known["id_no"]):
        assert f"'{number}'" not in entries + kept


def test_the_log_holds_what_was_answered_before_it_was_asked_for(
    gateway: Gateway, desk: Person, written: Callable[..., list[tuple[str, str]]]
) -> None:
    """Also in the middle of a turn of writing."""
    person = gateway.person("advisor", stores=(HERE,))
    for count in range(1, 41):
        mobile = randoms.mobile()
        desk.post("/customers", {"name": randoms.name(), "mobile": mobile, "store_id": HERE})
        assert len(look(person, mobile)) == 1
        if count % 2 == 0:
            assert len(written(person)) >= count / 2, "at most two of them share an entry"
    rows = gateway.rows("SELECT 1 FROM searched WHERE staff_id = %s", person.code)
    assert len(rows) == 40


def test_names_plates_and_vins_are_neither_counted_nor_written_down(
    gateway: Gateway, known: dict[str, Any], written: Callable[..., list[tuple[str, str]]]
) -> None:
    person = gateway.person("advisor", stores=(HERE,))
    for typed in ("wang", known["plate"][1:], known["vin"], known["vin"][-6:], known["vin"][-8:], "12", "123456789012"):
        look(person, typed)
    person.get(f"/customers/prefill?vin={known['vin']}")
    assert written(person) == []
    assert gateway.rows("SELECT * FROM searched WHERE staff_id = %s", person.code) == []


def test_cards_that_nobody_has_run_out_by_look_up_and_prefill_together(
    gateway: Gateway, known: dict[str, Any], written: Callable[..., list[tuple[str, str]]]
) -> None:
    guesser = gateway.person("finance", stores=("FT",))
    cards = [randoms.resident_id() for _ in range(12)]
    for number, card in enumerate(cards[:10]):
        asked = f"lookup?q={card}" if number % 2 else f"prefill?id_no={card}"
        assert guesser.get(f"/customers/{asked}").status == 200
    assert guesser.get(f"/customers/prefill?id_no={cards[3]}").status == 200, "asked before"
    miss, hit = (
        guesser.get(f"/customers/prefill?id_no={cards[10]}"),
        guesser.get(f"/customers/prefill?id_no={known['id_no']}"),
    )
    for refused in (miss, hit, guesser.get(f"/customers/lookup?q={known['id_no']}")):
        assert (refused.status, refused.code) == (429, "SEARCH_LIMIT")
        assert 3500 < int(refused.headers["Retry-After"]) <= 3600
        assert known["customer_id"] not in str(refused.body)
    assert len(written(guesser)) == 10
    assert {reason for _, reason in written(guesser)} == {"按完整证件号查询(查无此号)"}
    assert written(guesser, subject_id=known["customer_id"]) == []
    assert known["customer_id"] in look(guesser, known["mobile"][-4:]), "the rest of the work goes on"
    assert 'crm_searches_refused_total{by="id_number"}' in gateway.page("/metrics").body.decode()


def test_a_phone_is_not_found_by_guessing_whole_numbers(gateway: Gateway, known: dict[str, Any]) -> None:
    technician = gateway.person("technician", stores=("FT",))
    mobile = known["mobile"]
    guesses = [f"{mobile[:3]}{number:04d}{mobile[-4:]}" for number in range(40)]
    statuses = [technician.get(f"/customers/lookup?q={guess}").status for guess in guesses if guess != mobile]
    assert statuses[:29] == [200] * 29
    assert statuses[31:] == [429] * len(statuses[31:])
    assert technician.get(f"/customers/lookup?q={mobile}").status == 429, "no refusal tells that it is this one"


def test_a_second_gateway_counts_what_the_first_answered(
    gateway: Gateway, start_gateway: Callable[..., Gateway], settings: dict[str, str], known: dict[str, Any]
) -> None:
    guesser = gateway.person("finance", stores=("FT",))
    there = Person(start_gateway(), guesser.code, guesser.token)
    for number in range(10):
        at = there if number % 2 else guesser
        assert at.get(f"/customers/prefill?id_no={randoms.resident_id()}").status == 200
    for at in (there, guesser):
        assert at.get(f"/customers/prefill?id_no={randoms.resident_id()}").status == 429
        assert at.get(f"/customers/prefill?id_no={known['id_no']}").status == 429


def test_a_gateway_that_starts_again_knows_what_was_given(
    gateway: Gateway, start_gateway: Callable[..., Gateway], known: dict[str, Any],
    written: Callable[..., list[tuple[str, str]]],
) -> None:  # fmt: skip
    desk = gateway.person("advisor", stores=(HERE,))
    look(desk, known["mobile"][-4:])
    assert len(written(desk)) == 1
    there = Person(start_gateway(), desk.code, desk.token)
    look(there, known["mobile"][-4:])
    look(there, known["mobile"])
    there.gateway.process.stop()
    assert [reason for _, reason in written(desk)] == ["按电话后四位查询", "按完整电话查询"], (
        "with the last on its stop"
    )


def test_what_cannot_be_written_down_ends_the_searches_by_numbers(
    gateway: Gateway, desk: Person, written: Callable[..., list[tuple[str, str]]]
) -> None:
    mobiles = [randoms.mobile() for _ in range(3)]
    for mobile in mobiles:
        desk.post("/customers", {"name": randoms.name(), "mobile": mobile, "store_id": HERE})
    person = gateway.person("advisor", stores=(HERE,))
    gateway.rows('REVOKE INSERT ON access_log FROM "gateway_app"')
    try:
        assert len(look(person, mobiles[0])) == 1, "its entry waits"
        eventually(lambda: "searches not written down" in gateway.process.log.read_text("utf-8"), what="the alarm")
        assert person.get(f"/customers/lookup?q={mobiles[1]}").status == 500
        assert person.get(f"/customers/lookup?q={randoms.mobile()}").status == 500
        assert person.get("/customers/lookup?q=zhang").status == 200
    finally:
        gateway.rows('GRANT INSERT ON access_log TO "gateway_app"')
    assert len(look(person, mobiles[2])) == 1
    assert [reason for _, reason in written(person)] == ["按完整电话查询"] * 2


def test_a_leader_publishes_another_ration_and_it_holds_at_once(gateway: Gateway, leader: Person, desk: Person) -> None:
    assert desk.post("/policies", {"code": "SEARCH_RATION", "value": {"given_a_day": 1}}).status == 403
    guesser = gateway.person("finance", stores=("FT",))
    assert guesser.get(f"/customers/prefill?id_no={randoms.resident_id()}").status == 200
    said = leader.post("/policies", {"code": "SEARCH_RATION", "value": {"card_misses_an_hour": 1}})
    assert said.status == 200, said.body
    try:
        assert guesser.get(f"/customers/prefill?id_no={randoms.resident_id()}").status == 429
    finally:
        gateway.rows("DELETE FROM policy WHERE code = 'SEARCH_RATION'")
        leader.post("/policies", {"code": "SEARCH_RATION", "value": {}})
    assert guesser.get(f"/customers/prefill?id_no={randoms.resident_id()}").status == 200


def test_which_number_is_a_customers_is_not_found_by_ending_one_after_the_other(
    gateway: Gateway, known: dict[str, Any], written: Callable[..., list[tuple[str, str]]]
) -> None:
    guesser = gateway.person("finance", stores=("FT",))
    mobile, him = known["mobile"], known["customer_id"]

    def end(number: str) -> Any:
        return guesser.post(f"/customers/{him}/phones/end", {"number": number})

    guesses = [f"{mobile[:3]}{number:04d}{mobile[-4:]}" for number in range(40)]
    codes = [end(guess).code for guess in guesses if guess != mobile]
    assert codes[:29] == ["PHONE_NOT_FOUND"] * 29
    assert codes[31:] == ["SEARCH_LIMIT"] * len(codes[31:])
    refused = end(mobile)
    assert (refused.status, refused.code) == (429, "SEARCH_LIMIT"), "no refusal tells that it is this one"
    assert 3500 < int(refused.headers["Retry-After"]) <= 3600
    assert set(written(guesser)) == {("customer.end_phone", "按完整电话查询(查无此号)")}
    assert guesser.get(f"/customers/lookup?q={mobile}").status == 429, "one ration for all ways"


def test_a_main_number_that_was_guessed_is_in_the_log(
    gateway: Gateway, known: dict[str, Any], written: Callable[..., list[tuple[str, str]]]
) -> None:
    guesser = gateway.person("finance", stores=("FT",))
    answer = guesser.post(f"/customers/{known['customer_id'].upper()}/phones/end", {"number": known["mobile"]})
    assert (answer.status, answer.code) == (409, "PHONE_IS_MAIN")
    assert written(guesser, subject_id=known["customer_id"]) == [("customer.end_phone", "按完整电话查询")]


def test_an_additional_number_does_not_end_after_too_many_guesses(gateway: Gateway, desk: Person) -> None:
    """Or the success would tell what the refusals do not."""
    body = {"name": randoms.name(), "mobile": randoms.mobile(), "more_phones": [randoms.mobile()], "store_id": HERE}
    him = desk.post("/customers", body).body["customer_id"]
    guesser = gateway.person("finance", stores=("FT",))
    for _ in range(31):
        guesser.post(f"/customers/{him}/phones/end", {"number": randoms.mobile()})
    assert guesser.post(f"/customers/{him}/phones/end", {"number": body["more_phones"][0]}).status == 429
    assert desk.post(f"/customers/{him}/phones/end", {"number": body["more_phones"][0]}).status == 200
    assert guesser.get("/customers/lookup?q=zhang").status == 200


def test_splits_that_fail_are_no_way_to_guess_numbers(gateway: Gateway, known: dict[str, Any]) -> None:
    """What else is asked for says whether the phones were his: `FACT_NOT_HIS` of the addresses."""
    guesser = gateway.person("sales_manager", stores=("FT",))
    mobile = known["mobile"]

    def split(number: str) -> Any:
        body = {"name": "张伟", "reason": "同号", "phones": [number], "addresses": ["没有的地址"]}
        return guesser.post(f"/customers/{known['customer_id']}/split", body)

    guesses = [f"{mobile[:3]}{number:04d}{mobile[-4:]}" for number in range(40)]
    codes = [split(guess).code for guess in guesses if guess != mobile]
    assert codes[:29] == ["FACT_NOT_HIS"] * 29
    assert codes[31:] == ["SEARCH_LIMIT"] * len(codes[31:])
    assert split(mobile).code == "SEARCH_LIMIT"


@pytest.mark.parametrize("way", ["register", "change"])
def test_whose_a_card_is_is_not_found_by_filing_one_after_the_other(
    gateway: Gateway, known: dict[str, Any], written: Callable[..., list[tuple[str, str]]], way: str
) -> None:
    """A clerk's thirty new cards of an hour go in; the next is refused before it is done, whether or not one has it."""
    guesser = gateway.person("receptionist", stores=(HERE,))
    first = guesser.post("/customers", {"name": randoms.name(), "mobile": randoms.mobile(), "store_id": HERE})

    def file(card: str) -> Any:
        if way == "change":
            return guesser.patch(f"/customers/{first.body['customer_id']}", {"id_no": card})
        body = {"name": known["name"], "mobile": randoms.mobile(), "id_no": card, "store_id": HERE}
        return guesser.post("/customers", body)

    hit = file(known["id_no"])
    assert (hit.status, hit.body.get("code", hit.body.get("created"))) == {
        "register": (200, False),
        "change": (409, "POSSIBLE_DUPLICATE"),
    }[way]
    cards = [randoms.resident_id() for _ in range(31)]
    assert {file(card).status for card in cards[:30]} <= {200, 201}
    assert file(cards[0]).status != 429, "filed before"
    nobodys, somebodys = file(cards[30]), file(randoms.resident_id())
    for refused in (nobodys, somebodys):
        assert (refused.status, refused.code) == (429, "SEARCH_LIMIT")
    assert gateway.rows("SELECT count(*) AS many FROM searched WHERE staff_id = %s AND missed", guesser.code)
    operation = {"register": "customer.register_customer", "change": "customer.update_customer"}[way]
    entries = written(guesser, subject_id=known["customer_id"])
    assert [one for one in entries if one[0] == operation and one[1].startswith("登记证件号时查得")]
    assert not [reason for _, reason in written(guesser) if "查无此号" in reason], "the records tell of those"


def test_cards_filed_at_once_are_no_more_than_one_after_the_other(gateway: Gateway) -> None:
    guesser = gateway.person("receptionist", stores=(HERE,))
    him = guesser.post("/customers", {"name": randoms.name(), "mobile": randoms.mobile(), "store_id": HERE}).body

    def file(_: int) -> int:
        body = {"id_no": randoms.resident_id()}
        return guesser.patch(f"/customers/{him['customer_id']}", body).status

    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(file, range(60)))
    assert statuses.count(200) <= 30
    assert set(statuses) <= {200, 409, 429}


def test_a_change_that_is_refused_for_another_reason_costs_nothing(gateway: Gateway) -> None:
    guesser = gateway.person("receptionist", stores=(HERE,))
    him = guesser.post("/customers", {"name": randoms.name(), "mobile": randoms.mobile(), "store_id": HERE}).body
    for _ in range(35):
        body = {"id_no": randoms.resident_id(), "mobile": "123"}
        assert guesser.patch(f"/customers/{him['customer_id']}", body).status == 422
    card = randoms.resident_id()
    assert guesser.patch(f"/customers/{him['customer_id']}", {"id_no": card}).status == 200


def test_a_phone_is_not_found_by_writing_one_after_the_other_into_a_record(gateway: Gateway) -> None:
    guesser = gateway.person("receptionist", stores=(HERE,))
    him = guesser.post("/customers", {"name": randoms.name(), "mobile": randoms.mobile(), "store_id": HERE}).body
    statuses = [
        guesser.patch(f"/customers/{him['customer_id']}", {"mobile": randoms.mobile()}).status for _ in range(32)
    ]
    assert statuses == [200] * 30 + [429] * 2


def test_phones_of_new_customers_cost_nothing_and_are_read_back_by_a_gateway_that_starts_again(
    gateway: Gateway, start_gateway: Callable[..., Gateway]
) -> None:
    clerk = gateway.person("receptionist", stores=(HERE,))
    for _ in range(40):
        body = {"name": randoms.name(), "mobile": randoms.mobile(), "store_id": HERE}
        assert clerk.post("/customers", body).status == 201
    there = Person(start_gateway(), clerk.code, clerk.token)
    assert there.post("/customers", {**body, "mobile": randoms.mobile(), "name": randoms.name()}).status == 201
    assert there.get(f"/customers/lookup?q={randoms.mobile()}").status == 200


@pytest.mark.parametrize("decoy_by", ["phone", "card"])
def test_another_customer_in_the_answer_does_not_pay_for_the_guess_beside_him(
    gateway: Gateway, known: dict[str, Any], decoy_by: str
) -> None:
    """A registration that is always refused for the guesser's own customer leaves nothing, and tells of the number."""
    guesser = gateway.person("advisor", stores=(HERE,))
    own = {"name": "欧阳锋", "mobile": randoms.mobile(), "id_no": randoms.resident_id(), "store_id": HERE}
    assert guesser.post("/customers", own).status == 201

    def guess(number: str) -> Any:
        if decoy_by == "phone":  # a card is guessed
            body = {"name": "丁当", "mobile": own["mobile"], "id_no": number}
        else:  # a phone is guessed: the customer's name and birth date are alike, his card is not
            body = {"name": own["name"], "mobile": number, "birth_date": birth_of(own["id_no"])}
        return guesser.post("/customers", {**body, "store_id": HERE})

    number = randoms.resident_id if decoy_by == "phone" else randoms.mobile
    assert [guess(number()).code for _ in range(28)] == ["POSSIBLE_DUPLICATE"] * 28
    assert {guess(number()).code for _ in range(5)} >= {"SEARCH_LIMIT"}
    for last in (number(), known["id_no"] if decoy_by == "phone" else known["mobile"]):
        refused = guess(last)
        assert (refused.status, refused.code) == (429, "SEARCH_LIMIT")
        assert known["customer_id"] not in str(refused.body)


def birth_of(card: str) -> str:
    return f"{card[6:10]}-{card[10:12]}-{card[12:14]}"


def test_several_phones_beside_a_known_one_are_as_many_guesses(gateway: Gateway, known: dict[str, Any]) -> None:
    guesser = gateway.person("advisor", stores=(HERE,))
    own = {"name": "欧阳锋", "mobile": randoms.mobile(), "store_id": HERE}
    assert guesser.post("/customers", own).status == 201

    def guess(*phones: str) -> Any:
        return guesser.post("/customers", {**own, "name": "丁当", "more_phones": list(phones)})

    assert guess(*(randoms.mobile() for _ in range(10))).code == "POSSIBLE_DUPLICATE"
    assert guess(*(randoms.mobile() for _ in range(10))).code == "POSSIBLE_DUPLICATE"
    for phones in ([randoms.mobile() for _ in range(11)], [*(randoms.mobile() for _ in range(10)), known["mobile"]]):
        assert guess(*phones).code == "SEARCH_LIMIT"


def test_a_customer_who_is_found_by_his_phone_does_not_pay_for_a_card(gateway: Gateway) -> None:
    guesser = gateway.person("advisor", stores=(HERE,))
    answers = []
    for _ in range(31):
        own = {"name": "欧阳锋", "mobile": randoms.mobile(), "store_id": HERE}
        assert guesser.post("/customers", own).status == 201
        answers.append(guesser.post("/customers", {**own, "id_no": randoms.resident_id()}))
    assert [answer.status for answer in answers] == [200] * 30 + [429]


def test_returning_customers_are_registered_all_day_with_their_own_cards(gateway: Gateway) -> None:
    clerk, *before = (gateway.person("advisor", stores=(HERE,)) for _ in range(3))
    for count in range(35):
        own = {"name": randoms.name(), "mobile": randoms.mobile(), "id_no": randoms.resident_id(), "store_id": HERE}
        assert before[count % 2].post("/customers", own).status == 201
        assert clerk.post("/customers", own).status == 200


def test_one_change_files_no_more_phones_than_many(gateway: Gateway) -> None:
    guesser = gateway.person("receptionist", stores=(HERE,))
    him = guesser.post("/customers", {"name": randoms.name(), "mobile": randoms.mobile(), "store_id": HERE}).body

    def file(many: int) -> int:
        body = {"more_phones": [randoms.mobile() for _ in range(many)]}
        return guesser.patch(f"/customers/{him['customer_id']}", body).status

    assert [file(many) for many in (31, 20, 11, 10, 1)] == [429, 200, 429, 200, 429]


@pytest.mark.parametrize("beside", ["a registration", "a look-up"])
def test_a_request_that_fails_beside_takes_no_miss_back(gateway: Gateway, beside: str) -> None:
    """One request with the same number fails for another reason while the other is answered."""
    guesser = gateway.person("advisor", stores=(HERE,))

    def fail(card: str) -> int:
        body = {"name": "丁当", "mobile": "999", "id_no": card, "store_id": HERE}
        return guesser.post("/customers", body).status

    def guess(card: str) -> int:
        if beside == "a look-up":
            return guesser.get(f"/customers/lookup?q={card}").status
        body = {"name": randoms.name(), "mobile": randoms.mobile(), "id_no": card, "store_id": HERE}
        return guesser.post("/customers", body).status

    answered = 0
    with ThreadPoolExecutor(5) as pool:
        for _ in range(45):
            card = randoms.resident_id()
            failing = [pool.submit(fail, card) for _ in range(4)]
            answered += pool.submit(guess, card).result() in (200, 201)
            assert {one.result() for one in failing} <= {422, 429}
    assert answered <= {"a registration": 30, "a look-up": 10}[beside]
