"""Over 10 000 parties every share of F3 and F4 stands within chance: four standard deviations of its binomial."""

from __future__ import annotations

import math
from collections import Counter

import pytest

from simulator.generate import generate

ID_COLUMNS = {"sales.csv": "身份证号", "sales_support.xlsx": "证件号码", "finance.csv": "身份证号"}


def near(count, *, of, share):
    """True if `count` of `of` is what chance makes of a share, four standard deviations around it."""
    return abs(count - share * of) <= 4 * math.sqrt(of * share * (1 - share))


@pytest.fixture(scope="module")
def modern(tmp_path_factory, read_back):
    place = tmp_path_factory.mktemp("modern")
    generate(place, persons=10_000, seed=7, profile="modern")
    return read_back(place)


def people(made):
    return [person for person in made.persons.values() if person["kind"] == "person"]


def classes(made):
    return Counter(kind for row in made.rows for kind in row.classes)


def lines_of(made, file):
    """The truth of a file's rows in the file's order."""
    return sorted((row for row in made.rows if row.file == file), key=lambda row: row.row)


def filled(made, *columns):
    """How many rows of all files have something in one of these columns."""
    return sum(bool(line.get(column)) for lines in made.cells.values() for line in lines for column in columns)


@pytest.mark.parametrize(
    ("kind", "share"), [("spouse", 0.025), ("driver", 0.06), ("second_owner", 0.02), ("accent_pair", 0.005)]
)
def test_pairs_of_two_parties_are_a_share_of_the_parties(made, kind, share):
    assert near(sum(pair.kind == kind for pair in made.pairs), of=10_000, share=share)


@pytest.mark.parametrize(("kind", "share"), [("new_phone", 0.04), ("traditional", 0.01), ("accent_heard", 0.005)])
def test_what_happens_to_one_party_is_a_share_of_the_parties(made, kind, share):
    concerned = {row.truth_person_id for row in made.rows if kind in row.classes}
    assert near(len(concerned), of=10_000, share=share)


def test_slips_are_shares_of_the_rows_that_could_have_them(made):
    found = classes(made)
    private = {person["truth_person_id"] for person in people(made)}
    of_people = [row for row in made.rows if made.persons[row.truth_person_id]["kind"] == "person"]
    full = [row for row in of_people if not {"surname_title", "accent_heard", "traditional"} & set(row.classes)]
    ids = sum(
        bool(line.get(column)) and row.truth_person_id in private
        for file, column in ID_COLUMNS.items()
        for row, line in zip(lines_of(made, file), made.cells[file], strict=True)
    )
    mobiles = sum(
        bool(line.get(column)) and not str(line[column]).startswith(("0755", "+852"))
        for lines in made.cells.values()
        for line in lines
        for column in ("手机", "联系电话", "移动电话", "电话")
    )
    assert near(found["surname_title"], of=len(of_people), share=0.05)
    assert near(found["homophone"], of=len(full), share=0.03)
    assert near(found["phone_typo"], of=mobiles, share=0.015)
    assert near(found["id_typo"], of=ids, share=0.01)
    assert near(found["id_15"], of=ids - found["id_typo"], share=0.40)
    assert near(found["vin_slip"], of=filled(made, "车架号", "VIN"), share=0.01)


def test_eight_of_a_hundred_new_cars_wear_a_temporary_plate_first(made):
    sold = [vehicle for vehicle in made.vehicles.values() if vehicle["sold_here"] == "1"]
    temporary = [vehicle for vehicle in sold if "临@" in vehicle["plates"]]
    assert near(len(temporary), of=len(sold), share=0.08)
    assert all(vehicle["plates"].count("@") >= 2 for vehicle in temporary)


def test_the_service_desk_often_writes_a_surname_and_a_title(made):
    service = [row for row in made.rows if row.file == "service.csv"]
    of_people = [row for row in service if made.persons[row.truth_person_id]["kind"] == "person"]
    assert 0.12 < sum("surname_title" in row.classes for row in of_people) / len(of_people) < 0.25


@pytest.mark.parametrize(("profile", "companies", "men"), [("2002", 0.30, 0.78), ("modern", 0.08, 0.60)])
def test_owners_are_companies_and_men_as_often_as_the_profile_says(made, modern, profile, companies, men):
    told = made if profile == "2002" else modern
    first = {vehicle["owners"].partition("@")[0] for vehicle in told.vehicles.values()}
    owners = [told.persons[truth_id] for truth_id in first]
    private = [owner for owner in owners if owner["kind"] == "person"]
    assert near(len(owners) - len(private), of=len(owners), share=companies)
    assert near(sum(owner["gender"] == "male" for owner in private), of=len(private), share=men)


def test_ages_are_36_give_or_take_8(made):
    ages = sorted(2003 - int(person["birth_date"][:4]) for person in people(made))
    mean = sum(ages) / len(ages)
    spread = math.sqrt(sum((age - mean) ** 2 for age in ages) / len(ages))
    assert 35.5 < mean < 37.5
    assert 7.3 < spread < 8.7
    assert ages[0] >= 20 and ages[-1] <= 71


def test_the_twenty_most_frequent_surnames_are_more_than_half_of_the_people(made):
    surnames = Counter(person["name"][0] for person in people(made))
    assert 0.48 < sum(count for _, count in surnames.most_common(20)) / sum(surnames.values()) < 0.62
    assert {name for name, _ in surnames.most_common(3)} == {"李", "王", "张"}


def test_given_names_have_one_two_or_three_characters(made):
    compound = ("欧阳", "司徒", "上官", "诸葛", "皇甫", "令狐", "尉迟", "万俟")
    given = [person["name"][2 if person["name"].startswith(compound) else 1 :] for person in people(made)]
    lengths = Counter(len(name) for name in given)
    # who takes part in a pair or comes from Hong Kong is drawn again until the name suits: a little wider than chance
    assert abs(lengths[1] / len(given) - 0.18) < 0.02
    assert abs(lengths[2] / len(given) - 0.80) < 0.02
    assert abs(lengths[3] / len(given) - 0.02) < 0.01


def test_same_names_come_by_nature(made):
    assert sum(pair.kind == "same_name" for pair in made.pairs) > 50


def test_prefixes_models_and_codes_belong_to_their_time(made, modern):
    def prefixes(told):
        return {person["phones"][:3] for person in told.persons.values() if person["phones"][0] == "1"}

    assert prefixes(made) == {"135", "136", "137", "138", "139"}
    assert len(prefixes(modern)) > 30
    assert {vehicle["model"] for vehicle in made.vehicles.values()} == {"新世纪", "GL", "G", "GS", "GL8", "赛欧"}
    assert not any(v["model"] == "赛欧" and v["delivered"] < "2001" for v in made.vehicles.values())
    assert not any(person["uscc"] for person in made.persons.values())
    assert all(person["uscc"] for person in modern.persons.values() if person["kind"] == "company")
    assert classes(modern)["id_15"] == 0
