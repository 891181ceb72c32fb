"""What kind of work a job line is, and what of the vehicle it is about: two lists, a row for each word of them.

By the first it is known how long such work takes, and for how long it is guaranteed (C9); by the second, whether the
same fault came back. The words stand here alone: `make console-types` takes them to the screen.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class RepairCategory(StrEnum):
    """What a repair is by law, which says how long it is guaranteed (机动车维修管理规定; C9)."""

    OVERHAUL = "overhaul"
    ASSEMBLY = "assembly"
    SECOND_MAINTENANCE = "second_maintenance"
    FIRST_MAINTENANCE = "first_maintenance"
    MINOR = "minor"
    SPECIAL = "special"


class JobClass(StrEnum):
    """What kind of work a line is: its code, its words, and the category of the law that its guarantee goes by."""

    zh: str
    en: str
    category: RepairCategory

    def __new__(cls, code: str, zh: str, en: str, category: RepairCategory) -> Self:
        """A row of the list."""
        one = str.__new__(cls, code)
        one._value_, one.zh, one.en, one.category = code, zh, en, category
        return one

    FIRST_MAINTENANCE = "FIRST_MAINTENANCE", "一级维护", "First-level maintenance", RepairCategory.FIRST_MAINTENANCE
    SECOND_MAINTENANCE = "SECOND_MAINTENANCE", "二级维护", "Second-level maintenance", RepairCategory.SECOND_MAINTENANCE
    DIAGNOSIS = "DIAGNOSIS", "检测诊断", "Diagnosis", RepairCategory.MINOR
    MINOR_REPAIR = "MINOR_REPAIR", "小修", "Minor repair", RepairCategory.MINOR
    SPECIAL_REPAIR = "SPECIAL_REPAIR", "专项修理", "Special repair", RepairCategory.SPECIAL
    ASSEMBLY_REPAIR = "ASSEMBLY_REPAIR", "总成修理", "Assembly repair", RepairCategory.ASSEMBLY
    VEHICLE_REPAIR = "VEHICLE_REPAIR", "整车修理", "Whole-vehicle repair", RepairCategory.OVERHAUL
    BODYWORK = "BODYWORK", "钣金", "Bodywork", RepairCategory.SPECIAL
    PAINT = "PAINT", "喷漆", "Paint", RepairCategory.SPECIAL
    FITTING = "FITTING", "加装", "Fitting of accessories", RepairCategory.MINOR
    PDI = "PDI", "新车检查", "Pre-delivery inspection", RepairCategory.MINOR


class FaultGroup(StrEnum):
    """What of the vehicle a line is about: its main systems, those of electric cars among them, and the rest."""

    zh: str
    en: str

    def __new__(cls, code: str, zh: str, en: str) -> Self:
        """A row of the list."""
        one = str.__new__(cls, code)
        one._value_, one.zh, one.en = code, zh, en
        return one

    ENGINE = "ENGINE", "发动机", "Engine"
    GEARBOX = "GEARBOX", "变速器", "Gearbox"
    DRIVETRAIN = "DRIVETRAIN", "传动系", "Drivetrain"
    TRACTION_BATTERY = "TRACTION_BATTERY", "动力蓄电池", "Traction battery"
    DRIVE_MOTOR = "DRIVE_MOTOR", "驱动电机", "Drive motor"
    BRAKES = "BRAKES", "制动系", "Brakes"
    STEERING = "STEERING", "转向系", "Steering"
    SUSPENSION = "SUSPENSION", "悬架", "Suspension"
    TYRES = "TYRES", "轮胎", "Tyres"
    FUEL = "FUEL", "燃油系", "Fuel system"
    EXHAUST = "EXHAUST", "排放系", "Exhaust"
    COOLING = "COOLING", "冷却系", "Cooling"
    CLIMATE = "CLIMATE", "空调", "Air conditioning"
    ELECTRICS = "ELECTRICS", "电气", "Electrics"
    ASSISTANCE = "ASSISTANCE", "智能驾驶与车机", "Driver assistance and head unit"
    RESTRAINTS = "RESTRAINTS", "安全带与气囊", "Belts and airbags"
    BODY = "BODY", "车身", "Body"
    GLASS = "GLASS", "玻璃", "Glass"
    INTERIOR = "INTERIOR", "内饰", "Interior"
    OTHER = "OTHER", "其他", "Other"
