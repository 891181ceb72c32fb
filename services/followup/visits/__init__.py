"""Visits: planned out of what the departments did, asked, answered."""

from services.followup.visits import occasions, queries
from services.followup.visits.usecases import calling, erased, planning, visit_tasks

__all__ = ["calling", "erased", "occasions", "planning", "queries", "visit_tasks"]
