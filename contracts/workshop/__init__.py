"""What the workshop can be asked, by the idea it belongs to."""

from contracts.workshop import following, forecasts, papers, parties, policies, settlements

__all__ = ["following", "forecasts", "papers", "parties", "policies", "settlements"]
