"""Names of companies: what is left when the words that every company has are taken away (E6)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from contracts.signs import plain
from services.customer.record.rules.simplified import simplify

_EVERYBODY_HAS = re.compile(r"有限责任公司|有限公司|股份|集团|\(深圳市?\)|深圳市|^深圳")
_JUST_A_COMPANY = re.compile(r"(?<=..)(?<!分)公司$")
_SIGNS = re.compile(r"[\W_]+")
_ONLY_COMPANIES_SAY = re.compile(
    r"公司|集团|股份|企业|工厂|银行|学校|学院|大学|医院|委员会|办事处|事务所|研究所|研究院|管理处|管理局|分局|总队|支队|"
    r"(?:..(?:贸易|商贸|物流|货运|运输|科技|技术|实业|工业|电子|电器|电脑|通讯|通信|网络|软件|机械|设备|仪器|五金|塑胶|塑料|模具|"
    r"印刷|包装|纸品|化工|医药|药业|服装|服饰|制衣|纺织|皮具|鞋业|玩具|家具|家私|建筑|建材|工程|装饰|装修|房地产|地产|置业|物业|投资|"
    r"咨询|顾问|广告|文化|传播|传媒|设计|教育|培训|食品|餐饮|饮食|酒店|宾馆|饭店|旅行社|旅游|汽修|汽配|汽车|租赁|保险|金融|证券|"
    r"农业|养殖|能源|电力|石化|燃气|环保|珠宝|钟表|眼镜|光学|超市|商场|商店|商行|中心|协会|"
    r"发展|开发|制造|加工|制品|材料|器械|器材|进出口|外贸|国际|控股|管理|服务))$|..[厂局]$"
)


@dataclass(frozen=True, slots=True)
class CompanyName:
    """A company's name: `text` as stored, `core` what tells it from others, `bigrams` the pairs of its characters."""

    text: str
    core: str
    bigrams: frozenset[str]


@lru_cache(maxsize=2048)  # see `names.read`
def read(typed: str) -> CompanyName:
    """The company's name that was typed."""
    text = "".join(plain(typed).split())
    core = core_of(typed)
    return CompanyName(text, core, frozenset(first + second for first, second in pairwise(core)))


@lru_cache(maxsize=2048)
def is_one(typed: str) -> bool:
    """True if the text is an organisation's name and no person's: by its legal form, or by the trade it ends with."""
    text = "".join(plain(typed).split())
    return _ONLY_COMPANIES_SAY.search(simplify(text)) is not None


def core_of(typed: str) -> str:
    """The name without legal form, group, the home city and signs, simplified and in lower case.

    公司 by itself goes too, but of a branch (分公司), which is another company. A name of nothing else keeps its words.
    """
    text = simplify("".join(plain(typed).split())).casefold()
    core = _SIGNS.sub("", _EVERYBODY_HAS.sub("", text))
    return _JUST_A_COMPANY.sub("", core) or _SIGNS.sub("", text)
