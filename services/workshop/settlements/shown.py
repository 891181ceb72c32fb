"""What the money of repair orders looks like to who asks."""

from __future__ import annotations

from contracts.picked import picked
from contracts.workshop import settlements as contract
from services.workshop.repair_orders.models import RepairOrder
from services.workshop.settlements.models import RepairPayment, Settlement


def settlement_shown(settlement: Settlement, order: RepairOrder) -> contract.Settlement:
    """A settlement of an order."""
    return picked(
        contract.Settlement,
        settlement,
        settlement_id=settlement.id,
        ro_id=order.id,
        ro_number=order.number,
        customer_id=order.customer_id,
    )


def payment_shown(payment: RepairPayment) -> contract.RepairPayment:
    """A payment of an order."""
    return picked(contract.RepairPayment, payment, payment_id=payment.id, ro_id=payment.order_id)
