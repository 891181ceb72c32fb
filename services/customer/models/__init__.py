"""What the customer service owns, by business idea; importing this package declares every table."""

from services.customer.models.declared import Base
from services.customer.models.pairs import Pair
from services.customer.models.records import Change, Customer, SearchKey
from services.customer.models.vehicles import Odometer, Vehicle, VehicleParty, VehiclePlate
from services.customer.models.view import Glance, TimelineEntry

__all__ = [
    "Base",
    "Change",
    "Customer",
    "Glance",
    "Odometer",
    "Pair",
    "SearchKey",
    "TimelineEntry",
    "Vehicle",
    "VehicleParty",
    "VehiclePlate",
]
