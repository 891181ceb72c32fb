"""What stands in the files is possible: numbers validate but for the planted slips, and rows agree with the truth."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from datetime import date

import pytest
from pypinyin import Style, pinyin
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2

from contracts import vin as vins
from simulator.files import names
from simulator.generate import generate

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
PLATE = re.compile(
    rf"[{PROVINCES}][A-HJ-NP-Z](?:[A-HJ-NP-Z0-9]{{5}}|[A-HJ-NP-Z0-9]{{4}}[港澳]|[DF][A-HJ-NP-Z0-9]\d{{4}}|\d{{5}}临)|临牌"
)
PHONE = re.compile(r"1[3-9]\d{9}|0755\d{8}|\+852[5-9]\d{7}")
COLUMNS = {
    "sales.csv": ("客户姓名", "手机", "身份证号", "车架号", None, "交车日期"),
    "sales_support.xlsx": ("购车人", "联系电话", "证件号码", "车架号", "车牌号", "上牌日期"),
    "finance.csv": ("姓名", "移动电话", "身份证号", "VIN", None, "开票日期"),
    "service.csv": ("送修人", "电话", None, "VIN", "车牌", "最近来厂"),
}


@pytest.fixture(scope="module", params=["2002", "modern"])
def told(request, tmp_path_factory, made, read_back):
    if request.param == "2002":
        return made
    place = tmp_path_factory.mktemp("modern")
    generate(place, persons=3_000, seed=11, profile="modern")
    return read_back(place)


def written(told, position):
    """(truth of the row, party, vehicle, cell) for every row that has this column filled."""
    for row in told.rows:
        column = COLUMNS[row.file][position]
        if column and (cell := told.cells[row.file][row.row - 1][column]):
            yield row, told.persons[row.truth_person_id], told.vehicles[row.truth_vehicle_id], cell


def plain(text):
    return re.sub(r"[\s·.\-]", "", unicodedata.normalize("NFKC", text)).upper()


def number(text):
    digits = plain(text)
    if digits.startswith("+852"):
        return digits
    digits = digits.removeprefix("+86")
    digits = digits.removeprefix("86") if len(digits) == 13 else digits
    return digits[1:] if len(digits) == 12 and digits[:2] == "01" else digits


def numbers_of(person):
    return {number(phone.partition("@")[0]) for phone in person["phones"].split(";")}


def test_phones_are_the_party_s_own_unless_mistyped_and_always_possible(told):
    slipped = 0
    for row, person, _, cell in written(told, 1):
        assert PHONE.fullmatch(number(cell)), cell
        assert (number(cell) in numbers_of(person)) == ("phone_typo" not in row.classes)
        slipped += "phone_typo" in row.classes
    assert slipped


def test_no_two_parties_have_a_number_together_but_couples_and_companies_with_their_driver(told):
    users = defaultdict(set)
    for truth_id, person in told.persons.items():
        for phone in numbers_of(person):
            users[phone].add(truth_id)
    together = {frozenset(parties) for parties in users.values() if len(parties) > 1}
    couples = {frozenset((p.person_a, p.person_b)) for p in told.pairs if p.kind == "spouse"}
    driven = {frozenset((p.person_a, p.person_b)) for p in told.pairs if p.kind == "driver"}
    assert couples <= together <= couples | driven
    assert driven & together and driven - together


def test_resident_ids_fit_their_check_digit_birth_date_and_sex(told):
    people = [p for p in told.persons.values() if p["kind"] == "person" and p["id_no"]]
    assert len({person["id_no"] for person in people}) == len(people)
    for person in people:
        assert mod_11_2.is_valid(person["id_no"])
        assert person["id_no"][6:14] == person["birth_date"].replace("-", "")
        assert person["gender"] == ("male" if int(person["id_no"][16]) % 2 else "female")


def test_written_ids_are_the_person_s_in_one_form_or_the_other_unless_the_check_digit_tells(told):
    forms: Counter[int] = Counter()
    for row, person, _, cell in written(told, 2):
        if person["kind"] == "company":
            continue
        if "id_typo" in row.classes:
            assert len(cell) == 18 and not mod_11_2.is_valid(cell)
            assert row.expected_reject == "id_checksum"
        else:
            own = person["id_no"]
            assert cell.upper() == (own[:6] + own[8:17] if "id_15" in row.classes else own)
            assert not row.expected_reject
        forms[len(cell)] += 1
    assert forms[18] and set(forms) <= {15, 18}


def test_companies_have_valid_codes_and_write_one_of_them(told):
    companies = [person for person in told.persons.values() if person["kind"] == "company"]
    assert len({c["org_code"] for c in companies}) == len({c["name"] for c in companies}) == len(companies)
    for company in companies:
        weighted = sum(
            int(digit) * weight for digit, weight in zip(company["org_code"], (3, 7, 9, 10, 5, 8, 4, 2), strict=False)
        )
        assert company["org_code"][8] == {10: "X", 11: "0"}.get(11 - weighted % 11, str(11 - weighted % 11))
        if company["uscc"]:
            assert uscc.is_valid(company["uscc"]) and company["uscc"][8:17] == company["org_code"]
    columns = {"sales.csv": "组织机构代码", "sales_support.xlsx": "证件号码", "finance.csv": "组织机构代码"}
    for file, column in columns.items():
        for row in told.rows:
            company = told.persons[row.truth_person_id]
            if row.file == file and company["kind"] == "company":
                cell = told.cells[file][row.row - 1][column]
                assert cell.replace("-", "") in {company["org_code"], company["uscc"]} or (
                    not cell and file == "sales.csv"
                )


def test_vins_are_the_car_s_own_and_a_slip_can_be_mended(told):
    assert len({vehicle["vin"] for vehicle in told.vehicles.values()}) == len(told.vehicles)
    slipped = 0
    for row, _, vehicle, cell in written(told, 3):
        assert vins.check_digit_fits(vehicle["vin"])
        assert vins.normalise(cell) == vehicle["vin"]
        assert (cell != vehicle["vin"]) == ("vin_slip" in row.classes)
        slipped += cell != vehicle["vin"]
    assert slipped


def test_plates_are_possible_and_what_the_car_wore_that_day(told):
    temporary = 0
    for row, _, vehicle, cell in written(told, 4):
        worn = [plate.split("@") for plate in vehicle["plates"].split(";")]
        day = str(told.cells[row.file][row.row - 1][COLUMNS[row.file][5]])[:10]
        assert PLATE.fullmatch(plain(cell)), cell
        expected = next(plate for plate, since in reversed(worn) if since[:10] <= day)
        assert plain(cell) in {expected, "临牌"}
        assert expected.endswith("临") == ("temporary_plate" in row.classes)
        temporary += expected.endswith("临")
    assert temporary
    lasting = [v["plates"].split(";")[-1].partition("@")[0] for v in told.vehicles.values()]
    assert len(set(lasting)) == len(lasting)


def test_names_are_the_party_s_own_unless_the_row_is_told_to_differ(told):
    differing = {"homophone", "surname_title", "traditional", "accent_heard", "company_short"}
    for row, person, _, cell in written(told, 0):
        assert (cell != person["name"]) == bool(differing & set(row.classes)), (row, cell)
        if "surname_title" in row.classes:
            assert cell[0] == person["name"][0] and len(cell) <= 4
        if "company_short" in row.classes:
            assert cell in person["name"]
        if "traditional" in row.classes:
            assert person["phones"].startswith(("1", "+852")) and len(cell) == len(person["name"])


def test_a_homophone_differs_in_one_character_of_the_same_sound(told):
    for row, person, _, cell in written(told, 0):
        if "homophone" in row.classes:
            [(right, wrong)] = [(a, b) for a, b in zip(person["name"], cell, strict=True) if a != b]
            assert readings(right) & readings(wrong), (person["name"], cell)


def readings(character):
    """Its sounds without tones, ü as v."""
    return set(pinyin(character, style=Style.NORMAL, heteronym=True, v_to_u=False)[0])


def test_the_table_of_sounds_is_right():
    for sound, characters in names.SOUNDS.items():
        assert len(set(characters)) == len(characters) > 1
        assert all(sound in readings(character) for character in characters), (sound, characters)


def test_dates_are_written_as_each_department_does_and_nothing_is_later_than_the_files(made):
    forms = {
        "sales.csv": r"200[0-2]/[1-9]\d?/[1-9]\d?",
        "sales_support.xlsx": r"200[0-2]-\d\d-\d\d 00:00:00",
        "finance.csv": r"200[0-2][01]\d[0-3]\d",
        "service.csv": r"200[0-2]-\d\d-\d\d",
    }
    for row, _, vehicle, cell in written(made, 5):
        assert re.fullmatch(forms[row.file], str(cell)), cell
        [(year, month, of_month)] = re.findall(r"^(\d{4})\D?(\d\d?)\D?(\d\d?)", str(cell))
        day = date(int(year), int(month), int(of_month))
        assert date(2000, 10, 1) <= day <= date(2002, 12, 31)
        if row.file == "service.csv":
            assert day > date.fromisoformat(vehicle["delivered"])


def test_a_couple_shares_its_phone_and_differs_in_sex(told):
    for pair in told.pairs:
        if pair.kind == "spouse":
            one, other = told.persons[pair.person_a], told.persons[pair.person_b]
            assert numbers_of(one) == numbers_of(other)
            assert {one["gender"], other["gender"]} == {"male", "female"}


def test_a_driver_brings_a_car_of_his_company(told):
    brought = {(row.truth_person_id, row.truth_vehicle_id) for row in told.rows if "driver" in row.classes}
    owners = {truth_id: vehicle["owners"].partition("@")[0] for truth_id, vehicle in told.vehicles.items()}
    employers = {pair.person_b: pair.person_a for pair in told.pairs if pair.kind == "driver"}
    assert brought and {driver for driver, _ in brought} == set(employers)
    for driver, vehicle in brought:
        assert owners[vehicle] == employers[driver]
        assert told.persons[employers[driver]]["kind"] == "company"


def test_the_second_owner_follows_the_first_on_the_same_car(told):
    pairs = {(pair.person_a, pair.person_b) for pair in told.pairs if pair.kind == "second_owner"}
    found = set()
    for vehicle in told.vehicles.values():
        owners = [owner.split("@") for owner in vehicle["owners"].split(";")]
        if len(owners) > 1:
            (first, his), (second, hers) = owners
            assert his.split("..")[1] == hers.split("..")[0] > his.split("..")[0]
            found.add((first, second))
    assert found == pairs
    for row in told.rows:
        if "second_owner" in row.classes:
            day = told.cells[row.file][row.row - 1]["最近来厂"]
            assert day >= told.vehicles[row.truth_vehicle_id]["owners"].split(";")[1].split("@")[1][:10]


def test_those_who_sound_alike_share_the_given_name_and_no_number(told):
    pairs = [pair for pair in told.pairs if pair.kind == "accent_pair"]
    assert pairs
    for pair in pairs:
        one, other = told.persons[pair.person_a], told.persons[pair.person_b]
        assert one["name"][1:] == other["name"][1:] and names.ACCENT[one["name"][0]] == other["name"][0]
        assert not numbers_of(one) & numbers_of(other)


def test_pairs_of_the_same_name_are_two_people_of_one_name(told):
    for pair in told.pairs:
        if pair.kind == "same_name":
            assert told.persons[pair.person_a]["name"] == told.persons[pair.person_b]["name"]


def test_both_forms_of_the_id_stand_in_accepted_rows_of_who_must_be_merged(made):
    lengths = defaultdict(set)
    for row, person, _, cell in written(made, 2):
        if not row.expected_reject and person["kind"] == "person":
            lengths[row.truth_person_id].add(len(cell))
    asked = {pair.person_a for pair in made.pairs if pair.kind == "id_15_18"}
    assert asked == {truth_id for truth_id, found in lengths.items() if {15, 18} <= found}
