"""E-mail addresses as evidence (E7)."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.customer.record.rules.email import NotAnEmail, normalise


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Zhang.Wei@163.com", "zhang.wei@163.com"),
        (" 12345678@qq.com ", "12345678@qq.com"),
        ("ｚｗ＠ｑｑ．ｃｏｍ", "zw@qq.com"),
        ("zw@163。com", "zw@163.com"),
        ("mailto:zw+car@mail.sz.gov.cn", "zw+car@mail.sz.gov.cn"),
        ("a@xn--fiqs8s.xn--fiqs8s", "a@xn--fiqs8s.xn--fiqs8s"),
    ],
)
def test_an_address_is_stored_in_one_form(typed, stored):
    assert normalise(typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "", "@", "zw", "zw@", "@qq.com", "zw@qq", "zw@@qq.com", "z w@qq.com", ".zw@qq.com", "z..w@qq.com", "zw@-qq.com",
        "zw@qq..com", "zw@qq.c", "zw@1.2.3.4", "张伟@qq.com", "a" * 65 + "@qq.com", "a@" + "b." * 130 + "com",
    ],
)  # fmt: skip
def test_what_no_mail_reaches_is_refused(typed):
    with pytest.raises(NotAnEmail):
        normalise(typed)


@given(st.emails(domains=st.sampled_from(["qq.com", "163.com", "Sina.com.CN"])))
def test_a_stored_address_stays_as_it_is_and_case_never_matters(typed):
    with contextlib.suppress(NotAnEmail):
        stored = normalise(typed)
        assert normalise(stored) == stored == normalise(typed.upper())


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_none(text):
    with contextlib.suppress(NotAnEmail):
        assert normalise(text).count("@") == 1
