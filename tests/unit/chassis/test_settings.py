"""Settings: typed, read once; a missing one is named."""

from __future__ import annotations

import pytest

from chassis.process.actors import new_key, public_key
from chassis.process.settings import (
    SERVICES,
    Environment,
    MissingSetting,
    NoSecret,
    Settings,
    named,
    new_sealing_keys,
    new_signing_keys,
    retry_delays,
)
from tests.support.source import ROOT

KEYS = new_signing_keys()
PUBLIC = KEYS["CRM_ACTOR_PUBLIC_KEYS"]
FULL = {
    "CRM_SALES_DATABASE_URL": "postgresql://a:of-the-tests@h:1/d",
    "CRM_SALES_AMQP_URI": "amqp://a:of-the-tests@h:1/crm",
    "CRM_SALES_SIGNING_KEY": KEYS["CRM_SALES_SIGNING_KEY"],
    "CRM_ACTOR_PUBLIC_KEYS": PUBLIC,
}


def of(service: str) -> dict[str, str]:
    """The same for another service."""
    values = {name.replace("SALES", service.upper()): value for name, value in FULL.items()}
    return values | {named(service, "SIGNING_KEY"): KEYS[named(service, "SIGNING_KEY")]}


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
    values = of("customer")
    with pytest.raises(MissingSetting, match="CRM_CUSTOMER_SEALING_KEYS"):
        Settings.of("customer", Environment(values))
    keys = new_sealing_keys()
    read = Settings.of("customer", Environment(values | {"CRM_CUSTOMER_SEALING_KEYS": keys}))
    assert read.sealing is not None
    assert read.sealing.current == "k1"
    assert Settings.of("sales", Environment(FULL)).sealing is None


def test_only_the_gateway_listens_for_http():
    values = of("gateway")
    with pytest.raises(MissingSetting, match="CRM_GATEWAY_HTTP_PORT"):
        Settings.of("gateway", Environment(values))
    read = Settings.of("gateway", Environment(values | {"CRM_GATEWAY_HTTP_PORT": "8080"}))
    assert read.http is not None
    assert read.http.port == 8080


def test_a_setting_may_stand_in_a_file(tmp_path):
    (tmp_path / "secret").write_text(FULL["CRM_SALES_DATABASE_URL"] + "\n")
    values = {**FULL, "CRM_SALES_DATABASE_URL": "", "CRM_SALES_DATABASE_URL_FILE": str(tmp_path / "secret")}
    assert Settings.of("sales", Environment(values)) == Settings.of("sales", Environment(FULL))


@pytest.mark.parametrize(("content", "why"), [(None, "No such file"), (b"\n", "is empty"), (b"\xff\xfe", "no text")])
def test_a_file_without_a_setting_is_told_with_its_variable(tmp_path, content, why):
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(MissingSetting, match=f"CRM_AMQP_URI_FILE .*{why}") as caught:
        Environment({"CRM_AMQP_URI_FILE": str(file)}).text("CRM_AMQP_URI", "a default is no answer to a broken file")
    assert "\n" not in str(caught.value)


NO_SECRETS = (
    "",
    "change-me",
    "CHANGE_ME",
    "change-me-please",
    "Change%20Me",
    "guest",
    "elevenchars",
    "xxxxxxxxxxxxxxxx",
)


@pytest.mark.parametrize("password", NO_SECRETS)
@pytest.mark.parametrize(
    "address",
    ["CRM_SALES_DATABASE_URL", "CRM_SALES_OWNER_URL", "CRM_GATEWAY_RELAY_URL", "CRM_CUSTOMER_AMQP_URI"],
)
@pytest.mark.parametrize("login", ["someone:{}@", "someone{}@"], ids=["password", "none"])
def test_an_address_with_a_password_that_others_know_stops_the_start(address, password, login, tmp_path):
    value = f"scheme://{login.format(password if ':' in login else '')}host:1/where"
    (tmp_path / "secret").write_text(value)
    for values in ({address: value}, {f"{address}_FILE": str(tmp_path / "secret")}):
        with pytest.raises(NoSecret, match=f"^crm: {address} is no secret: ") as caught:
            Environment(values).text(address)
        assert "\n" not in str(caught.value)
        assert value not in str(caught.value)


@pytest.mark.parametrize("address", ["CRM_DATABASE_URL", "CRM_AMQP_URI", "CRM_MANAGEMENT_URL"])
def test_of_an_administrators_password_only_a_placeholder_is_refused(address):
    for login in ("admin@", "admin:short@", ""):
        assert Environment({address: f"scheme://{login}host:1"}).text(address)
    for login in ("admin:@", "admin:change-me@"):
        with pytest.raises(NoSecret, match=address):
            Environment({address: f"scheme://{login}host:1"}).text(address)


SIGNING = KEYS["CRM_SALES_SIGNING_KEY"]
NO_KEYS = {
    "a word": "key",
    "x only": "x" * 44,
    "zeros": "A" * 43 + "=",
    "cut short": SIGNING[:-4],
    "a sign too many": SIGNING + "!",
}
NO_PUBLIC_KEYS = {
    **NO_KEYS,
    **{f"of the gateway {what}": f"gateway:{value}" for what, value in NO_KEYS.items()},
    "of nobody": f":{public_key(SIGNING)}",
}


@pytest.mark.parametrize("value", ["change-me", *NO_KEYS.values()], ids=["a placeholder", *NO_KEYS])
def test_a_key_that_is_none_stops_the_start(value):
    with pytest.raises(NoSecret, match="CRM_SALES_SIGNING_KEY"):
        Settings.of("sales", Environment({**FULL, "CRM_SALES_SIGNING_KEY": value}))


@pytest.mark.parametrize("value", NO_PUBLIC_KEYS.values(), ids=NO_PUBLIC_KEYS)
@pytest.mark.parametrize("form", ["{}", "{old},{}", "{},{old}"])
def test_public_keys_that_are_none_stop_the_start_with_the_form_that_is_wanted(value, form):
    with pytest.raises(MissingSetting, match=r"CRM_ACTOR_PUBLIC_KEYS \(customer:base64,.*crm keys") as caught:
        Settings.of("sales", Environment({**FULL, "CRM_ACTOR_PUBLIC_KEYS": form.format(value, old=PUBLIC)}))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("lacking", SERVICES)
def test_everybody_knows_the_public_key_of_everybody(lacking):
    others = ",".join(one for one in PUBLIC.split(",") if not one.startswith(f"{lacking}:"))
    with pytest.raises(MissingSetting, match=f"CRM_ACTOR_PUBLIC_KEYS .it lacks {lacking};"):
        Settings.of("sales", Environment({**FULL, "CRM_ACTOR_PUBLIC_KEYS": others}))


def test_a_signing_key_that_nobody_would_believe_stops_the_start():
    for wrong in (new_key(), KEYS["CRM_GATEWAY_SIGNING_KEY"]):
        with pytest.raises(MissingSetting, match=r"CRM_SALES_SIGNING_KEY .*does not fit") as caught:
            Settings.of("sales", Environment({**FULL, "CRM_SALES_SIGNING_KEY": wrong}))
        assert wrong not in str(caught.value)


def test_while_a_key_is_replaced_the_old_and_the_new_one_fit():
    new = new_key()
    for key, known in ((SIGNING, f"{PUBLIC},sales:{public_key(new)}"), (new, f"sales:{public_key(new)},{PUBLIC}")):
        told = {**FULL, "CRM_SALES_SIGNING_KEY": key, "CRM_ACTOR_PUBLIC_KEYS": known}
        read = Settings.of("sales", Environment(told))
        assert set(read.public_keys["sales"]) == {public_key(SIGNING), public_key(new)}
        assert len(read.public_keys["customer"]) == 1
        assert key not in repr(read)


def test_a_partner_has_no_password_or_a_good_one():
    assert Environment({}).text("CRM_PARTNER_PASSWORD", "") == ""
    assert Environment({"CRM_PARTNER_PASSWORD": ""}).text("CRM_PARTNER_PASSWORD", "") == ""
    assert Environment({"CRM_PARTNER_PASSWORD": "of-a-good-length"}).text("CRM_PARTNER_PASSWORD", "")
    with pytest.raises(NoSecret, match="CRM_PARTNER_PASSWORD"):
        Environment({"CRM_PARTNER_PASSWORD": "change-me"}).text("CRM_PARTNER_PASSWORD", "")


def test_every_secret_of_the_example_is_a_placeholder_that_stops_the_start():
    lines = (ROOT / "deploy" / "env.example").read_text("utf-8").splitlines()
    example = dict(line.split("=", 1) for line in lines if line.startswith("CRM_"))
    secrets = {name: value for name, value in example.items() if "change-me" in value}
    assert len(secrets) > 20
    for name in secrets:
        with pytest.raises(NoSecret, match=name):
            Environment(example).text(name)
