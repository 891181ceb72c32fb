"""What a list may be given beside its identifiers by another service: one row, one batched call for a page.

`expand=customer,vehicle` asks for it. The caller needs the right to the call, and its answer is masked for him.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from contracts.customer import operations as customer
from contracts.customer import vehicles
from contracts.declared import fields_of
from contracts.operation import Operation

PARAMETER = "expand"


@dataclass(frozen=True, slots=True)
class Expansion:
    """One kind of identifier: `field` holds it, unless the same object says by one of `itself` what it is.

    `asks` takes the identifiers as `ids` and answers those that exist as `items`, each with `field`;
    of these `gives` says what goes beside the identifier, under which name, and null where there is none; `on_paper`
    goes beside it on sheets alone.
    """

    name: str
    field: str
    itself: tuple[str, ...]
    asks: Operation[Any, Any]
    ids: str
    gives: tuple[tuple[str, str], ...]
    zh: str
    en: str
    on_paper: tuple[tuple[str, str], ...] = ()

    def is_of(self, shape: type) -> bool:
        """Whether an object of this shape has the identifier alone."""
        fields = fields_of(shape)
        return self.field in fields and fields.keys().isdisjoint(self.itself)


EXPANSIONS = (
    Expansion(
        name="customer",
        field="customer_id",
        itself=("name",),
        asks=customer.names_of,
        ids="customer_ids",
        gives=(("customer_name", "name"),),
        zh="客户姓名",
        en="the customer's name",
    ),
    Expansion(
        name="vehicle",
        field="vehicle_id",
        itself=("vin", "vin_tail"),
        asks=vehicles.vehicles_of,
        ids="vehicle_ids",
        gives=(("vehicle_plate", "plate"), ("vehicle_model", "model"), ("vehicle_vin_tail", "vin_tail")),
        zh="车牌、车型、车架号后8位",
        en="the vehicle's plate, model and the last 8 of its VIN",
        on_paper=(("vehicle_vin", "vin"),),
    ),
)


def expansions_of(shape: type) -> tuple[Expansion, ...]:
    """What an answer of this shape may be given: it, or its `items`, has the identifier alone."""
    items = fields_of(shape).get("items")
    members = (shape, items.opened()[0].type) if items and items.opened()[0].is_shape else (shape,)
    return tuple(each for each in EXPANSIONS if any(each.is_of(member) for member in members))
