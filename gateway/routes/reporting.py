"""Figures."""

from __future__ import annotations

from contracts.reporting import operations as reporting
from gateway.routing import Route

ROUTES = (Route("GET", "/reports/month", reporting.month_figures, "月度经营数据"),)
