"""How the customer service refuses what is said of vehicles and their parties."""

from __future__ import annotations

from contracts.refusals import Conflict, NotFound


class VehicleNotFound(NotFound):
    """No such vehicle."""

    code = "VEHICLE_NOT_FOUND"
    zh = "没有这辆车"
    en = "There is no such vehicle"


class VehicleHasOwner(Conflict):
    """Somebody else owns it; a vehicle that was sold on changes its owner: `details["owner_id"]`."""

    code = "VEHICLE_HAS_OWNER"
    zh = "该车已有车主,如已过户请办理车主变更"
    en = "The vehicle has an owner; if it was sold on, change its owner"


class OwnerAlready(Conflict):
    """He owns it."""

    code = "OWNER_ALREADY"
    zh = "该客户已是车主"
    en = "This customer is the owner already"


class PlateElsewhere(Conflict):
    """The plate is on another owner's vehicle: `details["vehicle_id"]`; `carried_over` confirms the move."""

    code = "PLATE_ELSEWHERE"
    zh = "该车牌现登记在另一辆车上,请确认是否过牌"
    en = "The plate is on another vehicle; confirm that it was carried over"


class RoleNotFound(NotFound):
    """The customer has no such role towards the vehicle now."""

    code = "ROLE_NOT_FOUND"
    zh = "该客户与该车没有此关系"
    en = "The customer has no such role towards the vehicle"
