"""Made-up customers with their vehicles, the same ones for every measured system.

Person `n` always has the same name, mobile, plate, VIN and model. Numbers below 1,000,000 are for
loading a database before a measurement; `newcomer()` hands out fresh ones to create through an API.
"""

import itertools
from typing import NamedTuple

STORES = ("HN", "FT", "LG")
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高"
GIVEN_NAMES = ("伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "建国", "志强", "秀英")
MODELS = (("GL8", "DC82C"), ("Regal", "WL52D"), ("Sail", "SJ52U"), ("Century", "WG52X"))

PLATE_SIGNS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
PLANTS = "SJEWKNRTYU"
VIN_VALUES = dict(
    zip(
        "0123456789ABCDEFGHJKLMNPRSTUVWXYZ",
        (*range(10), *range(1, 9), *range(1, 6), 7, 9, *range(2, 10)),
        strict=True,
    )
)
VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)

_newcomers = itertools.count(1_000_000)


class Person(NamedTuple):
    """A customer and the one vehicle he owns; every field is valid (check digit too)."""

    number: int
    name: str
    mobile: str
    plate: str
    vin: str
    model: str
    store: str


def person(number: int) -> Person:
    """Person `number`, 0 to 9,999,999."""
    model, code = MODELS[number % len(MODELS)]
    return Person(
        number=number,
        name=SURNAMES[number % len(SURNAMES)] + GIVEN_NAMES[number % len(GIVEN_NAMES)],
        mobile=f"138{number:08d}",
        plate=plate_of(number),
        vin=vin_of(number, code=code),
        model=model,
        store=STORES[number % len(STORES)],
    )


def newcomer() -> Person:
    """A person nobody has used in this process, for a database loaded by this process."""
    return person(next(_newcomers))


def plate_of(number: int) -> str:
    """A civil Shenzhen plate: the number in base 34, without I and O."""
    signs = []
    for _ in range(5):
        number, rest = divmod(number, len(PLATE_SIGNS))
        signs.append(PLATE_SIGNS[rest])
    return "粤B" + "".join(reversed(signs))


def vin_of(number: int, *, code: str) -> str:
    """A 2002 SAIC-GM VIN with its check digit; `code` is positions 4 to 8."""
    million, serial = divmod(number, 1_000_000)
    open_vin = f"LSG{code}02{PLANTS[million]}{serial:06d}"
    total = sum(VIN_VALUES[sign] * weight for sign, weight in zip(open_vin, VIN_WEIGHTS, strict=True))
    check = "0123456789X"[total % 11]
    return open_vin[:8] + check + open_vin[9:]
