"""Which answers are packed, and for whom."""

from __future__ import annotations

import gzip

import pytest

from gateway import encoding
from gateway.wire import Response

LONG = b'{"items": [' + b",".join(b'{"name": "\xe9\x99\x88"}' for _ in range(200)) + b"]}"


@pytest.mark.parametrize(
    ("accepted", "takes"),
    [
        ("gzip, deflate, br, zstd", True),
        ("GZIP", True),
        ("br;q=1.0, gzip;q=0.5", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("x-gzip", False),
        ("identity", False),
        ("", False),
    ],
)
def test_only_who_says_so_gets_a_packed_answer(accepted: str, takes: bool) -> None:
    assert encoding.takes_gzip({"accept-encoding": accepted}) is takes


def test_who_says_nothing_gets_it_plain() -> None:
    assert not encoding.takes_gzip({})


def test_a_packed_answer_is_the_same_answer_and_says_that_it_differs_by_who_asks() -> None:
    made = encoding.packed(Response(200, LONG, extra=(("ETag", '"3"'),)))
    assert gzip.decompress(made.body) == LONG
    assert made.encoding == b"gzip"
    assert made.extra == (("ETag", '"3"'), ("Vary", "Accept-Encoding"))


def test_the_same_bytes_give_the_same_bytes_whenever_they_are_packed() -> None:
    assert encoding.packed(Response(200, LONG)).body == encoding.packed(Response(200, LONG)).body


@pytest.mark.parametrize(
    ("response", "worth"),
    [
        (Response(200, LONG), True),
        (Response(200, LONG, b"application/json; charset=utf-8"), True),
        (Response(200, LONG, b"text/html; charset=utf-8"), True),
        (Response(200, LONG[: encoding.LEAST]), True),
        (Response(200, LONG[: encoding.LEAST - 1]), False),
        (Response(200, LONG, b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), False),
        (Response(200, LONG, encoding=b"gzip"), False),
    ],
    ids=["json", "json with charset", "page", "at the limit", "below it", "packed by itself", "packed already"],
)
def test_text_is_worth_it_from_a_kilobyte_on(response: Response, worth: bool) -> None:
    assert encoding.worth_it(response) is worth
