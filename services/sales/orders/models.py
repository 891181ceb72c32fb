"""What sales keeps of orders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import uuid_utils.compat as uuids
from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.customers import links, rekeying
from chassis.organisation import staff, stores
from chassis.process.clock import LOCAL
from chassis.store import numbers
from contracts.money import yuan
from contracts.picked import attributes
from contracts.refusals import StaleVersion
from contracts.sales.lines import PriceLine
from contracts.sales.operations import CreateOrder, Fault, OrderStatus, SignOrder
from contracts.sales.parties import PartyRole
from services.sales.declared import Base
from services.sales.orders import rules
from services.sales.orders.errors import (
    AmendmentWaits,
    BalanceOpen,
    DepositMissing,
    ModelDiffers,
    Overpayment,
    PaidMore,
)
from services.sales.orders.rules import Command
from services.sales.parties.models import OrderParty
from services.sales.parties.rules import require_borne
from services.sales.prices.models import Line
from services.sales.prices.rules import require_another
from services.sales.prices.usecases import Price
from services.sales.receivables.errors import LoanLapsed, LoanNotApproved
from services.sales.stock.models import StockVehicle


class Order(Base):
    """A customer's order for a car. The first promise is kept beside the current one (R48).

    `origin_customer_id` is whose it was written for, while his record lives on in another (E8).
    `changed_at` is when this version of it came to be, `status_before` where it goes on if it is not cancelled after
    all. A cancelled order has no vehicle.
    `quote_id` and `quote_version` are what its first price was accepted by, if it was quoted.
    `amendment` is the number of the one that its price is by, 0 for the price that was approved first, which stays as
    it was; `price_waits` while one is neither approved nor refused.
    `loan_fen` is what a lender's letter says that it pays if the car is handed over by `loan_until`, 0 without one;
    `loan_paid_fen` what of `paid_fen` its lender paid.
    """

    __tablename__ = "sales_order"
    __table_args__ = (
        Index("sales_order_by_store", "store_id", "created_at"),
        Index("sales_order_by_promise", "store_id", "promised_date", "id"),
        Index("sales_order_by_customer", "customer_id"),
        Index("sales_order_by_origin", "origin_customer_id"),
        CheckConstraint("status <> 'cancelled' OR vin IS NULL", name="sales_order_cancelled_has_no_vehicle"),
        CheckConstraint("loan_paid_fen BETWEEN 0 AND paid_fen", name="sales_order_loan_is_part_of_paid"),
        Index("sales_order_waiting", "store_id", "model", postgresql_where=text("status = 'signed'")),
        Index(
            "sales_order_to_decide",
            "store_id",
            postgresql_where=text("status IN ('approval_pending', 'cancel_pending')"),
        ),
        Index("sales_order_one_vin", "vin", unique=True, postgresql_where=text("delivered_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    store_id: Mapped[str]
    customer_id: Mapped[UUID]
    consultant_id: Mapped[str]
    model: Mapped[str]
    status: Mapped[OrderStatus]
    total_fen: Mapped[int]
    paid_fen: Mapped[int]
    created_at: Mapped[datetime]
    version: Mapped[int]
    changed_at: Mapped[datetime]
    contract_no: Mapped[str | None]
    signer: Mapped[str | None]
    signed_at: Mapped[datetime | None]
    promised_date: Mapped[date | None]
    first_promise: Mapped[date | None]
    vin: Mapped[str | None]
    vehicle_id: Mapped[UUID | None]
    allocated_at: Mapped[datetime | None]
    km: Mapped[int | None]
    delivered_at: Mapped[datetime | None]
    origin_customer_id: Mapped[UUID | None]
    closed_at: Mapped[datetime | None]
    status_before: Mapped[OrderStatus | None]
    cancel_fault: Mapped[Fault | None]
    cancel_reason: Mapped[str | None]
    cancel_requested_by: Mapped[str | None]
    cancel_requested_at: Mapped[datetime | None]
    cancelled_by: Mapped[str | None]
    cancelled_at: Mapped[datetime | None]
    created_by: Mapped[str] = mapped_column(server_default="")
    edited_by: Mapped[str] = mapped_column(server_default="")
    discount_fen: Mapped[int] = mapped_column(server_default="0")
    gift_fen: Mapped[int] = mapped_column(server_default="0")
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    reject_reason: Mapped[str | None]
    amendment: Mapped[int] = mapped_column(server_default="0")
    price_waits: Mapped[bool] = mapped_column(server_default="false")
    loan_fen: Mapped[int] = mapped_column(server_default="0")
    loan_until: Mapped[date | None]
    loan_paid_fen: Mapped[int] = mapped_column(server_default="0")
    definition_id: Mapped[UUID | None]
    colour: Mapped[str] = mapped_column(server_default="")
    quote_id: Mapped[UUID | None] = mapped_column(unique=True)
    quote_version: Mapped[int | None]
    lines: Mapped[list[OrderLine]] = relationship(order_by="OrderLine.position", cascade="all, delete-orphan")
    parties: Mapped[list[OrderParty]] = relationship(order_by="OrderParty.id", cascade="all, delete-orphan")

    @classmethod
    def write(
        cls, asked: CreateOrder, price: Price, *, beyond: bool, number: str, consultant_id: str, by: str, now: datetime
    ) -> Order:
        """A new order at an agreed price: a draft, or submitted at once. Either is its first version."""
        order = cls(
            **attributes(asked, but=("lines", "draft", "consultant_id", "definition_id")),
            id=uuids.uuid7(),
            number=number,
            consultant_id=consultant_id,
            created_by=by,
            status=OrderStatus.DRAFT,
            paid_fen=0,
            created_at=now,
            version=0,
            amendment=0,
            price_waits=False,
            loan_fen=0,
            loan_paid_fen=0,
        )
        order.reprice(price, by=by, now=now)
        if not asked.draft:
            order.version = 0
            order.submit(beyond=beyond, now=now)
        return order

    def follow_quote(
        self, quote_id: UUID, *, quote_version: int, approved_by: str | None, approved_at: datetime | None
    ) -> None:
        """Its price was quoted, and approved, before."""
        self.quote_id, self.quote_version = quote_id, quote_version
        self.approved_by, self.approved_at = approved_by, approved_at

    @property
    def written_for(self) -> UUID:
        """Whom the order was written for: its events name him, whoever he lives on in."""
        return self.origin_customer_id or self.customer_id

    @property
    def owner_id(self) -> UUID | None:
        """In whose name the car is registered, as he was named; None: the buyer's."""
        return next((one.written_for for one in self.parties if one.role is PartyRole.OWNER), None)

    @property
    def balance_fen(self) -> int:
        """What is still owed."""
        return self.total_fen - self.paid_fen

    @property
    def covered_fen(self) -> int:
        """Of what is still owed, what a lender's letter says that it will pay."""
        return min(self.balance_fen, max(0, self.loan_fen - self.loan_paid_fen))

    def require_version(self, expected: int | None) -> None:
        """Raise StaleVersion if the caller looked at an older order."""
        if expected is not None and expected != self.version:
            raise StaleVersion(expected=expected, version=self.version)

    def _do(self, command: Command, *, now: datetime, to: OrderStatus | None = None) -> None:
        """Go where the command leads, of several places `to`: the next version. Raises OrderState."""
        self.status = rules.target(command, status=self.status, previous=self.status_before, wanted=to)
        self.touch(now=now)

    def reprice(self, price: Price, *, by: str, now: datetime) -> None:
        """Say of a draft anew what it is for and at what price. Raises PayersBeyondPrice."""
        rules.require(Command.PRICE, status=self.status)
        self._require_borne(price.total_fen, field="total_fen")
        self._do(Command.PRICE, now=now)
        self.edited_by = by
        self.model, self.definition_id, self.colour = price.model, price.definition_id, price.colour
        self.total_fen = price.total_fen
        self.discount_fen, self.gift_fen = price.discount_fen, price.gift_fen
        self.lines = _lines(price, amendment=0)

    def submit(self, *, beyond: bool, now: datetime) -> None:
        """The draft is what was agreed; `beyond` the limits it waits for another's word, else its price stands."""
        self._do(Command.SUBMIT, now=now, to=OrderStatus.APPROVAL_PENDING if beyond else OrderStatus.APPROVED)
        self.reject_reason = None
        self.approved_at = None if beyond else now

    def _decide(self, command: Command, *, by: str, now: datetime) -> None:
        """By somebody else than who wrote it, changed it last or is credited with it (R42). Raises OwnPrice."""
        rules.require(command, status=self.status)
        require_another(by, barred=(self.created_by, self.edited_by, self.consultant_id))
        self._do(command, now=now)

    def approve(self, *, by: str, now: datetime) -> None:
        """Somebody else gave his word for the price. Raises OwnPrice."""
        self._decide(Command.APPROVE, by=by, now=now)
        self.approved_by, self.approved_at = by, now

    def reject(self, *, reason: str, by: str, now: datetime) -> None:
        """Somebody else refused it: a draft again, that says why. Raises OwnPrice."""
        self._decide(Command.REJECT, by=by, now=now)
        self.reject_reason = reason

    def name_parties(self, named: Sequence[OrderParty], *, now: datetime) -> None:
        """Who owns the car beside its buyer and who pays of it. Raises PayersBeyondPrice."""
        rules.require(Command.NAME_PARTIES, status=self.status)
        self._require_borne(self.total_fen, field="payers", by=named)
        self._do(Command.NAME_PARTIES, now=now)
        known = {one.named: one for one in self.parties}
        for one in named:
            if one.named in known:
                known[one.named].amount_fen = one.amount_fen
        self.parties = [known.get(one.named, one) for one in named]

    def amend(self, price: Price, *, number: int, beyond: bool, now: datetime) -> None:
        """Another price, by the amendment of this number; `beyond` the limits it waits for another's word.

        Raises AmendmentWaits, PaidMore, PayersBeyondPrice.
        """
        rules.require(Command.AMEND, status=self.status)
        self._require_price()
        self._require_within(price.total_fen)
        self._do(Command.AMEND, now=now)
        self.lines = [*self.lines, *_lines(price, amendment=number)]
        self.price_waits = beyond
        if not beyond:
            self._stand_by(price, number=number)

    def decide_amendment(self, price: Price, *, number: int, stands: bool, now: datetime) -> None:
        """The price that waited is the order's, or it stays as it was. Raises PaidMore, PayersBeyondPrice."""
        rules.require(Command.AMEND, status=self.status)
        if stands:
            self._require_within(price.total_fen)
        self._do(Command.AMEND, now=now)
        self.price_waits = False
        if stands:
            self._stand_by(price, number=number)

    def _stand_by(self, price: Price, *, number: int) -> None:
        self.amendment, self.total_fen = number, price.total_fen
        self.discount_fen, self.gift_fen = price.discount_fen, price.gift_fen

    def _require_price(self) -> None:
        if self.price_waits:
            raise AmendmentWaits

    def _require_within(self, total_fen: int) -> None:
        if self.paid_fen > total_fen:
            raise PaidMore(paid=yuan(self.paid_fen), total=yuan(total_fen), paid_fen=self.paid_fen)
        self._require_borne(total_fen, field="total_fen")

    def _require_borne(self, total_fen: int, *, field: str, by: Sequence[OrderParty] | None = None) -> None:
        loan_fen = max(self.loan_fen, self.loan_paid_fen)
        require_borne(self.parties if by is None else by, total_fen=total_fen, loan_fen=loan_fen, field=field)

    def sign(self, asked: SignOrder, *, now: datetime) -> None:
        """The contract is signed and a delivery date promised."""
        rules.require(Command.SIGN, status=self.status)
        self._require_price()
        self._do(Command.SIGN, now=now)
        self.contract_no, self.signer, self.signed_at = asked.contract_no, asked.signer, now
        self.promised_date = self.first_promise = asked.promised_date

    def require_payable(self, amount_fen: int) -> None:
        """Raise OrderState, or Overpayment if it is more than is owed (C4)."""
        rules.require(Command.PAY, status=self.status)
        if amount_fen > self.balance_fen:
            raise Overpayment(balance=yuan(self.balance_fen), balance_fen=self.balance_fen, field="amount_fen")

    def require_approved(self, amount_fen: int) -> None:
        """Raise LoanNotApproved if a lender's letter does not say that it pays so much more."""
        if amount_fen > self.covered_fen:
            raise LoanNotApproved(left=yuan(self.covered_fen), left_fen=self.covered_fen, field="amount_fen")

    def room_for(self, amount_fen: int) -> int:
        """Of money that has come whether it was owed or not, how much is for this order."""
        return min(amount_fen, self.balance_fen) if rules.may(Command.PAY, status=self.status) else 0

    def pay(self, *, amount_fen: int, by_lender: bool = False, now: datetime) -> None:
        """Money came in. Never more than the price (C4)."""
        self.require_payable(amount_fen)
        self._do(Command.PAY, now=now)
        self._count(amount_fen, by_lender=by_lender)

    def lose(self, *, amount_fen: int, by_lender: bool = False, now: datetime) -> None:
        """Money went back, wherever it stands: what it had of it is owed again, and nothing else changes."""
        self._count(-amount_fen, by_lender=by_lender)
        self.touch(now=now)

    def _count(self, amount_fen: int, *, by_lender: bool) -> None:
        self.paid_fen += amount_fen
        if by_lender:
            self.loan_paid_fen += amount_fen

    def rely_on(self, *, loan_fen: int, until: date | None, now: datetime) -> None:
        """A lender's letter says that it pays so much, if the car is handed over by that day; or none says so."""
        self.loan_fen, self.loan_until = loan_fen, until
        self.touch(now=now)

    def allocate(self, vehicle: StockVehicle, *, deposit_fen: int, now: datetime) -> None:
        """Set a stock vehicle aside for this order, and the order for it, once the deposit is there."""
        rules.require(Command.ALLOCATE, status=self.status)
        needed = rules.deposit_needed(total_fen=self.total_fen, least_fen=deposit_fen)
        if self.paid_fen < needed:
            raise DepositMissing(needed=yuan(needed), needed_fen=needed, paid_fen=self.paid_fen)
        if vehicle.model.lower() != self.model.lower():
            raise ModelDiffers(ordered=self.model, vehicle=vehicle.model)
        vehicle.take(self.id)
        self._do(Command.ALLOCATE, now=now)
        self.vin, self.vehicle_id, self.allocated_at = vehicle.vin, vehicle.vehicle_id, now

    def deliver(self, *, km: int, now: datetime) -> None:
        """The customer drives away, everything paid, or owed by a lender whose letter holds (C4)."""
        rules.require(Command.DELIVER, status=self.status)
        self._require_price()
        if self.balance_fen > self.covered_fen:
            raise BalanceOpen(balance_fen=self.balance_fen - self.covered_fen)
        if self.balance_fen > 0 and self.loan_until is not None and self.loan_until < now.astimezone(LOCAL).date():
            raise LoanLapsed(until=self.loan_until.isoformat())
        self._do(Command.DELIVER, now=now)
        self.km, self.delivered_at = km, now

    def touch(self, *, now: datetime) -> None:
        """Something of it is otherwise that moves it nowhere: the next version."""
        self.version += 1
        self.changed_at = now

    def make_ready(self, *, now: datetime) -> None:
        """All that must be done before the customer comes is done; its steps say when (C5)."""
        self._do(Command.MAKE_READY, now=now)

    def close(self, *, now: datetime) -> None:
        """Nothing more is to be done for it."""
        self._do(Command.CLOSE, now=now)
        self.closed_at = now

    def request_cancel(self, *, fault: Fault, reason: str, by: str, now: datetime) -> None:
        """Somebody wants it cancelled; what nobody signed is, at once."""
        status = self.status
        self._do(Command.REQUEST_CANCEL, now=now)
        self.cancel_fault, self.cancel_reason = fault, reason
        self.cancel_requested_by, self.cancel_requested_at = by, now
        if self.status is OrderStatus.CANCELLED:
            self.cancelled_by, self.cancelled_at = by, now
        else:
            self.status_before = status

    def confirm_cancel(self, *, fault: Fault | None, by: str, now: datetime) -> None:
        """It is cancelled; a vehicle it has must be released with it."""
        self._do(Command.CONFIRM_CANCEL, now=now)
        self.cancel_fault = fault or self.cancel_fault
        self.status_before, self.cancelled_by, self.cancelled_at = None, by, now

    def withdraw_cancel(self, *, now: datetime) -> None:
        """It goes on where it was; what was said of a cancellation is not."""
        self._do(Command.WITHDRAW_CANCEL, now=now)
        self.status_before = self.cancel_fault = self.cancel_reason = None
        self.cancel_requested_by = self.cancel_requested_at = None

    def release(self, vehicle: StockVehicle, *, registered: bool, now: datetime) -> None:
        """Its vehicle may be had by another order; one that was ever `registered` for this one comes back used."""
        vehicle.release(registered=registered, now=now)
        self.vin = self.vehicle_id = self.allocated_at = None


class OrderLine(Line, Base):
    """A line of an order's price: of the one approved first, or of the amendment of this number."""

    __tablename__ = "order_line"

    order_id: Mapped[UUID] = mapped_column(ForeignKey("sales_order.id"), primary_key=True)
    amendment: Mapped[int] = mapped_column(primary_key=True, server_default="0")

    @classmethod
    def write(cls, line: PriceLine, *, amendment: int, position: int) -> OrderLine:
        """A line as it was agreed."""
        return cls(**attributes(line), amendment=amendment, position=position)


def _lines(price: Price, *, amendment: int) -> list[OrderLine]:
    return [OrderLine.write(line, amendment=amendment, position=place) for place, line in enumerate(price.lines, 1)]


class Store(stores.Store, Base):
    """From which day on stores are closed."""


class StaffMember(staff.StaffMember, Base):
    """Who works where, as what: an order is credited to a consultant of its store."""


class NumberSeries(numbers.NumberSeries, Base):
    """Document numbers, by store and month."""


class CustomerAlias(rekeying.CustomerAlias, Base):
    """Where customers live on."""


class DocumentOwner(rekeying.DocumentOwner, Base):
    """Documents that were given to somebody else."""


class CustomerLink(links.CustomerLink, Base):
    """Links by which customers see how far their orders are."""


ORDERS = rekeying.Holding(
    table="sales_order",
    key=("id",),
    document_type="'order'",
    document_id="t.id::text",
    found_by="t.id = CAST(l.document_id AS uuid)",
    types=("order",),
    words=("signer", "cancel_reason", "reject_reason"),
    hanging=(
        rekeying.Hanging("order_amendment", "order_id", ("reason", "reject_reason")),
        rekeying.Hanging("payment", "order_id", ("end_reason",)),
        rekeying.Hanging("refund", "order_id", ("reason", "refusal")),
        rekeying.Hanging("payment_notice", "order_id", ("note",)),
        rekeying.Hanging("loan_letter", "order_id", ("end_reason",)),
        rekeying.Hanging("delivery_step", "order_id", ("reason", "evidence")),
        rekeying.Hanging("step_change", "order_id", ("reason",)),
        rekeying.Hanging("promise_change", "order_id", ("remark",)),
    ),
)
"""Orders follow their customers."""

ORDER_PROGRESS = links.Opening("order_progress", ORDERS)
"""A link that shows how far one order is."""
