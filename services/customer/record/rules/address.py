"""Addresses, as far as two records can be compared by them: district, street and house number (E7)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from services.customer.record.rules.simplified import simplify

_HOME_CITY = "深圳"
_HOME_DISTRICTS = ("福田", "罗湖", "南山", "盐田", "宝安", "龙岗", "龙华", "坪山", "光明", "大鹏")
_SIGNS = re.compile(r"[\s,，。.、;:：·()\[\]\"']+")
_PROVINCE = re.compile(
    r"(?:中国)?(?:[\u4e00-\u9fff]{2,3}?省|[\u4e00-\u9fff]{2,8}?自治区|广东(?=[\u4e00-\u9fff]{2,3}市|深圳))"
)
_CITY = re.compile(r"([\u4e00-\u9fff]{2,4}?)市(?![场政民])")
_DISTRICT = re.compile(r"([\u4e00-\u9fff]{2,4}?)(?:新区|区|县)")
_SUBDISTRICT = re.compile(r"[\u4e00-\u9fff]{2,4}?街道(?:办事处|办)?(?=[\u4e00-\u9fff])")
_NUMBERED = re.compile(r"(.*?[^\d-])(\d+(?:-\d+)?)号")
_FIRST_NUMBER = re.compile(r"(.*?[^\d-])(\d+(?:-\d+)?)")


@dataclass(frozen=True, slots=True)
class Address:
    """An address for comparison: district (with its city when that is not the home city), street, house number."""

    district: str
    street: str
    house_number: str

    @property
    def house(self) -> tuple[str, str, str] | None:
        """What two records of one house agree in; None if the address does not go down to a house."""
        return (self.district, self.street, self.house_number) if self.street and self.house_number else None


@lru_cache(maxsize=2048)  # see `names.read`
def read(typed: str) -> Address:
    """The address that was typed; what cannot be told is empty.

    Province, city, subdistrict and what follows the house number (building, floor, flat) are left out, so that
    `广东省深圳市福田区深南大道1001号3栋502` and `福田深南大道1001` are one house. A street with a number is read
    as going down to a house whether or not 号 follows.
    """
    text = _SIGNS.sub("", simplify(unicodedata.normalize("NFKC", typed))).upper()
    district, rest = _district(text)
    if found := _SUBDISTRICT.match(rest):
        rest = rest[found.end() :]
    found = _NUMBERED.match(rest) or _FIRST_NUMBER.match(rest)
    if found is None:
        return Address(district, rest, "")
    return Address(district, found[1], found[2])


def coarse(typed: str) -> str | None:
    """A district of the home city, or another city: where somebody lives, as roughly as many others do; None if untold.

    Nothing that is not known as one is told, lest it be a street.
    """
    text = _SIGNS.sub("", simplify(unicodedata.normalize("NFKC", typed)))
    if found := _PROVINCE.match(text):
        text = text[found.end() :]
    city, rest = _city(text)
    if city not in ("", _HOME_CITY):
        return city
    return next((one for one in _HOME_DISTRICTS if rest.startswith(one)), city or None)


def house_of(typed: str) -> object:
    """What two spellings of one address agree in: the house, else the words."""
    return read(typed).house or " ".join(typed.split())


def _district(text: str) -> tuple[str, str]:
    """(district, what follows) of an address."""
    if found := _PROVINCE.match(text):
        text = text[found.end() :]
    city, text = _city(text)
    home = city in ("", _HOME_CITY)
    if home and (known := next((one for one in _HOME_DISTRICTS if text.startswith(one)), "")):
        rest = text[len(known) :]
        suffix = next((one for one in ("新区", "区") if rest.startswith(one)), "")
        return known, rest[len(suffix) :]
    if found := _DISTRICT.match(text):
        return ("" if home else city) + found[1], text[found.end() :]
    return "" if home else city, text


def _city(text: str) -> tuple[str, str]:
    if text.startswith(_HOME_CITY):
        return _HOME_CITY, text[len(_HOME_CITY) :].removeprefix("市")
    if found := _CITY.match(text):
        return found[1], text[found.end() :]
    return "", text
