"""Resident IDs by E2."""

from __future__ import annotations

import contextlib
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.customer.record.rules.resident_id import NotAResidentId, read, to_18

TODAY = date(2026, 11, 23)
PROVINCES = ["11", "15", "21", "31", "37", "41", "44", "46", "50", "54", "61", "65", "71", "81", "82", "83", "91"]


def code_of(typed: str) -> str:
    with pytest.raises(NotAResidentId) as refused:
        read(typed, today=TODAY)
    return refused.value.code


def numbers() -> st.SearchStrategy[str]:
    """Numbers of 15 digits of real people."""
    born = st.dates(date(1900, 1, 1), date(1999, 12, 31)).map(lambda day: day.strftime("%y%m%d"))
    rest = st.integers(0, 9999).map("{:04}".format)
    sequence = st.integers(0, 995).map("{:03}".format)
    return st.tuples(st.sampled_from(PROVINCES[:-1]), rest, born, sequence).map("".join)


@pytest.mark.parametrize(
    ("typed", "number_18", "born", "gender", "warnings"),
    [
        ("11010519491231002X", "11010519491231002X", date(1949, 12, 31), "female", ()),
        ("440524188001010014", "440524188001010014", date(1880, 1, 1), "male", ("ID_BORN_BEFORE_1900",)),
        ("34052419800101001X", "34052419800101001X", date(1980, 1, 1), "male", ()),
        ("440301197510200018", "440301197510200018", date(1975, 10, 20), "male", ()),
        ("513101198201130014", "513101198201130014", date(1982, 1, 13), "male", ()),
        ("130503670401001", "130503196704010016", date(1967, 4, 1), "male", ()),
    ],
)
def test_the_vectors_of_e2_are_valid(typed, number_18, born, gender, warnings):
    person = read(typed, today=TODAY)
    assert person.number == typed
    assert person.number_18 == number_18
    assert (person.birth_date, person.gender, person.warnings) == (born, gender, warnings)
    assert person.region == typed[:6]


def test_a_check_digit_copied_wrongly_is_found():
    assert code_of("513101198201130011") == "ID_CHECKSUM"


@pytest.mark.parametrize(
    "typed", ["11010519491231002x", " 110105 19491231 002X ", "１１０１０５１９４９１２３１００２Ｘ"]
)
def test_case_spaces_and_width_do_not_matter(typed):
    assert read(typed, today=TODAY).number == "11010519491231002X"


@pytest.mark.parametrize(
    "typed", ["", "1101051949123100", "1101051949123100211", "11010519491231X02X", "13050367040100X"]
)
def test_what_has_not_the_form_is_refused(typed):
    assert code_of(typed) == "ID_FORMAT"


@pytest.mark.parametrize(
    ("number_15", "code"),
    [
        ("130503670230001", "ID_DATE"),
        ("130503671301001", "ID_DATE"),
        ("160503670401001", "ID_REGION"),
        ("990503670401001", "ID_REGION"),
        ("000503670401001", "ID_REGION"),
    ],
)
def test_no_such_day_and_no_such_province_are_refused_in_both_forms(number_15, code):
    assert code_of(number_15) == code
    assert code_of(to_18(number_15)) == code


def test_nobody_is_born_after_today():
    born_today = "440301199911230004"
    valid = next(born_today[:17] + check for check in "0123456789X" if _reads(born_today[:17] + check, TODAY))
    assert read(valid, today=date(1999, 11, 23)).birth_date == date(1999, 11, 23)
    with pytest.raises(NotAResidentId) as refused:
        read(valid, today=date(1999, 11, 22))
    assert refused.value.code == "ID_DATE"


def test_nobody_lives_since_the_eighteenth_century():
    assert code_of(_completed("44030117991231001")) == "ID_DATE"


def test_a_foreigner_with_permanent_residence_has_his_province_after_the_nine():
    assert read(_completed("94484019800101001"), today=TODAY).region == "944840"
    assert read(_completed("91015619800101001"), today=TODAY).region == "910156"
    assert code_of(_completed("99984019800101001")) == "ID_REGION"


@pytest.mark.parametrize("sequence", ["996", "997", "998", "999"])
def test_the_last_sequence_numbers_of_15_digits_are_of_the_1800s(sequence):
    person = read("440301750101" + sequence, today=TODAY)
    assert person.birth_date == date(1875, 1, 1)
    assert person.warnings == ("ID_BORN_BEFORE_1900",)


def test_sequence_number_995_is_of_the_1900s():
    assert read("440301750101995", today=TODAY).birth_date == date(1975, 1, 1)


@given(numbers())
def test_both_forms_are_one_person(number_15):
    short, long = read(number_15, today=TODAY), read(to_18(number_15), today=TODAY)
    assert short.number == number_15
    assert (short.number_18, short.birth_date, short.gender) == (long.number_18, long.birth_date, long.gender)
    assert read(short.number_18, today=TODAY) == long


@given(numbers(), st.integers(0, 17), st.sampled_from("0123456789X"))
def test_one_wrong_sign_is_always_found(number_15, place, sign):
    number = to_18(number_15)
    assume(number[place] != sign)
    changed = number[:place] + sign + number[place + 1 :]
    assert code_of(changed) in ({"ID_FORMAT"} if sign == "X" and place < 17 else {"ID_CHECKSUM"})


@given(numbers(), st.integers(0, 16))
def test_two_neighbours_changed_about_are_always_found(number_15, place):
    number = to_18(number_15)
    assume(number[place] != number[place + 1] and number[place + 1] != "X")
    changed = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert code_of(changed) == "ID_CHECKSUM"


@given(st.text(max_size=20) | st.from_regex(r"[0-9]{15}([0-9]{2}[0-9X])?", fullmatch=True))
def test_any_text_is_an_id_or_refused_with_a_reason(text):
    with contextlib.suppress(NotAResidentId):
        person = read(text, today=TODAY)
        assert len(person.number_18) == 18
        assert person.birth_date <= TODAY


def _reads(typed: str, today: date) -> bool:
    try:
        read(typed, today=today)
    except NotAResidentId:
        return False
    return True


def _completed(seventeen: str) -> str:
    """The number with the check character by the formula of the standard."""
    total = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(seventeen))
    return seventeen + "10X98765432"[total % 11]
