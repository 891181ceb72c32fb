"""Waiting ends with what is waited for, or tells what was seen; on a busy machine it has the patience for it."""

from __future__ import annotations

import os

import pytest

from tests.support.polling import eventually, patience


def busy(monkeypatch: pytest.MonkeyPatch, *, waiting: float, processors: int) -> None:
    monkeypatch.setattr(os, "getloadavg", lambda: (waiting, 0.0, 0.0))
    monkeypatch.setattr(os, "cpu_count", lambda: processors)


@pytest.mark.parametrize(("waiting", "times"), [(0.0, 1), (2.0, 1), (3.0, 1.5), (10.0, 5), (30.0, 5)])
def test_a_limit_grows_with_what_waits_for_each_processor(
    monkeypatch: pytest.MonkeyPatch, waiting: float, times: float
) -> None:
    busy(monkeypatch, waiting=waiting, processors=2)

    assert patience(4) == 4 * times


def test_what_never_comes_true_is_told_with_what_was_seen_last(monkeypatch: pytest.MonkeyPatch) -> None:
    busy(monkeypatch, waiting=0.0, processors=2)

    def done() -> bool:
        raise AssertionError("it is planned")

    with pytest.raises(AssertionError, match=r"not within 0\.1 s \(0\): the visit; last it raised: it is planned"):
        eventually(done, within=0.1, what="the visit")
