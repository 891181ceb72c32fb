"""The follow-up service: everything it can be asked, everything it hears, and what it does by the clock."""

from __future__ import annotations

from chassis.entrypoints import does, every, hears, shows
from chassis.store import idempotency
from contracts.customer.events import (
    CustomerConsentChanged,
    CustomerErased,
    CustomerMerged,
    CustomerPreferencesChanged,
    CustomerSplit,
    CustomerUnmerged,
)
from contracts.followup import operations
from contracts.sales.events import VehicleDelivered
from contracts.workshop.events import VehicleReturned
from services.followup import queries, usecases
from services.followup.projections import erased

TOGETHER = 100
"""Events whose visits may be planned in one transaction."""

PACE = 0.1
"""Seconds a busy house may gather them: a visit is due in days."""


class FollowupService:
    """Visits to customers, and the policies that say when."""

    name = "followup"

    complete_visit = does(operations.complete_visit, usecases.complete_visit)
    publish_policy = does(operations.publish_policy, usecases.publish_policy)
    worklist = shows(operations.worklist, queries.worklist)
    get_visit = shows(operations.get_visit, queries.get_visit)

    plan_visits = hears((VehicleDelivered, VehicleReturned), usecases.plan_visits, batch=TOGETHER, pace=PACE)
    keep_wishes = hears((CustomerConsentChanged, CustomerPreferencesChanged), usecases.keep_wishes, batch=TOGETHER)
    rekey = hears((CustomerMerged, CustomerUnmerged, CustomerSplit), usecases.rekey_visits)
    forget = hears(CustomerErased, erased.forget)

    old_commands = every(3600, idempotency.forget_old)
    visits_due = every(30, usecases.visits_due)
