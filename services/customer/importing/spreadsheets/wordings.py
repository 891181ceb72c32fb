"""How departments head their columns, by field (R25)."""

from __future__ import annotations

import re
from enum import StrEnum

from contracts.signs import plain
from contracts.spreadsheet_cells import unmarked
from services.customer.record.rules.simplified import simplify


class Field(StrEnum):
    """What a column of a customer list may hold."""

    KIND = "kind"
    NAME = "name"
    SURNAME = "surname"
    GIVEN_NAME = "given_name"
    TITLE = "title"
    MOBILE = "mobile"
    PHONE = "phone"
    ID_NO = "id_no"
    USCC = "uscc"
    BIRTH_DATE = "birth_date"
    GENDER = "gender"
    EMAIL = "email"
    ADDRESS = "address"
    EMPLOYER = "employer"
    OCCUPATION = "occupation"
    VIN = "vin"
    PLATE = "plate"
    MODEL = "model"
    COLOUR = "colour"
    DELIVERED_AT = "delivered_at"
    REGISTERED_AT = "registered_at"
    LAST_SERVICE_AT = "last_service_at"
    KM = "km"
    AMOUNT = "amount"
    CONSULTANT = "consultant"
    ROLE = "role"
    RELATION = "relation"
    REMARK = "remark"


_WORDINGS: dict[Field, tuple[str, str]] = {
    Field.KIND: (
        "客户类型 客户类别 客户性质 客户属性 用户类型 用户性质 车主类型 车主性质 个人/单位 公私 客户种类",
        "kind|type|customer type|customer kind",
    ),
    Field.NAME: (
        (
            "姓名 名字 名称 客户姓名 客户名称 客户名 客户 车主 车主姓名 车主名称 车主名 机主 购车人 "
            "购车人姓名 购车客户 买方 买方名称 用户 用户名 用户姓名 用户名称 送修人 送修人姓名 送修客户 顾客 "
            "顾客姓名 顾客名称 联系人 联系人姓名 会员姓名 会员名称 被保险人 投保人 开票名称 发票抬头 潜客姓名 "
            "公司名称 企业名称 单位全称 法人单位 登记人 所有人 机动车所有人"
        ),
        (
            "name|full name|customer|customer name|client|client name|owner|owner name|contact|contact name|"
            "buyer|buyer name"
        ),
    ),
    Field.SURNAME: (
        "姓 姓氏 客户姓氏",
        "surname|last name|family name",
    ),
    Field.GIVEN_NAME: (
        "名 名字(不含姓)",
        "given name|first name|forename",
    ),
    Field.TITLE: (
        "称谓 称呼 尊称",
        "title|salutation",
    ),
    Field.MOBILE: (
        (
            "手机 手机号 手机号码 移动电话 移动电话号码 手提电话 手提 电话/手机 手机/电话 移动号码 本人手机 "
            "联系手机 手机联系方式 备用手机 常用手机"
        ),
        "mobile|mobile phone|mobile no|mobile number|cell|cell phone|cellphone",
    ),
    Field.PHONE: (
        (
            "固话 固定电话 座机 座机号 座机号码 家庭电话 住宅电话 宅电 办公电话 单位电话 公司电话 办公室电话 "
            "固定电话号码 备用电话 其他电话"
        ),
        "landline|home phone|office phone|work phone|other phone",
    ),
    Field.ID_NO: (
        "身份证 身份证号 身份证号码 身份证明号码 居民身份证 居民身份证号 公民身份号码 身份号码 个人证件号",
        "id no|id number|id card|id card no|identity card|national id|id",
    ),
    Field.USCC: (
        (
            "统一社会信用代码 社会信用代码 信用代码 组织机构代码 组织机构代码证 机构代码 组织代码 营业执照号 "
            "营业执照号码 营业执照 税号 纳税人识别号 企业代码"
        ),
        "uscc|organisation code|organization code|org code|tax no|tax number|credit code",
    ),
    Field.BIRTH_DATE: (
        "出生日期 出生年月日 生日 出生年月 出生 出生时间 客户生日",
        "birth date|date of birth|birthday|birthdate|dob",
    ),
    Field.GENDER: (
        "性别 男女 客户性别",
        "gender|sex",
    ),
    Field.EMAIL: (
        "邮箱 电子邮箱 电子邮件 邮件 邮箱地址 电子邮件地址",
        "email|e-mail|mail|email address",
    ),
    Field.ADDRESS: (
        (
            "地址 住址 联系地址 家庭地址 家庭住址 通讯地址 通信地址 居住地址 现住址 详细地址 客户地址 "
            "身份证地址 邮寄地址 单位地址 公司地址 户籍地址"
        ),
        "address|home address|mailing address|street address|contact address",
    ),
    Field.EMPLOYER: (
        "工作单位 单位 所在单位 就职单位 任职单位 公司 工作公司 服务单位",
        "employer|company|company name|workplace|organisation|organization",
    ),
    Field.OCCUPATION: (
        "职业 职业类别 职业类型 职业分类 职业身份 从业状况",
        "occupation|profession",
    ),
    Field.VIN: (
        (
            "vin vin码 vin号 车架号 车架号码 车架 底盘号 底盘号码 底盘 车辆识别代号 车辆识别代码 车辆识别号 "
            "车辆识别号码 识别代号 车身号 大架号 车架号vin 车辆识别代号/车架号 车架号/vin vin/车架号"
        ),
        "vin no|vin number|chassis|chassis no|chassis number|vehicle identification number",
    ),
    Field.PLATE: (
        "车牌 车牌号 车牌号码 牌照 牌照号 牌照号码 车号 号牌 号牌号码 车辆牌照 机动车号牌 牌号 车辆号牌",
        ("plate|plate no|plate number|licence plate|license plate|number plate|registration no|registration number"),
    ),
    Field.MODEL: (
        "车型 车款 车型名称 车辆型号 型号 车系 品牌车型 购买车型 车型代码 品牌型号 厂牌型号 车种",
        "model|vehicle model|car model|vehicle|car",
    ),
    Field.COLOUR: (
        "颜色 车色 车身颜色 外观颜色 车辆颜色 外色 外饰颜色",
        "colour|color|body colour|body color|exterior colour|exterior color",
    ),
    Field.DELIVERED_AT: (
        (
            "交车日期 交车时间 交付日期 交付时间 提车日期 提车时间 购车日期 购车时间 购买日期 购买时间 "
            "销售日期 销售时间 开票日期 开票时间 发票日期 购入日期 出库日期 成交日期"
        ),
        ("delivery date|delivered|delivered at|delivered on|purchase date|purchased|sale date|sold on|invoice date"),
    ),
    Field.REGISTERED_AT: (
        ("上牌日期 上牌时间 登记日期 注册日期 注册登记日期 初登日期 初次登记日期 上户日期 入户日期 初次上牌"),
        ("registration date|registered|registered at|registered on|first registration|first registration date"),
    ),
    Field.LAST_SERVICE_AT: (
        (
            "最近来厂 最近来厂日期 最近来厂时间 末次进厂 末次进厂日期 末次来厂日期 最后来厂 最后来厂日期 "
            "最后进厂日期 最近进厂 最近进厂日期 上次来厂 上次来厂日期 上次进厂日期 最近维修日期 上次维修日期 "
            "最后维修日期 末次维修日期 上次保养日期 最近保养日期 最后保养日期 进厂日期 来厂日期 维修日期 "
            "保养日期 进厂时间 来厂时间"
        ),
        "last service|last service date|last visit|last visit date|last serviced|service date",
    ),
    Field.KM: (
        (
            "里程 行驶里程 里程数 公里数 公里 行驶公里 行驶公里数 进厂里程 当前里程 最近里程 末次里程 "
            "表显里程 累计里程 总里程 行驶里程数 上次里程"
        ),
        "km|mileage|odometer|kilometres|kilometers|odometer reading",
    ),
    Field.AMOUNT: (
        (
            "金额 消费金额 累计消费 累计金额 维修金额 成交价 成交价格 成交金额 车价 售价 价格 总价 合计 "
            "合计金额 总金额 购车金额 购车价格 开票金额 发票金额 实收金额 应收金额 价税合计 结算金额"
        ),
        "amount|price|total|total amount|sale price|invoice amount",
    ),
    Field.CONSULTANT: (
        (
            "销售顾问 顾问 服务顾问 业务员 销售员 销售人员 客户经理 接待 接待员 接待人 接待顾问 销售 责任人 "
            "跟进人 维护顾问 经办人 销售代表 sa sc"
        ),
        "consultant|sales consultant|service advisor|advisor|salesperson|sales|account manager",
    ),
    Field.ROLE: (
        "角色 客户角色 与车辆关系 人车关系 联系人类型 身份",
        "role|vehicle role",
    ),
    Field.RELATION: (
        "关系 与车主关系 与客户关系 与购车人关系 亲属关系 家庭关系",
        "relation|relationship|relation to owner",
    ),
    Field.REMARK: (
        "备注 说明 备注信息 其他 附注 注释 备考 客户备注 描述",
        "remark|remarks|note|notes|comment|comments|memo",
    ),
}
"""Chinese wordings parted by spaces, and English ones by bars."""

_AMBIGUOUS: dict[str, tuple[Field, ...]] = {
    **dict.fromkeys(
        [
            "电话",
            "联系电话",
            "电话号码",
            "联系方式",
            "联系电话号码",
            "联系号码",
            "通讯方式",
            "车主电话",
            "客户电话",
            "购车人电话",
            "送修人电话",
            "联系人电话",
            "用户电话",
            "通讯电话",
            "电话/联系方式",
        ],
        (Field.MOBILE, Field.PHONE),
    ),
    **dict.fromkeys(
        ("phone", "phoneno", "phonenumber", "telephone", "tel", "telno", "contactnumber", "contactno"),
        (Field.MOBILE, Field.PHONE),
    ),
    **dict.fromkeys(
        [
            "证件号",
            "证件号码",
            "证件",
            "证号",
            "证件编号",
            "身份证/组织机构代码",
            "身份证号/机构代码",
            "有效证件号",
            "有效证件号码",
            "证照号码",
        ],
        (Field.ID_NO, Field.USCC),
    ),
    **dict.fromkeys(("certificateno", "documentno", "documentnumber", "idorcode"), (Field.ID_NO, Field.USCC)),
    **dict.fromkeys(["单位名称", "单位/姓名"], (Field.NAME, Field.EMPLOYER)),
    **dict.fromkeys(["车牌/车架号", "车辆", "车辆信息"], (Field.PLATE, Field.VIN, Field.MODEL)),
    **dict.fromkeys(["性质", "类型", "类别"], (Field.KIND,)),
}
"""Headings whose column the sample tells apart; the first field is the usual one."""

_PREFIXES = re.compile(
    r"^(客户|车主|用户|购车人|购车|送修人|送修|联系人|个人|本人|顾客|车辆|会员|机动车|主要|第[一二]|owner|customer|client|contact|vehicle|car)+"
)
_SUFFIXES = re.compile(r"(信息|资料|内容|情况|[一二三四五六七八九十0-9])+$")
_BRACKETS = re.compile(r"[(\[{<【《〔「]([^)\]}>】》〕」]*)[)\]}>】》〕」]")
_LONGEST = 100
"""Nobody's heading is longer; patterns are not tried on more."""
_UNITS = re.compile(r"万公里|万元|公里|千米|km|元|分|yuan|rmb|fen")


def bare(heading: str) -> str:
    """A heading without case, width, spaces, stars, colons and what stands in brackets, in simplified characters."""
    text = simplify(unmarked(plain(heading[:_LONGEST]))).lower()
    text = _BRACKETS.sub("", text) or text
    return re.sub(r"[\s*★☆※#:_.\-、,，。'\"]+", "", text)


def unit_of(heading: str) -> str | None:
    """The unit that stands with a heading in brackets (`里程(万公里)`, `金额（万元）`), None without one."""
    for inside in _BRACKETS.findall(plain(heading[:_LONGEST]).lower()):
        if found := _UNITS.search(inside):
            return found.group()
    return None


def _known() -> dict[str, tuple[Field, ...]]:
    known: dict[str, tuple[Field, ...]] = {}
    for field, (chinese, english) in _WORDINGS.items():
        known |= dict.fromkeys(map(bare, [*chinese.split(), *english.split("|")]), (field,))
    return known | {bare(word): fields for word, fields in _AMBIGUOUS.items()}


KNOWN = _known()
"""The fields a bare heading may mean, the usual one first."""


def without_owner(heading: str) -> str:
    """A bare heading without whose it is and without a number: `车主手机2` is a `手机`."""
    return _SUFFIXES.sub("", _PREFIXES.sub("", heading))


def contained(heading: str) -> tuple[Field, ...] | None:
    """The fields of the longest wording of three signs or more within a bare heading."""
    inside = [wording for wording in KNOWN if len(wording) >= (5 if wording.isascii() else 3) and wording in heading]
    return KNOWN[max(inside, key=len)] if inside else None
