"""A workshop that does not exist is the same from the same seed, drifts, and is as its kinds of work say."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from itertools import islice

import pytest

from contracts.workshop.jobs import JobClass
from simulator.workshop import (
    KINDS,
    MEDIAN_WAIT,
    QUICKEST,
    SLOWEST,
    WAIT_SPREAD,
    Kind,
    Technician,
    jobs,
    lognormal,
    technicians,
)

MANY = 20_000


def test_the_same_seed_gives_the_same_workshop_and_another_one_another() -> None:
    assert list(islice(jobs(seed=7), 50)) == list(islice(jobs(seed=7), 50))
    assert list(islice(jobs(seed=7), 50)) != list(islice(jobs(seed=8), 50))
    paces = [one.pace for one in technicians(4, seed=7)]
    assert paces == [one.pace for one in technicians(4, seed=7)]
    assert len(set(paces)) == 4


def test_a_pace_drifts_and_stays_within_what_people_can() -> None:
    one = Technician("T1", chance=random.Random(7))
    seen = []
    for _ in range(500):
        one.week_passes()
        seen.append(one.pace)
    assert len(set(seen)) > 100
    assert all(QUICKEST <= pace <= SLOWEST for pace in seen)


def test_waits_are_lognormal_around_their_median() -> None:
    chance = random.Random(7)
    waits = sorted(lognormal(MEDIAN_WAIT, WAIT_SPREAD, chance=chance) for _ in range(MANY))
    assert abs(waits[MANY // 2] / MEDIAN_WAIT - 1) < 0.05
    assert waits[int(MANY * 0.9)] > 2 * MEDIAN_WAIT
    assert waits[0] > timedelta(0)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.job_class)
def test_each_kind_comes_waits_and_finds_as_often_as_it_says(kind: Kind) -> None:
    row, theirs = kind, [job for job in islice(jobs(seed=7), MANY) if job.kind is kind]
    assert row.job_class in list(JobClass)
    assert len(theirs) / MANY == pytest.approx(row.share, abs=0.02)
    assert sum(job.wait is not None for job in theirs) / len(theirs) == pytest.approx(row.waits, abs=0.03)
    assert sum(job.found is not None for job in theirs) / len(theirs) == pytest.approx(row.finds, abs=0.03)
    assert Counter(bool(job.hours) for job in theirs) == {row.known: len(theirs)}


def test_kinds_are_all_of_the_work() -> None:
    assert sum(kind.share for kind in KINDS) == pytest.approx(1)
