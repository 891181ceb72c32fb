"""A certificate of completion is issued."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from chassis.store import policies
from chassis.store.numbers import Per, next_number
from contracts.access import Scope
from contracts.workshop import papers as contract
from contracts.workshop.policies import REPAIR_GUARANTEE
from services.workshop.certificates import rules
from services.workshop.certificates.models import RepairCertificate, newest_of
from services.workshop.certificates.shown import certificate_shown
from services.workshop.repair_orders.usecases.finding import order_to_change


def certify_repair(
    session: Session, asked: contract.CertifyRepair, *, scope: Scope, now: datetime
) -> contract.RepairCertificate:
    """Issue the certificate of a vehicle that passed quality control, with the guarantee of today.

    What the newest one says already is that one, and no other number: several desks press at once.
    Raises NotInspected, KmOutBelowIn.
    """
    order = order_to_change(session, asked.ro_id, scope=scope)
    rules.require_inspected(order.stage)
    rules.require_forward(km_in=order.km, km_out=asked.km_out, read_out=order.km_out)
    policy = policies.resolve(session, REPAIR_GUARANTEE, store_id=order.store_id, at=now)
    guarantee = rules.guarantee_of(asked.category, policy)
    newest = session.scalar(newest_of(order.id))
    if newest is not None and newest.says(order, asked, guarantee=guarantee):
        return certificate_shown(newest, order, order.lines)
    number = next_number(session, "CC", store_id=order.store_id, per=Per.DAY, now=now)
    issued = RepairCertificate.issue(order, asked, number=number, guarantee=guarantee, by=scope.staff_id, now=now)
    session.add(issued)
    return certificate_shown(issued, order, order.lines)
