"""Who brings a vehicle, and who pays a part of its repair."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from chassis.bus.context import Ask
from chassis.customers import rekeying
from chassis.customers.asking import Read
from chassis.store.outbox import tell
from contracts.access import Scope
from contracts.customer.operations import WhichExist, which_exist
from contracts.picked import picked
from contracts.refusals import InvalidRequest
from contracts.sayings import Saying
from contracts.workshop import events
from contracts.workshop import parties as contract
from services.workshop.parties.models import RepairParty
from services.workshop.parties.rules import require_clear
from services.workshop.repair_orders.queries import parties_of
from services.workshop.repair_orders.rules import work
from services.workshop.repair_orders.usecases.finding import order_to_change


def require_parties(asked: contract.NameRepairParties, *, read: Read, ask: Ask) -> None:
    """Who brings the vehicle, and payers with a record, are registered. Raises InvalidRequest that names the field."""
    del read
    payers = [one.customer_id for one in asked.payers if one.customer_id is not None]
    named = [*payers, *([asked.bringer_id] if asked.bringer_id is not None else [])]
    if not named:
        return
    known = {*ask(which_exist, WhichExist(customer_ids=named)).customer_ids}
    wrong = {"bringer_id": {asked.bringer_id} - {None} - known, "payers": {*payers} - known}
    if any(wrong.values()):
        raise InvalidRequest(errors={name: [Saying.NOBODY()] for name, nobody in wrong.items() if nobody})


def name_repair_parties(
    session: Session, asked: contract.NameRepairParties, *, scope: Scope, now: datetime
) -> contract.RepairParties:
    """Say anew who brings the vehicle and who pays. Raises RepairPayerUnclear, RepairPayerTwice."""
    require_clear(asked.payers)
    order = order_to_change(session, asked.ro_id, asked.expected_version, scope=scope)
    work.require_open_to_money(stage=order.stage)
    bringer = [] if asked.bringer_id is None else [RepairParty.bringer(order.id, asked.bringer_id)]
    everybody = [*bringer, *(RepairParty.payer(order.id, one) for one in asked.payers)]
    by_record = [one for one in everybody if one.customer_id is not None]
    told = [rekeying.Told(one.customer_id, "repair_party", str(one.id)) for one in by_record if one.customer_id]
    for one, whose in zip(by_record, rekeying.owners(session, told), strict=True):
        one.customer_id, one.origin_customer_id = whose
    session.execute(delete(RepairParty).where(RepairParty.order_id == order.id))
    session.add_all(everybody)
    order.noted()
    changed = picked(events.RepairPartiesChanged, order, ro_id=order.id, customer_id=order.written_for)
    tell(session, order, changed, now=now)
    session.flush()
    return parties_of(session.connection(), order.id, store_id=order.store_id, version=order.version)
