"""Policies of the customer service: what a search merges, which exports need a second word, how long what is kept."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from contracts.policies import policy
from contracts.shapes import Between, Called


class AutoMerge(StrEnum):
    """What a search may merge without a human: by all evidence, by equal card numbers only, or nothing (E7)."""

    EVIDENCE = "evidence"
    ID = "id"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class AutoMerging:
    """What a search for duplicates may merge by itself."""

    by: Annotated[
        AutoMerge,
        Called("自动合并依据", "Merged without a human by"),
    ] = AutoMerge.EVIDENCE


AUTO_MERGE = policy(
    "AUTO_MERGE",
    AutoMerging(),
    service="customer",
    zh="查重可自动合并的范围",
    en="What a search for duplicates may merge without a human",
    changes_zh="已合并的不变;此后的查重按新范围自动合并",
    changes_en="What was merged stays so; searches merge by it from then on",
    per_store=True,
)


@dataclass(frozen=True, slots=True)
class ExportApproval:
    """More customers than this, taken by one person in one day, need a second person's word; 0 is every export."""

    above: Annotated[int, Between(0, 20_000), Called("每人每日免批准的客户数", "Customers a person takes in a day")] = (
        1_000
    )


EXPORT_APPROVAL = policy(
    "EXPORT_APPROVAL",
    ExportApproval(),
    service="customer",
    zh="多大的导出须他人批准",
    en="From what size on an export needs a second person's word",
    changes_zh="已申请的导出不变;此后的申请按新数量判断,当日已导出的计入",
    changes_en="Exports asked for stay as they are; later ones are judged by it, with what was taken that day",
)


class Act(StrEnum):
    """What becomes of customers past the retention: they are proposed to somebody who decides, or erased."""

    PROPOSE = "propose"
    ERASE = "erase"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long what is kept (`docs/data-map.toml` says what is what), and by when a request is answered (PIPL 19, 50).

    `act` says what becomes of customers whom nobody met for `relationship_years`.
    """

    answer_days: Annotated[int, Between(1, 60), Called("个人信息请求答复期限(天)", "Days to answer a request")] = 30
    relationship_years: Annotated[
        int, Between(1, 30), Called("无往来客户保存年数", "Years a customer is kept whom nobody met")
    ] = 3
    proof_years: Annotated[int, Between(3, 30), Called("同意与处理记录保存年数", "Years that proof is kept")] = 3
    books_years: Annotated[
        int, Between(10, 50), Called("业务单据保存年数", "Years that papers of the books are kept")
    ] = 10
    transient_days: Annotated[int, Between(1, 90), Called("导入文件保存天数", "Days that imported files are kept")] = 90
    act: Annotated[Act, Called("超期客户", "Customers past it")] = Act.PROPOSE


RETENTION = policy(
    "RETENTION",
    Retention(),
    service="customer",
    zh="个人信息保存期限",
    en="How long personal data are kept",
    changes_zh="按现有档案,生效后的每日检查将提请或删除{total}位客户;超期的记录、单据和导入文件一并清除",
    changes_en="As records stand, the daily check proposes or erases {total} customers; rows past their time go too",
)
