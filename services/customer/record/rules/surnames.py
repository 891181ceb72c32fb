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

_COMMON = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林郑谢罗梁宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔"
    "钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛"
    "邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝"
    "路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂"
    "全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝封官谈匡鞠惠荆乐冀郁胥南班储原栗燕"
    "楚鄢扬劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来"
    "扈晁芮都普阙浦戈伏鹿薄邸雍辜羊乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕危玉银亢嵇公哈湛宾戎勾茅利於呼居揭干但尉"
    "冶斯元束檀衣信展阴昝智幸奉植衡富尧闭由"
)
"""Surnames of nearly everybody."""

_HANZI_ONLY = re.compile(r"[〇\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]+")


def is_hanzi(text: str) -> bool:
    """True if the text is Chinese characters and nothing else."""
    return _HANZI_ONLY.fullmatch(text) is not None


def is_common(text: str) -> bool:
    """True if the text is a surname and nothing else, of those that nearly everybody has."""
    return text in _COMMON or text in COMPOUND


def split(simplified: str) -> tuple[str, str]:
    """(surname, given name) of a simplified name; the surname is empty for a name in letters or with a middle dot."""
    if not is_hanzi(simplified):
        return "", simplified
    length = 2 if simplified[:2] in COMPOUND else 1
    return simplified[:length], simplified[length:]
