"""How the customer service refuses what is typed into a record, and a record that may be there already."""

from __future__ import annotations

from contracts.refusals import Conflict, Invalid, NotFound, Refusal, RuleRefused


class CustomerNotFound(NotFound):
    """No such customer."""

    code = "CUSTOMER_NOT_FOUND"
    zh = "没有这位客户"
    en = "There is no such customer"


class MobileInvalid(Invalid):
    """Not a phone number (E1)."""

    code = "MOBILE_INVALID"
    zh = "电话号码无效:手机为11位数字,座机须加区号"
    en = "This is not a valid phone number: a mobile has 11 digits, a landline its area code"


class VinInvalid(Invalid):
    """Not a VIN (E4)."""

    code = "VIN_INVALID"
    zh = "车架号无效,请核对17位字符(没有字母I、O、Q)"
    en = "This is not a valid VIN"


class PlateInvalid(Invalid):
    """Not a number plate (E5)."""

    code = "PLATE_INVALID"
    zh = "车牌号无效,应形如 粤B12345"
    en = "This is not a valid number plate"


class NameInvalid(Invalid):
    """Nothing is left of the name but a title (E6)."""

    code = "NAME_INVALID"
    zh = "姓名无效"
    en = "This is not a valid name"


class IdFormat(Invalid):
    """Neither 18 characters nor 15 digits (E2)."""

    code = "ID_FORMAT"
    zh = "身份证号应为18位或15位"
    en = "A resident ID has 18 characters or 15 digits"


class DigitsLost(Invalid):
    """A number as a spreadsheet program rounded it (E1)."""

    code = "DIGITS_LOST"
    zh = "号码被表格软件取整,末尾数字已丢失(如 1.38E+10),请按文本格式重新填写"
    en = "A spreadsheet has rounded this number (1.38E+10) and its last digits are lost; enter it as text"


class IdChecksum(Invalid):
    """The check character of a resident ID does not fit (E2)."""

    code = "ID_CHECKSUM"
    zh = "身份证号校验码不符,请核对"
    en = "The check character of this resident ID does not fit; please look again"


class IdDate(Invalid):
    """No such birth date (E2)."""

    code = "ID_DATE"
    zh = "身份证号中的出生日期无效"
    en = "The birth date in this resident ID is not valid"


class IdRegion(Invalid):
    """No such province (E2)."""

    code = "ID_REGION"
    zh = "身份证号的地区码无效"
    en = "The region in this resident ID is not valid"


class BirthDateInvalid(Invalid):
    """Nobody was born on a day that has not come."""

    code = "BIRTH_DATE_INVALID"
    zh = "出生日期不能晚于今天"
    en = "The birth date lies in the future"


class CompanyIdFormat(Invalid):
    """Neither a credit code nor an organisation code (E3)."""

    code = "COMPANY_ID_FORMAT"
    zh = "应为18位统一社会信用代码或9位组织机构代码"
    en = "This is neither a credit code of 18 characters nor an organisation code of 9"


class CompanyIdChecksum(Invalid):
    """The check character of an organisation's number does not fit (E3)."""

    code = "COMPANY_ID_CHECKSUM"
    zh = "机构代码校验码不符,请核对"
    en = "The check character of this organisation's number does not fit; please look again"


class PhoneNotFound(NotFound):
    """The customer has no such number."""

    code = "PHONE_NOT_FOUND"
    zh = "该客户档案中没有这个电话"
    en = "This customer has no such number"


class PhoneIsMain(RuleRefused):
    """The number he is called at is replaced by another, not ended."""

    code = "PHONE_IS_MAIN"
    zh = "这是客户的主要电话,请先更换为正确的电话"
    en = "This is the number the customer is called at; replace it by the right one"


class EmailInvalid(Invalid):
    """Not an e-mail address."""

    code = "EMAIL_INVALID"
    zh = "电子邮箱无效,应形如 name@example.com"
    en = "This is not a valid e-mail address"


class CustomerMerged(Conflict):
    """The record was merged into another, which is to be changed instead: `details["survivor_id"]` (E8)."""

    code = "CUSTOMER_MERGED"
    zh = "该客户档案已合并,请修改合并后的档案"
    en = "This record was merged into another one; change that one"


class CustomerErased(Conflict):
    """The customer was forgotten as he asked; nothing is known of him and nothing can be added (PIPL 47)."""

    code = "CUSTOMER_ERASED"
    zh = "该客户的个人信息已删除,请重新登记"
    en = "This customer's data were erased; register him anew"


class PossibleDuplicate(Conflict):
    """Somebody known may be the same: `details["candidates"]` says who, and what speaks for and against it (E7)."""

    code = "POSSIBLE_DUPLICATE"
    zh = "可能已有该客户的档案,请确认是否同一人"
    en = "There may be a record of this customer already; is it the same?"


class ReasonRequired(Invalid):
    """A second record of what may be the same customer needs a reason."""

    code = "REASON_REQUIRED"
    zh = "强制新建客户须说明原因"
    en = "A second record of what may be the same customer needs a reason"


class MomentAhead(Invalid):
    """What is said to have happened lies in the future."""

    code = "MOMENT_AHEAD"
    zh = "时间不能晚于现在"
    en = "The moment lies in the future"


class PeriodInvalid(Invalid):
    """It would end before it began."""

    code = "PERIOD_INVALID"
    zh = "时间早于开始时间({since})"
    en = "It would end before it began ({since})"


_BY_CODE: dict[str, type[Invalid]] = {
    refusal.code: refusal
    for refusal in (
        NameInvalid, MobileInvalid, VinInvalid, PlateInvalid, EmailInvalid, IdFormat, DigitsLost, IdChecksum, IdDate,
        IdRegion, BirthDateInvalid,
        CompanyIdFormat, CompanyIdChecksum,
    )
}  # fmt: skip


def refusal_of(code: str, *, field: str, typed: str) -> Refusal:
    """The refusal of what was typed into a field, by the code of the rule that refused it."""
    return _BY_CODE[code](**{field: typed, "field": field})


def sentences_of(code: str) -> tuple[str, str]:
    """The Chinese and the English sentence of a rule's code."""
    return _BY_CODE[code].zh, _BY_CODE[code].en
