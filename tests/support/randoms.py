"""Made-up people, numbers and vehicles that no other test of the session has."""

from __future__ import annotations

import itertools
import secrets

from stdnum.iso7064 import mod_11_2

from contracts.vin import with_check_digit

_counter = itertools.count(secrets.randbelow(10**6) * 100)

_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红健建"


def number() -> int:
    """The next number, different each time, starting anywhere."""
    return next(_counter)


def mobile() -> str:
    """A mainland mobile number nobody else has, and not one digit away from the last one."""
    return f"139{number() * 7919 % 10**8:08d}"


def resident_id() -> str:
    """A valid resident ID nobody else has: born on a day between 1960 and 1989."""
    count = number()
    body = f"440301{1960 + count % 30}{1 + count % 12:02d}{1 + count % 28:02d}{count // 30 % 1000:03d}"
    return body + mod_11_2.calc_check_digit(body)


def vin() -> str:
    """A valid VIN nobody else has."""
    count = number()
    return with_check_digit(f"LSG{count // 10**6 % 10**5:05d}02Y{count % 10**6:06d}")


def plate() -> str:
    """A Shenzhen plate nobody else has."""
    return f"粤B{number() % 10**5:05d}"


def name() -> str:
    """A person's name of three characters; others may have it too."""
    surname, one, two = secrets.choice(_SURNAMES), secrets.choice(_GIVEN), secrets.choice(_GIVEN)
    return surname + one + two


def code(prefix: str = "T") -> str:
    """A code nobody else has: capital letters and digits."""
    return f"{prefix}{number() % 10**8}"
