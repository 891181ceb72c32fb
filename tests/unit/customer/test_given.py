"""What a desk or a file gives: every field in its stored form, or refused by its own code (R17, R29)."""

from __future__ import annotations

from datetime import date

import pytest

from contracts.customer.operations import CustomerKind
from services.customer.record.rules import given as giving
from services.customer.record.rules.facts import Role
from services.customer.record.rules.gender import Gender
from services.customer.record.rules.given import Given, Typed, Unreadable

TODAY = date(2026, 11, 2)


def read(*, imported: bool = False, **typed: object) -> Given:
    return giving.read(Typed(**{"name": "张伟", **typed}), today=TODAY, imported=imported)  # type: ignore[arg-type]  # each case its own


def test_birth_date_and_gender_follow_from_the_card_whatever_the_form_says():
    given = read(id_number="34052419800101001x", birth_date=date(1999, 9, 9), gender=Gender.FEMALE)
    assert (given.id18, given.birth_date, given.gender) == ("34052419800101001X", date(1980, 1, 1), Gender.MALE)


def test_the_short_card_is_kept_as_it_is_and_known_by_the_long_one():
    given = read(id_number="130503670401001")
    assert (given.id_number, given.id18) == ("130503670401001", "130503196704010016")


def test_a_title_tells_the_gender_when_nothing_else_does():
    assert read(name="王女士").gender is Gender.FEMALE
    assert read(name="王女士", gender=Gender.MALE).gender is Gender.MALE


def test_a_number_of_an_organisation_makes_a_company():
    given = read(name="深圳市宏远物流有限公司", organisation_number="91440300708461136T")
    assert (given.kind, given.uscc, given.organisation_code) == (
        CustomerKind.COMPANY,
        "91440300708461136T",
        "708461136",
    )
    assert given.name.text == "深圳市宏远物流有限公司"
    assert given.facts.organisation == "708461136"


def test_the_same_number_twice_is_one():
    given = read(phones=("13800138000", "+86 138-0013-8000", "", "0755-83201234"))
    assert [one.number for one in given.phones] == ["13800138000", "075583201234"]


def test_a_vehicle_is_evidence_with_its_role_and_its_plate():
    given = read(vin="lsgdc82cx2e000001", plate="粤B·12345", model=" GL8 ", role=Role.BRINGER, since=date(2002, 3, 15))
    assert given.vehicle is not None
    assert (given.vehicle.vin, given.vehicle.model, given.vehicle.plate) == ("LSGDC82CX2E000001", "GL8", given.plate)
    (known,) = given.facts.vehicles
    assert (known.role, known.since) == (Role.BRINGER, date(2002, 3, 15))
    assert [plate.number for plate in given.facts.plates] == ["粤B12345"]


def test_a_temporary_plate_tells_nobody():
    assert read(vin="LSGDC82CX2E000001", plate="临牌").facts.plates == ()


def test_what_was_taken_with_a_doubt_is_said():
    assert read(vin="WBA3A5C50CF256551", id_number="440524188001010014").warnings == (
        "ID_BORN_BEFORE_1900",
        "VIN_CHECK_UNVERIFIED",
    )


@pytest.mark.parametrize(
    ("typed", "field", "code"),
    [
        ({"name": "先生"}, "name", "NAME_INVALID"),
        ({"name": " ", "kind": CustomerKind.COMPANY}, "name", "NAME_INVALID"),
        ({"phones": ("12345678901",)}, "mobile", "MOBILE_INVALID"),
        ({"id_number": "11010519491231002"}, "id_no", "ID_FORMAT"),
        ({"id_number": "110105194912310021"}, "id_no", "ID_CHECKSUM"),
        ({"organisation_number": "70846113-5"}, "organisation_no", "COMPANY_ID_CHECKSUM"),
        ({"vin": "LSGDC82C02E000001"}, "vin", "VIN_INVALID"),
        ({"plate": "粤BI2345A"}, "plate", "PLATE_INVALID"),
        ({"plate": "京O12345"}, "plate", "PLATE_INVALID"),
        ({"email": "nobody"}, "email", "EMAIL_INVALID"),
    ],
)
def test_what_cannot_be_is_refused_by_its_own_code(typed, field, code):
    with pytest.raises(Unreadable) as caught:
        read(**typed)
    assert (caught.value.field, caught.value.code) == (field, code)


def test_plates_of_the_police_of_old_come_from_files_only():
    given = read(vin="LSGDC82CX2E000001", plate="京O12345", imported=True)
    assert given.plate is not None and given.plate.number == "京O12345"
