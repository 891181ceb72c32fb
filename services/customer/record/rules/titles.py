"""What is said with a name instead of a given name, before it or behind it (E6)."""

from __future__ import annotations

import re

from services.customer.record.rules import surnames
from services.customer.record.rules.gender import Gender
from services.customer.record.rules.simplified import simplify

WIFE = "太太"
"""With a surname she is a woman of that house, and never the bearer of the name (E7)."""

TITLES: dict[str, Gender | None] = {
    "先生": Gender.MALE, "女士": Gender.FEMALE, "小姐": Gender.FEMALE, WIFE: Gender.FEMALE, "夫人": Gender.FEMALE,
    "阿姨": Gender.FEMALE, "大姐": Gender.FEMALE, "大哥": Gender.MALE, "叔叔": Gender.MALE,
    "董事长": None, "经理": None, "师傅": None, "老师": None, "老板": None, "主任": None, "博士": None, "教授": None,
    "医生": None, "律师": None, "会计": None, "局长": None, "处长": None, "科长": None, "厂长": None, "校长": None,
    "院长": None, "队长": None, "总监": None, "主管": None, "书记": None, "同志": None, "副总": None, "总": None,
}  # fmt: skip
"""What is said behind a name, and to whom."""

SHORT: dict[str, Gender | None] = {
    "工": None, "董": None, "局": None, "处": None, "哥": Gender.MALE, "姐": Gender.FEMALE, "嫂": Gender.FEMALE,
    "生": Gender.MALE, "叔": Gender.MALE, "姨": Gender.FEMALE, "太": Gender.FEMALE,
}  # fmt: skip
"""What is said behind a bare surname only: 张工, 刘哥, 陈生. Behind more it is a part of the name: 李根生."""

_FOREIGN = {"mr": "先生", "sir": "先生", "mrs": WIFE, "madam": "女士", "ms": "女士", "miss": "小姐", "dr": "博士"}
_BEFORE = re.compile(r"(mr|mrs|ms|miss|dr|sir|madam)(?:\.\s*|\s+)(?=\S)", re.IGNORECASE)
_NICKNAME = "老小阿"


def apart(text: str) -> tuple[str, str]:
    """(titles, the name without them): "王总经理" has two, "Mr. Smith" and "刘哥" one."""
    said = ""
    while before := _BEFORE.match(text):
        said, text = _FOREIGN[before[1].lower()], text[before.end() :]
    simple, end = simplify(text), len(text)
    while title := next((one for one in TITLES if simple.endswith(one, 0, end)), ""):
        end -= len(title)
    if simple[end - 1 : end] in SHORT and surnames.is_common(simple[: end - 1]):
        end -= 1
    return text[end:] + said, text[:end].strip()


def known(word: str) -> str:
    """The title that a word means by itself (`Mr.`, 董事长, 小姐), empty if it is none."""
    simple = simplify("".join(word.split()))
    if foreign := _FOREIGN.get(simple.lower().rstrip(".")):
        return foreign
    if simple in SHORT:
        return simple
    titles, name = apart(simple)
    return titles if not name else ""


def of_a_wife(title: str) -> bool:
    """True for 太太: she bears her husband's name, not her own."""
    return WIFE in title or title == "太"


def said_to(title: str) -> Gender | None:
    """To whom a title is said, None for both."""
    told = next((gender for word, gender in TITLES.items() if gender is not None and word in title), None)
    return told or SHORT.get(title)


def nickname(simplified: str) -> str:
    """What a nickname is made of: 王 of 老王, 强 of 阿强; empty if the name is none."""
    return simplified[1:] if len(simplified) in (2, 3) and simplified[0] in _NICKNAME and _of(simplified[1:]) else ""


def _of(rest: str) -> bool:
    return len(rest) == 1 or surnames.is_common(rest)
