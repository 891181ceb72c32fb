"""Money: what a payment and a refund may become, what is a deposit in law, how amounts and references are read; pure.

All arithmetic is of whole fen.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal

from contracts.sales.operations import Fault, OrderStatus, PaymentKind
from contracts.sales.payments import PaymentState, RefundState
from services.sales.orders.rules import MOST_DEPOSIT_PERCENT
from services.sales.payments.errors import AmountUnreadable

PAYMENTS = {
    PaymentState.REGISTERED: (PaymentState.CONFIRMED, PaymentState.FAILED),
    PaymentState.CONFIRMED: (PaymentState.REVERSED,),
    PaymentState.FAILED: (),
    PaymentState.REVERSED: (),
}
"""What a payment may become (C19)."""

REFUNDS = {
    RefundState.REQUESTED: (RefundState.APPROVED, RefundState.REFUSED),
    RefundState.APPROVED: (RefundState.PAID, RefundState.REFUSED),
    RefundState.PAID: (),
    RefundState.REFUSED: (),
}
"""What a refund may become (C19)."""

_YUAN = re.compile(r"\d{1,10}(\.\d{1,2})?|\d{1,3}(,\d{3}){1,3}(\.\d{1,2})?")


def fen_of(yuan: str) -> int:
    """`19.90` or `186,800.00` as fen, exactly. Raises AmountUnreadable, for nothing and more than two places too."""
    text = unicodedata.normalize("NFKC", yuan).strip()
    if not _YUAN.fullmatch(text) or (fen := int(Decimal(text.replace(",", "")) * 100)) == 0:
        raise AmountUnreadable(amount=yuan, field="amount")
    return fen


def key_of(reference: str) -> str:
    """What a reference is told apart by: `ｗx 001` and `WX001` are one."""
    return "".join(unicodedata.normalize("NFKC", reference).split()).lower()


def forfeits(status: OrderStatus, fault: Fault | None) -> bool:
    """Whether who paid a deposit has lost it: the order is cancelled, and that is his fault (民法典 587)."""
    return status is OrderStatus.CANCELLED and fault is Fault.BUYER


def owes_twice(status: OrderStatus, fault: Fault | None) -> bool:
    """Whether we owe the deposit once more than it was paid: the order is cancelled, and that is our fault."""
    return status is OrderStatus.CANCELLED and fault is Fault.SELLER


def deposit_by_law(paid: Iterable[tuple[PaymentKind, int]], *, total_fen: int) -> int:
    """Of what was paid, by kind, the part that is a deposit in law: who is at fault forfeits it, or owes it twice."""
    called_so = sum(fen for kind, fen in paid if kind is PaymentKind.DEPOSIT)
    return min(called_so, total_fen * MOST_DEPOSIT_PERCENT // 100)
