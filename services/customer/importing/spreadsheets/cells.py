"""The text of a cell as a value: dates, kilometres, money, yes and no (R25).

A text that can be read in two ways is refused, not guessed at.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from zoneinfo import ZoneInfo

from contracts.signs import plain
from contracts.spreadsheet_cells import unmarked
from services.customer.record.rules.birthday import PLACEHOLDERS

_HERE = ZoneInfo("Asia/Shanghai")
"""By whose clock a program has turned midnight into a moment of Greenwich; in 1988 summers were an hour ahead."""
_ERA_1900 = dt.date(1899, 12, 30)
"""Day 0 of a workbook's day count, as its programs count since 1 March 1900."""
_EARLIEST, _LATEST = dt.date(1900, 1, 1), dt.date(2100, 1, 1)
_MAX_KM = 5_000_000
_MAX_FEN = 10**13
_HALF = r"(?:上午|下午|中午|凌晨|早上|晚上|[ap]\.?m\.?)?"
_TIME = (
    rf"(?:[ T]*[(]?(?:星期|周|礼拜)[一二三四五六日天][)]?|[ ,]*(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*)?"
    rf"(?:[ T]*{_HALF}\s*\d{{1,2}}[:时点]\d{{1,2}}(?:[:分]\d{{1,2}}(?:\.\d+)?)?[秒分]?\s*{_HALF})?"
)
"""What stands behind a day: the day of the week, an hour."""
_ZONED = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)(?::\d\d(?:\.\d+)?)?\s*(Z|[+-]\d\d:?\d\d)", re.IGNORECASE)
_YEAR_FIRST = re.compile(
    rf"(\d{{4}})\s*([-/.年])\s*(\d{{1,2}})\s*[-/.月]\s*(\d{{1,2}})\s*[日号]?{_TIME}", re.IGNORECASE
)
_DENSE = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{4}|\d{6})?")
_MONTH_OF_FIVE = re.compile(r"(?:19|20)\d\d[1-9]")
"""20023 may be March 2002, and a day of 1954 as a workbook counts."""
_REPUBLIC = re.compile(r"(?:民国|民國)\s*(\d{1,3})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_BEFORE_THE_REPUBLIC = 1911
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_TWO_WAYS = re.compile(rf"\d{{1,2}}[-/.年]\d{{1,2}}[-/.月]\d{{1,4}}日?{_TIME}")
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_KM_UNIT = re.compile(r"(万)?(?:公里|千米|km|kms|k\.m\.)?", re.IGNORECASE)
_MONEY_UNIT = re.compile(r"(万)?(?:元整|元|圆|yuan|rmb|cny)?", re.IGNORECASE)

_YES = frozenset(["是", "有", "对", "y", "yes", "true", "t", "1", "√", "✓", "✔", "已", "同意"])
_NO = frozenset(["否", "无", "没有", "不", "非", "n", "no", "false", "f", "0", "×", "✗", "x", "未", "不同意"])
_MALE = frozenset(["男", "男性", "男士", "男人", "先生", "m", "male", "man", "mr"])
_FEMALE = frozenset(["女", "女性", "女士", "小姐", "太太", "f", "female", "woman", "mrs", "ms", "miss"])


class CellRefused(ValueError):
    """The text is no such value: `code` is stable, `zh` and `en` tell a person what is wrong."""

    def __init__(self, code: str, *, zh: str, en: str) -> None:
        """Keep the code and both sentences."""
        super().__init__(f"{code}: {en}")
        self.code = code
        self.zh = zh
        self.en = en


def tidy(text: str) -> str:
    """A cell's text with half-width signs, without blanks around it and without the marks of a text: `'…`, `="…"`."""
    return unmarked(plain(text).strip()).removeprefix("'").strip()


def date_of(text: str) -> dt.date:
    """A day from 1900 to 2099, year first, or a workbook's day count (5 digits); a time of day behind it is left out.

    A moment of another zone is the day it was here. A year of two digits or at the end is refused: `02-03-15` is three
    days to three people, and so is a year with a month of one digit, which may be a day count: 20023.
    Raises CellRefused (`DATE_AMBIGUOUS`, `DATE_INVALID`).
    """
    typed = tidy(text)
    if match := _ZONED.fullmatch(typed):
        day = _local_day(match)
    elif match := _REPUBLIC.fullmatch(typed):
        day = _day(int(match[1]) + _BEFORE_THE_REPUBLIC, int(match[2]), int(match[3]))
    elif match := _YEAR_FIRST.fullmatch(typed):
        day = _day(int(match[1]), int(match[3]), int(match[4]))
    elif match := _DENSE.fullmatch(typed):
        day = _day(int(match[1]), int(match[2]), int(match[3]))
    elif not _MONTH_OF_FIVE.fullmatch(typed) and (match := _SERIAL.fullmatch(typed)):
        day = _ERA_1900 + dt.timedelta(days=int(match[1]))
    elif _TWO_WAYS.fullmatch(typed) or _MONTH_OF_FIVE.fullmatch(typed):
        raise CellRefused(
            "DATE_AMBIGUOUS",
            zh="日期有歧义,请写成 2002-03-15 的形式",
            en="This date can be read in several ways; write it like 2002-03-15",
        )
    else:
        raise _no_date()
    if not _EARLIEST <= day < _LATEST:
        raise _no_date()
    return day


def past_of(text: str, *, today: dt.date) -> dt.date:
    """A day as `date_of` reads it that has come, and that stands for itself.

    Raises CellRefused (also `DATE_AHEAD`, `DATE_PLACEHOLDER`).
    """
    day = date_of(text)
    if day > today:
        raise CellRefused("DATE_AHEAD", zh="日期尚未到来", en="This day has not come yet")
    if day in PLACEHOLDERS:
        raise CellRefused("DATE_PLACEHOLDER", zh="该日期只是占位,不是真实日期", en="This date stands for no date")
    return day


def _local_day(zoned: re.Match[str]) -> dt.date:
    zone = "+00:00" if zoned[3].upper() == "Z" else zoned[3]
    try:
        return dt.datetime.fromisoformat(f"{zoned[1]}T{zoned[2]}{zone}").astimezone(_HERE).date()
    except (ValueError, OverflowError) as error:
        raise _no_date() from error


def _day(year: int, month: int, day: int) -> dt.date:
    try:
        return dt.date(year, month, day)
    except ValueError as error:
        raise _no_date() from error


def _no_date() -> CellRefused:
    return CellRefused("DATE_INVALID", zh="不是有效日期", en="This is not a date")


def km_of(text: str, *, unit: str | None = None) -> int:
    """Whole kilometres, from 0 to 5 000 000: `12,345公里`, `1.2万`; a `unit` such as `万公里` is the heading's.

    Raises CellRefused (`KM_INVALID`).
    """
    number = _amount(text, _KM_UNIT, unit)
    if number is None or not 0 <= number <= _MAX_KM:
        raise CellRefused("KM_INVALID", zh="里程无效", en="This is not a number of kilometres")
    return int(number)


def fen_of(text: str, *, unit: str | None = None) -> int:
    """Money in fen: `¥12,345.67`, `12.8万元`, `-300`; a `unit` of `万元` or `分` stands in the column's heading.

    Fractions of a fen are refused. Raises CellRefused (`MONEY_INVALID`).
    """
    typed = tidy(text)
    sign = "-" if typed.startswith("-") else ""
    number = _amount(sign + typed.removeprefix("-").lstrip("¥ "), _MONEY_UNIT, unit)
    fen = None if number is None else number if unit in {"分", "fen"} else number * 100
    if fen is None or fen != fen.to_integral_value() or abs(fen) > _MAX_FEN:
        raise CellRefused("MONEY_INVALID", zh="金额无效", en="This is not an amount of money in yuan")
    return int(fen)


def _amount(text: str, units: re.Pattern[str], column_unit: str | None) -> Decimal | None:
    typed = tidy(text).removeprefix("约").strip()
    match = _NUMBER.match(typed)
    if match is None:
        return None
    unit = units.fullmatch(typed[match.end() :].strip())
    if unit is None:
        return None
    number = Decimal(match.group().replace(",", ""))
    # the cell's own unit counts; a bare number has the heading's
    in_ten_thousands = unit[1] is not None or (not unit.group() and (column_unit or "").startswith("万"))
    return number * 10_000 if in_ten_thousands else number


def truth_of(text: str) -> bool:
    """Yes or no, in the words and ticks people use. Raises CellRefused (`TRUTH_INVALID`)."""
    word = tidy(text).lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise CellRefused("TRUTH_INVALID", zh="请填写“是”或“否”", en="Write yes or no")


def gender_of(text: str) -> str:
    """`male` or `female`. Raises CellRefused (`GENDER_INVALID`)."""
    word = tidy(text).lower().rstrip(".")
    if word in _MALE:
        return "male"
    if word in _FEMALE:
        return "female"
    raise CellRefused("GENDER_INVALID", zh="请填写“男”或“女”", en="Write male or female")
