"""Money: what a payment and a refund may become, how amounts and references are read; pure.

All arithmetic is of whole fen.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from contracts.sales.payments import NoticeResult, PaymentState, RefundState
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

OTHERWISE = (NoticeResult.CONTRADICTS, NoticeResult.LATE)
"""What a notice led to that says otherwise than what is known: which is right, somebody finds out."""

_YUAN = re.compile(r"\d{1,10}(\.\d{1,2})?|\d{1,3}(,\d{3}){1,3}(\.\d{1,2})?")


def fen_of(yuan: str) -> int:
    """`19.90` or `186,800.00` as fen, exactly. Raises AmountUnreadable, for nothing and more than two places too."""
    text = unicodedata.normalize("NFKC", yuan).strip()
    if not _YUAN.fullmatch(text) or (fen := int(Decimal(text.replace(",", "")) * 100)) == 0:
        raise AmountUnreadable(amount=yuan, field="amount")
    return fen
