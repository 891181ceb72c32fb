"""How the customer service refuses what is asked about personal data (PIPL 47, 50)."""

from __future__ import annotations

from contracts.refusals import Conflict, NotFound


class PrivacyRequestNotFound(NotFound):
    """No such request."""

    code = "PRIVACY_REQUEST_NOT_FOUND"
    zh = "没有这项个人信息请求"
    en = "There is no such privacy request"


class PrivacyRequestDecided(Conflict):
    """It was answered before: `details["status"]`."""

    code = "PRIVACY_REQUEST_DECIDED"
    zh = "该请求已有处理结果"
    en = "This request was decided before"


class PrivacyRequestOpen(Conflict):
    """He asked the same already, and waits: `details["request_id"]`."""

    code = "PRIVACY_REQUEST_OPEN"
    zh = "该客户已有同类请求在处理中,请在那一项中办理"
    en = "The customer has asked this already and waits for the answer"


class ErasureBlocked(Conflict):
    """Something with the customer is not finished: `details` has `open_orders`, `open_repair_orders`, `open_requests`.

    An open request is one for a copy or a correction, which could not be answered any more.
    """

    code = "ERASURE_BLOCKED"
    zh = "该客户尚有未完结的订单、维修工单或待答复的请求,请先完结再删除"
    en = "The customer has open orders, repair orders or requests; finish them first"
