"""What the workshop service owns: repair orders, their lines, what their customers said, and their log."""

from services.workshop.repair_orders.models.clockings import Clocking
from services.workshop.repair_orders.models.kept import CustomerAlias, DocumentOwner, NumberSeries, StaffMember, Store
from services.workshop.repair_orders.models.lines import Consent, JobLine
from services.workshop.repair_orders.models.log import StageEntry
from services.workshop.repair_orders.models.orders import REPAIR_ORDERS, RepairOrder
from services.workshop.repair_orders.models.promises import PromiseWatch

__all__ = [
    "REPAIR_ORDERS",
    "Clocking",
    "Consent",
    "CustomerAlias",
    "DocumentOwner",
    "JobLine",
    "NumberSeries",
    "PromiseWatch",
    "RepairOrder",
    "StaffMember",
    "StageEntry",
    "Store",
]
