"""How a task says no."""

from __future__ import annotations

from contracts.refusals import Conflict, Invalid, NotFound, RuleRefused


class TaskNotFound(NotFound):
    """No such task, or none that the caller may touch."""

    code = "TASK_NOT_FOUND"
    zh = "没有这项待办"
    en = "There is no such task"


class TaskClosed(Conflict):
    """What had to be done is done, or need not be done any more."""

    code = "TASK_CLOSED"
    zh = "该待办已结束"
    en = "The task is closed already"


class TaskTaken(Conflict):
    """A colleague does it: `details["staff_id"]`."""

    code = "TASK_TAKEN"
    zh = "该待办已由{staff_id}领取"
    en = "{staff_id} has taken this task"


class ColleagueUnknown(Invalid):
    """Nobody of this code works in the store of the task, or in one that the caller may look at."""

    code = "COLLEAGUE_UNKNOWN"
    zh = "门店没有在职员工{staff_id}"
    en = "Nobody called {staff_id} works in the store"


class NotForColleague(RuleRefused):
    """He may not do it: `details["because"]` is `role` (his does not do this) or `judged` (it is about him, C12)."""

    code = "TASK_NOT_FOR_COLLEAGUE"
    zh = "该待办不能由{staff_id}办理(岗位无权限,或其本人是被评价人),请另选同事"
    en = "{staff_id} may not do this: his role does not, or it is he who is judged"
