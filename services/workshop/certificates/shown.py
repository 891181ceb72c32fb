"""What a certificate looks like to who asks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from contracts.picked import picked
from contracts.workshop import papers as contract
from contracts.workshop.operations import LineKind
from services.workshop.certificates.models import RepairCertificate
from services.workshop.repair_orders.models import JobLine, RepairOrder
from services.workshop.repair_orders.rules import work


def certificate_shown(
    certificate: RepairCertificate | Row[tuple[RepairCertificate]],
    order: RepairOrder | Row[tuple[RepairOrder]],
    lines: Sequence[JobLine | Row[Any]],
) -> contract.RepairCertificate:
    """A certificate with what was done, from models or rows."""
    return picked(
        contract.RepairCertificate,
        certificate,
        ro_id=order.id,
        ro_number=order.number,
        store_id=order.store_id,
        customer_id=order.customer_id,
        vehicle_id=order.vehicle_id,
        opened_at=order.opened_at,
        ready_at=order.ready_at,
        work=[line.description for line in work.charged(lines) if line.kind is LineKind.WORK],
        version=1,
        changed_at=certificate.issued_at,
    )
