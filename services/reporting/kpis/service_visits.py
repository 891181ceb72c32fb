"""service_visits (进厂台次): repair orders settled in the month (R7, C18)."""

from __future__ import annotations

from contracts.reporting.operations import Unit
from services.reporting.kpis.figure import Figure, number_of

SERVICE_VISITS = Figure(
    code="service_visits",
    zh="进厂台次",
    en="Workshop visits",
    unit=Unit.COUNT,
    counts={"counted": number_of("workshop_visit")},
)
