"""Identity numbers, telephone numbers, VINs and plates that validate (E1–E5), each given out once.

Every kind counts upwards and scatters its counter over the whole range by a step that shares no factor with it, so
that millions of numbers are unique without remembering any.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2

from contracts.vin import with_check_digit
from simulator.files.names import SHORT_COMPANY_NAMES

_SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"  # of plates: neither I nor O
_LETTERS = _SIGNS[:24]
_CITIES = "BSLACDEFGHJKMNPQRTUVWXY"  # issuing letters of Guangdong, 深圳 first
_PROVINCES = "粤湘鄂赣桂川豫皖闽琼"
_MODEL_YEARS = "ABCDEFGHJKLMNPRSTVWXY123456789"  # 1980 is A, 2001 is 1, 2010 is A again
_PLANTS = "SDEKGYANBC"
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_SEQUENCES = 497  # per sex: 996 to 999 were for people born in the 1800s


def _regions() -> list[str]:
    """Region codes: Guangdong's make a sixth, its neighbours' half. Some have been retired, as on real cards."""
    guangdong = [f"44{city:02d}{county:02d}" for city in range(1, 20) for county in (*range(1, 10), *range(21, 30))]
    near = [
        f"{province}{city:02d}{county:02d}"
        for province in (43, 42, 36, 45, 51, 35, 41, 34)
        for city in range(1, 14)
        for county in (1, 2, 3, 4, 5, 11, 21, 22, 23, 24, 81, 82)
    ]
    far = [
        f"{province}{city:02d}{county:02d}"
        for province in (11, 12, 13, 14, 21, 22, 23, 31, 32, 33, 37, 46, 50, 52, 53, 61, 62)
        for city in range(1, 5)
        for county in (2, 3, 4, 5, 11, 21, 22)
    ]
    return guangdong + near + far


_REGIONS = _regions()
_CARD_STEP, _DAY_STEP = 1_000_003, 15_485_863  # primes


@dataclass(slots=True)
class _Scattered:
    """0 to size - 1, each once, in an order that looks like none."""

    size: int
    step: int
    position: int
    given: int = 0

    def next(self) -> tuple[int, int]:
        """(round, number): a number comes again only in another round."""
        turn, self.given = self.given // self.size, self.given + 1
        self.position = (self.position + self.step) % self.size
        return turn, self.position


@dataclass(slots=True)
class Numbers:
    """The maker of numbers of one run."""

    chance: random.Random
    prefixes: tuple[str, ...]
    """What a mobile number may begin with: three digits each."""
    _made: dict[str, _Scattered] = field(default_factory=dict)
    _born: Counter[tuple[date, str, str | None]] = field(default_factory=Counter)
    _first_card: int = field(init=False)

    def __post_init__(self) -> None:
        self._first_card = self.chance.randrange(10**6)

    def mobile(self) -> str:
        """A mobile number of the mainland: eleven digits."""
        return self.chance.choice(self.prefixes) + f"{self._next('mobile', 10**8)[1]:08d}"

    def hong_kong_mobile(self) -> str:
        """A mobile number of Hong Kong with its country code."""
        return f"+852{self.chance.choice('569')}{self._next('hong_kong', 10**7)[1]:07d}"

    def landline(self) -> str:
        """A landline of Shenzhen, as it is printed on a letterhead."""
        return f"0755-{self.chance.choice('238')}{self._next('landline', 10**7)[1]:07d}"

    def resident_id(self, birth: date, gender: str, *, region: str | None = None) -> str:
        """Eighteen characters for one more person born that day; `region` for a permit of Hong Kong."""
        size = _SEQUENCES if region else len(_REGIONS) * _SEQUENCES
        before = self._born[birth, gender, region]
        self._born[birth, gender, region] += 1
        home, sequence = divmod(
            (before * _CARD_STEP + birth.toordinal() * _DAY_STEP + self._first_card) % size, _SEQUENCES
        )
        body = f"{region or _REGIONS[home]}{birth:%Y%m%d}{2 * sequence + (1 if gender == 'male' else 2):03d}"
        return body + mod_11_2.calc_check_digit(body)

    def organisation_code(self) -> str:
        """Nine characters of GB 11714 without the dash."""
        body = f"{self._next('organisation', 10**8)[1]:08d}"
        rest = 11 - sum(int(digit) * weight for digit, weight in zip(body, _ORG_WEIGHTS, strict=True)) % 11
        return body + {10: "X", 11: "0"}.get(rest, str(rest))

    def credit_code(self, organisation: str) -> str:
        """The USCC of the company with this organisation code, registered in Shenzhen."""
        body = "91440300" + organisation
        return body + uscc.calc_check_digit(body)

    def company(self) -> int:
        """A number no other company has."""
        turn, place = self._next("company", SHORT_COMPANY_NAMES)
        return turn * SHORT_COMPANY_NAMES + place

    def vin(self, model_code: str, year: int) -> str:
        """A VIN of SAIC-GM: `model_code` are its characters 4 to 8."""
        turn, serial = self._next("vin", 10**6)
        return with_check_digit(f"LSG{model_code}0{_MODEL_YEARS[(year - 1980) % 30]}{_PLANTS[turn % 10]}{serial:06d}")

    def plate(self) -> str:
        """A civil plate of seven signs, mostly of Shenzhen."""
        turn, place = self._next("plate", 34 * 34 * 1000)
        cities = _CITIES[turn % 5 * 4 :][:4]
        city = cities[0] if self.chance.random() < 0.9 else self.chance.choice(cities)
        province = _PROVINCES[turn // 5 % len(_PROVINCES)]
        signs, digits = divmod(place, 1000)
        return f"{province}{city}{_SIGNS[signs // 34]}{_SIGNS[signs % 34]}{digits:03d}"

    def electric_plate(self) -> str:
        """A plate of eight signs for a small car with an electric motor."""
        _, place = self._next("electric", 24 * 10**4)
        return f"粤B{self.chance.choice('DDDF')}{_LETTERS[place // 10**4]}{place % 10**4:04d}"

    def border_plate(self) -> str:
        """A plate for driving to Hong Kong: `粤Z1234港`."""
        _, place = self._next("border", 34 * 1000)
        return f"粤Z{_SIGNS[place // 1000]}{place % 1000:03d}港"

    def temporary_plate(self) -> str:
        """What a new car wears until it is registered; not unique, and no key."""
        return f"粤B{self.chance.randrange(10**5):05d}临"

    def _next(self, kind: str, size: int) -> tuple[int, int]:
        if kind not in self._made:
            step = next(step for step in range(int(size * 0.6180339887), size + 2) if math.gcd(step, size) == 1)
            self._made[kind] = _Scattered(size, step, self.chance.randrange(size))
        return self._made[kind].next()


def fifteen(id18: str) -> str:
    """The same person's number on a card of the first generation (GB 11643-1989)."""
    return id18[:6] + id18[8:17]
