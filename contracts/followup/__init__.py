"""What the follow-up service can be asked, by the idea it belongs to."""

from contracts.followup import operations, policies, tasks

__all__ = ["operations", "policies", "tasks"]
