"""What departments write of how people live, as one of the classes of GB/T 2261.4-2003 (R25, R26)."""

from __future__ import annotations

from contracts.customer.operations import Occupation
from services.customer.importing.spreadsheets.cells import CellRefused, tidy

_WORDS: dict[Occupation, tuple[str, str]] = {
    Occupation.CIVIL_SERVANT: (
        "国家公务员 公务员 政府公务员 政府 政府机关 机关 机关干部 干部 政府职员 政府人员 警察 民警",
        "civil servant|government|police",
    ),
    Occupation.PROFESSIONAL: (
        (
            "专业技术人员 专业人员 专业人士 技术人员 教师 老师 教授 医生 医师 护士 医务人员 律师 会计 会计师 工程师 "
            "程序员 设计师 建筑师 记者 科研人员"
        ),
        "professional|teacher|doctor|nurse|lawyer|accountant|engineer",
    ),
    Occupation.EMPLOYEE: (
        (
            "职员 公司职员 企业职员 普通职员 员工 公司员工 企业员工 普通员工 文员 白领 上班族 事业单位 事业单位职员 "
            "事业单位员工 销售 销售员 业务员 服务员"
        ),
        "employee|clerk|staff|office worker",
    ),
    Occupation.MANAGER: (
        "企业管理人员 管理人员 企业管理 企业管理者 管理层 高管 企业高管 公司高管 总经理 经理 部门经理 主管 总监 厂长",
        "manager|executive",
    ),
    Occupation.WORKER: ("工人 技工 技术工人 产业工人 司机 驾驶员", "worker|driver"),
    Occupation.FARMER: ("农民 务农 渔民 农林牧渔 农业 养殖户", "farmer"),
    Occupation.STUDENT: ("学生 大学生 在校学生 在读学生", "student"),
    Occupation.SOLDIER: ("现役军人 军人 军官 士兵 部队 武警", "soldier|military"),
    Occupation.FREELANCE: ("自由职业者 自由职业 自由", "freelance|freelancer"),
    Occupation.SELF_EMPLOYED: (
        (
            "个体经营者 个体经营 个体 个体户 个体工商户 私营企业主 私营业主 企业主 老板 私企老板 商人 经商 生意人 "
            "做生意 创业者"
        ),
        "self employed|self-employed|business owner",
    ),
    Occupation.UNEMPLOYED: (
        "无业人员 无业 待业 待业人员 失业 失业人员 家庭主妇 主妇 全职太太 全职妈妈",
        "unemployed|housewife|homemaker",
    ),
    Occupation.RETIRED: ("退(离)休人员 退休 退休人员 离休 离休人员 离退休 离退休人员", "retired"),
    Occupation.OTHER: ("其他 其它 其他职业", "other"),
}
"""Chinese words parted by blanks, and English ones by bars; a whole cell is one of them, or nothing is known."""

_KNOWN = {
    word: occupation
    for occupation, (chinese, english) in _WORDS.items()
    for word in (occupation.value, *chinese.split(), *english.split("|"))
}


def occupation_of(text: str) -> Occupation:
    """The class that a word means. Raises CellRefused (`OCCUPATION_UNKNOWN`)."""
    try:
        return _KNOWN[tidy(text).lower()]
    except KeyError:
        raise CellRefused(
            "OCCUPATION_UNKNOWN", zh="职业未能识别", en="This occupation is not one of those we know"
        ) from None
