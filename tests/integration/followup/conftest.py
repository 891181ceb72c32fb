"""An empty followup database, and occasions of our own."""

from __future__ import annotations

import pytest

from chassis.store.database import Database
from services.followup.visits import occasions
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
    forget(database, "visit", "outbox", "policy", "store")
    return database
