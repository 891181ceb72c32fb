"""An empty followup database."""

from __future__ import annotations

import pytest

from chassis.store.database import Database
from tests.integration.followup.tables import forget
from tests.support.databases import Databases


@pytest.fixture
def followup(databases: Databases) -> Database:
    """The database of followup, with nothing in it."""
    database = databases("followup")
    databases.as_owner("followup", 'GRANT DELETE ON outbox TO "followup_app"')  # a test begins anew; the service cannot
    forget(database, "visit", "outbox", "policy")
    return database
