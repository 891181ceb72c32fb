"""What the bench says must be right before anybody quotes it."""

import math

import pytest

from tests.bench.figures import Figures, figures_of, percentile
from tests.bench.load import Unreadable, split_reply
from tests.bench.monolith.validation import vin_is_valid
from tests.bench.people import person
from tests.bench.report import alternate, median_interval, with_section


@pytest.mark.parametrize(("share", "expected"), [(0.5, 50), (0.95, 95), (0.99, 99), (1.0, 100)])
def test_a_percentile_is_the_nearest_rank(share: float, expected: int) -> None:
    assert percentile(list(range(1, 101)), share=share) == expected


def test_a_single_call_is_every_percentile() -> None:
    figures = figures_of([0.004], seconds=2.0)
    assert (figures.rate, figures.p50, figures.p99) == (0.5, 4.0, 4.0)


def test_a_measurement_without_calls_is_an_error() -> None:
    figures = figures_of([], seconds=1.0)
    assert figures.errors == 1
    assert math.isnan(figures.p50)


def test_two_measurements_are_taken_by_turns_and_compared_by_their_medians() -> None:
    turns: list[str] = []

    def measurement(name: str, rates: list[float]) -> Figures:
        turns.append(name)
        return Figures(rate=rates.pop(0), p50=1.0, p95=1.0, p99=1.0, calls=1)

    ours, theirs = [100.0, 300.0, 200.0], [100.0, 100.0, 50.0]
    compared = alternate(lambda: measurement("a", ours), lambda: measurement("b", theirs), rounds=3)
    assert turns == ["a", "b"] * 3
    assert (compared.rate_ratio, compared.low, compared.high) == (2.0, 1.0, 4.0)


@pytest.mark.parametrize(("rounds", "expected"), [(1, (1, 1)), (5, (1, 5)), (6, (1, 6)), (9, (2, 8)), (20, (6, 15))])
def test_the_interval_of_a_median_follows_the_sign_test(rounds: int, expected: tuple[int, int]) -> None:
    assert median_interval(list(range(1, rounds + 1))) == expected


def test_only_what_stands_between_the_markers_is_rewritten() -> None:
    once = with_section("# Benchmarks\n\nprose\n", section="calls", text="old")
    written = with_section(once + "\nmore prose\n", section="calls", text="new")
    assert "old" not in written
    assert written.startswith("# Benchmarks\n\nprose\n")
    assert written.endswith("\nmore prose\n")
    assert with_section(written, section="calls", text="new") == written


def test_a_section_that_is_not_closed_is_refused() -> None:
    with pytest.raises(ValueError, match="calls"):
        with_section("<!-- bench:calls:start -->", section="calls", text="new")


REPLY = b"HTTP/1.1 201 CREATED\r\ncontent-LENGTH: 2\r\n\r\n{}"


def test_a_reply_is_read_whatever_the_case_of_its_headers() -> None:
    assert split_reply(REPLY) == (201, b"{}", False)


def test_a_reply_that_is_not_whole_yet_is_awaited() -> None:
    assert all(split_reply(REPLY[:size]) is None for size in range(len(REPLY)))


def test_an_announced_close_is_seen() -> None:
    head = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
    assert split_reply(head) == (204, b"", True)


@pytest.mark.parametrize("reply", [REPLY + b"x", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"])
def test_a_reply_this_client_cannot_read_is_not_guessed(reply: bytes) -> None:
    with pytest.raises(Unreadable):
        split_reply(reply)


def test_made_up_people_differ_and_their_vins_pass_the_check() -> None:
    people = [person(number) for number in (0, 1, 9_999, 999_999, 1_000_000, 9_999_999)]
    assert all(vin_is_valid(who.vin) for who in people)
    for field in ("mobile", "plate", "vin"):
        assert len({getattr(who, field) for who in people}) == len(people)
