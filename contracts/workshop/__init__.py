"""What the workshop can be asked, by the idea it belongs to."""

from contracts.workshop import papers, policies, settlements

__all__ = ["papers", "policies", "settlements"]
