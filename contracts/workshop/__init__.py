"""What the workshop can be asked, by the idea it belongs to."""

from contracts.workshop import following, papers, policies, settlements

__all__ = ["following", "papers", "policies", "settlements"]
