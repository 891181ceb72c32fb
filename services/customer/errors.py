"""How the customer service says no."""

from __future__ import annotations

from contracts.customer.imports import FILE_CODES, MAPPING_CODES
from contracts.refusals import Conflict, Invalid, NotAllowed, NotFound, Refusal, RuleRefused


class CustomerNotFound(NotFound):
    """No such customer."""

    code = "CUSTOMER_NOT_FOUND"
    zh = "没有这位客户"
    en = "There is no such customer"


class MobileInvalid(Invalid):
    """Not a phone number (E1)."""

    code = "MOBILE_INVALID"
    zh = "电话号码无效"
    en = "This is not a valid phone number"


class VinInvalid(Invalid):
    """Not a VIN (E4)."""

    code = "VIN_INVALID"
    zh = "车架号无效"
    en = "This is not a valid VIN"


class PlateInvalid(Invalid):
    """Not a number plate (E5)."""

    code = "PLATE_INVALID"
    zh = "车牌号无效"
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


class EmailInvalid(Invalid):
    """Not an e-mail address."""

    code = "EMAIL_INVALID"
    zh = "电子邮箱无效"
    en = "This is not a valid e-mail address"


class CustomerMerged(Conflict):
    """The record was merged into another, which is to be changed instead: `details["survivor_id"]` (E8)."""

    code = "CUSTOMER_MERGED"
    zh = "该客户档案已合并,请修改合并后的档案"
    en = "This record was merged into another one; change that one"


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


class PairNotFound(NotFound):
    """These two were never thought to be one, or lie outside the caller's stores."""

    code = "PAIR_NOT_FOUND"
    zh = "没有这对疑似重复的档案"
    en = "There is no such pair of records"


class PairDecided(Conflict):
    """Somebody decided this pair before: `details["status"]`."""

    code = "PAIR_DECIDED"
    zh = "这对档案已有处理结果"
    en = "This pair was decided before"


class RelationRequired(Invalid):
    """Two that belong together do so in a certain way."""

    code = "RELATION_REQUIRED"
    zh = "请说明两位客户的关系"
    en = "Say what the one is to the other"


class MergeCycle(Conflict):
    """A record cannot live on in itself, nor in one that lives on in it (E8)."""

    code = "MERGE_CYCLE"
    zh = "合并关系不能成环"
    en = "A record cannot live on in itself"


class NothingToMerge(Invalid):
    """A merge needs two records at least."""

    code = "NOTHING_TO_MERGE"
    zh = "合并至少需要两份档案"
    en = "A merge needs two records at least"


class FieldChoiceInvalid(Invalid):
    """No such field to choose, or it is chosen from a record that is not part of the merge: `details["field"]`."""

    code = "FIELD_CHOICE_INVALID"
    zh = "字段 {field} 的取值选择无效"
    en = "The choice for the field {field} is not possible"


class MergeNotFound(NotFound):
    """No such merge."""

    code = "MERGE_NOT_FOUND"
    zh = "没有这次合并"
    en = "There is no such merge"


class MergeUndone(Conflict):
    """It was undone before."""

    code = "MERGE_UNDONE"
    zh = "该合并已撤销"
    en = "This merge was undone before"


class UndoOutOfOrder(Conflict):
    """A later merge involves the survivor and is to be undone first: `details["merge_id"]` (E8)."""

    code = "UNDO_OUT_OF_ORDER"
    zh = "该客户之后又有合并,请先撤销后面的合并"
    en = "A later merge involves this record; undo that one first"


class DocumentNotHis(Invalid):
    """The document is not the customer's, or cannot go to whom it is meant to go: `details["document_id"]`."""

    code = "DOCUMENT_NOT_HIS"
    zh = "单据不属于该客户,或不能转给所指定的客户"
    en = "The document is not this customer's, or cannot go to the one named"


class FactNotHis(Invalid):
    """What is to go to the new record does not stand in this one: `details["field"]` (E8)."""

    code = "FACT_NOT_HIS"
    zh = "该客户档案中没有所列内容({field})"
    en = "What is listed does not stand in this record ({field})"


class MomentPast(Invalid):
    """A policy cannot change what was decided already."""

    code = "MOMENT_PAST"
    zh = "生效时间不能早于现在"
    en = "The moment lies in the past"


class ConsentTextRequired(Invalid):
    """A consent is given to a text; which one must be known (PIPL 17)."""

    code = "CONSENT_TEXT_REQUIRED"
    zh = "记录同意须注明告知文本的版本"
    en = "A consent names the version of the text that was shown"


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


class DocumentNotFound(NotFound):
    """No such document in this customer's folder, or it was taken out before."""

    code = "DOCUMENT_NOT_FOUND"
    zh = "档案袋中没有这份资料"
    en = "There is no such document in this folder"


class RelationNotFound(NotFound):
    """No such relation of this customer, or it is over."""

    code = "RELATION_NOT_FOUND"
    zh = "没有这条关系"
    en = "There is no such relation"


class RelationImpossible(Invalid):
    """Nobody is his own relative, a company has none, and only a person has an employer."""

    code = "RELATION_IMPOSSIBLE"
    zh = "这两位客户之间不可能有此关系"
    en = "These two customers cannot be related in this way"


class RelationExists(Conflict):
    """The relation is there and lasts: `details["relation_id"]`."""

    code = "RELATION_EXISTS"
    zh = "该关系已存在"
    en = "This relation is there already"


class VehicleNotFound(NotFound):
    """No such vehicle."""

    code = "VEHICLE_NOT_FOUND"
    zh = "没有这辆车"
    en = "There is no such vehicle"


class VehicleHasOwner(Conflict):
    """Somebody else owns it; a vehicle that was sold on changes its owner: `details["owner_id"]`."""

    code = "VEHICLE_HAS_OWNER"
    zh = "该车已有车主,如已过户请办理车主变更"
    en = "The vehicle has an owner; if it was sold on, change its owner"


class OwnerAlready(Conflict):
    """He owns it."""

    code = "OWNER_ALREADY"
    zh = "该客户已是车主"
    en = "This customer is the owner already"


class PlateElsewhere(Conflict):
    """The plate is on another owner's vehicle: `details["vehicle_id"]`; `carried_over` confirms the move."""

    code = "PLATE_ELSEWHERE"
    zh = "该车牌现登记在另一辆车上,请确认是否过牌"
    en = "The plate is on another vehicle; confirm that it was carried over"


class RoleNotFound(NotFound):
    """The customer has no such role towards the vehicle now."""

    code = "ROLE_NOT_FOUND"
    zh = "该客户与该车没有此关系"
    en = "The customer has no such role towards the vehicle"


class ImportNotFound(NotFound):
    """No such import, or one of another store."""

    code = "IMPORT_NOT_FOUND"
    zh = "没有这次导入"
    en = "There is no such import"


class ImportStarted(Conflict):
    """The file of an import that was started cannot be changed."""

    code = "IMPORT_STARTED"
    zh = "导入已经开始或已结束"
    en = "This import was started before"


class ImportEnded(Conflict):
    """An import that has ended cannot be stopped."""

    code = "IMPORT_ENDED"
    zh = "导入已经结束"
    en = "This import has ended"


class ImportIncomplete(Conflict):
    """Parts of the file are missing: `received` of `size` bytes are there."""

    code = "IMPORT_INCOMPLETE"
    zh = "文件尚未上传完整({received}/{size} 字节)"
    en = "The file is not complete: {received} of {size} bytes are there"


class ImportAltered(Conflict):
    """The parts do not make the file that was announced."""

    code = "IMPORT_ALTERED"
    zh = "上传的内容与声明的文件不一致,请重新上传"
    en = "The parts do not make the file that was announced; upload it again"


class PartInvalid(Invalid):
    """No base64, too large, or more than was announced."""

    code = "PART_INVALID"
    zh = "文件分段无效:每段不超过 512 KB,总长不超过声明的大小"
    en = "A part has at most 512 KiB, and all together no more than was announced"


class _Told(Invalid):
    """A refusal whose sentences the file's reader wrote."""

    zh = "无法导入:{zh}"
    en = "This cannot be imported. {en}"


_OF_FILES: dict[str, type[_Told]] = {
    code: type(f"Refused_{code}", (_Told,), {"__doc__": "See the code.", "code": code, "__module__": __name__})
    for code in (*FILE_CODES, *MAPPING_CODES)
}


def refusal_of_file(code: str, *, zh: str, en: str) -> Refusal:
    """The refusal of a whole file or of a choice of its columns (S22)."""
    return _OF_FILES[code](zh=zh, en=en)


class FactNotAllowed(NotAllowed):
    """The predicate asks for facts that the caller may not see (R23)."""

    code = "FACT_NOT_ALLOWED"
    zh = "您的角色不能按这些内容分组"
    en = "Your role may not segment by these facts"


class SegmentExists(Conflict):
    """There is a segment of this name."""

    code = "SEGMENT_EXISTS"
    zh = "已有同名分组"
    en = "There is a segment of this name already"


class SegmentNotFound(NotFound):
    """No such segment."""

    code = "SEGMENT_NOT_FOUND"
    zh = "没有这个分组"
    en = "There is no such segment"


class SegmentTooLarge(RuleRefused):
    """More members than one file holds; a narrower predicate helps."""

    code = "SEGMENT_TOO_LARGE"
    zh = "分组有{members}位客户,一次最多导出{most}位"
    en = "The segment has {members} members; a file holds {most}"


_BY_CODE: dict[str, type[Invalid]] = {
    refusal.code: refusal
    for refusal in (
        NameInvalid, MobileInvalid, VinInvalid, PlateInvalid, EmailInvalid, IdFormat, IdChecksum, IdDate, IdRegion,
        CompanyIdFormat, CompanyIdChecksum,
    )
}  # fmt: skip


def refusal_of(code: str, *, field: str, typed: str) -> Refusal:
    """The refusal of what was typed into a field, by the code of the rule that refused it."""
    return _BY_CODE[code](**{field: typed, "field": field})


def sentences_of(code: str) -> tuple[str, str]:
    """The Chinese and the English sentence of a rule's code."""
    return _BY_CODE[code].zh, _BY_CODE[code].en
