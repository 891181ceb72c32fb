"""Which column of a department's file is which field: a proposal that a person confirms (R25)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from contracts import plate
from services.customer.importing.spreadsheets.cells import CellRefused, date_of, gender_of, tidy
from services.customer.importing.spreadsheets.wordings import KNOWN, Field, bare, contained, unit_of, without_owner
from services.customer.record.rules import phone

STRONG_KEYS = frozenset({Field.MOBILE, Field.ID_NO, Field.USCC, Field.VIN, Field.PLATE})
"""Any of these tells who or which car a row is about without a name."""

AT_MOST_TWO = frozenset({Field.MOBILE, Field.PHONE})
"""People have two telephones; every other field has one column."""

SAMPLE_ROWS = 200
"""More rows tell no more about a column."""

SAMPLE_CHARACTERS = 200
"""Nothing that tells a field is longer."""

_ID_NO = re.compile(r"\d{17}[\dX]|\d{15}")
_USCC = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}|[0-9A-Z]{8}-?[0-9X]")
_VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_NUMBERED = re.compile(r"[\d,.]+\s*(?:万|公里|km|元)*", re.IGNORECASE)
_ORGANISATION = re.compile(r"公司|集团|厂$|局$|委员会|学校|医院|银行|中心$|事务所|有限")
_PERSON = re.compile(r"[一-鿿·]{2,4}|[A-Za-z][A-Za-z .'-]+")


def _is_mobile(text: str) -> bool:
    try:
        return phone.is_mobile(phone.normalise(text))
    except phone.NotAPhone:
        return False


def _is_landline(text: str) -> bool:
    digits = re.sub(r"[\s()\-]", "", text)
    return not _is_mobile(text) and re.fullmatch(r"(?:\+?86)?0?\d{2,3}\d{7,8}|\d{7,8}|[48]00\d{7}", digits) is not None


def _is_id_no(text: str) -> bool:
    number = text.upper().replace(" ", "")
    if _ID_NO.fullmatch(number) is None:
        return False
    born = number[6:14] if len(number) == 18 else "19" + number[6:12]
    return _accepts(date_of, born)


def _is_uscc(text: str) -> bool:
    return (
        _USCC.fullmatch(text.upper().replace(" ", "")) is not None
        and not _is_id_no(text)
        and not _accepts(date_of, text)
    )


def _is_vin(text: str) -> bool:
    number = text.upper().replace(" ", "")
    return _VIN.fullmatch(number) is not None and not number.isdecimal()


def _is_plate(text: str) -> bool:
    return plate.kind_of(plate.tidy(text)) is not None


def _accepts(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except CellRefused:
        return False
    return True


_FITS: dict[Field, Callable[[str], bool]] = {
    Field.MOBILE: _is_mobile,
    Field.PHONE: _is_landline,
    Field.ID_NO: _is_id_no,
    Field.USCC: _is_uscc,
    Field.VIN: _is_vin,
    Field.PLATE: _is_plate,
    Field.EMAIL: lambda text: _EMAIL.fullmatch(text) is not None,
    Field.GENDER: lambda text: _accepts(gender_of, text),
    Field.BIRTH_DATE: lambda text: _accepts(date_of, text),
    Field.DELIVERED_AT: lambda text: _accepts(date_of, text),
    Field.REGISTERED_AT: lambda text: _accepts(date_of, text),
    Field.LAST_SERVICE_AT: lambda text: _accepts(date_of, text),
    Field.KM: lambda text: _NUMBERED.fullmatch(text) is not None,
    Field.NAME: lambda text: _PERSON.fullmatch(text) is not None or _ORGANISATION.search(text) is not None,
    Field.EMPLOYER: lambda text: _ORGANISATION.search(text) is not None,
}
_TELLING = (Field.VIN, Field.MOBILE, Field.ID_NO, Field.PLATE, Field.EMAIL, Field.USCC)
"""Contents that name their field without a heading, the most telling first."""
_NUMBERS = (_is_mobile, _is_id_no, _is_vin, _is_plate)
_RIVALS = {
    Field.MOBILE: (Field.PHONE,),
    Field.PHONE: (Field.MOBILE,),
    Field.ID_NO: (Field.USCC,),
    Field.USCC: (Field.ID_NO,),
    Field.PLATE: (Field.VIN,),
    Field.VIN: (Field.PLATE,),
}
"""Fields whose headings people mix up."""


@dataclass(frozen=True)
class Proposal:
    """What one column is taken for. `column` counts from 0, `confidence` from 0 to 1, `field` None leaves it out."""

    column: int
    heading: str
    field: Field | None
    confidence: float
    why: str
    """`HEADING`, `SIMILAR_HEADING`, `CONTENT`, `HEADING_DOUBTFUL` (the contents do not fit), `TAKEN`, `UNKNOWN`."""
    unit: str | None = None
    """From the heading's brackets; `km_of` and `fen_of` take it."""


class MappingRefused(ValueError):
    """The columns chosen cannot be imported: `code` is stable, `zh` and `en` tell a person what to choose."""

    def __init__(self, code: str, *, zh: str, en: str) -> None:
        """Keep the code and both sentences."""
        super().__init__(f"{code}: {en}")
        self.code = code
        self.zh = zh
        self.en = en


def recognised(cells: Sequence[str]) -> int:
    """How many of the cells are wordings of headings: what tells a heading row from a title and from data."""
    return sum(
        1 for cell in cells if len(cell) <= 40 and (key := bare(cell)) and (key in KNOWN or without_owner(key) in KNOWN)
    )


def holds_numbers(cells: Sequence[str]) -> bool:
    """True if somebody is known by one of the cells, a phone, a card, a VIN or a plate: a row of data, no headings."""
    return any(fits(text) for cell in cells if (text := tidy(cell[:SAMPLE_CHARACTERS])) for fits in _NUMBERS)


def propose(headings: Sequence[str], sample: Sequence[Sequence[str]]) -> list[Proposal]:
    """One proposal per column, from its heading and, where that is ambiguous or missing, from a sample of rows.

    A field goes to the column that most surely holds it (telephones to two), leftmost first; others are `TAKEN`.
    """
    rows = sample[:SAMPLE_ROWS]
    proposals = []
    for column, heading in enumerate(headings):
        texts = [text for row in rows if column < len(row) and (text := tidy(row[column][:SAMPLE_CHARACTERS]))]
        proposals.append(_proposal(column, heading, texts))
    return _one_column_each(_person_rather_than_employer(proposals))


def _proposal(column: int, heading: str, texts: list[str]) -> Proposal:
    key = bare(heading)
    unit = unit_of(heading)
    fields, confidence, why = KNOWN.get(key), 0.98, "HEADING"
    if fields is None:
        fields, confidence = KNOWN.get(without_owner(key)), 0.9
    if fields is None:
        fields, confidence, why = contained(key), 0.7, "SIMILAR_HEADING"
    if fields is None:
        field = next((field for field in _told_by(heading) if texts and _share(field, texts) >= 0.9), None)
        return Proposal(column, heading, field, 0.6 if field else 0.0, "CONTENT" if field else "UNKNOWN", unit)
    usual = fields[0]
    if not texts:
        return Proposal(column, heading, usual, confidence - (0.2 if len(fields) > 1 else 0.1), why, unit)
    if len(fields) > 1:
        best = max(fields, key=lambda field: _share(field, texts))
        found = _share(best, texts)
        if found > 0:
            return Proposal(column, heading, best, round(0.6 + 0.35 * found, 2), "CONTENT", unit)
        return Proposal(column, heading, usual, 0.4, "HEADING_DOUBTFUL", unit)
    if usual not in _FITS:
        return Proposal(column, heading, usual, confidence, why, unit)
    fit = _share(usual, texts)
    rival = next((field for field in _RIVALS.get(usual, ()) if fit < 0.2 and _share(field, texts) >= 0.8), None)
    if rival is not None:
        return Proposal(column, heading, rival, 0.8, "CONTENT", unit)
    if fit < 0.2 and usual not in {Field.NAME, Field.EMPLOYER}:
        return Proposal(column, heading, usual, 0.4, "HEADING_DOUBTFUL", unit)
    return Proposal(column, heading, usual, confidence, why, unit)


def _told_by(heading: str) -> Sequence[Field]:
    """Without headings a column of names is one by its contents as well."""
    return (*_TELLING, Field.NAME) if re.fullmatch(r"第\d+列", heading) else _TELLING


def _share(field: Field, texts: list[str]) -> float:
    fits = _FITS.get(field)
    return sum(1 for text in texts if fits(text)) / len(texts) if fits else 0.0


def _person_rather_than_employer(proposals: list[Proposal]) -> list[Proposal]:
    """A column `单位名称` is the customer in a list of organisations, and the employer beside a column of names."""
    named = any(proposal.field is Field.NAME and not _may_be_employer(proposal) for proposal in proposals)
    wanted = Field.EMPLOYER if named else Field.NAME
    return [
        Proposal(proposal.column, proposal.heading, wanted, 0.8, proposal.why, proposal.unit)
        if _may_be_employer(proposal)
        else proposal
        for proposal in proposals
    ]


def _may_be_employer(proposal: Proposal) -> bool:
    fields = KNOWN.get(bare(proposal.heading), ())
    return Field.NAME in fields and Field.EMPLOYER in fields


def _one_column_each(proposals: list[Proposal]) -> list[Proposal]:
    taken = Counter[Field]()
    kept: dict[int, Proposal] = {}
    for proposal in sorted(proposals, key=lambda proposal: (-proposal.confidence, proposal.column)):
        field = proposal.field
        if field is not None and taken[field] >= most_columns(field):
            kept[proposal.column] = Proposal(proposal.column, proposal.heading, None, 0.0, "TAKEN", proposal.unit)
            continue
        if field is not None:
            taken[field] += 1
        kept[proposal.column] = proposal
    return [kept[column] for column in sorted(kept)]


def most_columns(field: Field) -> int:
    """How many columns may be mapped to a field."""
    return 2 if field in AT_MOST_TWO else 1


def check(mapping: Iterable[tuple[int, Field]], *, width: int) -> None:
    """Refuse a choice of columns (pairs of column from 0 and field) of a table with `width` columns.

    Raises MappingRefused: `COLUMN_UNKNOWN`, `COLUMN_TWICE`, `FIELD_TWICE`, `KEY_MISSING` (no name, no strong key).
    """
    pairs = list(mapping)
    if unknown := next((column for column, _ in pairs if not 0 <= column < width), None):
        raise MappingRefused(
            "COLUMN_UNKNOWN", zh=f"文件没有第 {unknown + 1} 列", en=f"The file has no column {unknown + 1}"
        )
    column, times = Counter(column for column, _ in pairs).most_common(1)[0] if pairs else (0, 0)
    if times > 1:
        raise MappingRefused(
            "COLUMN_TWICE", zh=f"第 {column + 1} 列对应了两个字段", en=f"Column {column + 1} is mapped to two fields"
        )
    fields = Counter(field for _, field in pairs)
    if twice := next((field for field, count in fields.items() if count > most_columns(field)), None):
        raise MappingRefused(
            "FIELD_TWICE", zh=f"字段 {twice} 对应的列过多", en=f"Too many columns are mapped to {twice}"
        )
    if not fields.keys() & (STRONG_KEYS | {Field.NAME, Field.SURNAME}):
        raise MappingRefused(
            "KEY_MISSING",
            zh="请至少指定姓名、手机、证件号、车架号或车牌中的一列",
            en="Map at least a name, a mobile number, an ID number, a VIN or a plate",
        )
