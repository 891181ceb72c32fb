"""What is complained of in a request, in both languages: each sentence is one row, and nothing else is said.

On its way a complaint is its English, by which programs know it (`contracts/complaints.py`); whoever tells it to a
person says it in his language (`told`).
"""

from __future__ import annotations

import re
from enum import Enum

CUT = "…"
"""At the end of a sentence that was cut."""
_FACT = re.compile(r"\{(\w+)\}")


class Saying(Enum):
    """A sentence in English and Chinese. What it names stands in both, or in the English alone: `at most {most}`."""

    # as marshmallow says them
    MISSING = "Missing data for required field.", "必填"
    NULL = "Field may not be null.", "不能为空"
    NO_OBJECT = "Invalid input type.", "格式不对"
    UNKNOWN_FIELD = "Unknown field.", "没有这一项"
    INVALID = "Invalid value.", "内容不对"
    NO_TEXT = "Not a valid string.", "须为文字"
    NO_UTF8 = "Not a valid utf-8 string.", "含有无法识别的字符"
    NO_IDENTIFIER = "Not a valid UUID.", "不是有效的编号"
    NO_NUMBER = "Not a valid number.", "须为数字"
    NUMBER_TOO_LARGE = "Number too large.", "数字过大"
    NO_INTEGER = "Not a valid integer.", "须为整数"
    NO_FINITE_NUMBER = "Special numeric values (nan or infinity) are not permitted.", "须为数字"
    NO_FLAG = "Not a valid boolean.", "须为是或否"
    NO_MOMENT = "Not a valid datetime.", "不是有效的时间"
    NO_MOMENT_WITH_ZONE = "Not a valid {awareness} datetime.", "时间须带时区"
    NO_DAY = "Not a valid date.", "不是有效的日期"
    NO_WRITABLE = '"{input}" cannot be formatted as a {obj_type}.', "不是有效的日期或时间"
    NO_LIST = "Not a valid list.", "须为列表"
    NO_PART = "Invalid type.", "格式不对"
    NO_FREE_DATA = "Not a valid mapping type.", "格式不对"
    NO_CHOICE = "Must be one of: {choices}.", "须为其中之一:{choices}"
    OUT_OF_BOUNDS = (
        "Must be greater than or equal to {min} and less than or equal to {max}.",
        "须在 {min} 与 {max} 之间",
    )
    TOO_SHORT = "Shorter than minimum length {min}.", "至少 {min} 个字符"
    TOO_LONG = "Longer than maximum length {max}.", "不能超过 {max} 个字符"
    NOT_SO_LONG = "Length must be between {min} and {max}.", "须为 {min} 至 {max} 个字符"

    # of shapes and of what is told of them
    BLANK = "Must not be blank.", "不能只有空格"
    NUL = "Must not contain the NUL character.", "含有不能保存的字符"
    TOO_FINE = "Must have at most {most} decimal places.", "最多 {most} 位小数"
    OUT_OF_TIME = "Must be from {first} to {last}.", "须在 {first} 年至 {last} 年之间"
    TOO_MANY_MEMBERS = "More than {most} members.", "内容过多,最多 {most} 项"
    LIST_TOO_LONG = "Longer than {most} members.", "最多 {most} 项"
    TOO_DEEP = "Nested too deep.", "层次过多"
    MORE = "More is wrong; {most} complaints are told.", "还有其他问题,只列出前 {most} 个"

    # of a request by HTTP
    NO_JSON = "not JSON", "不是有效的 JSON"
    NO_QUERY = "This address takes no query string.", "该地址不接受查询参数"
    NO_QUERY_STRING = "Not a query string.", "查询参数格式不对"
    TWICE_IN_QUERY = "A parameter is given twice.", "同一查询参数出现两次"
    OTHER_THAN_PATH = "Differs from the path.", "与地址中的不一致"
    OTHER_THAN_IF_MATCH = "Differs from If-Match.", "与 If-Match 不一致"
    NO_IF_MATCH = '"<version>" is expected, where the resource has a version.', '有版本的内容须写作 "<版本号>"'
    NO_EXPANSIONS = "Nothing to add here.", "此处没有可附加的内容"
    OTHER_EXPANSIONS = "Of {offered}, each once.", "可选 {offered},每项一次"
    TOO_MANY_PARTS = "More than {most} objects and lists.", "内容过多,最多 {most} 个部分"
    DEEPER = "Nested deeper than {most} levels.", "层次过多,最多 {most} 层"
    NO_BACKGROUND = "Only `1`.", "只能是 1"
    NO_STORE_CODE = "Not a store's code.", "不是门店代码"
    NO_KEY = "1 to 255 printable characters without spaces.", "须为 1 至 255 个可见字符,不含空格"
    CURSOR_BESIDE_PAGE = "Goes without `after`.", "不能与 after 同用"
    NO_CURSOR = "Not the `next` of a page in this order.", "不是此排序下上一页给出的 next"

    # of what it asks for
    NOBODY = "Nobody is registered under this identifier.", "没有这份档案"
    EITHER = "Either customer_id, or name and mobile.", "请选择客户,或填写姓名和电话"
    ONE_OF_THREE = "One of vin, id_no and plate is needed.", "请填写车架号、身份证号或车牌之一"
    NO_OLDER = "A moment, or what an earlier answer gave as `older`.", "须为时间,或之前返回的 older"
    PROMISE_TOO_FAR = "Must be within {days} days.", "须在 {days} 天以内"
    NO_HASH = "64 hexadecimal digits.", "须为 64 位十六进制数"
    NO_IMPORT_FIELD = "There is no field {field}.", "没有字段 {field}"
    GROUP_NULL = "Only a store's value may be null.", "只有门店可以恢复为与集团相同"
    VIEW_TWICE = "Is there twice.", "名称重复"
    NO_PART_OF_A_VIEW = "Is no part of a view.", "不能保存在视图中"

    # of the predicate of a segment
    TOO_MANY_CONDITIONS = "at most {most} conditions", "最多 {most} 个条件"
    CONDITIONS_TOO_DEEP = "nested deeper than {most} levels", "条件嵌套过深,最多 {most} 层"
    NO_CONDITION = "an object with one of: {forms}", "条件须含以下之一:{forms}"
    NOT_ONE_CONDITION = "exactly one of: {forms}", "只能是以下之一:{forms}"
    NO_CONDITIONS = "a list of 1 to {most} predicates", "须为 1 至 {most} 个条件"
    NO_FACT = "one of: {facts}", "没有这个条件项,可选:{facts}"
    NO_DEMAND = "asked with {demands}", "该条件项可用:{demands}"
    NO_VEHICLE_CONDITION = "an object with model, age, or both", "车辆条件须有车型或车龄"
    NO_AGE = "an object with at_least, at_most, or both, in full years", "车龄须有下限或上限,以整年计"
    NO_CONSENT_CONDITION = "an object with purpose, and channel if it is about one", "授权条件须有用途,可加方式"
    NO_WHOLE_NUMBER = "a whole number from 0 to {most}", "须为 0 至 {most} 的整数"
    TOO_MANY_DAYS = "at most {most} days", "最多 {most} 天"
    NO_SHORT_TEXT = "a text of 1 to {most} characters", "须为 1 至 {most} 个字符"
    NO_VALUES = "a list of 1 to {most} values", "须为 1 至 {most} 个值"
    NO_TRUTH = "true or false", "须为是或否"
    NO_EXAMPLE_DAY = "a date such as 2026-11-02", "须为日期,如 2026-11-02"

    def __init__(self, en: str, zh: str) -> None:
        self.en, self.zh = en, zh
        parts = [
            f"(?P<{part}>.*?)" if number % 2 else re.escape(part) for number, part in enumerate(_FACT.split(self.en))
        ]
        self._form = re.compile("".join(parts[:-1]) + f"(?:{parts[-1]}|{CUT})", re.DOTALL)

    def __call__(self, **facts: object) -> str:
        """The sentence as it travels."""
        return self.en.format_map(facts)

    def in_chinese(self, text: str) -> str | None:
        """The Chinese of a text that is this sentence."""
        found = self._form.fullmatch(text)
        return self.zh.format_map(found.groupdict()) if found else None


def told(text: str, *, language: str) -> str:
    """A complaint as a person reads it; in Chinese, what no row says stays as it is."""
    if language != "zh":
        return text
    chinese = (saying.in_chinese(text) for saying in Saying)
    return next((found for found in chinese if found is not None), text)
