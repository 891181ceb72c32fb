"""A store of its own for each test, so that tests of one database never meet."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from chassis.organisation import stores
from tests.integration.workshop.appointing import HOURS, put_bay
from tests.integration.workshop.people import Workshop
from tests.support.databases import Databases
from tests.support.randoms import code
from tests.support.stores import store_told


@pytest.fixture
def workshop(databases: Databases) -> Workshop:
    """A store that no other test knows."""
    return Workshop(databases("workshop"), code("W"))


@pytest.fixture
def elsewhere(workshop: Workshop) -> Callable[[], Workshop]:
    """Another store of the same group."""
    return lambda: workshop.of(code("W"))


@pytest.fixture
def shop(workshop: Workshop) -> Workshop:
    """A workshop with two bays, open as stores of the field evidence are."""
    workshop.database.run(partial(stores.keep, event=store_told(workshop.store, hours=HOURS)))
    for bay in ("1", "2"):
        put_bay(workshop, bay)
    return workshop
