"""How the customer service refuses segments."""

from __future__ import annotations

from contracts.refusals import Conflict, NotAllowed, NotFound, RuleRefused


class FactNotAllowed(NotAllowed):
    """The predicate asks for facts that answers mask for the caller: whom it finds would tell them (R23)."""

    code = "FACT_NOT_ALLOWED"
    zh = "您的角色不能使用按这些内容划分的分组"
    en = "Your role may not use segments by these facts"


class SegmentExists(Conflict):
    """There is a segment of this name."""

    code = "SEGMENT_EXISTS"
    zh = "已有同名分组,请换一个名称"
    en = "There is a segment of this name already"


class SegmentNotFound(NotFound):
    """No such segment."""

    code = "SEGMENT_NOT_FOUND"
    zh = "没有这个分组"
    en = "There is no such segment"


class SegmentTooLarge(RuleRefused):
    """More members than one file holds; a narrower predicate helps."""

    code = "SEGMENT_TOO_LARGE"
    zh = "分组有{members}位客户,一次最多导出{most}位,请缩小条件"
    en = "The segment has {members} members; a file holds {most}"
