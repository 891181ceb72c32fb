"""Search or create: one record per person, however many desks, however it is typed (R21)."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest

from contracts.access import Reach, Scope
from contracts.customer.operations import CustomerKind, VehicleGiven
from contracts.refusals import StoreNotAllowed
from contracts.vehicle_identity import vehicle_id
from services.customer.record.errors import MobileInvalid, PlateInvalid, PossibleDuplicate, ReasonRequired, VinInvalid
from tests.integration.customer.conftest import NOW
from tests.support import randoms

PLATED = """
    SELECT v.vin, v.model, n.plate FROM vehicle v LEFT JOIN vehicle_plate n ON n.vehicle_id = v.id AND n.until IS NULL
"""


def records(desk, mobile: str) -> list[dict]:
    return desk.rows("SELECT * FROM customer WHERE mobile = :mobile ORDER BY id", mobile=mobile)


def test_somebody_new_gets_a_record_and_everybody_is_told(desk):
    mobile = randoms.mobile()
    done = desk.register(name="欧阳锋", mobile=mobile, source="phone")
    assert done.created
    (row,) = records(desk, mobile)
    assert row["id"] == done.customer_id
    assert row["id"].version == 7
    assert (row["name"], row["status"]) == ("欧阳锋", "active")
    keys = {
        (key["kind"], key["key"])
        for key in desk.rows("SELECT kind, key FROM search_key WHERE customer_id = :id", id=row["id"])
    }
    assert {("name", "欧阳锋"), ("pinyin", "ouyangfeng"), ("initials", "oyf"), ("mobile", mobile)} <= keys
    assert (row["kind"], row["source"], row["store_id"], row["version"]) == ("person", "phone", "HN", 1)
    assert row["registered_at"] == NOW
    assert desk.events(done.customer_id) == ["customer_registered"]


def test_what_follows_from_a_card_is_answered_at_once(desk):
    """R29: nobody types a birth date that stands in the number; of a record that was there only what was said now."""
    mobile, named = randoms.mobile(), randoms.name()
    card = randoms.resident_id()
    done = desk.register(name=named, mobile=mobile, id_no=card)
    born, gender = date.fromisoformat(card[6:14]), "male" if int(card[16]) % 2 else "female"
    assert (done.created, done.birth_date, done.gender) == (True, born, gender)
    again = desk.register(name=named, mobile=mobile)
    assert (again.customer_id, again.birth_date) == (done.customer_id, None), "a phone and a name do not tell it"


def test_the_same_person_again_is_the_same_record_and_nobody_is_told_again(desk):
    mobile = randoms.mobile()
    first = desk.register(name="张伟", mobile=mobile)
    again = desk.register(name=" 张 伟 ", mobile=f"+86 {mobile[:3]}-{mobile[3:7]}-{mobile[7:]}", store_id="FT")
    assert (again.customer_id, again.created) == (first.customer_id, False)
    assert len(records(desk, mobile)) == 1
    assert desk.events(first.customer_id) == ["customer_registered"]


def test_ten_desks_at_once_make_one_record(desk):
    mobile, vin = randoms.mobile(), randoms.vin()
    together = threading.Barrier(10, timeout=10)

    def register(_: int):
        together.wait()
        return desk.register(name="曾志伟", mobile=mobile, vehicle=vin)

    with ThreadPoolExecutor(10) as pool:
        done = list(pool.map(register, range(10)))
    assert len({one.customer_id for one in done}) == 1
    assert [one.created for one in done].count(True) == 1
    assert len(records(desk, mobile)) == 1
    assert desk.events(done[0].customer_id) == ["customer_registered"]
    assert desk.events(vehicle_id(vin)) == ["vehicle_registered"]
    assert len(desk.rows("SELECT 1 FROM vehicle_party WHERE vehicle_id = :id", id=vehicle_id(vin))) == 1


def test_ten_desks_at_once_with_different_names_make_one_record_and_nine_questions(desk):
    mobile = randoms.mobile()
    names = [f"王{sign}" for sign in "一二三四五六七八九十"]
    together = threading.Barrier(10, timeout=10)

    def register(name: str) -> str:
        together.wait()
        try:
            return "created" if desk.register(name=name, mobile=mobile).created else "found"
        except PossibleDuplicate:
            return "asked"

    with ThreadPoolExecutor(10) as pool:
        assert sorted(pool.map(register, names)) == ["asked"] * 9 + ["created"]
    assert len(records(desk, mobile)) == 1


def test_the_same_number_under_another_name_is_a_question_with_candidates(desk):
    mobile = randoms.mobile()
    first = desk.register(name="张伟", mobile=mobile)
    with pytest.raises(PossibleDuplicate) as caught:
        desk.register(name="李娜", mobile=mobile)
    details: dict[str, Any] = caught.value.details
    (candidate,) = details["candidates"]
    assert (candidate["customer_id"], candidate["points"]) == (str(first.customer_id), 62)
    assert (candidate["evidence"], candidate["relation"]) == (["mobile"], "household")
    assert len(records(desk, mobile)) == 1


def test_a_second_record_with_the_number_needs_a_reason_and_keeps_it(desk):
    mobile = randoms.mobile()
    desk.register(name="张伟", mobile=mobile)
    with pytest.raises(ReasonRequired):
        desk.register(name="李娜", mobile=mobile, force_new=True)
    second = desk.register(name="李娜", mobile=mobile, force_new=True, reason="夫妻共用")
    assert second.created
    assert [row["forced_reason"] for row in records(desk, mobile)] == [None, "夫妻共用"]
    assert desk.register(name="李娜", mobile=mobile).customer_id == second.customer_id


def test_a_record_of_the_same_name_and_number_is_found_even_when_a_new_one_is_forced(desk):
    mobile = randoms.mobile()
    first = desk.register(name="张伟", mobile=mobile)
    assert desk.register(name="张伟", mobile=mobile, force_new=True, reason="x").customer_id == first.customer_id


def test_the_same_name_with_another_number_is_another_person(desk):
    one, two = desk.register(name="张伟"), desk.register(name="张伟")
    assert one.customer_id != two.customer_id


def test_a_company_is_registered_as_one(desk):
    done = desk.register(name="深圳 顺达 有限公司", mobile="0755-83201234", kind=CustomerKind.COMPANY)
    (row,) = desk.rows("SELECT kind, name, mobile FROM customer WHERE id = :id", id=done.customer_id)
    assert row == {"kind": "company", "name": "深圳顺达有限公司", "mobile": "075583201234"}


def test_a_vehicle_comes_along_and_he_is_its_owner(desk):
    vin, plate = randoms.vin(), randoms.plate()
    done = desk.register(vehicle=VehicleGiven(vin.lower(), model="GL8", plate=f"{plate[:2]}·{plate[2:]}"))
    assert done.vehicle_id == vehicle_id(vin)
    (row,) = desk.rows(PLATED + " WHERE v.id = :id", id=done.vehicle_id)
    assert row == {"vin": vin, "model": "GL8", "plate": plate}
    (party,) = desk.rows(
        "SELECT customer_id, role, since FROM vehicle_party WHERE vehicle_id = :id", id=done.vehicle_id
    )
    assert party == {"customer_id": done.customer_id, "role": "owner", "since": NOW}
    assert desk.events(done.vehicle_id) == ["vehicle_registered"]


def test_what_was_not_known_of_a_vehicle_is_filled_in_and_what_was_is_kept(desk):
    vin, plate = randoms.vin(), randoms.plate()
    mobile, name = randoms.mobile(), randoms.name()
    desk.register(name=name, mobile=mobile, vehicle=VehicleGiven(vin))
    desk.register(name=name, mobile=mobile, vehicle=VehicleGiven(vin, model="GL8", plate=plate))
    desk.register(name=name, mobile=mobile, vehicle=VehicleGiven(vin, model="君越"))
    (row,) = desk.rows(PLATED + " WHERE v.vin = :vin", vin=vin)
    assert row == {"vin": vin, "model": "GL8", "plate": plate}
    assert desk.events(vehicle_id(vin)) == ["vehicle_registered"]


def test_a_new_plate_takes_the_place_of_the_old_one(desk):
    vin, old, new = randoms.vin(), randoms.plate(), randoms.plate()
    mobile, name = randoms.mobile(), randoms.name()
    for plate in (old, new):
        desk.register(name=name, mobile=mobile, vehicle=VehicleGiven(vin, plate=plate))
    (row,) = desk.rows(PLATED + " WHERE v.vin = :vin", vin=vin)
    assert row["plate"] == new
    plates = desk.rows(
        "SELECT plate, until FROM vehicle_plate WHERE vehicle_id = :id ORDER BY until", id=vehicle_id(vin)
    )
    assert plates == [{"plate": old, "until": NOW}, {"plate": new, "until": None}]
    assert desk.events(f"{vehicle_id(vin)}/{new}") == ["vehicle_plate_changed"]


def test_the_earliest_date_of_ownership_is_kept(desk):
    vin, mobile, name = randoms.vin(), randoms.mobile(), randoms.name()
    for days in (3, 1, 2):
        done = desk.register(name=name, mobile=mobile, vehicle=vin, now=NOW + timedelta(days=days))
    (party,) = desk.rows("SELECT since FROM vehicle_party WHERE vehicle_id = :id", id=done.vehicle_id)
    assert party["since"] == NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"mobile": "12345678901"}, MobileInvalid),
        ({"vehicle": VehicleGiven("LSGDC82C02E000001")}, VinInvalid),
        ({"vehicle": VehicleGiven("LSGDC82CX2E000001", plate="粤BI2345A")}, PlateInvalid),
        ({"store_id": "BA"}, StoreNotAllowed),
        ({"scope": Scope(Reach.STORE, (), "s-1", "receptionist")}, StoreNotAllowed),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing_behind(desk, given, refusal):
    mobile = randoms.mobile()
    before = desk.rows("SELECT count(*) AS n FROM outbox")
    with pytest.raises(refusal):
        desk.register(**{"mobile": mobile, **given})
    assert records(desk, mobile) == []
    assert desk.rows("SELECT count(*) AS n FROM outbox") == before
