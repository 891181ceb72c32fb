"""Where a step may go, and who may take it there (C5): one table."""

from __future__ import annotations

from collections.abc import Collection

from contracts.sales.steps import StepAct, StepCode, StepState
from services.sales.steps.errors import StepByOrder, StepNotRedone, StepNotYours, StepOutOfTurn
from services.sales.steps.rules.graph import MANAGERS, STEPS

_S, _A = StepState, StepAct

NEXT: dict[tuple[StepState, StepAct], StepState] = {
    (_S.PENDING, _A.START): _S.IN_PROGRESS,
    (_S.PENDING, _A.FINISH): _S.DONE,
    (_S.PENDING, _A.BLOCK): _S.BLOCKED,
    (_S.PENDING, _A.FAIL): _S.FAILED,
    (_S.PENDING, _A.WAIVE): _S.NOT_REQUIRED,
    (_S.IN_PROGRESS, _A.FINISH): _S.DONE,
    (_S.IN_PROGRESS, _A.BLOCK): _S.BLOCKED,
    (_S.IN_PROGRESS, _A.FAIL): _S.FAILED,
    (_S.IN_PROGRESS, _A.WAIVE): _S.NOT_REQUIRED,
    (_S.BLOCKED, _A.BLOCK): _S.BLOCKED,
    (_S.BLOCKED, _A.RESUME): _S.IN_PROGRESS,
    (_S.BLOCKED, _A.FAIL): _S.FAILED,
    (_S.BLOCKED, _A.WAIVE): _S.NOT_REQUIRED,
    (_S.FAILED, _A.START): _S.IN_PROGRESS,
    (_S.FAILED, _A.WAIVE): _S.NOT_REQUIRED,
    (_S.REWORK, _A.FINISH): _S.DONE,
    (_S.REWORK, _A.BLOCK): _S.BLOCKED,
    (_S.REWORK, _A.FAIL): _S.FAILED,
    (_S.DONE, _A.REDO): _S.REWORK,
    (_S.DONE, _A.REOPEN): _S.PENDING,
    (_S.NOT_REQUIRED, _A.REQUIRE): _S.PENDING,
}
"""Every transition there is; what is not here is refused."""

BY_MANAGERS = (StepAct.WAIVE, StepAct.REQUIRE, StepAct.REOPEN)
"""What the owner of a step may not decide himself."""

WITH_REASON = (StepAct.BLOCK, StepAct.FAIL, StepAct.REDO, StepAct.REOPEN, StepAct.WAIVE, StepAct.REQUIRE)
"""What is to be explained to whoever asks why a car is late."""

_WORD_OF_THE_ORDER = (StepAct.FINISH, StepAct.FAIL, StepAct.REDO, StepAct.REOPEN, StepAct.WAIVE, StepAct.REQUIRE)
"""Of a step that follows the order, all but that it is begun, or held up."""


def next_state(code: StepCode, state: StepState, act: StepAct) -> StepState:
    """Where a step comes by this. Raises StepOutOfTurn, StepNotRedone."""
    to = NEXT.get((state, act))
    if to is None:
        raise StepOutOfTurn(step=code, state=state, act=act)
    if act is StepAct.REDO and not STEPS[code].may_redo:
        raise StepNotRedone(step=code)
    return to


def open_acts(code: StepCode, state: StepState, *, roles: Collection[str]) -> list[StepAct]:
    """What somebody with these roles may do to a step that stands there."""
    found = []
    for act in (act for at, act in NEXT if at is state):
        try:
            next_state(code, state, act)
            require_may(code, act, roles)
        except (StepNotRedone, StepByOrder, StepNotYours):
            continue
        found.append(act)
    return found


def require_may(code: StepCode, act: StepAct, roles: Collection[str]) -> None:
    """Raise StepByOrder for what no person may say of the step, StepNotYours unless one of the roles may."""
    if STEPS[code].by_order and act in _WORD_OF_THE_ORDER:
        raise StepByOrder(step=code)
    may = MANAGERS if act in BY_MANAGERS else (STEPS[code].role, *MANAGERS)
    if not set(may) & set(roles):
        raise StepNotYours(step=code, roles=", ".join(may))
