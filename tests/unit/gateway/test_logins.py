"""The name that an account logs in by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.logins import LONGEST, login_of


@pytest.mark.parametrize(
    "typed",
    [
        "hn05",
        "HN05",
        " HN05 ",
        "ＨＮ０５",
        "ｈｎ０５",
        "HN05\u200b",
        "\ufeffhn05",
        "H\u00adN05",
        "HN\u300005",
        "ℋN05\n",
    ],
    ids=ascii,
)
def test_what_an_input_method_writes_is_the_account(typed: str) -> None:
    assert login_of(typed) == "hn05"


@pytest.mark.parametrize("code", ["E-1.b_2", "A" * 40])
def test_a_code_stays_what_it_is(code: str) -> None:
    assert login_of(code) == code.lower()


def test_signs_that_can_be_seen_are_not_left_out() -> None:
    assert login_of("HN05é") != login_of("HN05")
    assert login_of("HN05。") != login_of("HN05")


@given(st.text())
def test_whatever_is_typed_is_looked_for_in_a_short_form_without_blanks(typed: str) -> None:
    form = login_of(typed)
    assert len(form) <= LONGEST
    assert form == "".join(form.split())
