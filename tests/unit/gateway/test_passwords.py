"""Which passwords will do."""

from __future__ import annotations

import pytest

from gateway.errors import PasswordTooWeak
from gateway.passwords import Hashing, common, make_hash, require_strong


@pytest.mark.parametrize(
    "password", ["zwölf Zeichen", "correct horse", "abcd1234x", "车" * 4 + "门店服务", "q" * 5 + "wer1" * 30]
)
def test_a_long_password_that_nobody_guesses_first_will_do(password: str) -> None:
    require_strong(password, account="E001")


@pytest.mark.parametrize(
    "password",
    [
        "7 signs",
        "",
        "x1y2" * 33,
        "aaaaaaaa",
        "abababababab",
        "password1",
        "PASSWORD1",
        "woaini1314",
        "E001-e001-E001",
        "E001abcdefg",
    ],
)
def test_a_short_or_common_one_will_not_do(password: str) -> None:
    with pytest.raises(PasswordTooWeak):
        require_strong(password, account="E001")


def test_eight_and_a_hundred_and_twenty_eight_characters_are_the_ends() -> None:
    require_strong("abcdefg9", account="E001")
    require_strong("abcd" * 32, account="E001")
    with pytest.raises(PasswordTooWeak):
        require_strong("abcdef9", account="E001")
    with pytest.raises(PasswordTooWeak):
        require_strong("abcd" * 32 + "e", account="E001")


def test_the_common_ones_are_long_enough_to_matter() -> None:
    assert len(common()) > 200
    assert min(map(len, common())) >= 8


def test_a_hash_fits_its_password_and_no_other() -> None:
    hashing = Hashing()
    stored = make_hash("correct horse")
    assert stored.startswith("$argon2id$")
    assert "correct" not in stored
    assert hashing.fits(stored, "correct horse")
    assert not hashing.fits(stored, "correct horsf")
    assert not hashing.is_outdated(stored)
    assert hashing.is_outdated("$argon2id$v=19$m=1024,t=1,p=1$kWCiBI5tkB1C51gI+s7gpw$MzxKhpsFwRaVHFAqhcvuKg")


def test_nothing_fits_an_account_that_is_not_there_or_a_hash_that_is_none() -> None:
    hashing = Hashing()
    assert not hashing.fits(None, "no account has this password")
    assert not hashing.fits("not a hash", "not a hash")
