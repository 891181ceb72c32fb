"""Settings: typed, read once; a missing one is named."""

from __future__ import annotations

import pytest

from chassis.settings import Environment, MissingSetting, Settings, named, new_sealing_keys, retry_delays

FULL = {
    "CRM_SALES_DATABASE_URL": "postgresql://a:b@h:1/d",
    "CRM_SALES_AMQP_URI": "amqp://a:b@h:1/crm",
    "CRM_ACTOR_PUBLIC_KEY": "key",
}


def test_what_is_not_said_has_its_default():
    read = Settings.of("sales", Environment(FULL))
    assert (read.heartbeat, read.pool_size, read.stop_timeout) == (10, 10, 25)
    assert read.retry_delays == (1, 5, 30, 120, 600, 3600)
    assert not read.test_mode
    assert read.http is None


@pytest.mark.parametrize("missing", sorted(FULL))
def test_a_missing_variable_ends_the_start_with_one_line_that_names_it(missing):
    values = {name: value for name, value in FULL.items() if name != missing}
    with pytest.raises(MissingSetting) as caught:
        Settings.of("sales", Environment(values))
    assert missing in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("empty", sorted(FULL))
def test_an_empty_variable_is_a_missing_one(empty):
    with pytest.raises(MissingSetting, match=empty):
        Settings.of("sales", Environment({**FULL, empty: ""}))


@pytest.mark.parametrize("value", ["ten", "1.5", "1e3", "--1", "10s"])
def test_a_number_that_is_none_is_named(value):
    with pytest.raises(MissingSetting, match="CRM_HEARTBEAT_SECONDS"):
        Settings.of("sales", Environment({**FULL, "CRM_HEARTBEAT_SECONDS": value}))


@pytest.mark.parametrize("value", ["1,two", "1;2", "1,,2"])
def test_a_list_of_numbers_that_is_none_is_named(value):
    with pytest.raises(MissingSetting, match="CRM_RETRY_DELAYS"):
        retry_delays(Environment({"CRM_RETRY_DELAYS": value}))


def test_retry_delays_may_be_fractions():
    assert retry_delays(Environment({"CRM_RETRY_DELAYS": "0.2,1"})) == (0.2, 1.0)


@pytest.mark.parametrize(("value", "on"), [("1", True), ("true", True), ("YES", True), ("0", False), ("no", False)])
def test_test_mode_is_on_only_when_said(value, on):
    assert Settings.of("sales", Environment({**FULL, "CRM_TEST_MODE": value})).test_mode is on


def test_a_service_has_variables_of_its_own():
    assert named("sales", "DATABASE_URL") == "CRM_SALES_DATABASE_URL"


def test_customer_alone_needs_keys_to_seal_with():
    values = {name.replace("SALES", "CUSTOMER"): value for name, value in FULL.items()}
    with pytest.raises(MissingSetting, match="CRM_CUSTOMER_SEALING_KEYS"):
        Settings.of("customer", Environment(values))
    keys = new_sealing_keys()
    read = Settings.of("customer", Environment(values | {"CRM_CUSTOMER_SEALING_KEYS": keys}))
    assert read.sealing is not None
    assert read.sealing.current == "k1"
    assert Settings.of("sales", Environment(FULL)).sealing is None


def test_only_the_gateway_listens_for_http():
    values = {name.replace("SALES", "GATEWAY"): value for name, value in FULL.items()}
    with pytest.raises(MissingSetting, match="CRM_GATEWAY_HTTP_PORT"):
        Settings.of("gateway", Environment(values))
    more = values | {"CRM_GATEWAY_HTTP_PORT": "8080", "CRM_ACTOR_SIGNING_KEY": "secret"}
    read = Settings.of("gateway", Environment(more))
    assert read.http is not None
    assert read.http.port == 8080
    assert "secret" not in repr(read)
