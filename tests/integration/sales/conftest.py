"""A store of its own for each test, so that tests of one database never meet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from contracts.sales.policies import DELIVERY_STEPS, FULL
from contracts.shapes import plain
from tests.integration.sales.people import NOW, Showroom
from tests.support.databases import Databases
from tests.support.publishing import publish
from tests.support.randoms import code


@pytest.fixture
def showroom(databases: Databases) -> Showroom:
    """A store that no other test knows."""
    return Showroom(databases("sales"), code("S"))


@pytest.fixture
def full(showroom: Showroom) -> Showroom:
    """A store that keeps all steps of C5."""
    publish(showroom.database, DELIVERY_STEPS, plain(FULL), now=NOW - timedelta(days=1), store_id=showroom.store)
    return showroom


@pytest.fixture
def elsewhere(showroom: Showroom) -> Callable[[], Showroom]:
    """Another store of the same group."""
    return lambda: showroom.of(code("S"))
