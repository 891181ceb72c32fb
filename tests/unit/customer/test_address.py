"""Addresses as evidence (E7)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.customer.record.rules.address import read

HOUSE = ("福田", "深南大道", "1001")


@pytest.mark.parametrize(
    "typed",
    [
        "广东省深圳市福田区深南大道1001号3栋502",
        "中国广东省深圳市福田区深南大道1001号",
        "广东深圳福田深南大道1001",
        "深圳市福田区深南大道1001号",
        "福田区深南大道１００１号",
        "福田区 深南大道 1001 号",
        "深圳市福田區深南大道1001號",
        "深圳市福田区莲花街道深南大道1001号",
        "深圳市,福田区,深南大道1001号",
    ],
)
def test_one_house_is_one_house_however_it_is_written(typed):
    assert read(typed).house == HOUSE


@pytest.mark.parametrize(
    ("typed", "district", "street", "number"),
    [
        ("广州市天河区体育西路5号101", "广州天河", "体育西路", "5"),
        ("宝安25区前进路8-2号", "宝安", "25区前进路", "8-2"),
        ("上海市浦东新区张江路1号", "上海浦东", "张江路", "1"),
        ("广西壮族自治区南宁市青秀区民族大道1号", "南宁青秀", "民族大道", "1"),
        ("湖南省长沙县星沙路3号", "长沙", "星沙路", "3"),
        ("龙华新区梅龙路22号", "龙华", "梅龙路", "22"),
        ("深圳市市民中心福中三路1号", "", "市民中心福中三路", "1"),
        ("莲花二村12栋305", "", "莲花二村", "12"),
        ("福田区皇岗北路2巷5号", "福田", "皇岗北路2巷", "5"),
    ],
)
def test_an_address_is_told_down_to_its_house(typed, district, street, number):
    address = read(typed)
    assert (address.district, address.street, address.house_number) == (district, street, number)
    assert address.house == (district, street, number)


@pytest.mark.parametrize("typed", ["", "深圳", "深圳市福田区", "福田区深南大道", "12号", "广州市"])
def test_an_address_without_a_house_is_no_house(typed):
    assert read(typed).house is None


def test_a_district_of_another_city_is_another_district():
    assert read("鹤岗市南山区红旗路1号").house != read("深圳市南山区红旗路1号").house


def test_another_number_is_another_house():
    assert read("福田区深南大道1001号").house != read("福田区深南大道1002号").house


@given(st.text("广东省深圳市福田南山区县街道路号栋0123456789- ,", max_size=30) | st.text(max_size=30))
def test_any_text_is_read_and_spaces_never_matter(text):
    assert read(text) == read(text.replace(" ", ""))
    assert read(text).house is None or read(text).house_number[0].isdigit()
