"""An empty followup database, and occasions of our own."""

from __future__ import annotations

import pytest

from chassis.store.database import Database
from services.followup.tasks import kinds
from services.followup.visits import occasions
from tests.integration.followup.kinds import PLANTED as PLANTED_KINDS
from tests.integration.followup.kinds import hear, works
from tests.integration.followup.occasions import PLANTED
from tests.integration.followup.tables import forget
from tests.support.databases import Databases
from tests.support.publishing import declare


@pytest.fixture
def followup(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Database:
    """The database of followup, with nothing in it; visits are planned for the occasions of these tests."""
    monkeypatch.setattr(occasions, "OCCASIONS", PLANTED)
    declare(monkeypatch, [occasion.policy for occasion in PLANTED])
    database = databases("followup")
    databases.as_owner("followup", 'GRANT DELETE ON outbox TO "followup_app"')  # a test begins anew; the service cannot
    forget(database, "task_hand_over", "task", "staff_member", "visit_attempt", "visit", "outbox", "policy", "store")
    return database


@pytest.fixture
def house(followup: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """The same without merges, with the kinds of tasks of these tests and some people of store HN."""
    monkeypatch.setattr(kinds, "KINDS", PLANTED_KINDS)
    forget(followup, "customer_alias", "document_owner", "wish")
    hear(
        followup,
        works("li.na", "consultant"),
        works("wang.wei", "consultant"),
        works("zhao.min", "advisor"),
        works("sun.li", "advisor"),
        works("chen.gang", "technician"),
        works("far.away", "consultant", stores=("FT",)),
    )
    return followup
