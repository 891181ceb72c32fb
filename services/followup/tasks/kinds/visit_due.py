"""VISIT_DUE: a visit has fallen due, and somebody must make it (C12). The visits open and close it themselves."""

from __future__ import annotations

from contracts.followup.operations import complete_visit
from services.followup.tasks.kinds.kind import Kind

VISIT_DUE = Kind(
    code="VISIT_DUE",
    zh="回访",
    en="Visit",
    done_by=complete_visit,
    console="/console/{store_id}/visits/{subject_id}",
    api="/api/v1/visits/{subject_id}",
    all_day=True,
)
