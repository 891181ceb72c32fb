"""What sales can be asked about who owes what of an order: its buyer, and the lender whose letter stands (C19)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from contracts.fields import After, OwnerId, Page, PriceFen, Reason, Size, StaffId, StoreId, Version
from contracts.operation import command, query
from contracts.sales.operations import PaymentKind
from contracts.shapes import Between, Text


class Payer(StrEnum):
    """Who owes of an order: its buyer, the lender of a loan for it, or somebody else who was named as a payer."""

    BUYER = "buyer"
    LENDER = "lender"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class KeepLoanLetter:
    """A lender's letter of approval (贷款批复): so much it pays for the order, if the car is handed over by then.

    It stands instead of the order's earlier one.
    """

    order_id: UUID
    lender: Annotated[str, Text(1, 80)]
    letter_no: Annotated[str, Text(1, 40, one_width=True)]
    amount_fen: Annotated[int, Between(1, 10**12)]
    valid_until: date
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class EndLoanLetter:
    """The lender does not stand by its letter, or the buyer pays himself."""

    order_id: UUID
    reason: Reason
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class LoanLetter:
    """A letter of approval that stands."""

    order_id: UUID
    store_id: StoreId
    lender: str
    letter_no: str
    amount_fen: PriceFen
    valid_until: date
    given_by: StaffId
    given_at: datetime


@dataclass(frozen=True, slots=True)
class Receivable:
    """What one payer of an order owes and has paid.

    A lender or a firm has a `payer_name`, another customer of ours a `payer_customer_id`; whoever was named as a payer
    has a `party_id`, which his payments name.
    `due_on` is the day by which, as what (`due_as`); without one it is not due yet. What we owe the payer, of an order
    that is cancelled, is `to_return_fen`, `compensation_fen` of it on top of the deposit that he paid (民法典 587).
    """

    payer: Payer
    payer_name: str
    payer_customer_id: UUID | None
    party_id: UUID | None
    owed_fen: PriceFen
    paid_fen: PriceFen
    balance_fen: PriceFen
    to_return_fen: PriceFen
    compensation_fen: PriceFen
    due_on: date | None
    due_as: PaymentKind | None


class DueWhen(StrEnum):
    """Before today, or today."""

    OVERDUE = "overdue"
    TODAY = "today"


@dataclass(frozen=True, slots=True)
class ListReceivables:
    """What is to be received in the caller's stores, what is due first first; what is not due yet comes last."""

    store_id: StoreId | None = None
    payer: Payer | None = None
    due: DueWhen | None = None
    page: Page = 1
    size: Size = 50
    after: After | None = None


@dataclass(frozen=True, slots=True)
class ListReturns:
    """What is to be given back in the caller's stores, what has waited longest first."""

    store_id: StoreId | None = None
    page: Page = 1
    size: Size = 50
    after: After | None = None


@dataclass(frozen=True, slots=True)
class OrderReceivable:
    """What one payer of an order owes, or we him, in a list; it stands so since `changed_at`."""

    order_id: UUID
    number: str
    store_id: StoreId
    customer_id: UUID
    consultant_id: OwnerId
    payer: Payer
    payer_name: str
    payer_customer_id: UUID | None
    party_id: UUID | None
    owed_fen: PriceFen
    paid_fen: PriceFen
    balance_fen: PriceFen
    to_return_fen: PriceFen
    compensation_fen: PriceFen
    due_on: date | None
    due_as: PaymentKind | None
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class OrderReceivables:
    """A page of them."""

    items: list[OrderReceivable]
    page: int
    size: int
    total: int
    next: str | None


keep_loan_letter = command(
    "sales.keep_loan_letter",
    KeepLoanLetter,
    LoanLetter,
    refuses=("ORDER_NOT_FOUND", "ORDER_STATE", "LOAN_BEYOND_PRICE", "PAYERS_BEYOND_PRICE", "LETTER_LAPSED"),
    summary="Keep a lender's letter of approval",
)
end_loan_letter = command(
    "sales.end_loan_letter",
    EndLoanLetter,
    LoanLetter,
    refuses=("ORDER_NOT_FOUND", "LETTER_NOT_FOUND"),
    summary="A letter of approval does not stand any more",
)
list_receivables = query(
    "sales.list_receivables", ListReceivables, OrderReceivables, summary="What is to be received, what is due first"
)
list_returns = query("sales.list_returns", ListReturns, OrderReceivables, summary="What is to be given back")
