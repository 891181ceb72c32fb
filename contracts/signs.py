"""What was typed, sign by sign as it was meant: pure, shared by every reader of names, numbers and plates (E1, E5, E6).

Copied texts bring signs that nobody sees, and signs that look like others: programs do not know them for the same.
"""

from __future__ import annotations

import re
import unicodedata

_UNSEEN = [0xAD, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF]
"""Soft hyphens, joiners, marks of direction and of byte order (E1)."""
_RADICALS = (
    "⺁厂⺂乛⺃乚⺄乙⺅亻⺆冂⺇𠘨⺈刀⺉刂⺊卜⺋㔾⺌小⺍小⺎兀⺏尣⺐尢⺑𡯂⺒巳⺓幺⺔彑"
    "⺕彐⺖忄⺗心⺘扌⺙攵⺛旡⺜日⺝月⺞歺⺟母⺠民⺡氵⺢氺⺣灬⺤爫⺥爫⺦丬⺧牛⺨犭⺩王"
    "⺪𤴔⺫目⺬示⺭礻⺮𥫗⺯糹⺰纟⺱罓⺲罒⺳㓁⺴冗⺵𦉫⺶羊⺷𦍌⺸𦍋⺹耂⺺肀⺻聿⺼肉⺽𦥑"
    "⺾艹⺿艹⻀艹⻁虎⻂衤⻃覀⻄西⻅见⻆角⻇𧢲⻈讠⻉贝⻊𧾷⻋车⻌辶⻍辶⻎辶⻏邑⻐钅⻑長"
    "⻒镸⻓长⻔门⻕𨸏⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻞𩙿⻟飠⻠饣⻡𩠐⻢马⻣骨⻤鬼⻥鱼"
    "⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀⻳龟"
)  # fmt: skip
"""A radical of Unicode's supplement and the character it looks like, by the table EquivalentUnifiedIdeograph.

NFKC knows the radicals of the other block.
"""
_OF_GB18030 = dict(
    zip(
        [
            0xE816,
            0xE817,
            0xE818,
            0xE81E,
            0xE826,
            0xE82B,
            0xE82C,
            0xE831,
            0xE832,
            0xE83B,
            0xE843,
            0xE854,
            0xE855,
            0xE864,
        ],
        "\U00020087\U00020089\U000200cc\u9fb4\u9fb5\u9fb6\u9fb7\U000215d7\u9fb8\U0002298f\u9fb9\u9fba\U000241fe\u9fbb",
        strict=True,
    )
)
"""Private signs by which the first GB18030 wrote characters that Unicode had not yet."""
_MEANT: dict[int, str | None] = (
    dict.fromkeys(_UNSEEN) | dict(zip(map(ord, _RADICALS[::2]), _RADICALS[1::2], strict=True)) | _OF_GB18030
)

_WORDS = """
    无 没有 不详 不祥 不明 未知 暂无 空 未留 未填 未提供 未登记 未录入 无名 无姓名 匿名 不愿透露
    n/a na
    #n/a #n/a! #name? #ref! #value! #div/0! #null! #num! nan nil null none (null) (none) <null> \\n undefined unknown
"""
_NOTHING = frozenset(_WORDS.split())
_ROUNDED = re.compile(r"[+-]?\d(?:\.\d+)?\s*e\s*\+?\s*\d{1,3}", re.IGNORECASE)


def plain(text: str) -> str:
    """The text in signs of one width, without those that nobody sees, characters in place of what looks like them."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text).translate(_MEANT)


def is_nothing(text: str) -> bool:
    """True if the text says that nothing is known: empty, no letter or digit in it, or a word for nothing (E6)."""
    said = plain(text).strip().lower()
    return said in _NOTHING or not any(sign.isalnum() for sign in said)


def digits_lost(text: str) -> bool:
    """True for `1.38123456E+10`: a number as a spreadsheet program rounded it; its digits are somebody else's (E1)."""
    return _ROUNDED.fullmatch(plain(text).strip()) is not None
