"""How the customer service refuses exports (R62)."""

from __future__ import annotations

from contracts.refusals import Conflict, NotAllowed, NotFound, RuleRefused


class ExportNotFound(NotFound):
    """No such export, or one of somebody else: whoever is told that it is not his knows that there is one."""

    code = "EXPORT_NOT_FOUND"
    zh = "没有这次导出"
    en = "There is no such export"


class ExportOwn(NotAllowed):
    """Whoever asked does not decide: the word of a second person is what it needs."""

    code = "EXPORT_OWN"
    zh = "不能审批自己申请的导出,请由他人审批"
    en = "You may not decide on your own export"


class ExportDecided(Conflict):
    """It was decided before, or needed no decision."""

    code = "EXPORT_DECIDED"
    zh = "这次导出不在等待审批"
    en = "This export does not await approval"


class ExportNotReady(Conflict):
    """It awaits approval, or was refused."""

    code = "EXPORT_NOT_READY"
    zh = "这次导出尚未批准或已被拒绝,请等待审批或重新申请"
    en = "This export was not approved"


class ExportExpired(Conflict):
    """It was asked for too long ago: those who were members then say little of today."""

    code = "EXPORT_EXPIRED"
    zh = "这次导出已过期,请重新申请"
    en = "This export has expired; ask for it again"


class ExportTooLarge(RuleRefused):
    """The file is larger than an answer may be; a narrower predicate helps."""

    code = "EXPORT_TOO_LARGE"
    zh = "文件超过{most}MB,请缩小分组"
    en = "The file is larger than {most} MB; narrow the segment"
