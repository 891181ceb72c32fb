"""service_vehicles (进厂台数): distinct vehicles among the workshop visits of the month (R7, C18).

In the sum over all stores a vehicle that two of them saw counts once.
"""

from __future__ import annotations

from contracts.reporting.operations import Unit
from services.reporting.kpis.figure import Count, Figure

SERVICE_VEHICLES = Figure(
    code="service_vehicles",
    zh="进厂台数",
    en="Vehicles in the workshop",
    unit=Unit.COUNT,
    counts={"counted": Count("workshop_visit", "count(DISTINCT vehicle_id)")},
)
