"""The follow-up service: everything it can be asked, everything it hears, and what it does by the clock."""

from __future__ import annotations

from chassis.organisation import staff, stores
from chassis.store import idempotency
from chassis.table import does, every, hears, keeps, shows
from contracts import followup
from contracts.customer.events import (
    CustomerConsentChanged,
    CustomerErased,
    CustomerMerged,
    CustomerPreferencesChanged,
    CustomerSplit,
    CustomerUnmerged,
)
from contracts.gateway.events import StaffChanged, StoreChanged
from services.followup import tasks, visits

TOGETHER = 100
"""Events whose visits may be planned in one transaction."""

PACE = 0.1
"""Seconds a busy house may gather them: a visit is due in days."""


class FollowupService:
    """Visits to customers, the policies that say when, and everybody's tasks."""

    name = "followup"

    begin_visit = does(followup.operations.begin_visit, visits.calling.begin_visit)
    record_unanswered = does(followup.operations.record_unanswered, visits.calling.record_unanswered)
    complete_visit = does(followup.operations.complete_visit, visits.planning.complete_visit)
    worklist = shows(followup.operations.worklist, visits.queries.worklist)
    get_visit = shows(followup.operations.get_visit, visits.queries.get_visit)
    visit_context = shows(followup.operations.visit_context, visits.queries.visit_context)
    tasks_today = shows(followup.tasks.tasks_today, tasks.queries.tasks_today)
    take_task = does(followup.tasks.take_task, tasks.usecases.take_task)
    hand_over_task = does(followup.tasks.hand_over_task, tasks.usecases.hand_over_task)
    policies = keeps("followup", dict.fromkeys(followup.policies.VISITS, visits.planning.follow_policy))

    plan_visits = hears(
        visits.occasions.HEARD, visits.planning.plan_visits, tasks.usecases.keep, batch=TOGETHER, pace=PACE
    )
    keep_tasks = hears(tasks.kinds.heard_beside(visits.occasions.HEARD), tasks.usecases.keep, batch=TOGETHER)
    keep_wishes = hears(
        (CustomerConsentChanged, CustomerPreferencesChanged), visits.planning.keep_wishes, batch=TOGETHER
    )
    rekey = hears((CustomerMerged, CustomerUnmerged, CustomerSplit), visits.planning.rekey_visits)
    keep_stores = hears(StoreChanged, stores.keep, visits.planning.follow_calendar)
    forget = hears(CustomerErased, tasks.usecases.forget, visits.erased.forget)
    keep_staff = hears(StaffChanged, staff.keep, tasks.usecases.fall_back)

    old_commands = every(3600, idempotency.forget_old)
    visits_due = every(30, visits.planning.visits_due, first=visits.planning.how_to_reach)
    visits_left = every(30, visits.calling.visits_left)
    visits_without_task = every(300, visits.visit_tasks.open_missing)
