"""delivery_on_time (准时交车率): of the cars handed over in the month, those not later than first promised (R48, C18).

Whatever was promised later counts for nothing.
"""

from __future__ import annotations

from contracts.reporting.operations import Unit
from services.reporting.kpis.figure import Figure, number_of, percentage

OF_ORDERS = "document_type = 'order'"

DELIVERY_ON_TIME = Figure(
    code="delivery_on_time",
    zh="准时交车率",
    en="Cars delivered when first promised",
    unit=Unit.PERCENT,
    counts={
        "part": number_of("promise", where=f"{OF_ORDERS} AND in_time"),
        "whole": number_of("promise", where=OF_ORDERS),
    },
    made=percentage,
)
