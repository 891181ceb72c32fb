"""A row of a department's file as what it gives of a customer (R25).

An identity number or name that cannot be read refuses the row, so that the department mends it;
anything else that cannot be read is left out with a warning.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, NamedTuple, TypeVar

from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2

from contracts import plate
from contracts.customer.imports import Department
from contracts.customer.operations import CustomerKind
from services.customer.importing.spreadsheets.cells import CellRefused, gender_of, km_of, past_of, tidy
from services.customer.importing.spreadsheets.occupations import occupation_of
from services.customer.importing.spreadsheets.wordings import Field
from services.customer.record.rules import company_names, email, phone, resident_id
from services.customer.record.rules.facts import Role
from services.customer.record.rules.gender import Gender
from services.customer.record.rules.given import Typed

OTHER_DOCUMENT = "OTHER_DOCUMENT"
"""The warning for a passport or another card that we keep no number of."""

_NOTHING = frozenset(["", "-", "--", "/", "无", "没有", "不详", "未知", "暂无", "空", "n/a", "na", "null", "none"])
_SEVERAL = re.compile(r"[/、,,;;|\n]+|\s{2,}")
_LOCAL_NUMBER = re.compile(r"[2-8]\d{7}")
_HOME_AREA = "0755"
_DIGITS = re.compile(r"\d{13,17}[\dX]?|\d{18,20}")
_COMPANY_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}|[0-9A-Z]{8}[0-9X]")
_PASSPORT = re.compile(r"[A-Z]\d{8}")
_COMPANY_WORDS = re.compile(
    r"单位|公司|企业|机构|法人|集团|对公|company|corporate|organi[sz]ation|business", re.IGNORECASE
)
_PERSON_WORDS = re.compile(r"个人|自然人|私人|对私|私家|person|individual|private", re.IGNORECASE)
_ROLES: tuple[tuple[re.Pattern[str], Role], ...] = (
    (re.compile(r"车主|本人|机主|所有人|业主|买主|购车人|owner|self|buyer", re.IGNORECASE), Role.OWNER),
    (re.compile(r"使用人|用车人|使用者|user", re.IGNORECASE), Role.USER),
    (re.compile(r"付款|payer", re.IGNORECASE), Role.PAYER),
    (re.compile(r"投保|被保|insured", re.IGNORECASE), Role.INSURED),
    (
        re.compile(
            r"送修|司机|驾驶|配偶|妻|夫|爱人|太太|父|母|子|女|儿|兄|弟|姐|妹|亲|友|同事|员工|秘书|经办|代办|家|"
            r"bringer|driver|spouse|wife|husband|son|daughter|father|mother|friend|colleague|employee|family",
            re.IGNORECASE,
        ),
        Role.BRINGER,
    ),
)
"""What files call the person's relation to the car; the first that fits."""

_OWNERS_FILES = frozenset({Department.SALES, Department.SALES_SUPPORT, Department.FINANCE})
_DATES = (Field.DELIVERED_AT, Field.REGISTERED_AT, Field.LAST_SERVICE_AT)
T = TypeVar("T")


class Column(NamedTuple):
    """A column, from 0, and what it holds."""

    column: int
    field: Field
    unit: str | None = None


class RowRead(NamedTuple):
    """What a row gives. `role` is None where neither file nor department say what the person is to the vehicle.

    `relation` is the file's word for whoever is not the owner: his driver, his wife, the bringer.
    `km` is what the vehicle's odometer showed, on the day `km_on` if the file says when he was here or got the car;
    it is left out if that day has not come.

    Sales, sales support and finance write down the owner: the buyer, the one the car is registered for, the one
    the invoice for the car names. The others write down whoever comes.
    """

    typed: Typed
    role: Role | None
    relation: str
    km: int | None
    km_on: date | None
    warnings: tuple[str, ...]


def read_row(cells: Sequence[str], columns: Sequence[Column], *, department: Department, today: date) -> RowRead:
    """What the row gives, field by field; nothing of it is checked but what is left out with a warning."""
    said = _by_field(cells, columns)
    warnings: list[str] = []
    name, kind = _first(said, Field.NAME), _kind(_first(said, Field.KIND))
    card, code = _numbers(said, name, kind, warnings)
    if not card and (code or (kind is None and company_names.is_one(name))):
        kind = CustomerKind.COMPANY
    gender = _taken(gender_of, _first(said, Field.GENDER), warnings)
    past = partial(past_of, today=today)
    days = delivered, _, serviced = [_taken(past, _first(said, field), warnings) for field in _DATES]
    unit = next((column.unit for column in columns if column.field is Field.KM), None)
    km_on, unread = serviced or delivered, "DATE_AHEAD" in warnings
    km = _taken(partial(km_of, unit=unit), _first(said, Field.KM), warnings)
    relation = " ".join((_first(said, Field.ROLE), _first(said, Field.RELATION))).strip()
    role = _role(relation, department)
    typed = Typed(
        name=name if kind is CustomerKind.COMPANY else name + _first(said, Field.TITLE),
        kind=kind,
        phones=_phones(said, warnings),
        id_number=card,
        organisation_number=code,
        birth_date=_taken(past, _first(said, Field.BIRTH_DATE), warnings),
        gender=Gender(gender) if gender else None,
        email=_readable(email.normalise, _first(said, Field.EMAIL), email.NotAnEmail, "EMAIL_INVALID", warnings),
        address=_first(said, Field.ADDRESS),
        employer=_first(said, Field.EMPLOYER),
        occupation=_taken(occupation_of, _first(said, Field.OCCUPATION), warnings),
        vin=_first(said, Field.VIN),
        plate=_readable(_plate, _first(said, Field.PLATE), plate.NotAPlate, "PLATE_INVALID", warnings),
        model=_first(said, Field.MODEL),
        colour=_first(said, Field.COLOUR),
        role=role or Role.BRINGER,
        since=next((day for day in days if day is not None), None),
    )
    relation = "" if role in {Role.OWNER, None} else relation
    return RowRead(typed, role, relation, None if unread and km_on is None else km, km_on, tuple(warnings))


def _by_field(cells: Sequence[str], columns: Sequence[Column]) -> dict[Field, list[str]]:
    said: dict[Field, list[str]] = {}
    for column in columns:
        text = tidy(cells[column.column])
        if text.lower() not in _NOTHING:
            said.setdefault(column.field, []).append(text)
    return said


def _first(said: Mapping[Field, Sequence[str]], field: Field) -> str:
    found = said.get(field)
    return found[0] if found else ""


def _kind(text: str) -> CustomerKind | None:
    if _COMPANY_WORDS.search(text):
        return CustomerKind.COMPANY
    return CustomerKind.PERSON if _PERSON_WORDS.search(text) else None


def _numbers(
    said: Mapping[Field, Sequence[str]], name: str, kind: CustomerKind | None, warnings: list[str]
) -> tuple[str, str]:
    """(resident ID, organisation number), told by what they look like: many files have one column for both."""
    card = code = ""
    for text in (*said.get(Field.ID_NO, ()), *said.get(Field.USCC, ())):
        number = re.sub(r"[\s\-‐–—]", "", text.upper())
        company = kind is CustomerKind.COMPANY or (kind is None and company_names.is_one(name))
        of_digits = _DIGITS.fullmatch(number) is not None
        if (company and of_digits and _is_resident_id(number)) or (not company and _PASSPORT.fullmatch(number)):
            warnings.append(OTHER_DOCUMENT)  # the former is that of whoever acts for the company
        elif _COMPANY_CODE.fullmatch(number) and (company or not of_digits):
            code = text
        elif not company and (of_digits or len(number) == 18):
            card = text
        elif company and len(number) in {9, 18}:
            code = text
        else:
            warnings.append(OTHER_DOCUMENT)
    return card, code


def _is_resident_id(number: str) -> bool:
    """One card in 31 is a credit code as well, by its check character; a code with a birth date in it is a card.

    Taken for a code it would stand open on the company's record, where nobody asks why he wants to read it.
    """
    if len(number) != 18 or not mod_11_2.is_valid(number):
        return False
    born = resident_id.birth_date(number)
    return (born is not None and born.year // 100 in {19, 20}) or not uscc.is_valid(number)


def _phones(said: Mapping[Field, Sequence[str]], warnings: list[str]) -> tuple[str, ...]:
    """The numbers of all columns. One that cannot be read stays only if it was to be the mobile and none else is."""
    good: list[str] = []
    bad: list[str] = []
    for field in (Field.MOBILE, Field.PHONE):
        for text in said.get(field, ()):
            for one in (text,) if _is_phone(text) else _SEVERAL.split(text):
                digits = re.sub(r"[\s\-]", "", one)
                number = _HOME_AREA + digits if _LOCAL_NUMBER.fullmatch(digits) else one
                if not number.strip():
                    continue
                (good if _is_phone(number) else bad).append(number)
                if number in bad and field is Field.PHONE:
                    bad.remove(number)
                    warnings.append("MOBILE_INVALID")
    if good and bad:
        warnings.append("MOBILE_INVALID")
        bad = []
    return tuple(dict.fromkeys(good or bad[:1]))


def _is_phone(text: str) -> bool:
    try:
        phone.read(text)
    except phone.NotAPhone:
        return False
    return True


def _plate(text: str) -> str:
    plate.read(text, imported=True)
    return text


def _readable(
    read: Callable[[str], Any], text: str, refused: type[ValueError], warning: str, warnings: list[str]
) -> str:
    """The text if it can be read, else nothing and a warning."""
    if not text:
        return ""
    try:
        read(text)
    except refused:
        warnings.append(warning)
        return ""
    return text


def _taken(read: Callable[[str], T], text: str, warnings: list[str]) -> T | None:
    if not text:
        return None
    try:
        return read(text)
    except CellRefused as error:
        warnings.append(error.code)
        return None


def _role(text: str, department: Department) -> Role | None:
    if text:
        for pattern, role in _ROLES:
            if pattern.search(text):
                return role
    return Role.OWNER if department in _OWNERS_FILES else None


def fingerprint(cells: Sequence[str], columns: Sequence[Column], *, department: Department) -> str:
    """Tells the same row of the same department again: 128 bits over what is read of it, in hexadecimal."""
    said = sorted((column.field, tidy(cells[column.column])) for column in columns)
    text = "\x1f".join([department, *(f"{field}={value}" for field, value in said if value)])
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
