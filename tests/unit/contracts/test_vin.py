"""VINs by E4."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.vehicle_identity import vehicle_id
from contracts.vin import NotAVin, check_digit_fits, is_tail, model_year, normalise, warning, with_check_digit

SIGNS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
VALID = [
    "LATPAB071W1005301",
    "1M8GDM9AXKP042788",
    "2G4WF52L6S1472882",
    "LSGDC82CX2E000001",
    "LSGSJ52U42Y123456",
    "LSGWL52DX2S102030",
]


@pytest.mark.parametrize("vin", VALID)
def test_the_vectors_of_e4_are_valid(vin):
    assert normalise(vin) == vin
    assert check_digit_fits(vin)


@pytest.mark.parametrize("around", ["I{}", "*{}*", "VIN:{}", "VIN {}", "车架号：{}", "]C1{}", "{}\u200b", " {} "])
def test_what_scanners_and_papers_put_around_a_vin_is_taken_off(around):
    assert normalise(around.format(VALID[3])) == VALID[3]


@pytest.mark.parametrize("frame", ["JZS155-0012345", "jzx100-0012345", "GJ7-120123"])
def test_a_japanese_frame_number_is_kept_as_such(frame):
    assert normalise(frame) == frame.upper()
    assert warning(normalise(frame)) == "VIN_CHECK_UNVERIFIED"
    assert model_year(normalise(frame), not_after=2026) is None


@pytest.mark.parametrize(
    ("typed", "tail"),
    [("2E000001", True), ("000001", True), ("12345", False), ("LSGDC82C02E000001", False), ("粤B12345", False)],
)
def test_the_end_of_a_vin_is_known_as_such(typed, tail):
    assert is_tail(typed) is tail


def test_a_wrong_check_digit_is_refused_for_china_and_north_america():
    for typed in ("LSGDC82C02E000001", "1M8GDM9A0KP042788"):
        with pytest.raises(NotAVin):
            normalise(typed)


def test_a_wrong_check_digit_is_taken_from_regions_that_do_not_use_it():
    assert not check_digit_fits("WBADT43452G929193"[:8] + "0" + "WBADT43452G929193"[9:])
    assert normalise("WBADT43402G929193") == "WBADT43402G929193"


@pytest.mark.parametrize("typed", [" lsgdc82cx2e000001 ", "LSG-DC82CX2E-000001", "LSGDC 82CX2E 000001"])
def test_case_spaces_and_hyphens_do_not_matter(typed):
    assert normalise(typed) == "LSGDC82CX2E000001"


def test_full_width_signs_are_folded():
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in "LSGDC82CX2E000001")
    assert normalise(wide) == "LSGDC82CX2E000001"


def test_the_letter_o_is_mended_when_the_check_digit_then_fits():
    assert normalise("LSGDC82CX2EOOOOO1") == "LSGDC82CX2E000001"


def test_i_and_q_are_mended_when_the_check_digit_then_fits():
    vin = with_check_digit("LSGDC82C02E010101")
    assert normalise(vin.replace("01", "QI")) == vin


def test_the_letter_o_is_not_mended_when_the_check_digit_does_not_fit():
    with pytest.raises(NotAVin):
        normalise("LSGDC82C02EOOOOO1")


def test_letters_are_never_mended_where_no_check_digit_can_tell():
    with pytest.raises(NotAVin):
        normalise("WBADT4340OG929193")


@pytest.mark.parametrize(
    "typed", ["", "L", "LSGDC82CX2E00000", "LSGDC82CX2E0000011", "汽LSGDC82CX2E00000", "LSGDC82CX2E00000é"]
)
def test_what_has_not_seventeen_plain_signs_is_no_vin(typed):
    with pytest.raises(NotAVin):
        normalise(typed)


@given(st.text(SIGNS, min_size=17, max_size=17))
def test_a_computed_check_digit_always_fits_and_is_kept(text):
    vin = with_check_digit(text)
    assert check_digit_fits(vin)
    assert normalise(vin) == vin
    assert normalise(normalise(vin.lower())) == vin


@given(st.text(SIGNS, min_size=16, max_size=16), st.integers(0, 16), st.sampled_from(SIGNS))
def test_one_wrong_sign_in_a_chinese_vin_is_noticed_unless_it_has_the_same_value(rest, place, sign):
    vin = with_check_digit("L" + rest)
    if place in (0, 8):
        return
    changed = vin[:place] + sign + vin[place + 1 :]
    same = with_check_digit(changed)[8] == vin[8]
    if same:
        assert normalise(changed) == changed
    else:
        with pytest.raises(NotAVin):
            normalise(changed)


@given(st.text(max_size=20))
def test_any_text_is_a_vin_or_not_and_nothing_else(text):
    with contextlib.suppress(NotAVin):
        assert len(normalise(text)) == 17


@pytest.mark.parametrize("vin", VALID)
def test_a_vin_from_a_region_with_check_digits_needs_no_warning(vin):
    assert warning(vin) is None


def test_a_vin_from_another_region_is_kept_with_a_warning():
    assert warning(normalise("WBADT43402G929193")) == "VIN_CHECK_UNVERIFIED"


@pytest.mark.parametrize(
    ("sign", "not_after", "year"),
    [
        ("1", 2003, 2001),
        ("2", 2003, 2002),
        ("3", 2003, 2003),
        ("3", 2002, None),
        ("X", 2003, 1999),
        ("Y", 2003, 2000),
        ("A", 2003, 1980),
        ("A", 2010, 2010),
        ("A", 2009, 1980),
        ("2", 2031, 2002),
        ("2", 2032, 2032),
        ("A", 1979, None),
        ("U", 2026, None),
        ("Z", 2026, None),
        ("0", 2026, None),
    ],
)
def test_position_ten_is_the_latest_model_year_that_can_be(sign, not_after, year):
    assert model_year("LSGDC82C_" + sign + "E000001", not_after=not_after) == year


@given(st.text(SIGNS, min_size=17, max_size=17), st.integers(1980, 2100))
def test_a_model_year_is_never_later_than_it_can_be_nor_thirty_years_earlier(vin, not_after):
    year = model_year(vin, not_after=not_after)
    assert year is None or not_after - 30 < year <= not_after


def test_the_same_vin_is_the_same_vehicle_in_every_service():
    assert vehicle_id("LSGDC82CX2E000001") == vehicle_id("LSGDC82CX2E000001")
    assert str(vehicle_id("LSGDC82CX2E000001")) == "eea99e02-8dd5-52e8-a048-a847614da6c2"
    assert vehicle_id("LSGDC82CX2E000001") != vehicle_id("LSGSJ52U42Y123456")
