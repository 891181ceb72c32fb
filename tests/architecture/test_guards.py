"""The edits that take guards away (`make guards`) fit the code as it is: one that fits nothing would try nothing."""

from __future__ import annotations

import pytest

from tests.faults.guards import GUARDS, Guard
from tests.support.source import ROOT


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_what_a_guard_consists_of_stands_where_it_is_taken_away(guard: Guard) -> None:
    assert (ROOT / guard.file).read_text("utf-8").count(guard.there) == 1
    assert guard.there != guard.instead


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_the_tests_that_must_notice_are_there(guard: Guard) -> None:
    assert (ROOT / guard.tests[0]).exists()
