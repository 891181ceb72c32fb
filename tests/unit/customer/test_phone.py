"""Phone numbers by E1."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.customer.rules.phone import NotAPhone, is_mobile, normalise


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" +86 138-0013-8000", "13800138000"),
        ("０１３９１２３４５６７８", "13912345678"),
        ("8613912345678", "13912345678"),
        ("008613912345678", "13912345678"),
        ("+8613912345678", "13912345678"),
        ("013912345678", "13912345678"),
        ("139 1234 5678", "13912345678"),
        ("19912345678", "19912345678"),
        ("0755-83201234", "075583201234"),
        ("+86 0755-83201234", "075583201234"),
        ("(010) 6505 1234", "01065051234"),
        ("+852 9123 4567", "+85291234567"),
        ("+853 6612 3456", "+85366123456"),
    ],
)
def test_the_vectors_of_e1_are_stored_in_one_form(typed, stored):
    assert normalise(typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "12345678901",
        "1381234567",
        "138123456789",
        "",
        "abc",
        "4008001234",
        "+852 4123 4567",
        "+1 212 555 0100",
        "85291234567",
        "0755-83201",
    ],
)
def test_what_reaches_nobody_is_refused(typed):
    with pytest.raises(NotAPhone):
        normalise(typed)


def test_only_a_mainland_mobile_identifies_a_person():
    assert is_mobile("13800138000")
    assert not is_mobile("075583201234")
    assert not is_mobile("+85291234567")


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(["", "86", "+86", "0086", "0", "+86 0"]))
def test_a_mobile_is_the_same_number_however_its_country_is_written(number, before):
    assert normalise(before + number) == number


@given(st.text(max_size=25))
def test_a_stored_number_stays_as_it_is(text):
    with contextlib.suppress(NotAPhone):
        assert normalise(normalise(text)) == normalise(text)


@given(st.text("0123456789+- ()", max_size=20))
def test_signs_between_the_digits_never_matter(text):
    with contextlib.suppress(NotAPhone):
        stored = normalise(text)
        assert normalise(text.replace(" ", "").replace("-", "")) == stored
