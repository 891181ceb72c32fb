"""What each department writes down of an encounter, in its own words: the columns of its file and how they are filled.

- Sales (`sales.csv`, GB18030) has the buyer's name and number, and of three in four the ID or organisation code.
- Sales support (`sales_support.xlsx`) registers the car: the ID or the organisation code of every owner, and the plate,
  which may still be the temporary one.
- Finance (`finance.csv`, GBK) has the payer as the invoice names him, with ID or code; only half the numbers.
- Service (`service.csv`, UTF-8 with BOM) has whoever brings the car, often just 张先生, with plate and phone and no ID.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date

from simulator.files import names, rates, slips
from simulator.files.circles import Encounter
from simulator.files.numbers import fifteen
from simulator.files.profiles import Profile

Cell = str | int | date | None

_CONSULTANTS = "王海燕 李国栋 陈晓东 刘敏 黄志明 周丽 吴俊杰 赵春梅 林少华 谢婷 郑伟 何佳".split()  # noqa: SIM905 - twelve names, not twelve quotes
_WORK = ("", "", "", "首保", "常规保养", "常规保养", "一般维修", "事故维修", "索赔")


@dataclass(frozen=True, slots=True)
class Department:
    """A file's name, encoding (None for a workbook) and headers."""

    file: str
    encoding: str | None
    headers: tuple[str, ...]


DEPARTMENTS = {
    "sales": Department(
        "sales.csv",
        "gb18030",
        (
            "客户姓名",
            "个人/单位",
            "手机",
            "身份证号",
            "组织机构代码",
            "出生日期",
            "地址",
            "车型",
            "车架号",
            "交车日期",
            "销售顾问",
        ),
    ),
    "support": Department(
        "sales_support.xlsx",
        None,
        ("购车人", "证件号码", "联系电话", "车型", "车架号", "车牌号", "上牌日期", "地址"),
    ),
    "finance": Department(
        "finance.csv",
        "gbk",
        ("姓名", "身份证号", "组织机构代码", "移动电话", "VIN", "车型", "开票金额", "开票日期"),
    ),
    "service": Department(
        "service.csv",
        "utf-8-sig",
        ("送修人", "与车主关系", "电话", "车牌", "VIN", "车型", "里程", "最近来厂", "备注"),
    ),
}


@dataclass(frozen=True, slots=True)
class Record:
    """A row as it stands in a file, and what is true of it."""

    encounter: Encounter
    cells: tuple[Cell, ...]
    classes: tuple[str, ...]
    """What went wrong or is special in it (F3)."""
    id_form: str
    """`15`, `18`, or empty where no valid resident ID is written."""
    expected_reject: str
    """Why the system must refuse the row: `id_checksum`; empty if it must take it."""


@dataclass(slots=True)
class Clerk:
    """Writes encounters down, with the slips of the pen that people make."""

    profile: Profile
    chance: random.Random
    _classes: list[str] = field(default_factory=list)
    _id_form: str = ""

    def record(self, encounter: Encounter) -> Record:
        """The row of the encounter's department."""
        self._classes, self._id_form = list(encounter.classes), ""
        cells: tuple[Cell, ...] = {
            "sales": self._sales,
            "support": self._support,
            "finance": self._finance,
            "service": self._service,
        }[encounter.department](encounter)
        refused = "id_checksum" if "id_typo" in self._classes else ""
        return Record(encounter, cells, tuple(self._classes), self._id_form, refused)

    def _sales(self, encounter: Encounter) -> tuple[Cell, ...]:
        party, day = encounter.party, encounter.day
        coded = self.chance.random() < 0.75
        born = party.birth if party.birth and self.chance.random() < 0.5 else None
        return (
            self._name(encounter),
            "单位" if party.company else "个人",
            self._mobile(encounter, share=0.98),
            self._id(encounter) if coded and not party.company else "",
            party.identity if coded and party.company else "",
            f"{born.year}/{born.month}/{born.day}" if born else "",
            self.chance.choice(("", "深圳市")) + party.address if self.chance.random() < 0.85 else "",
            encounter.vehicle.model.name,
            self._vin(encounter),
            f"{day.year}/{day.month}/{day.day}",
            self.chance.choice(_CONSULTANTS),
        )

    def _support(self, encounter: Encounter) -> tuple[Cell, ...]:
        party = encounter.party
        code = party.credit_code or f"{party.identity[:8]}-{party.identity[8:]}"
        return (
            self._name(encounter),
            code if party.company else self._id(encounter),
            self._mobile(encounter, share=0.9),
            encounter.vehicle.model.name,
            self._vin(encounter),
            self._plate(encounter),
            encounter.day,
            f"{self.chance.choice(('广东省深圳市', '深圳市'))}{party.address}",
        )

    def _finance(self, encounter: Encounter) -> tuple[Cell, ...]:
        party, day = encounter.party, encounter.day
        code = party.credit_code if party.credit_code and self.chance.random() < 0.7 else party.identity
        price = encounter.vehicle.model.price * self.chance.randint(970, 1000) // 1000
        return (
            self._name(encounter),
            "" if party.company else self._id(encounter),
            code if party.company else "",
            self._mobile(encounter, share=0.5),
            self._vin(encounter),
            encounter.vehicle.model.name,
            f"{price:.2f}",
            f"{day:%Y%m%d}",
        )

    def _service(self, encounter: Encounter) -> tuple[Cell, ...]:
        driven = (encounter.day - encounter.vehicle.delivered).days * self.chance.randint(30, 80)
        return (
            self._name(encounter),
            encounter.relation,
            self._mobile(encounter, share=0.97),
            self._plate(encounter),
            self._vin(encounter) if self.chance.random() < 0.92 else "",
            encounter.vehicle.model.name,
            driven // 10 * 10,
            f"{encounter.day:%Y-%m-%d}",
            self.chance.choice(_WORK),
        )

    def _name(self, encounter: Encounter) -> str:
        party, department = encounter.party, encounter.department
        if party.company:
            if department == "service" and self.chance.random() < rates.COMPANY_SHORT:
                return self._noted("company_short", names.short_company_name(party.name))
            return party.name
        if encounter.misheard:
            return encounter.misheard + party.given
        if self.chance.random() < rates.TITLE_ONLY.get(department, 0):
            return self._noted("surname_title", names.with_title(party.family, party.gender, self.chance))
        if party.hong_kong and (department == "sales" or (department == "service" and self.chance.random() < 0.5)):
            return self._noted("traditional", party.name.translate(names.TRADITIONAL))
        if self.chance.random() < rates.HOMOPHONE:
            heard = names.homophone(party.family, party.given, self.chance)
            return self._noted("homophone", heard) if heard else party.name
        return party.name

    def _mobile(self, encounter: Encounter, *, share: float) -> str:
        """The number, in that share of the rows."""
        phone = encounter.phone
        if self.chance.random() >= share:
            return ""
        if phone[0] == "1" and self.chance.random() < rates.PHONE_TYPO:
            phone = self._noted("phone_typo", slips.mistyped_mobile(phone, self.chance))
        return slips.written_mobile(phone, self.chance)

    def _id(self, encounter: Encounter) -> str:
        id18 = encounter.party.identity
        if not id18:
            return ""
        if self.chance.random() < rates.ID_TYPO:
            return self._noted("id_typo", slips.mistyped_id(id18, self.chance))
        if self.chance.random() < self.profile.id15_share:
            self._id_form = "15"
            return self._noted("id_15", fifteen(id18))
        self._id_form = "18"
        return slips.written_id(id18, self.chance)

    def _vin(self, encounter: Encounter) -> str:
        if self.chance.random() < rates.VIN_SLIP and (misread := slips.misread_vin(encounter.vehicle.vin, self.chance)):
            return self._noted("vin_slip", misread)
        return encounter.vehicle.vin

    def _plate(self, encounter: Encounter) -> str:
        plate = encounter.vehicle.plate_on(encounter.day)
        if plate.endswith("临") and self.chance.random() < 0.3:
            return "临牌"
        return slips.written_plate(plate, self.chance)

    def _noted(self, kind: str, text: str) -> str:
        self._classes.append(kind)
        return text
