"""How sales says no of a vehicle in stock."""

from __future__ import annotations

from contracts.refusals import Conflict, Invalid, NotFound, RuleRefused


class VehicleNotFound(NotFound):
    """No such vehicle in a stock the caller may take from."""

    code = "VEHICLE_NOT_FOUND"
    zh = "库存中没有这辆车"
    en = "There is no such vehicle in stock"


class VehicleTaken(Conflict):
    """Another order has this VIN (R47); which, is told as far as the caller may see it."""

    code = "VEHICLE_TAKEN"
    zh = "车辆{vin}已配给其他订单{named},请另选一辆"
    en = "Vehicle {vin} belongs to another order{named}"


class VehicleNotHere(RuleRefused):
    """What is on its way cannot be handed over."""

    code = "VEHICLE_NOT_HERE"
    zh = "车辆{vin}尚未到店,不能交车;请先办理车辆入库"
    en = "Vehicle {vin} has not arrived; take it into stock first"


class VehicleHere(RuleRefused):
    """It is not on its way any more."""

    code = "VEHICLE_HERE"
    zh = "该车已到店"
    en = "This vehicle has arrived already"


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


class VinDiffers(RuleRefused):
    """The vehicle on its way has another VIN."""

    code = "VIN_DIFFERS"
    zh = "在途车辆的车架号是{known},不是{vin}"
    en = "The vehicle on its way is {known}, not {vin}"


class SoldBefore(RuleRefused):
    """It was handed over once: it comes back as used."""

    code = "SOLD_BEFORE"
    zh = "车辆{vin}曾售出,只能按二手车入库"
    en = "Vehicle {vin} was sold before; it can only come back as used"


class SetAsideAs(RuleRefused):
    """What came is not what was set aside for an order."""

    code = "SET_ASIDE_AS"
    zh = "该车已按{expected}配给订单,与到店车型({model})不符"
    en = "It is set aside for an order as a {expected}, and a {model} came"


class CertificateState(RuleRefused):
    """The certificate does not go there from where it is."""

    code = "CERTIFICATE_STATE"
    zh = "合格证目前不能这样登记,请刷新后按其所在处登记"
    en = "The certificate is {certificate}; it cannot become {wanted}"
