"""Whether two records are one customer: the table, the vetoes and the examples of E7."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from contracts import plate
from contracts.customer.operations import CustomerKind
from services.customer.record.rules import address, company_names, names, phone
from services.customer.record.rules.facts import Facts, KnownPhone, KnownVehicle, Role
from services.customer.record.rules.gender import Gender
from services.customer.record.rules.matching import POINTS, Kind, Match, Relation, Veto, compare

AT = date(2004, 6, 15)
MALE_1975 = "440301197510200018"
MALE_1980 = "34052419800101001X"
FEMALE_1949 = "11010519491231002X"
VIN = "LSGDC82CX2E000001"
HOUSE = address.read("深圳市福田区深南大道1001号")
BUICK = KnownVehicle(VIN, since=date(2002, 3, 1))


def person(name: str | None = None, *, mobile: str | None = None, **known: Any) -> Facts:
    facts = Facts(CustomerKind.PERSON, names.read(name) if name else None, **known)
    return facts if mobile is None else replace(facts, phones=(*facts.phones, number(mobile)))


def company(name: str | None = None, *, mobile: str | None = None, **known: Any) -> Facts:
    facts = Facts(CustomerKind.COMPANY, company_names.read(name) if name else None, **known)
    return facts if mobile is None else replace(facts, phones=(*facts.phones, number(mobile)))


def number(typed: str, **known: Any) -> KnownPhone:
    read = phone.read(typed)
    return KnownPhone(read.number, read.kind, **known)


def match(one: Facts, other: Facts, **told: Any) -> Match:
    """The match, which must be the same in the other order."""
    there = compare(one, other, at=AT, **told)
    assert compare(other, one, at=AT, **told) == there
    return there


def outcome(one: Facts, other: Facts) -> tuple[int, str]:
    found = match(one, other)
    return found.points, found.decision.value


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param(
            person("张伟", mobile="13800138000"),
            person("张伟", mobile="13800138000"),
            (102, "link"),
            id="mobile and the same hanzi",
        ),
        pytest.param(
            person("张伟", mobile="13800138000"),
            person("章伟", mobile="13800138000"),
            (96, "link"),
            id="mobile and a homophone with one hanzi equal",
        ),
        pytest.param(
            person("张先生", mobile="13800138000"),
            person("张伟", mobile="13800138000"),
            (82, "review"),
            id="mobile and a surname with a title",
        ),
        pytest.param(
            person("张先生", mobile="13800138000"),
            person("张伟", mobile="13800138000", gender=Gender.MALE),
            (86, "review"),
            id="mobile and a surname with a title that fits",
        ),
        pytest.param(
            person("张伟", mobile="13800138000"),
            person("李娜", mobile="13800138000"),
            (62, "review"),
            id="mobile and a different name",
        ),
        pytest.param(
            person("张伟", vehicles=(BUICK,)),
            person("章伟", vehicles=(BUICK,)),
            (69, "review"),
            id="vin and a homophone",
        ),
        pytest.param(
            person("张伟", birth_date=date(1970, 2, 3)),
            person("张伟", birth_date=date(1970, 2, 3)),
            (65, "review"),
            id="same name and birth date",
        ),
        pytest.param(person("张伟"), person("张伟"), (40, "new"), id="same name only"),
    ],
)
def test_the_examples_of_e7(one, other, expected):
    assert outcome(one, other) == expected


def test_one_number_and_two_names_may_be_a_household():
    found = match(person("张伟", mobile="13800138000"), person("李娜", mobile="13800138000"))
    assert (found.relation, found.attach_contact) == (Relation.HOUSEHOLD, False)


def test_a_surname_with_a_title_behind_a_known_number_is_attached_as_contact():
    found = match(person("张先生", mobile="13800138000"), person("张伟", mobile="13800138000"))
    assert (found.relation, found.attach_contact) == (None, True)
    nameless = match(person("张先生", mobile="13800138000"), person(mobile="13800138000"))
    assert (nameless.relation, nameless.attach_contact) == (None, False)


SAME: dict[Kind, dict[str, Any]] = {
    Kind.ID18: {"id18": MALE_1975},
    Kind.MOBILE: {"phones": (number("13800138000"),)},
    Kind.SHARED_MOBILE: {"phones": (number("13800138000", shared=True),)},
    Kind.LANDLINE: {"phones": (number("0755-83201234"),)},
    Kind.VIN: {"vehicles": (BUICK,)},
    Kind.PLATE: {"plates": (plate.read("粤B12345"),)},
    Kind.BIRTH_DATE: {"birth_date": date(1970, 2, 3)},
    Kind.EMAIL: {"email": "zw@qq.com"},
    Kind.ADDRESS: {"address": HOUSE},
    Kind.EMPLOYER: {"employer": "华强实业"},
}


@pytest.mark.parametrize("kind", SAME)
def test_every_agreement_has_its_worth(kind):
    found = match(person(**SAME[kind]), person(**SAME[kind]))
    assert kind in {one.kind for one in found.evidence}
    assert found.points == POINTS[kind] + (POINTS[Kind.BIRTH_DATE] if kind is Kind.ID18 else 0)


def test_a_credit_code_and_the_old_code_in_it_are_one_company():
    found = match(company("华强", uscc="91440300708461136T"), company("中航", organisation_code="708461136"))
    assert (found.points, found.decision) == (100, "link")


def test_an_equal_id_links_whoever_may_bear_both_names():
    assert outcome(person("张伟", id18=MALE_1975), person("Zhang Wei", id18=MALE_1975)) == (155, "link")
    for other in ("张强", "李伟", "章炜", "刘哥", "伟张", "张先生", "David Chen"):
        assert match(person("张伟", id18=MALE_1975), person(other, id18=MALE_1975)).decision == "link", other


@pytest.mark.parametrize("other", ["李强", "欧阳锋", "王建国"])
def test_an_agent_s_card_typed_for_many_owners_asks_and_makes_nobody_one_of_them(other):
    found = match(person("张伟", id18=MALE_1975), person(other, id18=MALE_1975))
    assert {one.kind: one.points for one in found.evidence}[Kind.ID18] == 75
    assert (found.decision, found.vetoes) == ("review", (Veto.NAME_UNPROVEN,))


def test_a_wife_called_by_her_husband_s_name_is_never_taken_for_him():
    found = match(person("王太太", mobile="13900138001"), person("王伟", mobile="13900138001"))
    assert (found.attach_contact, found.relation, found.decision) == (False, Relation.HOUSEHOLD, "review")
    assert Kind.NAME not in {one.kind for one in found.evidence}


@pytest.mark.parametrize("called", ["老王", "小王", "阿伟", "王工", "王老板", "王哥", "王主任"])
def test_a_nickname_or_a_title_is_a_contact_of_whom_its_number_answers_to(called):
    found = match(person(called, mobile="13900138001"), person("王伟", mobile="13900138001"))
    assert (found.attach_contact, found.points) == (True, 82)


def test_a_nickname_of_other_signs_is_somebody_else():
    found = match(person("阿强", mobile="13900138001"), person("王伟", mobile="13900138001"))
    assert (found.attach_contact, found.relation) == (False, Relation.HOUSEHOLD)


def test_a_name_with_its_given_name_first_is_the_same_name():
    assert outcome(person("国庆袁", mobile="13900138001"), person("袁国庆", mobile="13900138001")) == (96, "link")


@pytest.mark.parametrize("day", [date(1900, 1, 1), date(1970, 1, 1), date(1980, 1, 1), date(2000, 1, 1)])
def test_a_birthday_that_forms_suggest_neither_speaks_for_two_being_one_nor_against_it(day):
    assert outcome(person("张伟", birth_date=day), person("张伟", birth_date=day)) == (40, "new")
    linked = match(
        person("张伟", mobile="13900138001", birth_date=day), person("张伟", mobile="13900138001", id18=MALE_1975)
    )
    assert (linked.decision, linked.vetoes) == ("link", ())


@pytest.mark.parametrize(
    ("one", "other", "decision"),
    [
        ("宏远公司", "深圳市宏远有限公司", "link"),
        ("宏远", "宏远公司", "link"),
        ("宏远", "宏远供应链管理有限公司", "review"),
        ("宏远贸易有限公司", "宏远贸易有限公司深圳分公司", "review"),
        ("宏远贸易有限公司", "长城贸易有限公司", "review"),
    ],
)
def test_a_company_is_known_by_what_is_its_own_in_its_name(one, other, decision):
    found = match(company(one, mobile="13900138001"), company(other, mobile="13900138001"))
    assert found.decision == decision


@pytest.mark.parametrize(
    ("one", "other", "veto"),
    [
        pytest.param({"id18": MALE_1975}, {"id18": MALE_1980}, Veto.ID_DIFFERS, id="two ids"),
        pytest.param({"id18": MALE_1975}, {"birth_date": date(1980, 1, 2)}, Veto.BIRTH_DIFFERS, id="birth date"),
        pytest.param({"id18": MALE_1975}, {"gender": Gender.FEMALE}, Veto.GENDER_DIFFERS, id="gender"),
    ],
)
def test_what_an_id_contradicts_is_never_linked(one, other, veto):
    found = match(person("张伟", mobile="13800138000", **one), person("张伟", mobile="13800138000", **other))
    assert veto in found.vetoes
    assert (found.points, found.decision) == (102, "review")


def test_a_title_is_contradicted_by_an_id():
    found = match(person("张伟女士", mobile="13800138000"), person("张伟", mobile="13800138000", id18=MALE_1975))
    assert (found.vetoes, found.decision) == ((Veto.GENDER_DIFFERS,), "review")


def test_what_two_forms_say_of_birth_and_gender_is_no_veto():
    one = person("张伟", mobile="13800138000", birth_date=date(1970, 2, 3), gender=Gender.MALE)
    other = person("张伟", mobile="13800138000", birth_date=date(1970, 1, 7), gender=Gender.FEMALE)
    assert outcome(one, other) == (102, "link")


def test_an_id_knows_the_birth_date_better_than_the_form_beside_it():
    one = person("张伟", mobile="13800138000", id18=MALE_1975, birth_date=date(1957, 10, 20))
    assert match(one, person("张伟", birth_date=date(1975, 10, 20))).points == 65


def test_a_person_is_never_a_company():
    found = match(
        person("华强", mobile="13800138000", email="a@b.cn"), company("华强", mobile="13800138000", email="a@b.cn")
    )
    assert (found.points, found.vetoes, found.decision) == (87, (Veto.PERSON_AND_COMPANY,), "review")


def test_two_companies_with_two_codes_are_never_linked():
    one = company("华强", mobile="13800138000", organisation_code="708461136")
    other = company("华强", mobile="13800138000", organisation_code="M000100Y4")
    assert (match(one, other).vetoes, match(one, other).decision) == ((Veto.ORGANISATION_DIFFERS,), "review")


def test_a_pair_that_a_human_has_told_apart_is_never_linked():
    one = person("张伟", mobile="13800138000", id18=MALE_1975)
    found = match(one, one, not_same=True)
    assert (found.vetoes, found.decision) == ((Veto.NOT_SAME,), "review")


def test_a_veto_alone_brings_nobody_into_the_review_queue():
    found = match(person("张伟", id18=MALE_1975), person("张伟", id18=MALE_1980))
    assert (found.points, found.decision) == (40, "new")


@pytest.mark.parametrize(
    ("last_contact", "name", "points"),
    [
        pytest.param(date(2002, 6, 14), "李娜", 0, id="more than 24 months, other name"),
        pytest.param(date(2002, 6, 15), "李娜", 62, id="24 months to the day, other name"),
        pytest.param(date(2004, 6, 1), "李娜", 62, id="lately, other name"),
        pytest.param(None, "李娜", 62, id="never told, other name"),
        pytest.param(date(2000, 1, 1), "张伟", 102, id="long ago, same name"),
        pytest.param(date(2000, 1, 1), "张先生", 82, id="long ago, same surname"),
        pytest.param(date(2000, 1, 1), None, 62, id="long ago, name unknown"),
    ],
)
def test_a_number_is_recycled_after_two_years_if_another_answers(last_contact, name, points):
    known = person("张伟", phones=(number("13800138000", last_contact=last_contact),))
    assert match(known, person(name, mobile="13800138000")).points == points


def test_a_number_that_one_of_the_two_shares_is_shared():
    shared = person("张伟", phones=(number("13800138000", shared=True),))
    assert match(shared, person("张伟", mobile="13800138000")).points == 65


def test_two_equal_numbers_are_worth_as_much_as_the_better_one():
    both = (number("13800138000", shared=True), number("13912345678"))
    assert match(person(phones=both), person(phones=both)).points == 62


def test_a_mobile_and_a_landline_are_two_agreements():
    both = (number("13800138000"), number("0755-83201234"))
    assert match(person(phones=both), person(phones=both)).points == 72


@pytest.mark.parametrize(
    ("one", "other", "points"),
    [
        pytest.param(BUICK, KnownVehicle(VIN), 35, id="open periods"),
        pytest.param(BUICK, KnownVehicle(VIN, until=date(2002, 3, 2)), 35, id="one day in common"),
        pytest.param(BUICK, KnownVehicle(VIN, until=date(2002, 3, 1)), 0, id="sold on the day the other bought"),
        pytest.param(BUICK, replace(BUICK, role=Role.BRINGER), 0, id="bringer"),
        pytest.param(BUICK, replace(BUICK, vin="LSGSJ52U42Y123456"), 0, id="another car"),
        pytest.param(replace(BUICK, role=Role.PAYER), replace(BUICK, role=Role.PAYER), 0, id="two payers"),
    ],
)
def test_a_vin_is_evidence_for_owners_of_one_time(one, other, points):
    assert match(person(vehicles=(one,)), person(vehicles=(other,))).points == points


def test_a_temporary_plate_is_no_evidence():
    assert match(person(plates=(plate.read("临牌"),)), person(plates=(plate.read("临牌"),))).points == 0


def test_an_address_without_a_house_is_no_evidence():
    street = address.read("深圳市福田区深南大道")
    assert match(person(address=street), person(address=street)).points == 0


def test_half_a_point_of_a_name_counts_as_one():
    assert match(company("华强电子"), company("华强电子科技")).points == 24
    assert match(person("陳伟"), person("陈伟")).points == 39
    assert match(company("甲乙丙丁戊己庚辛壬"), company("甲乙丙丁戊己庚")).points == 30
    assert match(company("甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午"), company("甲乙丙丁戊己庚辛壬癸子丑寅卯")).points == 33
