"""What a row of a department's file gives of a customer, and what is left out with a warning."""

from __future__ import annotations

from datetime import date

import pytest

from contracts.customer.imports import Department
from contracts.customer.operations import CustomerKind
from services.customer.importing.spreadsheets.rows import Column, RowRead, fingerprint, read_row
from services.customer.importing.spreadsheets.wordings import Field
from services.customer.record.rules import company_names
from services.customer.record.rules.facts import Role

TODAY = date(2026, 11, 23)
CARD, CODE, CREDIT = "440301197510200018", "708461136", "91440300708461136T"
CARD_LIKE_A_CREDIT, CREDIT_LIKE_A_CARD = "440301198001010093", "914403007084613630"
"""By their check characters each is both."""


def read(department: Department = Department.SALES, **cells: str) -> RowRead:
    names = list(cells)
    columns = [Column(place, Field(name)) for place, name in enumerate(names)]
    return read_row([cells[name] for name in names], columns, department=department, today=TODAY)


def test_fields_are_read_by_their_columns():
    row = read(
        name="陈晓明",
        title="先生",
        mobile="138 0013 8000",
        birth_date="1975/10/20",
        gender="男",
        occupation="公务员",
        email="c@example.com",
        address="福田区",
        vin="LSGDC82C02S716214",
        plate="粤B·12345",
        model="GL8",
        delivered_at="20020815",
    )
    typed = row.typed
    assert (typed.name, typed.phones, typed.birth_date) == ("陈晓明先生", ("138 0013 8000",), date(1975, 10, 20))
    assert (typed.gender, typed.email, typed.address) == ("male", "c@example.com", "福田区")
    assert typed.occupation == "civil_servant"
    assert (typed.vin, typed.plate, typed.model) == ("LSGDC82C02S716214", "粤B·12345", "GL8")
    assert (typed.since, typed.role, row.warnings) == (date(2002, 8, 15), Role.OWNER, ())


@pytest.mark.parametrize(
    "nothing",
    ["", " ", "无", "-", "不详", "N/A", "/", "nan", "NaN", "(null)", "\\N", "#N/A", "——", "?", "...", "*", "未留"],
)
def test_words_for_nothing_are_nothing(nothing):
    row = read(name="张伟", mobile=nothing, id_no=nothing, plate=nothing, email=nothing)
    assert (row.typed.phones, row.typed.id_number, row.typed.plate, row.warnings) == ((), "", "", ())


@pytest.mark.parametrize(
    ("text", "phones"),
    [
        ("13800138000/13900139000", ("13800138000", "13900139000")),
        ("13800138000、83201234", ("13800138000", "075583201234")),
        ("0755-83201234", ("0755-83201234",)),
        ("8320 1234", ("07558320 1234".replace(" ", ""),)),
        ("13800138000;13800138000", ("13800138000",)),
    ],
)
def test_one_cell_may_hold_several_numbers_and_local_ones_have_the_home_area(text, phones):
    assert read(name="张伟", mobile=text).typed.phones == phones


def test_a_mobile_that_is_none_stays_to_be_refused_unless_another_number_is_good():
    assert read(name="张伟", mobile="123").typed.phones == ("123",)
    saved = read(name="张伟", mobile="123", phone="13800138000")
    assert (saved.typed.phones, saved.warnings) == (("13800138000",), ("MOBILE_INVALID",))
    other = read(name="张伟", phone="123")
    assert (other.typed.phones, other.warnings) == ((), ("MOBILE_INVALID",))


@pytest.mark.parametrize("field", ["id_no", "uscc"])
@pytest.mark.parametrize(
    ("name", "number", "card", "code"),
    [
        ("张伟", CARD, CARD, ""),
        ("张伟", "130503670401001", "130503670401001", ""),
        ("深圳市宏远物流有限公司", "70846113-6", "", "70846113-6"),
        ("深圳市宏远物流有限公司", CREDIT, "", CREDIT),
        ("张伟", CREDIT, "", CREDIT),
        ("张伟", CARD_LIKE_A_CREDIT, CARD_LIKE_A_CREDIT, ""),
        ("深圳市宏远物流有限公司", CREDIT_LIKE_A_CARD, "", CREDIT_LIKE_A_CARD),
        ("张伟", CARD[:-1], CARD[:-1], ""),
        ("张伟", CARD[:5] + "O" + CARD[6:], CARD[:5] + "O" + CARD[6:], ""),
    ],
)
def test_a_column_of_numbers_is_told_by_its_contents(field, name, number, card, code):
    row = read(name=name, **{field: number})
    assert (row.typed.id_number, row.typed.organisation_number, row.warnings) == (card, code, ())


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("陈大文", "H12345678"),
        ("宏远贸易有限公司", CARD),
        ("宏远贸易有限公司", CARD_LIKE_A_CREDIT),
        ("宏远贸易有限公司", "4403011234567"),
    ],
)
def test_other_documents_are_left_out(name, number):
    row = read(name=name, id_no=number)
    assert (row.typed.id_number, row.typed.organisation_number, row.warnings) == ("", "", ("OTHER_DOCUMENT",))


@pytest.mark.parametrize(
    ("name", "said", "number", "kind"),
    [
        ("张伟", "", "", None),
        ("张伟", "个人", "", CustomerKind.PERSON),
        ("宏远", "单位", "", CustomerKind.COMPANY),
        ("宏远物流", "", "", CustomerKind.COMPANY),
        ("宏远物流", "个人", "", CustomerKind.PERSON),
        ("宏远", "", CODE, CustomerKind.COMPANY),
        ("宏远", "个人", CODE, CustomerKind.COMPANY),
    ],
)
def test_a_company_is_told_by_the_column_the_number_or_the_name(name, said, number, kind):
    assert read(name=name, kind=said, uscc=number).typed.kind == kind


@pytest.mark.parametrize(
    "name", ["深圳市宏远物流有限公司", "宏远物流", "华强集团", "深圳中学校", "南山区人民医院", "盛世进出口", "福田分局"]
)
def test_names_that_only_organisations_have(name):
    assert company_names.is_one(name)


@pytest.mark.parametrize(
    "name", ["张伟", "欧阳锋", "李科技", "王中心", "司徒美堂", "张先生", "Smith", "古力娜扎·买买提", "钱厂"]
)
def test_names_that_persons_have(name):
    assert not company_names.is_one(name)


@pytest.mark.parametrize(
    ("department", "said", "role", "relation"),
    [
        (Department.SALES, "", Role.OWNER, ""),
        (Department.SALES_SUPPORT, "", Role.OWNER, ""),
        (Department.FINANCE, "", Role.OWNER, ""),
        (Department.SERVICE, "", None, ""),
        (Department.PARTS, "", None, ""),
        (Department.SURVEY, "", None, ""),
        (Department.SERVICE, "车主", Role.OWNER, ""),
        (Department.SERVICE, "本人", Role.OWNER, ""),
        (Department.SERVICE, "送修人", Role.BRINGER, "送修人"),
        (Department.SERVICE, "朋友", Role.BRINGER, "朋友"),
        (Department.SERVICE, "司机", Role.BRINGER, "司机"),
        (Department.SALES, "配偶", Role.BRINGER, "配偶"),
        (Department.SERVICE, "使用人", Role.USER, "使用人"),
        (Department.FINANCE, "付款人", Role.PAYER, "付款人"),
        (Department.SERVICE, "不清楚", None, ""),
        (Department.SALES, "不清楚", Role.OWNER, ""),
    ],
)
def test_what_the_person_is_to_the_car(department, said, role, relation):
    row = read(department, name="张伟", vin="LSGDC82C02S716214", relation=said)
    assert (row.role, row.relation) == (role, relation)


@pytest.mark.parametrize(
    ("field", "text", "warning"),
    [
        ("plate", "粤BI2345A", "PLATE_INVALID"),
        ("email", "nobody", "EMAIL_INVALID"),
        ("birth_date", "02-03-15", "DATE_AMBIGUOUS"),
        ("gender", "看情况", "GENDER_INVALID"),
        ("title", "胖子", "TITLE_UNKNOWN"),
        ("vin", "LSGDC82C02E000001", "VIN_INVALID"),
        ("vin", "2E000001", "VIN_TAIL"),
        ("mobile", "138****5678", "MASKED"),
        ("id_no", "4403********0018", "MASKED"),
        ("occupation", "神仙", "OCCUPATION_UNKNOWN"),
        ("delivered_at", "昨天", "DATE_INVALID"),
        ("km", "很多", "KM_INVALID"),
        ("km", "-5", "KM_INVALID"),
    ],
)
def test_what_cannot_be_read_is_left_out_with_a_warning(field, text, warning):
    row = read(name="张伟", **{field: text})
    assert row.warnings == (warning,)
    assert row.typed == read(name="张伟").typed


def test_kilometres_are_read_in_the_unit_of_their_heading_with_the_day_he_was_here_or_got_the_car():
    row = read(name="张伟", km="12,345公里", delivered_at="2001-01-02", last_service_at="2002-03-04")
    assert (row.km, row.km_on) == (12_345, date(2002, 3, 4))
    assert read(name="张伟", km="12", delivered_at="2001-01-02").km_on == date(2001, 1, 2)
    assert read(name="张伟", km="12", registered_at="2001-01-02").km_on is None
    assert read(name="张伟", last_service_at="2002-03-04").km is None
    in_ten_thousands = [Column(0, Field.NAME), Column(1, Field.KM, "万公里")]
    assert read_row(["张伟", "1.2"], in_ten_thousands, department=Department.SERVICE, today=TODAY).km == 12_000


def test_a_fingerprint_is_of_what_is_read_in_any_order_of_columns():
    columns = [Column(0, Field.NAME), Column(1, Field.MOBILE)]
    turned = [Column(1, Field.NAME), Column(0, Field.MOBILE)]
    first = fingerprint(["张伟", "138"], columns, department=Department.SALES)
    assert fingerprint(["138", " 张伟 "], turned, department=Department.SALES) == first
    assert fingerprint(["张伟", "138", "left out"], columns, department=Department.SALES) == first
    others = {
        fingerprint(["张伟", "139"], columns, department=Department.SALES),
        fingerprint(["张伟138", ""], columns, department=Department.SALES),
        fingerprint(["张伟", "138"], columns, department=Department.SERVICE),
        fingerprint(["张伟", "138"], columns[:1], department=Department.SALES),
    }
    assert first not in others
    assert len(others) == 4
