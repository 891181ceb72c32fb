"""Of IPv6 a household has a network: whoever takes another address of his is the same to the brakes."""

from __future__ import annotations

import pytest

from gateway.household import household, network_of


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("2001:DB8:1:2::1", "2001:db8:1:2::1", True),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("::ffff:10.0.0.1", "::ffff:10.0.0.2", False),
        ("10.0.0.1", "10.0.0.2", False),
        ("unknown", "unknown", True),
        ("unknown", "", False),
    ],
)
def test_a_household_is_one_address(one: str, other: str, same: bool) -> None:
    assert (household(one) == household(other)) is same


def test_what_is_a_household_s_stays_it() -> None:
    assert household(household("2001:db8:1:2::1")) == household("2001:db8:1:2::1")


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("10.1.2.3", "10.1.2.0/24"),
        ("2001:db8:1:2::1", "2001:db8:1::/48"),
        (household("2001:db8:1:2::1"), "2001:db8:1::/48"),
        (household("::ffff:10.1.2.3"), "10.1.2.0/24"),
        ("", None),
        ("unknown", None),
    ],
)
def test_where_somebody_logged_in_is_told_roughly(address: str, network: str | None) -> None:
    assert network_of(address) == network
