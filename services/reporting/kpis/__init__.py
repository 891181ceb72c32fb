"""The figures (C18), one file each; a new one is a file and a row of this table."""

from __future__ import annotations

from services.reporting.kpis.answers import ANSWERS
from services.reporting.kpis.csi import CSI
from services.reporting.kpis.deliveries import DELIVERIES
from services.reporting.kpis.delivery_on_time import DELIVERY_ON_TIME
from services.reporting.kpis.figure import Figure
from services.reporting.kpis.sales_revenue import SALES_REVENUE
from services.reporting.kpis.service_revenue import SERVICE_REVENUE
from services.reporting.kpis.service_vehicles import SERVICE_VEHICLES
from services.reporting.kpis.service_visits import SERVICE_VISITS

FIGURES: tuple[Figure, ...] = (
    DELIVERIES,
    DELIVERY_ON_TIME,
    SALES_REVENUE,
    SERVICE_VISITS,
    SERVICE_VEHICLES,
    SERVICE_REVENUE,
    ANSWERS,
    CSI,
)
"""Every figure, each code once, in the order in which they are shown."""
