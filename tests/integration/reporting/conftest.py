"""An empty reporting database."""

from __future__ import annotations

import pytest

from chassis.store.database import Database
from services.reporting.declared import Base
from tests.integration.followup.tables import forget
from tests.support.databases import Databases


@pytest.fixture
def reporting(databases: Databases) -> Database:
    """The database of reporting, with nothing in it."""
    database = databases("reporting")
    forget(database, *Base.metadata.tables)
    return database
