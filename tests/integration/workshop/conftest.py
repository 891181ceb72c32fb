"""A store of its own for each test, so that tests of one database never meet."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.integration.workshop.people import Workshop
from tests.support.databases import Databases
from tests.support.randoms import code


@pytest.fixture
def workshop(databases: Databases) -> Workshop:
    """A store that no other test knows."""
    return Workshop(databases("workshop"), code("W"))


@pytest.fixture
def elsewhere(workshop: Workshop) -> Callable[[], Workshop]:
    """Another store of the same group."""
    return lambda: workshop.of(code("W"))
