"""What is told of two checkouts asked by turns: the arithmetic, without a system."""

import pytest

from tests.bench.organisation import Organisation
from tests.bench.paired import Paired, System, by_turns, jobs

NEW, OLD = (System(pid, "postgresql://x@127.0.0.1/postgres", Organisation("", {}), []) for pid in (1, 2))


def test_each_window_is_held_to_the_one_beside_it() -> None:
    paired = Paired("look-up", new=[2.0, 4.0, 9.0], old=[2.0, 2.0, 3.0], busy=0.25)
    assert paired.ratios == [1.0, 2.0, 3.0]
    assert paired.line == "| look-up | 4.00 | 2.00 | 2.000 (1.000 to 3.000) | 3 | 25% |"


def test_a_machine_that_becomes_slow_for_both_changes_no_ratio() -> None:
    assert Paired("look-up", new=[1.1, 11.0, 1.1], old=[1.0, 10.0, 1.0]).ratio == pytest.approx(1.1)


def test_two_checkouts_are_asked_by_turns_and_the_first_window_of_each_is_left_out() -> None:
    asked: list[int] = []

    def window(system: System) -> float:
        asked.append(system.pid)
        return float(len(asked))

    paired = by_turns("look-up", window, new=NEW, old=OLD, windows=3)
    assert asked == [1, 2] * 4
    assert (paired.new, paired.old) == ([3.0, 5.0, 7.0], [4.0, 6.0, 8.0])


def test_what_is_compared_are_look_ups_creations_and_closings() -> None:
    names = [name for job in jobs(seconds=1.0, closings=1).values() for name in job]
    assert names == ["look-up by plate", "look-up by phone tail", "customer and vehicle", "closing"]


def test_a_systems_database_lies_on_its_own_server() -> None:
    assert NEW.database("sales") == "postgresql://x@127.0.0.1/crm_sales"
