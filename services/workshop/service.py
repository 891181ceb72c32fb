"""The workshop service: everything it can be asked, everything it hears, and what it does by the clock."""

from __future__ import annotations

from functools import partial

from chassis.customers import erasing, rekeying
from chassis.organisation import staff, stores
from chassis.store import idempotency
from chassis.table import does, every, hears, shows
from contracts.customer.events import CustomerErased, CustomerMerged, CustomerSplit, CustomerUnmerged
from contracts.gateway.events import StaffChanged, StoreChanged
from contracts.workshop import operations
from contracts.workshop.events import RepairOrdersRekeyed
from services.workshop import repair_orders
from services.workshop.repair_orders.models import REPAIR_ORDERS


class WorkshopService:
    """Repair orders and the board."""

    name = "workshop"

    open_repair_order = does(
        operations.open_repair_order,
        repair_orders.usecases.open_repair_order,
        first=repair_orders.usecases.require_registered,
    )
    correct_km = does(operations.correct_km, repair_orders.usecases.correct_km)
    authorize_repair = does(operations.authorize_repair, repair_orders.usecases.authorize_repair)
    dispatch_repair = does(operations.dispatch_repair, repair_orders.usecases.dispatch_repair)
    start_repair = does(operations.start_repair, repair_orders.usecases.start_repair)
    finish_repair = does(operations.finish_repair, repair_orders.usecases.finish_repair)
    inspect_repair = does(operations.inspect_repair, repair_orders.usecases.inspect_repair)
    settle_repair = does(operations.settle_repair, repair_orders.usecases.settle_repair)
    return_vehicle = does(operations.return_vehicle, repair_orders.usecases.return_vehicle)
    check_repair_order = shows(operations.check_repair_order, repair_orders.queries.check_repair_order)
    get_repair_order = shows(operations.get_repair_order, repair_orders.queries.get_repair_order)
    list_repair_orders = shows(operations.list_repair_orders, repair_orders.queries.list_repair_orders)

    rekey = hears(
        (CustomerMerged, CustomerUnmerged, CustomerSplit),
        partial(rekeying.follow, holdings=[REPAIR_ORDERS], acknowledge=RepairOrdersRekeyed),
    )
    forget = hears(
        CustomerErased,
        partial(erasing.forget, holding=REPAIR_ORDERS),
    )

    keep_staff = hears(StaffChanged, staff.keep)
    keep_stores = hears(StoreChanged, stores.keep)

    old_commands = every(3600, idempotency.forget_old)
