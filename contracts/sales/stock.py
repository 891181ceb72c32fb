"""What sales can be asked about its stock: vehicles that are to come, that stand in the yards, and that left (R47)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from contracts.fields import After, Model, Page, Size, StaffId, StoreId, Version, Vin
from contracts.operation import command, query
from contracts.sales.catalogue import CHOSEN
from contracts.shapes import UNSAID


class StockStatus(StrEnum):
    """Where a vehicle stands: to come, free in the yard, set aside for an order (wherever it is), or left for good."""

    INCOMING = "incoming"
    AVAILABLE = "available"
    ALLOCATED = "allocated"
    GONE = "gone"


class Condition(StrEnum):
    """Whether anybody had it before. What was handed over once comes back as used, and never as new."""

    NEW = "new"
    USED = "used"


class Certificate(StrEnum):
    """Where a vehicle's certificate of conformity (合格证) is, without which it gets no plates.

    Here; pledged to the bank that financed the stock; asked back of it; given back by it.
    """

    WITH_US = "with_us"
    PLEDGED = "pledged"
    REQUESTED = "requested"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class ExpectStock:
    """A vehicle is on its way to a store. Its VIN and its day may not be known yet: two without are two vehicles."""

    model: Model
    store_id: StoreId
    eta: date | None = None
    vin: Vin | None = None
    condition: Condition = Condition.NEW
    definition_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ChangeExpected:
    """What became known of a vehicle on its way: the day it comes (`null`: nobody knows), or its VIN."""

    stock_id: UUID
    eta: date | None = UNSAID
    vin: Vin | None = None
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class ReceiveStock:
    """A vehicle arrived in the yard of a store.

    `stock_id` is the one on its way that this is; without it that of the same VIN, if there is one, else it is new to
    us. `condition` is as it was expected, if not said otherwise; NEW if it was not expected. So is `definition_id`, the
    car of the catalogue that it is, while the model is the same.
    """

    vin: Vin
    model: Model
    store_id: StoreId
    stock_id: UUID | None = None
    condition: Condition | None = None
    definition_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class MoveCertificate:
    """The certificate of a vehicle went somewhere else; the caller is who says so."""

    stock_id: UUID
    certificate: Certificate
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class StockVehicle:
    """A vehicle in stock; `order_id` is the order it is set aside for, or left with.

    Without `received_at` it is on its way, until `eta` if that is known. `certificate_by` moved the certificate last.
    """

    stock_id: UUID
    vehicle_id: UUID | None
    vin: str | None
    model: str
    store_id: StoreId
    status: StockStatus
    condition: Condition
    certificate: Certificate
    certificate_by: StaffId | None
    certificate_at: datetime | None
    eta: date | None
    received_at: datetime | None
    order_id: UUID | None
    version: int
    definition_id: UUID | None = None
    colour: str = ""


class StockSort(StrEnum):
    """By how long a vehicle has been in the yard, the longest first, or the newest; by the day it is to come."""

    LONGEST_HERE = "received_at"
    NEWEST = "-received_at"
    ETA = "eta"


@dataclass(frozen=True, slots=True)
class ListStock:
    """Vehicles of the caller's stores, the longest waiting first; without a status those to be had."""

    store_id: StoreId | None = None
    status: StockStatus = StockStatus.AVAILABLE
    model: Model | None = None
    sort: StockSort = StockSort.LONGEST_HERE
    page: Page = 1
    size: Size = 50
    after: After | None = None


@dataclass(frozen=True, slots=True)
class Stock:
    """A page of the vehicles in stock."""

    items: list[StockVehicle]
    page: int
    size: int
    total: int
    next: str | None


@dataclass(frozen=True, slots=True)
class StockVehicles:
    """Vehicles by their identifiers; in the answer those that a store took into its stock, sold since or not."""

    vehicle_ids: list[UUID]


expect_stock = command(
    "sales.expect_stock",
    ExpectStock,
    StockVehicle,
    refuses=("STORE_CLOSED", "VIN_INVALID", "VIN_IN_STOCK", "SOLD_BEFORE", *CHOSEN),
    summary="Announce a vehicle on its way",
)
change_expected = command(
    "sales.change_expected",
    ChangeExpected,
    StockVehicle,
    refuses=("VEHICLE_NOT_FOUND", "VEHICLE_HERE", "VIN_INVALID", "VIN_IN_STOCK", "SOLD_BEFORE", "VIN_DIFFERS"),
    summary="Say when a vehicle comes, or which it is",
)
receive_stock = command(
    "sales.receive_stock",
    ReceiveStock,
    StockVehicle,
    refuses=(
        "STORE_CLOSED",
        "VIN_INVALID",
        "VIN_IN_STOCK",
        "SOLD_BEFORE",
        "VEHICLE_NOT_FOUND",
        "VEHICLE_HERE",
        "VIN_DIFFERS",
        "SET_ASIDE_AS",
        *CHOSEN,
    ),
    summary="Take a vehicle into stock",
)
move_certificate = command(
    "sales.move_certificate",
    MoveCertificate,
    StockVehicle,
    refuses=("VEHICLE_NOT_FOUND", "CERTIFICATE_STATE"),
    summary="Say where a vehicle's certificate is",
)
list_stock = query("sales.list_stock", ListStock, Stock, summary="Vehicles in stock, those to be had first of all")
which_in_stock = query(
    "sales.which_in_stock", StockVehicles, StockVehicles, summary="Which of these vehicles are, or were, in stock"
)
