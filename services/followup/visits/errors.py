"""How the follow-up service says no."""

from __future__ import annotations

from contracts.refusals import Conflict, NotFound, RuleRefused


class VisitNotFound(NotFound):
    """No such visit, or not in the caller's scope."""

    code = "VISIT_NOT_FOUND"
    zh = "没有这个回访任务"
    en = "There is no such visit"


class VisitClosed(RuleRefused):
    """The customer has answered already (C12)."""

    code = "VISIT_CLOSED"
    zh = "该回访已结束,请处理下一个"
    en = "The visit is {status}; nothing can be added to it"


class VisitSuppressed(Conflict):
    """The customer does not want to be called for this: `details["because"]`; ask him another way (R12)."""

    code = "VISIT_SUPPRESSED"
    zh = "客户不接受电话回访,请改用其他方式"
    en = "The customer does not want to be called for this; ask him another way"


class ChannelForbidden(Conflict):
    """The customer does not want to be asked by this channel: `details["because"]`; the visit's own is open (R12)."""

    code = "CHANNEL_FORBIDDEN"
    zh = "客户不接受以此方式回访,请换一种方式"
    en = "The customer does not want to be asked by {channel}"


class CustomerErased(Conflict):
    """The customer was forgotten as he asked: there is nobody to ask (PIPL 47)."""

    code = "CUSTOMER_ERASED"
    zh = "该客户的个人信息已删除,无须回访"
    en = "This customer's data were erased; there is nobody to ask"


class VisitMadeWith(Conflict):
    """Another visit is made in one call with this one and stands for it: `details["visit_id"]` (E8, C12)."""

    code = "VISIT_MADE_WITH"
    zh = "该回访已与同一客户的另一回访合并,请在那一次回访中记录"
    en = "Another visit stands for this one; record the answer there"


class JudgedPersonAsks(RuleRefused):
    """Who is judged does not run the survey (C12)."""

    code = "JUDGED_PERSON_ASKS"
    zh = "当事人不得回访自己服务的客户"
    en = "The person being judged may not ask the questions"


class VisitNotDue(RuleRefused):
    """Its time has not come: `details["from_when"]` (C12). Who answers by himself has his answer written down."""

    code = "VISIT_NOT_DUE"
    zh = "该回访尚未到期,不能拨打"
    en = "The visit is not due yet"


class VisitLocked(Conflict):
    """A colleague is calling this customer now: `details["staff_id"]`, until `details["from_when"]` (C12)."""

    code = "VISIT_LOCKED"
    zh = "同事正在联系该客户,请处理下一个"
    en = "A colleague is calling this customer now"


class VisitTooSoon(RuleRefused):
    """He was tried to be reached just now, for this or something else: again from `details["from_when"]` (C12)."""

    code = "VISIT_TOO_SOON"
    zh = "刚刚联系过该客户且未接通,请稍后再试"
    en = "The customer was just tried to be reached; try again later"


class VisitOutOfHours(RuleRefused):
    """Nobody is called at this hour: from `details["from_when"]` (C12)."""

    code = "VISIT_OUT_OF_HOURS"
    zh = "现在不在可以联系该客户的时段"
    en = "This is no hour at which the customer is called"


class VisitCapped(RuleRefused):
    """He was reached often enough, by whatever department: again from `details["from_when"]` (C12)."""

    code = "VISIT_CAPPED"
    zh = "近期联系该客户的次数已达上限"
    en = "The customer was reached often enough of late"


class VisitNotBegun(RuleRefused):
    """Nobody is making it, so nothing became of it."""

    code = "VISIT_NOT_BEGUN"
    zh = "请先开始本次回访"
    en = "Nobody has begun this visit"
