"""Tasks: what somebody must do for a customer, of whatever department, until it is done."""

from services.followup.tasks import kinds, queries, usecases

__all__ = ["kinds", "queries", "usecases"]
