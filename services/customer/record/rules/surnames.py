"""Chinese surnames: which have two characters, and how they are said (E6)."""

from __future__ import annotations

import re

SPOKEN = {
    "曾": ("zeng",), "单": ("shan",), "仇": ("qiu",), "解": ("xie",), "查": ("zha",), "区": ("ou",), "盖": ("ge",),
    "朴": ("piao",), "翟": ("zhai",), "覃": ("qin", "tan"), "缪": ("miao",), "乐": ("yue", "le"), "种": ("chong",),
    "召": ("shao",), "员": ("yun",), "任": ("ren",), "冼": ("xian",), "洗": ("xian",), "秘": ("bi",), "么": ("yao",),
    "幺": ("yao",), "黑": ("he",), "折": ("she",), "谌": ("chen", "shen"), "繁": ("po",), "郇": ("xun", "huan"),
    "牟": ("mu", "mou"), "隗": ("wei", "kui"), "祭": ("zhai",), "句": ("gou",), "薄": ("bo",), "尉": ("wei",),
    "宓": ("mi", "fu"), "郗": ("xi", "chi"), "降": ("jiang",), "晟": ("cheng", "sheng"), "藏": ("zang",),
    "柏": ("bai", "bo"), "葛": ("ge",), "车": ("che",), "贾": ("jia",), "石": ("shi",), "沈": ("shen",),
    "俞": ("yu",), "余": ("yu",), "万": ("wan",), "叶": ("ye",), "盛": ("sheng",), "燕": ("yan",), "应": ("ying",),
    "宁": ("ning",), "那": ("na",), "哈": ("ha",), "卜": ("bu",), "纪": ("ji",), "撒": ("sa",), "行": ("xing",),
    "重": ("chong",), "都": ("du",), "逄": ("pang",), "訾": ("zi",), "乜": ("nie",), "鲜": ("xian",), "令": ("ling",),
}  # fmt: skip
"""How a surname is said where that differs from the character's commonest reading, or where it has two."""

COMPOUND = {
    "欧阳": ("ou", "yang"), "司马": ("si", "ma"), "上官": ("shang", "guan"), "诸葛": ("zhu", "ge"),
    "尉迟": ("yu", "chi"), "万俟": ("mo", "qi"), "皇甫": ("huang", "fu"), "令狐": ("ling", "hu"),
    "司徒": ("si", "tu"), "司空": ("si", "kong"), "夏侯": ("xia", "hou"), "东方": ("dong", "fang"),
    "公孙": ("gong", "sun"), "慕容": ("mu", "rong"), "宇文": ("yu", "wen"), "长孙": ("zhang", "sun"),
    "轩辕": ("xuan", "yuan"), "独孤": ("du", "gu"), "南宫": ("nan", "gong"), "端木": ("duan", "mu"),
    "西门": ("xi", "men"), "钟离": ("zhong", "li"), "闻人": ("wen", "ren"), "澹台": ("tan", "tai"),
    "公冶": ("gong", "ye"), "宗政": ("zong", "zheng"), "濮阳": ("pu", "yang"), "淳于": ("chun", "yu"),
    "单于": ("chan", "yu"), "太叔": ("tai", "shu"), "申屠": ("shen", "tu"), "公羊": ("gong", "yang"),
    "赫连": ("he", "lian"), "呼延": ("hu", "yan"), "拓跋": ("tuo", "ba"), "鲜于": ("xian", "yu"),
    "闾丘": ("lv", "qiu"), "百里": ("bai", "li"), "东郭": ("dong", "guo"), "完颜": ("wan", "yan"),
    "纳兰": ("na", "lan"), "耶律": ("ye", "lv"), "梁丘": ("liang", "qiu"), "左丘": ("zuo", "qiu"),
}  # fmt: skip
"""Surnames of two characters, each with its syllables; they are looked for before single ones."""

_HANZI_ONLY = re.compile(r"[〇\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]+")


def is_hanzi(text: str) -> bool:
    """True if the text is Chinese characters and nothing else."""
    return _HANZI_ONLY.fullmatch(text) is not None


def split(simplified: str) -> tuple[str, str]:
    """(surname, given name) of a simplified name; the surname is empty for a name in letters or with a middle dot."""
    if not is_hanzi(simplified):
        return "", simplified
    length = 2 if simplified[:2] in COMPOUND else 1
    return simplified[:length], simplified[length:]
