"""Which column is which field."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.customer.importing.spreadsheets.headings import MappingRefused, check, propose, recognised
from services.customer.importing.spreadsheets.wordings import KNOWN, Field

MOBILE, LANDLINE = ["13800138000", "139 0013 9000"], ["0755-83201234", "83201234"]
ID_NO, CODE = ["440301198001011234", "11010519491231002X"], ["91440300708461136T", "70846113-6"]
VIN, PLATE = ["LSGDC82C02S716214", "LSGDC82C02S716215"], ["粤B12345", "粤B·D12345"]
PERSON, FIRM = ["王芳", "欧阳建国"], ["深圳市华南贸易有限公司", "第一机床厂"]


def fields(**columns):
    """The fields proposed for columns given as heading and contents."""
    width = max(map(len, columns.values()))
    rows = [[texts[n] if n < len(texts) else "" for texts in columns.values()] for n in range(width)]
    return [proposal.field for proposal in propose(list(columns), rows)]


def alone(heading, *texts):
    (proposal,) = propose([heading], [[text] for text in texts])
    return proposal


@pytest.mark.parametrize(
    ("headings", "field"),
    [
        ("客户类型 客户性质 kind", "kind"),
        ("客户姓名 姓名 客户名称 车主 购车人 送修人 用户名称 Name 客户*", "name"),
        ("称谓 称呼 title", "title"),
        ("手机 手机号 移动电话 手机号码(必填) *手机号 Mobile 车主手机", "mobile"),
        ("固定电话 家庭电话 座机 办公电话 宅电", "phone"),
        ("身份证号 身份证号码 身份证 ID_No.", "id_no"),
        ("组织机构代码 统一社会信用代码 税号", "uscc"),
        ("出生日期 生日 客户生日", "birth_date"),
        ("性别 性　别 gender", "gender"),
        ("邮箱 电子邮箱 E-mail", "email"),
        ("地址 住址 联系地址 通讯地址", "address"),
        ("单位 工作单位", "employer"),
        ("职业 客户职业 职业类别 Occupation", "occupation"),
        ("车架号 VIN 底盘号 车辆识别代号 ＶＩＮ码 vin_no 车架号(VIN)", "vin"),
        ("车牌 车牌号 牌照号 车牌号码 车号", "plate"),
        ("车型 车款 车型名称", "model"),
        ("颜色 车身颜色", "colour"),
        ("交车日期 购车日期 开票日期", "delivered_at"),
        ("上牌日期 注册登记日期", "registered_at"),
        ("最近来厂 末次进厂 上次保养日期", "last_service_at"),
        ("里程 行驶里程 进厂里程（公里）", "km"),
        ("金额 成交价 金额(万元)", "amount"),
        ("销售顾问 服务顾问 业务员", "consultant"),
        ("角色 人车关系", "role"),
        ("关系 与车主关系", "relation"),
        ("备注 说明 Remark", "remark"),
    ],
)
def test_every_usual_wording_names_its_field_without_a_sample(headings, field):
    found = {heading: alone(heading).field for heading in headings.split(" ")}
    assert found == dict.fromkeys(headings.split(" "), field)


def test_a_long_heading_is_known_by_the_wording_in_it():
    assert (alone("请填写客户姓名全称").field, alone("请填写客户姓名全称").why) == (Field.NAME, "SIMILAR_HEADING")
    assert alone("随便什么").field is None


@pytest.mark.parametrize(
    ("heading", "texts", "field"),
    [
        ("电话", MOBILE, "mobile"),
        ("电话", LANDLINE, "phone"),
        ("联系方式", MOBILE, "mobile"),
        ("手机", LANDLINE, "phone"),
        ("固定电话", MOBILE, "mobile"),
        ("证件号", ID_NO, "id_no"),
        ("证件号码", CODE, "uscc"),
        ("身份证号", CODE, "uscc"),
        ("单位名称", FIRM, "name"),
        ("车牌号", VIN, "vin"),
        ("F7", VIN, "vin"),
        ("", MOBILE, "mobile"),
        ("甲", ID_NO, "id_no"),
        ("甲", PLATE, "plate"),
        ("甲", ["a@b.cn"], "email"),
        ("甲", ["20020315", "20020316"], None),
        ("甲", PERSON, None),
    ],
)
def test_contents_decide_where_the_heading_does_not(heading, texts, field):
    assert alone(heading, *texts).field == field


def test_contents_that_do_not_fit_make_a_heading_doubtful():
    proposal = alone("手机", "无", "不详")
    assert (proposal.field, proposal.why) == (Field.MOBILE, "HEADING_DOUBTFUL")
    assert proposal.confidence < alone("手机", *MOBILE).confidence


def test_a_firm_is_the_customer_alone_and_the_employer_beside_a_person():
    assert fields(单位名称=FIRM, 电话=LANDLINE) == ["name", "phone"]
    assert fields(姓名=PERSON, 单位名称=FIRM) == ["name", "employer"]


def test_two_telephones_are_both_kept_and_a_third_is_not():
    assert fields(姓名=PERSON, 手机1=MOBILE, 手机2=MOBILE, 手机3=MOBILE) == ["name", "mobile", "mobile", None]
    assert fields(手机=MOBILE, 家庭电话=LANDLINE, 办公电话=LANDLINE) == ["mobile", "phone", "phone"]


def test_of_two_columns_for_one_field_the_surer_is_taken():
    proposals = propose(["车主名字登记", "客户姓名"], [["王芳", "王芳"]])
    assert [(proposal.field, proposal.why) for proposal in proposals] == [(None, "TAKEN"), ("name", "HEADING")]


def test_a_workshop_list_is_mapped_whole():
    columns = {
        "序号": ["1"],
        "送修人": PERSON,
        "联系电话": MOBILE,
        "证件号": ID_NO,
        "底盘号": VIN,
        "牌照号": PLATE,
        "车款": ["GL8"],
        "末次进厂": ["2003-01-05"],
        "行驶里程(公里)": ["12000"],
        "备注": ["x"],
    }
    assert fields(**columns) == [
        None,
        "name",
        "mobile",
        "id_no",
        "vin",
        "plate",
        "model",
        "last_service_at",
        "km",
        "remark",
    ]


def test_a_unit_in_the_heading_is_told():
    assert [
        alone(heading).unit for heading in ("里程(万公里)", "金额（元）", "金额（万元）", "手机(必填)", "里程")
    ] == [
        "万公里",
        "元",
        "万元",
        None,
        None,
    ]


def test_headings_are_told_from_titles_and_data():
    assert recognised(["客户姓名", "联系电话", "VIN"]) == 3
    assert recognised(["2003年客户档案一览表", "", ""]) == 0
    assert recognised(["王芳", "13800138000", "LSGDC82C02S716214"]) == 0


def code(pairs, width=3):
    with pytest.raises(MappingRefused) as refusal:
        check(pairs, width=width)
    assert refusal.value.zh and refusal.value.en
    return refusal.value.code


def test_a_mapping_needs_a_name_or_a_strong_key():
    for field in (Field.NAME, Field.MOBILE, Field.ID_NO, Field.USCC, Field.VIN, Field.PLATE):
        check([(0, field), (1, Field.REMARK)], width=3)
    assert code([(0, Field.PHONE), (1, Field.ADDRESS)]) == "KEY_MISSING"
    assert code([]) == "KEY_MISSING"


def test_a_mapping_uses_each_column_once_and_each_field_as_often_as_it_may():
    assert code([(0, Field.NAME), (0, Field.MOBILE)]) == "COLUMN_TWICE"
    assert code([(0, Field.NAME), (1, Field.NAME)]) == "FIELD_TWICE"
    check([(0, Field.MOBILE), (1, Field.MOBILE)], width=3)
    assert code([(0, Field.MOBILE), (1, Field.MOBILE), (2, Field.MOBILE)]) == "FIELD_TWICE"
    assert code([(0, Field.NAME), (3, Field.MOBILE)]) == "COLUMN_UNKNOWN"
    assert code([(-1, Field.NAME)]) == "COLUMN_UNKNOWN"


@pytest.mark.parametrize("piece", ["(", "1", "客户", "a@", ".", "公里", "1x"])
def test_endless_headings_and_cells_cost_no_time(piece):
    start = time.perf_counter()
    propose([piece * 30_000], [[f"a@{piece * 30_000} "]] * 200)
    assert time.perf_counter() - start < 1


@given(st.lists(st.sampled_from(sorted(KNOWN)), max_size=12), st.data())
def test_what_is_proposed_never_maps_a_field_too_often(headings, data):
    cell = st.sampled_from(["", "x", *MOBILE, *LANDLINE, *ID_NO, *CODE, *VIN, *PLATE, *PERSON, *FIRM])
    row = st.lists(cell, min_size=len(headings), max_size=len(headings))
    proposals = propose(headings, data.draw(st.lists(row, max_size=5)))
    assert [proposal.column for proposal in proposals] == list(range(len(headings)))
    pairs = [(proposal.column, proposal.field) for proposal in proposals if proposal.field is not None]
    keyed = pairs if any(field is Field.VIN for _, field in pairs) else [*pairs, (len(headings), Field.VIN)]
    check(keyed, width=len(headings) + 1)
