"""Who pays what of a price; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol
from uuid import UUID

from contracts.sales.parties import PartyKind
from contracts.wording import key_of
from services.sales.parties.errors import PayerIsBuyer, PayersBeyondPrice, PayerTwice, PayerUnclear


class Bearing(Protocol):
    """Somebody an order is about, and what he bears of it, if he does."""

    @property
    def kind(self) -> PartyKind:
        """What it is."""

    @property
    def amount_fen(self) -> int | None:
        """How much."""


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
    """Raise PayerUnclear unless each is named in one way."""
    for one in payers:
        by_record = one.kind is PartyKind.CUSTOMER
        if (one.customer_id is not None) is not by_record or (one.firm is None) is not by_record:
            raise PayerUnclear(field="payers")


def require_apart(payers: Sequence[Paying], *, buyer_id: UUID) -> None:
    """Raise PayerTwice unless each is there once, however his name is typed; PayerIsBuyer if the buyer is.

    Who has a record is named by the one that he lives on in.
    """
    if len({(one.kind, one.customer_id, firm_key(one.firm)) for one in payers}) < len(payers):
        raise PayerTwice(field="payers")
    if any(one.customer_id == buyer_id for one in payers):
        raise PayerIsBuyer(field="payers")


def firm_key(firm: str | None) -> str | None:
    """What a firm is told apart by."""
    return None if firm is None else key_of(firm)


def require_borne(parties: Iterable[Bearing], *, total_fen: int, loan_fen: int, field: str) -> None:
    """Raise PayersBeyondPrice if others than the buyer bear more than the price.

    A lender bears what was named for it, or what its letter says (`loan_fen`), if that is more.
    """
    lent = others = 0
    for one in parties:
        if one.kind is PartyKind.LENDER:
            lent += one.amount_fen or 0
        else:
            others += one.amount_fen or 0
    borne = others + max(lent, min(loan_fen, total_fen))
    if borne > total_fen:
        raise PayersBeyondPrice(field=field, borne_fen=borne, total_fen=total_fen)
