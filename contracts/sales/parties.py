"""Who an order is about beside its buyer: whose name the car is registered in, and who pays what of it (C4, C19)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from contracts.fields import OwnerId, PriceFen, StoreId, Version
from contracts.operation import command, query
from contracts.sales.operations import Order, OrderById
from contracts.shapes import Between, Many, Text


class PartyRole(StrEnum):
    """What somebody is to an order: he signs for it, the car is registered in his name, or he pays a part of it."""

    BUYER = "buyer"
    OWNER = "owner"
    PAYER = "payer"


class PartyKind(StrEnum):
    """Who that is. Persons, and companies that we know as customers, are named by their record; others by name."""

    CUSTOMER = "customer"
    FIRM = "firm"
    LENDER = "lender"
    INSURER = "insurer"


Firm = Annotated[str, Text(1, 100)]
"""The name of a company that is no customer of ours; a person always has a record."""


@dataclass(frozen=True, slots=True)
class PayerNamed:
    """Who pays so much of the price; the buyer pays what is left. Either `customer_id` or `firm`, as `kind` says."""

    kind: PartyKind
    amount_fen: Annotated[int, Between(1, 10**12)]
    customer_id: UUID | None = None
    firm: Firm | None = None


@dataclass(frozen=True, slots=True)
class NameParties:
    """Say anew and whole who owns the car and who pays; without an owner it is the buyer, and without payers too."""

    order_id: UUID
    owner_id: UUID | None = None
    payers: Annotated[list[PayerNamed], Many(10)] = field(default_factory=list)
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody an order is about. `amount_fen` is what he is to pay of the price; an owner as such pays nothing."""

    role: PartyRole
    kind: PartyKind
    customer_id: UUID | None
    firm: str | None
    amount_fen: PriceFen | None


@dataclass(frozen=True, slots=True)
class OrderParties:
    """Everybody an order is about: the buyer with what is left for him to pay, the owner, and whoever else pays."""

    order_id: UUID
    store_id: StoreId
    consultant_id: OwnerId
    version: int
    items: list[Party]


name_parties = command(
    "sales.name_parties",
    NameParties,
    Order,
    refuses=("ORDER_NOT_FOUND", "ORDER_STATE", "PAYER_UNCLEAR", "PAYER_TWICE", "PAYER_IS_BUYER", "PAYERS_BEYOND_PRICE"),
    summary="Say who owns the car and who pays",
)
order_parties = query(
    "sales.order_parties",
    OrderById,
    OrderParties,
    refuses=("ORDER_NOT_FOUND",),
    summary="Whom an order is about",
)
