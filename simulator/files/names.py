"""Names of people and companies as they are in the city, and how they get written wrong (E6, F3, F4).

Surnames follow the shares of the Han population published after the 2006 sample of the Academy of Sciences (the 100
most frequent, 85 %); the rest of the people carry rarer ones, among them the compound surnames and the ones whose
reading is an exception.
"""

from __future__ import annotations

import random
from itertools import accumulate

_SHARES = """
李7.94 王7.41 张7.07 刘5.38 陈5.00 杨3.08 黄2.66 赵2.29 周2.12 吴2.05 徐1.66 孙1.54 朱1.26 高1.21 林1.17 何1.17 郭1.15
马1.05 胡1.00 罗0.86 梁0.84 宋0.81 郑0.78 谢0.72 韩0.68 唐0.65 冯0.64 于0.62 董0.61 肖0.59 程0.57 曹0.57 袁0.54 邓0.54
许0.54 傅0.51 沈0.50 曾0.50 彭0.49 吕0.47 苏0.47 卢0.47 蒋0.47 蔡0.46 贾0.42 丁0.42 魏0.42 薛0.42 叶0.42 阎0.41 余0.41
潘0.41 杜0.40 戴0.39 夏0.39 钟0.39 汪0.38 田0.38 任0.38 姜0.37 范0.36 方0.36 石0.35 姚0.35 谭0.34 廖0.34 邹0.33 熊0.32
金0.32 陆0.31 郝0.30 孔0.29 白0.29 崔0.28 康0.28 毛0.27 邱0.27 秦0.26 江0.26 史0.25 顾0.25 侯0.25 邵0.24 孟0.24 龙0.24
万0.24 段0.24 雷0.24 钱0.24 汤0.23 尹0.23 黎0.22 易0.22 常0.22 武0.21 乔0.21 贺0.21 赖0.21 龚0.20 文0.20
"""
_RARER = (
    "庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂焦向柳邢骆岳齐梅庄涂柯祝游凌霍包耿关左苗符宁舒覃欧单仇解查"
    "盖缪冼区"
)
_COMPOUND = ("欧阳", "司徒", "上官", "诸葛", "皇甫", "令狐", "尉迟", "万俟")
_SURNAMES: list[str] = [entry[0] for entry in _SHARES.split()] + [*_RARER, *_COMPOUND]
_REST = 15.0
_SURNAME_WEIGHTS = list(
    accumulate(
        [float(entry[1:]) for entry in _SHARES.split()]
        + [_REST * 0.97 / len(_RARER)] * len(_RARER)
        + [_REST * 0.03 / len(_COMPOUND)] * len(_COMPOUND)
    )
)

_SINGLE = {
    "male": "伟强军勇涛磊杰明刚斌辉鹏波超峰平健林飞华浩宇毅亮凯俊文威锋坤雄旭昊东鑫翔诚栋",
    "female": "芳敏静丽艳娟霞燕玲娜红英梅萍婷雪洁琴颖莉倩丹琳慧晶薇媛璐珊蓉岚菲瑶",
}
_FIRST = {
    "male": "志建国文小永海晓俊明德家伟少世振天嘉子锦光春金新立正荣学庆玉向远景宏耀绍卫长福兆培启思汉泽云",
    "female": "丽晓小玉秀海雪美春燕慧淑艳桂红佳雅文月思凤惠爱金嘉静婉彩素巧碧翠瑞梦诗若宝少紫洁莉",
}
_SECOND = {
    "male": "强华明军平伟辉峰林斌文杰东波生荣勇龙民刚良宏祥涛忠雄成兴豪鹏亮新光贵清武义才权胜锋坚达全标州铭宁",
    "female": "芳华英玲红梅霞娟丽珍敏萍燕琴兰娜云莲君香仪芬婷欣怡琳莹贞蓉容妮洁凤清妹花玉琼媚颖芝茹",
}
_FLATNESS = 8  # the larger, the less the first characters of a list stand out


def _falling(characters: str) -> list[float]:
    return list(accumulate(1 / (rank + _FLATNESS) for rank in range(len(characters))))


_WEIGHTS = {characters: _falling(characters) for table in (_SINGLE, _FIRST, _SECOND) for characters in table.values()}

_SOUNDS = """
an:安岸 ai:爱艾 bao:宝保 bi:碧璧 biao:标彪 bin:斌彬宾滨 bo:波博 cai:才彩财材 chang:长昌常 chao:超朝 chen:陈晨辰
cheng:成诚程承 chun:春纯 cui:翠崔 da:达大 dan:丹单 de:德得 deng:邓登 dong:东栋董冬 fang:芳方 fei:飞菲 fen:芬分
feng:峰锋丰枫凤冯 fu:福富傅符 gang:刚钢 guang:光广 gui:贵桂 guo:国郭 hai:海亥 han:汉韩涵 hao:浩豪昊郝皓 he:何贺和
hong:红宏洪虹鸿 hu:胡湖 hua:华花桦 huang:黄煌 hui:辉慧惠晖 jia:家佳嘉贾 jian:建健坚剑 jiang:江姜蒋 jie:杰洁捷
jin:金锦进 jing:静晶景京 juan:娟鹃 jun:军俊君钧骏 kai:凯恺 kang:康抗 kun:坤昆 lan:兰岚 lei:磊雷蕾 li:丽莉立李黎利
lian:莲连 liang:亮良梁 lin:林琳霖 ling:玲凌灵 liu:刘柳 long:龙隆 lu:璐卢陆鲁露 luo:罗骆 mei:梅美媚妹 meng:梦孟
min:敏民 ming:明铭鸣 na:娜那 ning:宁凝 peng:鹏彭 pei:培佩 ping:平萍 qi:启琪 qian:倩钱 qiang:强蔷 qiao:巧乔
qin:琴秦勤 qing:清庆青 qiong:琼穷 quan:权全泉 rong:荣蓉容 ru:茹如 rui:瑞睿 ruo:若弱 shan:珊山 shao:少绍邵 sheng:生胜
shi:世诗石史施 shu:淑舒 si:思斯 su:素苏 tao:涛陶 tian:天田 ting:婷庭 wan:婉万 wang:王汪 wei:伟威薇卫维魏玮
wen:文雯温 wu:武吴伍 xia:霞夏 xiang:祥翔香向 xiao:晓小肖 xie:谢解 xin:新鑫欣馨 xing:兴星 xiong:雄熊 xiu:秀修
xu:旭徐许 xue:雪学薛 ya:雅亚 yan:燕艳阎颜 yang:杨阳 yao:耀瑶姚 ye:叶业 yi:毅怡仪义易 ying:英颖莹 yong:永勇咏
yu:玉宇于余俞 yuan:媛远袁 yue:月岳 yun:云芸 ze:泽则 zhang:张章 zhao:兆赵 zhen:振珍贞 zheng:正郑 zhi:志芝智
zhong:忠钟 zhou:周州洲 zhu:朱祝 zi:子紫
"""
SOUNDS = dict(entry.split(":") for entry in _SOUNDS.split())
"""Characters of names that sound alike but for the tone: what a clerk writes who only heard the name."""
_HOMOPHONES = {one: [other for other in group if other != one] for group in SOUNDS.values() for one in group}

ACCENT = {"黄": "王", "王": "黄", "郑": "曾", "曾": "郑", "周": "邹", "邹": "周", "陈": "程", "程": "陈", "张": "臧"}
"""Surnames that a southern ear confuses."""

TRADITIONAL = str.maketrans(
    "张陈刘杨黄赵吴孙马罗郑谢韩冯邓叶苏卢蒋许肖钟谭邹陆贺赖龚顾龙万钱汤伟华国军强丽红兰凤东荣辉锋庆学兴飞鹏铭锦云莲爱"
    "贞莹颖静艳琼义宁晓泽涛卫刚权坚达洁杰启远长丰",
    "張陳劉楊黃趙吳孫馬羅鄭謝韓馮鄧葉蘇盧蔣許蕭鍾譚鄒陸賀賴龔顧龍萬錢湯偉華國軍強麗紅蘭鳳東榮輝鋒慶學興飛鵬銘錦雲蓮愛"
    "貞瑩穎靜艷瓊義寧曉澤濤衛剛權堅達潔傑啟遠長豐",
)
"""Simplified to traditional, for the characters that occur in our names."""

_TITLES = {
    "male": ("先生", "先生", "先生", "先生", "总", "经理", "师傅", "老师"),
    "female": ("女士", "女士", "小姐", "小姐", "太太", "老师"),
}

_BRAND = "宏远华强鹏泰南方海天恒信金龙兴达嘉瑞盛世联创永安新力德隆万邦中科富源景利康辉亿通润丰百汇长城东湖星光同和立诚"
_TRADES = """
物流 电子 贸易 实业 科技 投资发展 建设工程 装饰工程 印刷 塑胶制品 五金制品 服装 广告 食品 酒店管理 物业管理 汽车租赁
进出口 医疗器械 精密机械 通讯设备 包装材料 运输 家具 仪器
"""
_TRADE = _TRADES.split()
SHORT_COMPANY_NAMES = len(_BRAND) ** 2 * len(_TRADE)
"""So many companies have a brand of two characters; the ones after them have three."""
_FORMS = ("有限公司",) * 17 + ("股份有限公司", "集团有限公司", "有限责任公司")


def surname(chance: random.Random) -> str:
    """A surname, as often as it occurs."""
    return chance.choices(_SURNAMES, cum_weights=_SURNAME_WEIGHTS)[0]


def given_name(gender: str, chance: random.Random) -> str:
    """A given name for `male` or `female`: one character 18 %, two 80 %, three 2 % (the mother's surname first)."""
    draw = chance.random()
    if draw < 0.18:
        return _one(_SINGLE[gender], chance)
    before = surname(chance)[0] if draw > 0.98 else ""
    first = _one(_FIRST[gender], chance)
    second = _one(_SECOND[gender], chance)
    while second == first:
        second = _one(_SECOND[gender], chance)
    return before + first + second


def _one(characters: str, chance: random.Random) -> str:
    return chance.choices(characters, cum_weights=_WEIGHTS[characters])[0]


def homophone(family: str, given: str, chance: random.Random) -> str | None:
    """The full name with one character, mostly of the given name, written as another of its sound; None if none is."""
    name = family + given
    places = [place for place, sign in enumerate(name) if sign in _HOMOPHONES]
    if not places:
        return None
    inside = [place for place in places if place >= len(family)]
    place = chance.choice(inside if inside and chance.random() < 0.85 else places)
    return name[:place] + chance.choice(_HOMOPHONES[name[place]]) + name[place + 1 :]


def with_title(family: str, gender: str, chance: random.Random) -> str:
    """Only the surname and how one addresses its bearer: `张先生`."""
    return family + chance.choice(_TITLES[gender])


def company_name(number: int, chance: random.Random) -> str:
    """The name of the company with this number; no two numbers below five millions share one."""
    size = len(_BRAND)
    rest, trade = divmod(number, len(_TRADE))
    brand = ""
    for _ in range(2 if rest < size**2 else 3):
        rest, place = divmod(rest, size)
        brand += _BRAND[place]
    return chance.choice(("深圳市", "深圳市", "深圳市", "深圳", "")) + brand + _TRADE[trade] + chance.choice(_FORMS)


def short_company_name(name: str) -> str:
    """What a desk writes of a long company name: `宏远物流` for `深圳市宏远物流有限公司`."""
    for form in ("集团有限公司", "股份有限公司", "有限责任公司", "有限公司"):
        name = name.removesuffix(form)
    return name.removeprefix("深圳市").removeprefix("深圳")
