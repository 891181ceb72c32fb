"""Who pays what of a repair; pure."""

from __future__ import annotations

from collections.abc import Sequence

from contracts.workshop.parties import RepairPayer
from services.workshop.parties.errors import RepairPayerTwice, RepairPayerUnclear


def require_clear(payers: Sequence[RepairPayer]) -> None:
    """Raise RepairPayerUnclear unless each is named in one way, RepairPayerTwice unless each kind is there once."""
    if any((one.customer_id is None) is (one.firm is None) for one in payers):
        raise RepairPayerUnclear(field="payers")
    if len({one.pay_type for one in payers}) < len(payers):
        raise RepairPayerTwice(field="payers")
