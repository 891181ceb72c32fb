"""Phone numbers by E1."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.customer.record.rules.phone import NotAPhone, PhoneKind, is_mobile, kind_of, normalise, read


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
        "5008001234",
        "13800138000转1",
        "0755-83201转802",
        "转802",
        "+852 4123 4567",
        "+1 212 555 0100",
        "85291234567",
        "0755-83201",
    ],
)
def test_what_reaches_nobody_is_refused(typed):
    with pytest.raises(NotAPhone):
        normalise(typed)


@pytest.mark.parametrize(
    ("typed", "number", "extension"),
    [
        ("0755-83201234-802", "075583201234", "802"),
        ("0755-83201234转802", "075583201234", "802"),
        ("0755-83201234轉802", "075583201234", "802"),
        ("0755 83201234 分机802", "075583201234", "802"),
        ("(0755)83201234 ext. 802", "075583201234", "802"),
        ("0755-83201234(EXT:802)", "075583201234", "802"),
        ("075583201234*802", "075583201234", "802"),
        ("0755-83201234#8", "075583201234", "8"),
        ("010-65051234-8", "01065051234", "8"),
        ("+86 755 83201234转8", "075583201234", "8"),
        ("400-800-1234转5", "4008001234", "5"),
        ("400-800-1234-5", "4008001234", "5"),
        ("0755-8320-1234", "075583201234", ""),
        ("0755-83201234", "075583201234", ""),
    ],
)
def test_an_extension_is_kept_apart(typed, number, extension):
    phone = read(typed)
    assert (phone.number, phone.extension) == (number, extension)
    assert normalise(typed) == number


@pytest.mark.parametrize(
    ("typed", "number"),
    [("+86 755 83201234", "075583201234"), ("0086 10 65051234", "01065051234"), ("+864008001234", "4008001234")],
)
def test_the_international_form_of_a_number_at_home_is_the_number_at_home(typed, number):
    assert normalise(typed) == number


def test_hong_kong_and_macau_may_be_dialled_with_two_zeros():
    assert normalise("00852 91234567") == "+85291234567"
    assert normalise("0085366123456") == "+85366123456"


@pytest.mark.parametrize(
    ("typed", "kind", "strong"),
    [
        ("13800138000", PhoneKind.MOBILE, True),
        ("0755-83201234", PhoneKind.LANDLINE, False),
        ("+85291234567", PhoneKind.HONG_KONG, True),
        ("+85366123456", PhoneKind.MACAU, True),
        ("400-800-1234", PhoneKind.SERVICE, False),
        ("8008301234", PhoneKind.SERVICE, False),
    ],
)
def test_only_a_mobile_identifies_a_person(typed, kind, strong):
    phone = read(typed)
    assert phone.kind is kind
    assert phone.is_strong is strong
    assert kind_of(phone.number) is kind


def test_a_mobile_of_the_mainland_is_told_from_other_numbers():
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
def test_signs_between_the_digits_never_matter_unless_they_set_an_extension_apart(text):
    with contextlib.suppress(NotAPhone):
        phone = read(text)
        assert phone.extension or normalise(text.replace(" ", "").replace("-", "")) == phone.number


@given(st.from_regex(r"0755[2-8][0-9]{7}", fullmatch=True), st.from_regex(r"[0-9]{1,6}", fullmatch=True))
def test_a_landline_is_the_same_number_behind_every_extension(number, extension):
    assert read(f"{number}转{extension}").number == read(number).number == number
    assert read(f"{number}-{extension}").extension == extension


@given(st.text("0123456789+- ()转extx*#分机86", max_size=25))
def test_any_text_is_a_number_of_a_kind_or_none(text):
    with contextlib.suppress(NotAPhone):
        phone = read(text)
        assert kind_of(phone.number) is phone.kind
        assert not phone.extension or not phone.is_strong


@pytest.mark.parametrize("vin", ["LSG00013X2Y560920", "LSG00062X2Y334019", "lsg00038x2y679592"])
def test_a_vin_is_no_landline_whatever_its_digits_are(vin: str) -> None:
    with pytest.raises(NotAPhone):
        read(vin)


def test_a_landline_of_as_many_signs_as_a_vin_keeps_its_extension() -> None:
    assert (read("075583000000ext12").number, read("075583000000ext12").extension) == ("075583000000", "12")
