"""What the workshop can be asked, by the idea it belongs to."""

from contracts.workshop import following, papers, parties, policies, settlements

__all__ = ["following", "papers", "parties", "policies", "settlements"]
