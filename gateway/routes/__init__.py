"""The whole API: one file of rows per service."""

from __future__ import annotations

from gateway.routes import customer, followup, gateway, reporting, sales, workshop
from gateway.routing import Table

TABLE = Table(
    [
        *gateway.ROUTES,
        *customer.ROUTES,
        *sales.ROUTES,
        *workshop.ROUTES,
        *followup.ROUTES,
        *reporting.ROUTES,
    ]
)
