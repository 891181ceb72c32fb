"""How the workshop says no to certificates."""

from __future__ import annotations

from contracts.refusals import Invalid, NotFound, RuleRefused


class NotInspected(RuleRefused):
    """A vehicle is certified once it passed quality control."""

    code = "NOT_INSPECTED"
    zh = "车辆尚未通过竣工检验,不能签发合格证"
    en = "The vehicle has not passed quality control yet; no certificate can be issued"


class NotCertified(NotFound):
    """No certificate was issued for the order."""

    code = "NOT_CERTIFIED"
    zh = "本工单尚未签发竣工出厂合格证"
    en = "No certificate was issued for this repair order yet"


class KmOutBelowIn(Invalid):
    """An odometer that showed more when the vehicle was taken in."""

    code = "KM_OUT_BELOW_IN"
    zh = "出厂里程不能低于进厂里程{km}公里;进厂里程有误请先更正"
    en = "The odometer showed {km} km when the vehicle was taken in; if that was wrong, correct it first"
