"""DELIVERY_AT_RISK: a promise will not be kept, and the consultant tells his customer before he asks (R48)."""

from __future__ import annotations

from typing import Any

from contracts.envelope import Received
from contracts.followup import policies
from contracts.sales.deliveries import repromise_order
from contracts.sales.events import DeliveryAtRisk, DeliveryRepromised, OrderCancelled, VehicleDelivered
from contracts.sales.steps import DeliveryRisk
from services.followup.tasks.kinds.kind import Kind
from services.followup.tasks.rules import Opening


def endangered(event: Received[DeliveryAtRisk]) -> Opening:
    """The consultant's, due as the policy says; a second, higher level asks him once more."""
    told = event.payload
    late = told.level == DeliveryRisk.LATE
    ready = told.predicted_date
    zh = f"承诺{told.promised_date}交车,{'将延误' if late else '已无余量'}" + (f",预计{ready}" if ready else "")
    en = f"Promised for {told.promised_date}: {'it will be late' if late else 'no reserve is left'}"
    return Opening(
        subject_id=event.subject.id,
        store_id=event.store_id,
        role="consultant",
        staff_id=told.consultant_id,
        customer_id=told.customer_id,
        document=("order", event.subject.id),
        zh=zh,
        en=en + (f", ready on {ready}" if ready else ""),
    )


def settled(event: Received[Any]) -> list[str]:
    """The order that was promised anew, handed over or cancelled."""
    return [event.subject.id]


DELIVERY_AT_RISK = Kind(
    code="DELIVERY_AT_RISK",
    zh="交期风险",
    en="Delivery at risk",
    done_by=repromise_order,
    console="/console/{store_id}/orders/{subject_id}",
    api="/api/v1/orders/{subject_id}/delivery",
    within=policies.DELIVERY_AT_RISK,
    opens={DeliveryAtRisk: endangered},
    closes=dict.fromkeys((DeliveryRepromised, VehicleDelivered, OrderCancelled), settled),
)
