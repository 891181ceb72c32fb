"""The follow-up service: everything it can be asked, everything it hears, and what it does by the clock."""

from __future__ import annotations

from chassis.organisation import stores
from chassis.store import idempotency
from chassis.table import does, every, hears, keeps, shows
from contracts.customer.events import (
    CustomerConsentChanged,
    CustomerErased,
    CustomerMerged,
    CustomerPreferencesChanged,
    CustomerSplit,
    CustomerUnmerged,
)
from contracts.followup import operations, policies
from contracts.gateway.events import StoreChanged
from services.followup import visits

TOGETHER = 100
"""Events whose visits may be planned in one transaction."""

PACE = 0.1
"""Seconds a busy house may gather them: a visit is due in days."""


class FollowupService:
    """Visits to customers, and the policies that say when."""

    name = "followup"

    complete_visit = does(operations.complete_visit, visits.planning.complete_visit)
    worklist = shows(operations.worklist, visits.queries.worklist)
    get_visit = shows(operations.get_visit, visits.queries.get_visit)
    policies = keeps("followup", dict.fromkeys(policies.VISITS, visits.planning.follow_policy))

    plan_visits = hears(visits.occasions.HEARD, visits.planning.plan_visits, batch=TOGETHER, pace=PACE)
    keep_wishes = hears(
        (CustomerConsentChanged, CustomerPreferencesChanged), visits.planning.keep_wishes, batch=TOGETHER
    )
    rekey = hears((CustomerMerged, CustomerUnmerged, CustomerSplit), visits.planning.rekey_visits)
    keep_stores = hears(StoreChanged, stores.keep, visits.planning.follow_calendar)
    forget = hears(CustomerErased, visits.erased.forget)

    old_commands = every(3600, idempotency.forget_old)
    visits_due = every(30, visits.planning.visits_due, first=visits.planning.how_to_reach)
