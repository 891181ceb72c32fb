"""How sales says no when a vehicle is kept for somebody."""

from __future__ import annotations

from contracts.refusals import Conflict


class VehicleOffered(Conflict):
    """An order that has waited longer has this vehicle kept for it (R47); which, as far as the caller may see it."""

    code = "VEHICLE_OFFERED"
    zh = "车辆{vin}已为先排队的订单{named}保留至{until}"
    en = "Vehicle {vin} is kept for an order{named} that has waited longer, until {until}"
