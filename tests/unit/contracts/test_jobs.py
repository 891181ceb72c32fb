"""Kinds of work and parts of the vehicle are rows: each has its words, a kind the category of its guarantee."""

from __future__ import annotations

import pytest

from contracts import shapes
from contracts.workshop.jobs import FaultGroup, JobClass, RepairCategory
from contracts.workshop.operations import JobLine


@pytest.mark.parametrize("one", [*JobClass, *FaultGroup])
def test_each_row_has_its_words(one: JobClass | FaultGroup) -> None:
    assert one.zh
    assert one.en
    assert not one.zh.isascii()
    assert one.en.isascii()
    assert len(one.value) <= 20, "as long as the column is"
    assert one.name == one.value


@pytest.mark.parametrize("of", [JobClass, FaultGroup])
def test_no_two_rows_say_the_same(of: type[JobClass | FaultGroup]) -> None:
    assert len({one.zh for one in of}) == len({one.en for one in of}) == len(of)


def test_every_category_of_the_law_has_a_kind_of_work() -> None:
    assert {one.category for one in JobClass} == set(RepairCategory)


def test_they_travel_by_their_codes() -> None:
    line = JobLine("换油", 1, job_class=JobClass.PDI, fault_group=FaultGroup.OTHER)
    assert shapes.load(JobLine, shapes.plain(line)) == line
    with pytest.raises(shapes.InvalidShape):
        shapes.load(JobLine, {**shapes.plain(line), "job_class": "新车检查"})
