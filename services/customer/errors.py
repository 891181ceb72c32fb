"""How the customer service says no."""

from __future__ import annotations

from contracts.refusals import Conflict, Invalid, NotFound


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


class PossibleDuplicate(Conflict):
    """Somebody else has this mobile number: `details["candidates"]` names who (E7)."""

    code = "POSSIBLE_DUPLICATE"
    zh = "该手机号已登记在其他客户名下,请确认是否同一人"
    en = "Another customer has this number; is it the same person?"


class ReasonRequired(Invalid):
    """A second record with the same number needs a reason."""

    code = "REASON_REQUIRED"
    zh = "强制新建客户须说明原因"
    en = "A second record with this number needs a reason"
