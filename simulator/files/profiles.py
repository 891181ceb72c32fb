"""When and where the files come from: the commission's years, or ours (F3, F4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from simulator.people import MODELS


@dataclass(frozen=True, slots=True)
class Model:
    """A model as it is sold: `code` are characters 4 to 8 of its VIN, the price is in yuan."""

    name: str
    code: str
    price: int
    from_year: int
    weight: int
    electric: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """The circumstances of one time."""

    first_day: date
    last_day: date
    """The day the files were taken: nothing in them is later."""
    company_share: float
    """Companies among those who buy or bring a car."""
    male_share: float
    """Men among private owners."""
    id15_share: float
    """Resident identity numbers written in the 15-digit form."""
    prefixes: tuple[str, ...]
    models: tuple[Model, ...]
    credit_codes: bool
    """True once companies have a USCC; before, only the organisation code."""


_OF_2002 = {
    "新世纪": ("WL52D", 369_800, 2000, 18),
    "GL": ("WF52L", 298_000, 2000, 14),
    "G": ("DC82C", 278_000, 2000, 16),
    "GS": ("WX52S", 332_800, 2000, 8),
    "GL8": ("UD82C", 299_800, 2000, 16),
    "赛欧": ("SJ52U", 105_800, 2001, 28),
}

_ALL_PREFIXES = tuple(
    f"1{second}{third}"
    for second, thirds in (
        ("3", "0123456789"),
        ("4", "57"),
        ("5", "012356789"),
        ("6", "6"),
        ("7", "0135678"),
        ("8", "0123456789"),
        ("9", "1389"),
    )
    for third in thirds
)

PROFILES = {
    "2002": Profile(
        first_day=date(2000, 10, 1),
        last_day=date(2002, 12, 31),
        company_share=0.30,
        male_share=0.78,
        id15_share=0.40,
        prefixes=("135", "136", "137", "138", "139"),
        models=tuple(Model(name, *_OF_2002[name]) for name in MODELS),
        credit_codes=False,
    ),
    "modern": Profile(
        first_day=date(2023, 1, 1),
        last_day=date(2025, 12, 31),
        company_share=0.08,
        male_share=0.60,
        id15_share=0.0,
        prefixes=_ALL_PREFIXES,
        models=(
            Model("君威", "ZG5SX", 168_900, 2000, 22),
            Model("君越", "ZR5SX", 199_800, 2000, 24),
            Model("GL8", "UA83X", 289_900, 2000, 22),
            Model("昂科威", "XC54X", 219_900, 2000, 20),
            Model("微蓝6", "KE4EX", 139_900, 2020, 12, electric=True),
        ),
        credit_codes=True,
    ),
}
"""Both circumstances by the name used on the command line."""
