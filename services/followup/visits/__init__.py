"""Visits: planned out of what the departments did, asked, answered."""

from services.followup.visits import occasions, queries
from services.followup.visits.usecases import erased, planning

__all__ = ["erased", "occasions", "planning", "queries"]
