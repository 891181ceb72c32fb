"""Phone numbers by E1."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.customer.record.rules.phone import (
    NotAPhone,
    PhoneKind,
    is_masked,
    is_mobile,
    kind_of,
    listed,
    normalise,
    read,
)


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
        "+852 1123 4567",
        "+852 9123 456",
        "+86 12345",
        "+44 1234",
        "0755-83201",
        "11111111111",
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


@pytest.mark.parametrize(
    "rounded", ["1.38123456E+10", "1.38123456e+10", "１．３８１２３Ｅ＋１０", "1.38E10", " 1.38 e+10 "]
)
def test_what_a_spreadsheet_has_rounded_is_nobody_s_number(rounded: str) -> None:
    with pytest.raises(NotAPhone) as refused:
        read(rounded)
    assert refused.value.code == "DIGITS_LOST"
    assert listed(rounded) == ()


@pytest.mark.parametrize(
    ("typed", "number", "kind"),
    [
        ("13912345678.0", "13912345678", PhoneKind.MOBILE),
        ("075583201234.00", "075583201234", PhoneKind.LANDLINE),
        ("86-755-83201234", "075583201234", PhoneKind.LANDLINE),
        ("86 10 65051234", "01065051234", PhoneKind.LANDLINE),
        ("75583201234", "075583201234", PhoneKind.LANDLINE),
        ("(+852)9123 4567", "+85291234567", PhoneKind.HONG_KONG),
        ("852-91234567", "+85291234567", PhoneKind.HONG_KONG),
        ("+852 4685 1234", "+85246851234", PhoneKind.HONG_KONG),
        ("+852 2345 6789", "+85223456789", PhoneKind.ABROAD),
        ("+853 2833 1234", "+85328331234", PhoneKind.ABROAD),
        ("+886 912 345 678", "+886912345678", PhoneKind.TAIWAN),
        ("00886 0912 345 678", "+886912345678", PhoneKind.TAIWAN),
        ("+1 212 555 0100", "+12125550100", PhoneKind.ABROAD),
        ("\u202d+86 139 1234 5678\u202c", "13912345678", PhoneKind.MOBILE),
        ("\u202a+852 9123 4567", "+85291234567", PhoneKind.HONG_KONG),
    ],
)
def test_a_number_is_read_however_programs_and_people_abroad_write_it(typed: str, number: str, kind: PhoneKind) -> None:
    assert (read(typed).number, read(typed).kind) == (number, kind)
    assert listed(typed) == (number,) or normalise(listed(typed)[0]) == number


@pytest.mark.parametrize(
    "between", [" ", ",", "，", "/", "、", ";", "；", "或", "-", "\\", "|", "  ", "\n", "(妻)", " 夫:"]
)
@pytest.mark.parametrize("other", ["13912345678", "0755-83201234", "8320 1234", "+852 9123 4567"])
def test_two_numbers_of_a_cell_are_told_apart_whatever_stands_between_them(between: str, other: str) -> None:
    numbers = [normalise(one) for one in listed(f"138 0013 8001{between}{other}")]
    assert numbers == ["13800138001", normalise("0755" + other if other.startswith("8") else other)]


@pytest.mark.parametrize(
    ("cell", "number", "extension"),
    [
        ("83201234", "075583201234", ""),
        ("8320-1234", "075583201234", ""),
        ("83201234-801", "075583201234", "801"),
        ("83201234转801", "075583201234", "801"),
        ("2165051234", "02165051234", ""),
        ("5918765432", "05918765432", ""),
        ("13912345678(本人)", "13912345678", ""),
        ("手机:13912345678", "13912345678", ""),
    ],
)
def test_a_list_s_number_has_the_home_area_and_the_zero_that_a_number_cell_has_dropped(cell, number, extension):
    (one,) = listed(cell)
    assert (read(one).number, read(one).extension) == (number, extension)


@pytest.mark.parametrize("cell", ["123", "", "13800138000 123", "1381234567", "2002-11-5", "5008001234", "1" * 40])
def test_a_cell_of_which_a_part_is_no_number_holds_none(cell: str) -> None:
    assert listed(cell) == ()


@pytest.mark.parametrize(
    ("cell", "masked"),
    [("138****5678", True), ("138xxxx5678", True), ("****5678", True), ("1381234****", True), ("13812345678", False)],
)
def test_a_number_that_another_system_shows_in_part_is_known(cell: str, masked: bool) -> None:
    assert is_masked(cell) is masked
    assert bool(listed(cell)) is not masked


@pytest.mark.parametrize("vin", ["LSG00013X2Y560920", "LSG00062X2Y334019", "lsg00038x2y679592"])
def test_a_vin_is_no_landline_whatever_its_digits_are(vin: str) -> None:
    with pytest.raises(NotAPhone):
        read(vin)


def test_a_landline_of_as_many_signs_as_a_vin_keeps_its_extension() -> None:
    assert (read("075583000000ext12").number, read("075583000000ext12").extension) == ("075583000000", "12")
