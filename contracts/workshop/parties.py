"""Who has to do with a repair beside its customer: who brings the vehicle, and who pays (送修人、付款人)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from contracts.fields import StoreId, Version
from contracts.operation import command, query
from contracts.shapes import Many, Text
from contracts.workshop.operations import PayType, RepairOrderById

Firm = Annotated[str, Text(1, 100)]
"""The name of a company that is no customer of ours, such as an insurer; a person always has a record."""


class RepairRole(StrEnum):
    """What somebody has to do with a repair whose customer is another."""

    BRINGER = "bringer"
    PAYER = "payer"


@dataclass(frozen=True, slots=True)
class RepairPayer:
    """Who pays what payers of this kind bear of a repair: a customer by his record, or a company by its name."""

    pay_type: PayType
    customer_id: UUID | None = None
    firm: Firm | None = None


@dataclass(frozen=True, slots=True)
class NameRepairParties:
    """Say anew and whole who brings the vehicle and who pays; who is not named is the order's customer.

    Whoever brings it is a customer with a record: there his name and phone are kept, sealed, masked and erased.
    """

    ro_id: UUID
    bringer_id: UUID | None = None
    payers: Annotated[list[RepairPayer], Many(5)] = field(default_factory=list)
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class RepairParty:
    """Somebody a repair is about beside its customer; `pay_type` says for whom a payer pays."""

    role: RepairRole
    pay_type: PayType | None
    customer_id: UUID | None
    firm: str | None


@dataclass(frozen=True, slots=True)
class RepairParties:
    """Whom a repair is about beside its customer: who brings the vehicle first."""

    ro_id: UUID
    store_id: StoreId
    version: int
    items: list[RepairParty]


name_repair_parties = command(
    "workshop.name_repair_parties",
    NameRepairParties,
    RepairParties,
    refuses=("REPAIR_ORDER_NOT_FOUND", "STAGE_NOT_ALLOWED", "REPAIR_PAYER_UNCLEAR", "REPAIR_PAYER_TWICE"),
    summary="Say who brings the vehicle and who pays, until the invoice is made",
)
repair_parties = query(
    "workshop.repair_parties",
    RepairOrderById,
    RepairParties,
    refuses=("REPAIR_ORDER_NOT_FOUND",),
    summary="Who brings the vehicle and who pays, beside the customer",
)
