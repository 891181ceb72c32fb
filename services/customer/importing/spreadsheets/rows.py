"""A row of a department's file as what it gives of a customer (R25).

Who he is and how he is reached refuse the row if they cannot be read (a name, a card, a mobile where there is no
other number), so that the department mends it; anything else is left out with a warning (docs/imports.md).
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

from contracts import plate, signs
from contracts import vin as vins
from contracts.customer.imports import Department
from contracts.customer.operations import CustomerKind
from services.customer.importing.spreadsheets.cells import CellRefused, gender_of, km_of, past_of, tidy
from services.customer.importing.spreadsheets.headings import recognised
from services.customer.importing.spreadsheets.occupations import occupation_of
from services.customer.importing.spreadsheets.wordings import Field
from services.customer.record.rules import company_names, email, phone, resident_id, surnames, titles
from services.customer.record.rules.facts import Role
from services.customer.record.rules.gender import Gender
from services.customer.record.rules.given import Typed

OTHER_DOCUMENT = "OTHER_DOCUMENT"
"""The warning for a passport or another card that we keep no number of."""

MASKED = "MASKED"
"""The warning for a number that another system has shown in part: `138****5678`."""
VIN_TAIL = "VIN_TAIL"
"""The warning for the end of a VIN, where the whole one should be."""
TWO_NAMES = "TWO_NAMES"
"""The warning for a cell with two persons: the first is taken."""
TITLE_UNKNOWN = "TITLE_UNKNOWN"
"""The warning for a title that is none."""

_NOBODY = re.compile(
    r"(?:合计|小计|总计|共计|累计|汇总|总数|共\d+[条行人位户名笔台辆项页]|共[条行人位户名笔台辆项页]|第\d+页|制表|填表|制单|打印|导出|审核|复核|"
    r"统计(?:人|日期|时间)|(?:备注|说明|注)[:]|以上|以下空白|total\b|subtotal\b|printed\b|page\d*\b)",
    re.IGNORECASE,
)
"""How the last lines of a list begin, in which nobody stands."""
_TWO_PERSONS = re.compile(r"\s*[/、&|\\,;]\s*")
_HAN = re.compile(r"[\u3400-\u9fff]")
_NUMBER_IN_A_NAME = re.compile(r"[(:]?\+?\d[\d\s\-]{5,}\d\)?")
_MAIL_APART = re.compile(r"[;,、/|\s]+")
_MASKED_NUMBER = re.compile(r"[0-9][*x•●○]{3,}|[*•●○]{3,}[0-9]", re.IGNORECASE)
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

_KEYS = frozenset({Field.MOBILE, Field.PHONE, Field.ID_NO, Field.USCC, Field.VIN, Field.PLATE})
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
    kind = _kind(_first(said, Field.KIND))
    name, within = _name(said, kind, warnings)
    card, code = _numbers(said, name, kind, warnings)
    if not card and (code or (kind is None and company_names.is_one(name))):
        kind = CustomerKind.COMPANY
    title, sex = _title(_first(said, Field.TITLE), warnings)
    gender = _taken(gender_of, _first(said, Field.GENDER) or sex, warnings)
    past = partial(past_of, today=today)
    days = delivered, _, serviced = [_taken(past, _first(said, field), warnings) for field in _DATES]
    unit = next((column.unit for column in columns if column.field is Field.KM), None)
    km_on, unread = serviced or delivered, "DATE_AHEAD" in warnings
    km = _taken(partial(km_of, unit=unit), _first(said, Field.KM), warnings)
    relation = " ".join((_first(said, Field.ROLE), _first(said, Field.RELATION))).strip()
    role = _role(relation, department)
    typed = Typed(
        name=name if kind is CustomerKind.COMPANY else name + title,
        kind=kind,
        phones=_phones(said, within, warnings),
        id_number=card,
        organisation_number=code,
        birth_date=_taken(past, _first(said, Field.BIRTH_DATE), warnings),
        gender=Gender(gender) if gender else None,
        email=_mail(_first(said, Field.EMAIL), warnings),
        address=_first(said, Field.ADDRESS),
        employer=_first(said, Field.EMPLOYER),
        occupation=_taken(occupation_of, _first(said, Field.OCCUPATION), warnings),
        vin=_vin(_first(said, Field.VIN), warnings),
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
        if not signs.is_nothing(text):
            said.setdefault(column.field, []).append(text)
    return said


def _first(said: Mapping[Field, Sequence[str]], field: Field) -> str:
    found = said.get(field)
    return found[0] if found else ""


def is_nobody(cells: Sequence[str], columns: Sequence[Column]) -> bool:
    """True for a line in which nobody stands: a sum, who printed the list and when, the headings again (E6).

    One that holds a number somebody is known by is nobody's foot line.
    """
    if recognised(cells) >= max(2, sum(1 for cell in cells if cell.strip()) - 1):
        return True
    filled = [tidy(cell) for cell in cells if cell.strip()]
    if not filled or not any(_NOBODY.match("".join(one.split())) for one in filled[:2]):
        return False
    keys = [tidy(cells[one.column]) for one in columns if one.field in _KEYS]
    return not any(re.search(r"\d{6}", key) or plate.kind_of(plate.tidy(key)) for key in keys)


def _name(said: Mapping[Field, Sequence[str]], kind: CustomerKind | None, warnings: list[str]) -> tuple[str, list[str]]:
    """(the name, the numbers that stood within it); surname and given name may have columns of their own."""
    name = _first(said, Field.NAME) or _first(said, Field.SURNAME) + _first(said, Field.GIVEN_NAME)
    if kind is CustomerKind.COMPANY or company_names.is_one(name):
        return name, []
    within = [found[0].strip("():") for found in _NUMBER_IN_A_NAME.finditer(name)]
    numbers = [one for text in within for one in phone.listed(text)]
    if numbers:
        name = _NUMBER_IN_A_NAME.sub("", name).strip()
    persons = [one for one in _TWO_PERSONS.split(name) if one]
    if len(persons) == 2 and surnames.is_common(persons[0]) is not surnames.is_common(persons[1]):
        name = "".join(sorted(persons, key=surnames.is_common, reverse=True))  # 国庆,袁 as foreign forms ask for it
    elif len(persons) > 1 and all(_HAN.search(one) for one in persons):
        warnings.append(TWO_NAMES)
        name = persons[0]
    return name, numbers


def _title(text: str, warnings: list[str]) -> tuple[str, str]:
    """(title, the sex that is said in its place)."""
    if not text or (title := titles.known(text)):
        return (title if text else ""), ""
    try:
        gender_of(text)
    except CellRefused:
        warnings.append(TITLE_UNKNOWN)
        return "", ""
    return "", text


def _mail(text: str, warnings: list[str]) -> str:
    """The first address of the cell that can be read."""
    for one in _MAIL_APART.split(text):
        try:
            return email.normalise(one)
        except email.NotAnEmail:
            continue
    if text:
        warnings.append("EMAIL_INVALID")
    return ""


def _vin(text: str, warnings: list[str]) -> str:
    """The VIN if it is one; a car can be found again without it, the customer could not."""
    if not text:
        return ""
    try:
        return vins.normalise(text)
    except vins.NotAVin:
        warnings.append(MASKED if _is_masked(text) else VIN_TAIL if vins.is_tail(text) else "VIN_INVALID")
        return ""


def _is_masked(text: str) -> bool:
    return _MASKED_NUMBER.search(text) is not None


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
        if _is_masked(text):
            warnings.append(MASKED)
            continue
        number = re.sub(r"[\s\-‐–—]|\.0+$", "", text.upper())
        company = kind is CustomerKind.COMPANY or (kind is None and company_names.is_one(name))
        of_digits = _DIGITS.fullmatch(number) is not None
        if (company and of_digits and _is_resident_id(number)) or (not company and _PASSPORT.fullmatch(number)):
            warnings.append(OTHER_DOCUMENT)  # the former is that of whoever acts for the company
        elif _COMPANY_CODE.fullmatch(number) and (company or not of_digits):
            code = text
        elif not company and (of_digits or len(number) == 18 or signs.digits_lost(text)):
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


def _phones(said: Mapping[Field, Sequence[str]], within: Sequence[str], warnings: list[str]) -> tuple[str, ...]:
    """The numbers of all columns. One that cannot be read stays only if it was to be the mobile and none else is."""
    good: list[str] = []
    bad: list[str] = []
    for field in (Field.MOBILE, Field.PHONE):
        for text in said.get(field, ()):
            if found := phone.listed(text):
                good += found
            elif phone.is_masked(text):
                warnings.append(MASKED)
            elif field is Field.MOBILE:
                bad.append(text)
            else:
                warnings.append("DIGITS_LOST" if signs.digits_lost(text) else "MOBILE_INVALID")
    good += within
    if good and bad:
        warnings += ["DIGITS_LOST" if signs.digits_lost(text) else "MOBILE_INVALID" for text in bad]
        bad = []
    return tuple(dict.fromkeys(good or bad[:1]))


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
