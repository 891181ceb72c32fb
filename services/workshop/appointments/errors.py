"""How the workshop says no of appointments."""

from __future__ import annotations

from contracts.refusals import Invalid, NotFound, RuleRefused


class AppointmentNotFound(NotFound):
    """No such appointment, or not in the caller's scope."""

    code = "APPOINTMENT_NOT_FOUND"
    zh = "没有这个预约"
    en = "There is no such appointment"


class AppointmentStateWrong(RuleRefused):
    """The appointment is not where this step begins (C6)."""

    code = "APPOINTMENT_STATE"
    zh = "预约当前状态不能这样做,请刷新后再办理"
    en = "The appointment is {state}; it cannot become {wanted} now"


class TimeTaken(RuleRefused):
    """No bay is free then, or what is kept for who comes unbooked would be used up (C6)."""

    code = "TIME_TAKEN"
    zh = "该时段工位已约满,请另选时间"
    en = "No bay can be had then; choose another time, the next free ones are named"


class TimePast(Invalid):
    """Nobody comes in the past."""

    code = "TIME_PAST"
    zh = "预约时间已过,请选择以后的时间"
    en = "The time of the appointment has passed; choose a later one"


class StoreNotOpen(Invalid):
    """The store is closed then."""

    code = "STORE_NOT_OPEN"
    zh = "该时间门店不营业,请选择营业时间"
    en = "The store is not open then; choose a time at which it is"
