"""Visits."""

from __future__ import annotations

from contracts.followup import operations as followup
from gateway.routing import Route

ROUTES = (
    Route("GET", "/visits", followup.worklist, "待回访列表"),
    Route("GET", "/visits/{visit_id}", followup.get_visit, "回访"),
    Route("POST", "/visits/{visit_id}/complete", followup.complete_visit, "登记回访结果"),
)
