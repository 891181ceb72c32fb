"""Company numbers by E3."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.customer.record.rules.company_id import NotACompanyId, check_character, read

SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def code_of(typed: str) -> str:
    with pytest.raises(NotACompanyId) as refused:
        read(typed)
    return refused.value.code


@pytest.mark.parametrize(
    ("typed", "uscc", "organisation"),
    [
        ("91350100M000100Y43", "91350100M000100Y43", "M000100Y4"),
        ("91440300708461136T", "91440300708461136T", "708461136"),
        ("91440300708461136t", "91440300708461136T", "708461136"),
        ("9144 0300 7084 6113 6T", "91440300708461136T", "708461136"),
        ("９１４４０３００７０８４６１１３６Ｔ", "91440300708461136T", "708461136"),
        ("70846113-6", None, "708461136"),
        ("708461136", None, "708461136"),
        ("70846113—6", None, "708461136"),
    ],
)
def test_the_vectors_of_e3_are_valid(typed, uscc, organisation):
    company = read(typed)
    assert (company.uscc, company.organisation_code) == (uscc, organisation)


def test_an_old_code_and_a_new_number_of_one_company_agree():
    assert read("70846113-6").organisation_code == read("91440300708461136T").organisation_code


@pytest.mark.parametrize(
    "typed", ["", "7084611", "91440300708461136", "I1440300708461136T", "深圳市华强公司", "9144030070846113IT"]
)
def test_what_has_not_the_form_is_refused(typed):
    assert code_of(typed) == "COMPANY_ID_FORMAT"


@pytest.mark.parametrize("typed", ["91440300708461136A", "70846113-5", "91440300708461137T"])
def test_a_wrong_check_character_is_found(typed):
    assert code_of(typed) == "COMPANY_ID_CHECKSUM"


@pytest.mark.parametrize(
    ("eight", "check"), [("70846113", "6"), ("M000100Y", "4"), ("00000000", "0"), ("D2143569", "X")]
)
def test_the_check_character_of_an_organisation_code(eight, check):
    assert check_character(eight) == check


@given(st.integers(0, 7), st.sampled_from("0123456789"))
def test_one_wrong_digit_in_an_organisation_code_is_found(place, digit):
    code = "708461136"
    assume(code[place] != digit)
    assert code_of(code[:place] + digit + code[place + 1 :]) == "COMPANY_ID_CHECKSUM"


@given(st.integers(8, 17), st.sampled_from(SIGNS))
def test_one_wrong_sign_in_a_credit_code_is_found(place, sign):
    number = "91440300708461136T"
    assume(number[place] != sign)
    assert code_of(number[:place] + sign + number[place + 1 :]) == "COMPANY_ID_CHECKSUM"


@given(st.text(max_size=20) | st.text(SIGNS, min_size=18, max_size=18) | st.text(SIGNS, min_size=9, max_size=9))
def test_any_text_is_a_company_number_or_refused(text):
    with contextlib.suppress(NotACompanyId):
        company = read(text)
        assert read(company.organisation_code if company.uscc is None else company.uscc) == company
