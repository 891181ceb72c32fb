"""People who have much in common and are not one: the classes of F3 that must never be linked (E7)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from contracts import plate
from contracts.customer.operations import CustomerKind
from services.customer.record.rules import address, company_names, names
from services.customer.record.rules.facts import Facts, KnownPhone, KnownVehicle, Role
from services.customer.record.rules.gender import Gender
from services.customer.record.rules.matching import Match, Relation, Veto, compare
from services.customer.record.rules.phone import PhoneKind

AT = date(2004, 6, 15)
VIN = "LSGDC82CX2E000001"
MOBILE = KnownPhone("13800138000", PhoneKind.MOBILE)
FAMILY: dict[str, Any] = {
    "phones": (MOBILE, KnownPhone("075583201234", PhoneKind.LANDLINE)),
    "plates": (plate.read("粤B12345"),),
    "vehicles": (KnownVehicle(VIN, since=date(2002, 3, 1)),),
    "address": address.read("深圳市福田区深南大道1001号"),
    "email": "family@qq.com",
}


def person(name: str, **known: Any) -> Facts:
    return Facts(CustomerKind.PERSON, names.read(name), **known)


def company(name: str, **known: Any) -> Facts:
    return Facts(CustomerKind.COMPANY, company_names.read(name), **known)


def match(one: Facts, other: Facts) -> Match:
    return compare(one, other, at=AT)


def test_a_couple_on_one_phone_is_shown_as_a_household():
    found = match(person("张伟", phones=(MOBILE,)), person("李娜", phones=(MOBILE,)))
    assert (found.decision, found.relation, found.attach_contact) == ("review", Relation.HOUSEHOLD, False)


def test_a_couple_that_shares_phone_car_plate_house_and_mail_is_still_two_people():
    found = match(person("张伟", **FAMILY), person("李娜", **FAMILY))
    assert found.points == 62 + 10 + 20 + 35 + 10 + 25
    assert (found.decision, found.vetoes, found.relation) == ("review", (Veto.NAME_UNPROVEN,), Relation.HOUSEHOLD)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("张建国", "张建军", id="brothers"),
        pytest.param("张先生", "张伟", id="father and son"),
        pytest.param("张先生", "张伟先生", id="father and son, both mister"),
        pytest.param("张太太", "张伟", id="his wife"),
        pytest.param("张先生", "张先生", id="two of one surname"),
        pytest.param("黄伟", "王伟", id="huang and wang"),
    ],
)
def test_a_family_that_shares_everything_is_never_linked_by_half_a_name(one, other):
    found = match(person(one, **FAMILY), person(other, **FAMILY))
    assert (found.decision, found.vetoes) == ("review", (Veto.NAME_UNPROVEN,))


def test_a_name_that_only_sounds_alike_does_not_stand_against_another_gender_or_birth_date():
    brother = person("张伟", phones=(MOBILE,), gender=Gender.MALE, birth_date=date(1970, 2, 3))
    sister = person("张薇", phones=(MOBILE,), gender=Gender.FEMALE)
    nephew = person("张玮", phones=(MOBILE,), birth_date=date(1995, 1, 1))
    assert [match(brother, other).decision for other in (sister, nephew)] == ["review", "review"]
    assert match(brother, person("张玮", phones=(MOBILE,))).decision == "link"


def test_sisters_whose_names_sound_alike_only_in_old_texts_are_not_linked():
    found = match(person("王丽青", phones=(MOBILE,)), person("王丽静", phones=(MOBILE,)))
    assert (found.points, found.decision) == (92, "review")


def test_a_wife_who_is_known_by_her_husbands_surname_is_his_household_and_no_contact_of_his():
    husband = person("张伟", phones=(MOBILE,), id18="440301197510200018")
    found = match(husband, person("张太太", phones=(MOBILE,)))
    assert (found.decision, found.relation, found.attach_contact) == ("review", Relation.HOUSEHOLD, False)


def test_the_driver_of_a_company_car_is_not_the_company():
    firm = company(
        "深圳市华强实业有限公司",
        phones=(MOBILE,),
        vehicles=(KnownVehicle(VIN),),
        plates=(plate.read("粤B12345"),),
        address=FAMILY["address"],
        email="car@huaqiang.cn",
    )
    driver = person(
        "李强",
        phones=(MOBILE,),
        vehicles=(KnownVehicle(VIN, Role.BRINGER),),
        plates=(plate.read("粤B12345"),),
        address=FAMILY["address"],
        email="car@huaqiang.cn",
        employer="华强实业",
    )
    found = match(firm, driver)
    assert (found.points, found.decision, found.vetoes[0]) == (117, "review", Veto.PERSON_AND_COMPANY)
    assert found.relation is Relation.COMPANY


def test_a_driver_who_brings_the_car_without_a_number_of_the_company_is_new():
    firm = company("深圳市华强实业有限公司", vehicles=(KnownVehicle(VIN),), plates=(plate.read("粤B12345"),))
    driver = person("李强", vehicles=(KnownVehicle(VIN, Role.BRINGER),), plates=(plate.read("粤B12345"),))
    assert match(firm, driver).decision == "new"


def test_two_drivers_of_one_company_are_two_people():
    number = KnownPhone("13800138000", PhoneKind.MOBILE, shared=True)
    one, other = (person(name, phones=(number,), employer="华强实业") for name in ("李强", "王军"))
    assert match(one, other).decision == "new"
    one, other = (person(name, phones=(MOBILE,), employer="华强实业") for name in ("李强", "王军"))
    assert (match(one, other).decision, match(one, other).relation) == ("review", Relation.COMPANY)


def test_sister_companies_behind_one_phone_are_not_linked():
    one, other = (company(name, **FAMILY) for name in ("华强电子有限公司", "华强电器有限公司"))
    assert (match(one, other).decision, match(one, other).vetoes) == ("review", (Veto.NAME_UNPROVEN,))


def test_the_next_owner_of_a_car_is_not_the_last_one():
    seller = person("张伟", vehicles=(KnownVehicle(VIN, since=date(2002, 3, 1), until=date(2004, 1, 10)),))
    buyer = person("李强", vehicles=(KnownVehicle(VIN, since=date(2004, 1, 10)),), plates=(plate.read("粤B12345"),))
    assert (match(seller, buyer).points, match(seller, buyer).decision) == (0, "new")


def test_the_next_owner_is_new_even_if_nobody_told_us_of_the_sale():
    seller, buyer = (
        person(name, vehicles=(KnownVehicle(VIN),), plates=(plate.read("粤B12345"),)) for name in ("张伟", "李强")
    )
    assert (match(seller, buyer).points, match(seller, buyer).decision) == (55, "new")


def test_a_namesake_in_the_same_city_is_new():
    one = person("张伟", address=address.read("深圳市福田区深南大道1001号"), gender=Gender.MALE)
    other = person("张伟", address=address.read("深圳市福田区红荔路2号"), gender=Gender.MALE)
    assert match(one, other).decision == "new"


def test_a_namesake_in_the_same_house_and_firm_is_new():
    one, other = (person("张伟", address=FAMILY["address"], employer="华强实业") for _ in range(2))
    assert (match(one, other).points, match(one, other).decision) == (55, "new")


def test_huang_and_wang_stay_apart_unless_the_phone_is_equal():
    assert match(person("黄伟"), person("王伟")).points == 0
    found = match(person("黄伟", phones=(MOBILE,)), person("王伟", phones=(MOBILE,)))
    assert (found.points, found.decision) == (62, "review")


def test_whoever_gets_a_recycled_number_is_new():
    known = person("张伟", phones=(KnownPhone("13800138000", PhoneKind.MOBILE, last_contact=date(2001, 1, 1)),))
    found = match(known, person("李娜", phones=(MOBILE,)))
    assert (found.points, found.decision, found.relation) == (0, "new", None)


def test_all_that_agrees_without_a_name_is_left_to_a_human():
    nameless = Facts(CustomerKind.PERSON, **FAMILY)
    assert (match(nameless, person("张伟", **FAMILY)).decision, match(nameless, nameless).decision) == (
        "review",
        "review",
    )
