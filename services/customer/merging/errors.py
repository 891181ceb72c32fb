"""How the customer service refuses to merge, undo and part records (E7, E8)."""

from __future__ import annotations

from contracts.refusals import Conflict, Invalid, NotFound


class PairNotFound(NotFound):
    """These two were never thought to be one, or lie outside the caller's stores."""

    code = "PAIR_NOT_FOUND"
    zh = "没有这对疑似重复的档案"
    en = "There is no such pair of records"


class PairDecided(Conflict):
    """Somebody decided this pair before: `details["status"]`."""

    code = "PAIR_DECIDED"
    zh = "这对档案已有处理结果,请处理下一对"
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
