"""How sales says no of a vehicle in stock."""

from __future__ import annotations

from contracts.refusals import Conflict, Invalid, NotFound


class VehicleNotFound(NotFound):
    """No such vehicle in a stock the caller may take from."""

    code = "VEHICLE_NOT_FOUND"
    zh = "库存中没有这辆车"
    en = "There is no such vehicle in stock"


class VehicleTaken(Conflict):
    """Another order has this VIN (R47)."""

    code = "VEHICLE_TAKEN"
    zh = "车辆{vin}已配给其他订单,请另选一辆"
    en = "Vehicle {vin} belongs to another order"


class VinInvalid(Invalid):
    """Not a VIN (E4)."""

    code = "VIN_INVALID"
    zh = "车架号无效"
    en = "This is not a valid VIN"


class VinInStock(Conflict):
    """The vehicle is in stock already."""

    code = "VIN_IN_STOCK"
    zh = "车辆{vin}已在库"
    en = "Vehicle {vin} is in stock already"
