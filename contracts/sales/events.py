"""Events of the sales service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from contracts.envelope import event


@event(producer="sales", name="order_approval_requested", version=1, subject="order")
class OrderApprovalRequested:
    """A price gives away more than the store may without another's word.

    Who wrote it, changed it last or is credited with the deal does not give it.
    """

    order_id: UUID
    customer_id: UUID
    consultant_id: str
    created_by: str
    edited_by: str
    total_fen: int
    discount_fen: int
    gift_fen: int


@event(producer="sales", name="order_approved", version=1, subject="order")
class OrderApproved:
    """Somebody gave his word for a price beyond the limits. Of one within them nothing is told."""

    order_id: UUID
    customer_id: UUID
    consultant_id: str
    approved_by: str
    total_fen: int


@event(producer="sales", name="order_rejected", version=1, subject="order")
class OrderRejected:
    """Somebody refused it: an order that is a draft again, or an amendment, and the price stays as it was."""

    order_id: UUID
    customer_id: UUID
    consultant_id: str
    rejected_by: str


@event(producer="sales", name="order_signed", version=1, subject="order")
class OrderSigned:
    """The customer signed a contract for a car."""

    order_id: UUID
    customer_id: UUID
    model: str
    total_fen: int
    promised_date: date
    consultant_id: str | None = None


@event(producer="sales", name="order_parties_changed", version=1, subject="order")
class OrderPartiesChanged:
    """Somebody else is to own the car (null: the buyer is), or to pay of it."""

    order_id: UUID
    customer_id: UUID
    consultant_id: str
    owner_id: UUID | None


@event(producer="sales", name="payment_confirmed", version=1, subject="order")
class PaymentConfirmed:
    """Money arrived, `amount_fen` of it for this order; `balance_fen` is what is still owed.

    `kind` says what it was paid as and who owed it: a loan comes from its lender, all else from the customer.
    """

    order_id: UUID
    customer_id: UUID
    amount_fen: int
    external_ref: str
    balance_fen: int
    consultant_id: str | None = None
    payment_id: UUID | None = None
    kind: str | None = None
    channel: str | None = None


@event(producer="sales", name="payment_reversed", version=1, subject="order")
class PaymentReversed:
    """A payment was taken back; its order owes `applied_fen` more, `balance_fen` in all."""

    order_id: UUID
    customer_id: UUID
    consultant_id: str
    payment_id: UUID
    kind: str
    channel: str
    external_ref: str
    amount_fen: int
    applied_fen: int
    balance_fen: int


@dataclass(frozen=True, slots=True)
class PayerOwes:
    """What one payer of an order owes and has paid, by when it is due and as what; without a day it is not due yet.

    `customer_id` is who that is, as far as he is a customer of ours.
    What we owe the payer is `to_return_fen`, `compensation_fen` of it on top of his deposit.
    """

    payer: str
    owed_fen: int
    paid_fen: int
    balance_fen: int
    to_return_fen: int
    compensation_fen: int
    due_on: date | None
    due_as: str | None
    customer_id: UUID | None = None


@event(producer="sales", name="order_receivable_changed", version=1, subject="order")
class OrderReceivableChanged:
    """Who owes what of an order, all of them anew: its buyer, and the lender whose letter stands (C19)."""

    order_id: UUID
    customer_id: UUID
    consultant_id: str
    total_fen: int
    payers: list[PayerOwes]


@event(producer="sales", name="receipt_unapplied", version=1, subject="payment")
class ReceiptUnapplied:
    """Of money that came, so much is for nothing: to be used, or given back."""

    payment_id: UUID
    channel: str
    external_ref: str
    amount_fen: int
    order_id: UUID | None = None
    customer_id: UUID | None = None


@event(producer="sales", name="receipt_settled", version=1, subject="payment")
class ReceiptSettled:
    """Nothing of the payment is for nothing any more."""

    payment_id: UUID
    order_id: UUID | None = None
    customer_id: UUID | None = None


@event(producer="sales", name="refund_requested", version=1, subject="refund")
class RefundRequested:
    """Money of a payment is asked back; another person is to agree."""

    refund_id: UUID
    payment_id: UUID
    amount_fen: int
    requested_by: str
    order_id: UUID | None = None
    customer_id: UUID | None = None
    consultant_id: str | None = None


@event(producer="sales", name="refund_approved", version=1, subject="refund")
class RefundApproved:
    """It was agreed to, and is to be paid."""

    refund_id: UUID
    payment_id: UUID
    amount_fen: int
    decided_by: str
    order_id: UUID | None = None
    customer_id: UUID | None = None


@event(producer="sales", name="refund_refused", version=1, subject="refund")
class RefundRefused:
    """It is not given back."""

    refund_id: UUID
    payment_id: UUID
    amount_fen: int
    decided_by: str
    order_id: UUID | None = None
    customer_id: UUID | None = None


@event(producer="sales", name="refund_paid", version=1, subject="order")
class RefundPaid:
    """Money of a payment went back; its order owes `applied_fen` more, `balance_fen` in all.

    What `compensates` was owed on top of a deposit that is returned, and nothing of the payment.
    """

    order_id: UUID
    customer_id: UUID
    consultant_id: str
    refund_id: UUID
    payment_id: UUID
    kind: str
    amount_fen: int
    applied_fen: int
    balance_fen: int
    compensates: bool = False


@event(producer="sales", name="vehicle_allocated", version=1, subject="order")
class VehicleAllocated:
    """A stock vehicle was set aside for an order."""

    order_id: UUID
    vehicle_id: UUID
    vin: str
    customer_id: UUID | None = None
    consultant_id: str | None = None


@event(producer="sales", name="vehicle_delivered", version=1, subject="order")
class VehicleDelivered:
    """The customer drove his new car away. `first_promise` is the date first promised (R48).

    `excused`: he wished for another day himself before that one was over, so that it says nothing of us.
    `owner_id` is in whose name the car is registered, where that is not the customer who bought it.
    For what is due to him later: with whom and for how long we insured the car, whether a bank paid for it, and from
    which day on its guarantee runs; of what went through other hands than ours nothing is known.
    """

    order_id: UUID
    vehicle_id: UUID
    vin: str
    model: str
    customer_id: UUID
    consultant_id: str
    delivered_at: datetime
    first_promise: date
    total_fen: int
    km: int
    excused: bool = False
    owner_id: UUID | None = None
    insurer: str | None = None
    insured_from: datetime | None = None
    insured_until: datetime | None = None
    by_loan: bool = False
    warranty_from: date | None = None


@event(producer="sales", name="delivery_step_changed", version=1, subject="order")
class DeliveryStepChanged:
    """Somebody did something to a step of a delivery (C5).

    What follows from contract, money, vehicle and keys is told by their own events.
    """

    order_id: UUID
    customer_id: UUID
    consultant_id: str
    code: str
    from_state: str
    to_state: str
    planned_at: datetime | None
    due_at: datetime | None
    done_at: datetime | None


@event(producer="sales", name="delivery_at_risk", version=1, subject="order")
class DeliveryAtRisk:
    """The promised day has no reserve left (`at_risk`), or will not be kept (`late`): told once of each, by promise.

    `critical_step` is what everything waits for, `predicted_date` the day the keys can be given; null: nobody knows.
    """

    order_id: UUID
    customer_id: UUID
    consultant_id: str
    level: str
    critical_step: str
    promised_date: date
    predicted_date: date | None


@event(producer="sales", name="delivery_repromised", version=1, subject="order")
class DeliveryRepromised:
    """The customer was promised another day, and why; the first promise stays (R48)."""

    order_id: UUID
    customer_id: UUID
    consultant_id: str
    promised_date: date
    first_promise: date
    reason: str


@event(producer="sales", name="plate_issued", version=1, subject="order")
class PlateIssued:
    """The new car got its plate (R44)."""

    order_id: UUID
    customer_id: UUID
    consultant_id: str
    vehicle_id: UUID
    vin: str
    model: str
    plate: str


@event(producer="sales", name="order_amended", version=1, subject="order")
class OrderAmended:
    """The price of an order is another by its amendment of this number; `balance_fen` is what is owed by it."""

    order_id: UUID
    customer_id: UUID
    consultant_id: str
    number: int
    before_fen: int
    total_fen: int
    balance_fen: int


@event(producer="sales", name="order_cancel_requested", version=1, subject="order")
class OrderCancelRequested:
    """Somebody asked for a signed order to be cancelled; `fault` says because of whom (`Fault`)."""

    order_id: UUID
    customer_id: UUID
    consultant_id: str
    fault: str


@event(producer="sales", name="order_cancel_withdrawn", version=1, subject="order")
class OrderCancelWithdrawn:
    """It goes on where it was, with its car."""

    order_id: UUID
    customer_id: UUID
    consultant_id: str


@event(producer="sales", name="order_cancelled", version=1, subject="order")
class OrderCancelled:
    """The order is no more. `paid_fen` was paid for it, and is to be settled by the fault."""

    order_id: UUID
    customer_id: UUID
    consultant_id: str
    fault: str
    total_fen: int
    paid_fen: int


@event(producer="sales", name="vehicle_released", version=1, subject="order")
class VehicleReleased:
    """A vehicle that was set aside for an order may be had by another one."""

    order_id: UUID
    vehicle_id: UUID
    vin: str
    customer_id: UUID
    consultant_id: str


@event(producer="sales", name="order_closed", version=1, subject="order")
class OrderClosed:
    """Nothing more is to be done for a delivered order."""

    order_id: UUID
    customer_id: UUID
    consultant_id: str


@event(producer="sales", name="vehicle_received", version=1, subject="stock_vehicle")
class VehicleReceived:
    """A vehicle arrived in a store's yard."""

    stock_id: UUID
    vehicle_id: UUID
    vin: str
    model: str
    condition: str


@event(producer="sales", name="certificate_moved", version=1, subject="stock_vehicle")
class CertificateMoved:
    """The certificate of a vehicle is somewhere else: without it there are no plates."""

    stock_id: UUID
    certificate: str
    moved_by: str
    vehicle_id: UUID | None = None
    vin: str | None = None


@event(producer="sales", name="vehicle_offered", version=1, subject="vehicle_offer")
class VehicleOffered:
    """A vehicle that came, or was let go, is kept until then for the order that has waited longest."""

    order_id: UUID
    customer_id: UUID
    consultant_id: str
    stock_id: UUID
    vehicle_id: UUID
    vin: str
    model: str
    until: datetime


@event(producer="sales", name="vehicle_offer_ended", version=1, subject="vehicle_offer")
class VehicleOfferEnded:
    """It is not kept for the order any more: taken, lapsed or not_needed."""

    order_id: UUID
    customer_id: UUID
    consultant_id: str
    stock_id: UUID
    vehicle_id: UUID
    vin: str
    model: str
    how: str


@event(producer="sales", name="orders_rekeyed", version=1, subject="rekeying")
class OrdersRekeyed:
    """Orders follow a change of customers' records (E8): `kind` is merged, unmerged or split, `rows` how many moved."""

    change_id: UUID
    kind: str
    part: int
    rows: int
