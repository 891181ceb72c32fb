"""How the workshop says no of comebacks."""

from __future__ import annotations

from contracts.refusals import NotFound, RuleRefused


class ComebackNotFound(NotFound):
    """No such comeback, or not in the caller's scope."""

    code = "COMEBACK_NOT_FOUND"
    zh = "没有这条返修记录"
    en = "There is no such comeback"


class ComebackWithdrawn(RuleRefused):
    """The work is not done again: there is nothing to judge."""

    code = "COMEBACK_WITHDRAWN"
    zh = "该项目已取消或已改为其他部位,无需判定返修"
    en = "The work is not done, or is about something else; there is nothing to judge"


class OwnWorkJudged(RuleRefused):
    """Whoever did the first repair, or inspected it, does not say whether it failed (C9)."""

    code = "OWN_WORK_JUDGED"
    zh = "参与过首次维修或质检的人不能判定返修,请由其他人判定"
    en = "Whoever did or inspected the first repair does not say whether it failed; somebody else does"


class ComebackUndecided(RuleRefused):
    """Who pays a line hangs on whether it is a comeback: that is said before the invoice (C9)."""

    code = "COMEBACK_UNDECIDED"
    zh = "第{lines}行疑似返修,请先判定是否返修再结算"
    en = "Lines {lines} may be comebacks; say whether they are before the invoice is made"
