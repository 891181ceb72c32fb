"""Who pays what of a price; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol
from uuid import UUID

from contracts.sales.parties import PartyKind
from services.sales.parties.errors import PayersBeyondPrice, PayerTwice, PayerUnclear


class Paying(Protocol):
    """Whoever bears a sum."""

    @property
    def kind(self) -> PartyKind:
        """What it is."""

    @property
    def customer_id(self) -> UUID | None:
        """Who, if it is a customer."""

    @property
    def firm(self) -> str | None:
        """Who, if it is none."""


def require_clear(payers: Sequence[Paying]) -> None:
    """Raise PayerUnclear unless each is named in one way, PayerTwice unless each is there once."""
    for one in payers:
        by_record = one.kind is PartyKind.CUSTOMER
        if (one.customer_id is not None) is not by_record or (one.firm is None) is not by_record:
            raise PayerUnclear(field="payers")
    if len({(one.kind, one.customer_id, one.firm) for one in payers}) < len(payers):
        raise PayerTwice(field="payers")


def left(total_fen: int, borne: Iterable[int], *, field: str) -> int:
    """What the buyer pays himself of a price of which others bear these. Raises PayersBeyondPrice."""
    others = sum(borne)
    if others > total_fen:
        raise PayersBeyondPrice(field=field, borne_fen=others, total_fen=total_fen)
    return total_fen - others
