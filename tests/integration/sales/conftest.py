"""A store of its own for each test, so that tests of one database never meet."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.integration.sales.people import Showroom
from tests.support.databases import Databases
from tests.support.randoms import code


@pytest.fixture
def showroom(databases: Databases) -> Showroom:
    """A store that no other test knows."""
    return Showroom(databases("sales"), code("S"))


@pytest.fixture
def elsewhere(showroom: Showroom) -> Callable[[], Showroom]:
    """Another store of the same group."""
    return lambda: showroom.of(code("S"))
