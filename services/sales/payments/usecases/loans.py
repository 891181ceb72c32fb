"""Letters of approval of lenders: what one says of an order, until another stands or none (贷款批复; C4)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from chassis.process.clock import LOCAL
from contracts.access import Scope
from contracts.money import yuan
from contracts.picked import picked
from contracts.sales import receivables as operations
from contracts.sales.deliveries import ChangeStep
from contracts.sales.steps import StepAct, StepCode, StepState
from services.sales.deliveries.usecases import change_step
from services.sales.orders import rules
from services.sales.orders.models import Order
from services.sales.orders.rules import Command
from services.sales.orders.usecases import follow_steps, order_to_change
from services.sales.parties.rules import require_borne
from services.sales.receivables.errors import LetterLapsed, LetterNotFound, LoanBeyondPrice
from services.sales.receivables.models import LoanLetter
from services.sales.receivables.usecases import standing
from services.sales.steps.models import DeliveryPlan

_UNDER_WAY = (StepState.PENDING, StepState.IN_PROGRESS)


def keep_loan_letter(
    session: Session, asked: operations.KeepLoanLetter, *, scope: Scope, roles: Collection[str], now: datetime
) -> operations.LoanLetter:
    """Keep a lender's letter; the loan is approved with it (C5).

    Raises OrderState, LoanBeyondPrice, PayersBeyondPrice, LetterLapsed.
    """
    order = order_to_change(session, asked.order_id, asked.expected_version, scope=scope)
    rules.require(Command.PAY, status=order.status)
    if asked.amount_fen > order.total_fen:
        raise LoanBeyondPrice(total=yuan(order.total_fen), total_fen=order.total_fen, field="amount_fen")
    about = {"total_fen": order.total_fen, "loan_fen": asked.amount_fen}
    require_borne(order.parties, **about, field="amount_fen")
    if asked.valid_until < now.astimezone(LOCAL).date():
        raise LetterLapsed(field="valid_until")
    before = standing(session, order.id)
    if before is not None:
        before.end(reason=None, by=scope.staff_id, now=now)
        session.flush()
    letter = LoanLetter.keep(asked, store_id=order.store_id, by=scope.staff_id, now=now)
    session.add(letter)
    order.rely_on(loan_fen=asked.amount_fen, until=asked.valid_until, now=now)
    _approve(session, order, letter, scope=scope, roles=roles, now=now)
    follow_steps(session, order, by=scope.staff_id, now=now)
    return picked(operations.LoanLetter, letter)


def _approve(
    session: Session, order: Order, letter: LoanLetter, *, scope: Scope, roles: Collection[str], now: datetime
) -> None:
    """The step that waits for this letter is done with it; one that was done, held up or dropped stays as it is."""
    plan = session.get(DeliveryPlan, order.id)
    step = None if plan is None else plan.by_code.get(StepCode.LOAN_APPROVAL)
    if plan is None or step is None or step.state not in _UNDER_WAY or not plan.is_open(step.code):
        return
    evidence = f"{letter.lender} {letter.letter_no}"
    done = ChangeStep(order.id, StepCode.LOAN_APPROVAL, StepAct.FINISH, evidence=evidence)
    change_step(session, done, scope=scope, roles=roles, now=now)


def end_loan_letter(
    session: Session, asked: operations.EndLoanLetter, *, scope: Scope, now: datetime
) -> operations.LoanLetter:
    """The lender does not stand by its letter: its share is the buyer's again. Raises LetterNotFound."""
    order = order_to_change(session, asked.order_id, asked.expected_version, scope=scope)
    letter = standing(session, order.id)
    if letter is None:
        raise LetterNotFound
    letter.end(reason=asked.reason, by=scope.staff_id, now=now)
    order.rely_on(loan_fen=0, until=None, now=now)
    follow_steps(session, order, by=scope.staff_id, now=now)
    return picked(operations.LoanLetter, letter)
