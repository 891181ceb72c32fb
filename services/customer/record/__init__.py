"""Who a customer is: what identifies him, what changed, who he may be the same as (E1 to E7)."""

from services.customer.record import queries
from services.customer.record.usecases import editing, profiles, subject_keys

__all__ = ["editing", "profiles", "queries", "subject_keys"]
