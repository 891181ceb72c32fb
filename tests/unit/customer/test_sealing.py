"""Sealing: a number opens for its customer, in its field, with the keys of the system; else it tells nothing."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
import uuid_utils.compat as uuids

from chassis.process.settings import Environment, MissingSetting, SealingSettings, new_sealing_keys
from services.customer.record.sealing import Masters, SubjectKey, Unopenable

CARD = "440301197510200018"
ONE, OTHER = uuids.uuid7(), uuids.uuid7()


def settings(keys: str) -> SealingSettings:
    return SealingSettings.of(Environment({"CRM_CUSTOMER_SEALING_KEYS": keys}))


def fresh(name: str = "k1") -> str:
    """A master key under this name, as an operator writes it."""
    return f"{name}:{new_sealing_keys().split(',')[0].partition(':')[2]}"


def index() -> str:
    return new_sealing_keys().split(",")[1]


@pytest.fixture
def system() -> Masters:
    return Masters(settings(new_sealing_keys()))


@pytest.fixture
def key(system: Masters) -> SubjectKey:
    return system.new_key(ONE)[0]


def test_what_was_sealed_opens_and_tells_nothing_before(key):
    sealed = key.seal("id18", CARD)
    assert key.open("id18", sealed) == CARD
    assert not any(CARD[at : at + 4] in sealed for at in range(15))


def test_one_number_is_one_text_for_its_customer_and_another_for_everybody_else(system, key):
    assert key.seal("id18", CARD) == key.seal("id18", CARD)
    others = [key.seal("id_number", CARD), system.new_key(OTHER)[0].seal("id18", CARD)]
    assert len({key.seal("id18", CARD), *others}) == 3


def test_nothing_stays_nothing(key):
    assert key.seal("number", "") == ""
    assert key.open("number", "") == ""


def test_a_value_moved_to_another_customer_or_field_does_not_open(system):
    key, kept = system.new_key(ONE)
    sealed = key.seal("id18", CARD)
    with pytest.raises(Unopenable):
        key.open("id_number", sealed)
    with pytest.raises(Unopenable):
        system.new_key(OTHER)[0].open("id18", sealed)
    with pytest.raises(Unopenable):
        system.key_of(OTHER, kept)


@pytest.mark.parametrize("place", [2, 10, 30, -4])
def test_an_altered_value_does_not_open(key, place):
    signs = list(key.seal("id18", CARD))
    signs[place] = "A" if signs[place] != "A" else "B"
    with pytest.raises(Unopenable, match="not what was sealed"):
        key.open("id18", "".join(signs))


@pytest.mark.parametrize("never_sealed", [CARD, "2:AAAA", "1:", "1:号", "1:AAAA", ":"])
def test_what_was_never_sealed_does_not_open(key, never_sealed):
    with pytest.raises(Unopenable, match="id18"):
        key.open("id18", never_sealed)


def test_a_key_goes_over_to_a_new_master_key_and_what_it_sealed_stays():
    old, found_by = fresh("k1"), index()
    before = Masters(settings(f"{old},{found_by}"))
    key, kept = before.new_key(ONE)
    sealed = key.seal("id18", CARD)

    both = Masters(settings(f"{fresh('k2')},{old},{found_by}"))
    assert both.key_of(ONE, kept).open("id18", sealed) == CARD
    anew = both.anew(ONE, kept)
    assert (kept.partition(":")[0], anew.partition(":")[0]) == ("k1", "k2")
    assert both.key_of(ONE, anew).open("id18", sealed) == CARD
    assert both.hash_of(CARD) == before.hash_of(CARD)


def test_a_master_key_that_the_settings_lack_is_named(system):
    _, kept = Masters(settings(f"{fresh('k9')},{index()}")).new_key(ONE)
    with pytest.raises(Unopenable, match="'k9', which CRM_CUSTOMER_SEALING_KEYS lacks"):
        system.key_of(ONE, kept)


def test_another_key_under_the_same_name_opens_nothing_nor_does_another_index():
    mine, found_by = fresh(), index()
    _, kept = Masters(settings(f"{mine},{found_by}")).new_key(ONE)
    for others in (f"{fresh()},{found_by}", f"{mine},{index()}"):
        with pytest.raises(Unopenable, match="another 'k1' or index"):
            Masters(settings(others)).key_of(ONE, kept)


def test_a_number_is_found_by_a_hash_that_nobody_makes_without_the_key(system):
    found_by = system.hash_of(CARD)
    assert found_by == system.hash_of(CARD)
    assert found_by != system.hash_of("34052419800101001X")
    assert found_by != Masters(settings(new_sealing_keys())).hash_of(CARD)
    assert base64.urlsafe_b64decode(found_by) != hashlib.sha256(CARD.encode()).digest()


def test_a_change_is_told_by_what_tells_values_apart_and_not_the_value(system):
    assert system.told(ONE, CARD) == system.told(ONE, CARD)
    assert len({system.told(ONE, CARD), system.told(ONE, None), system.told(OTHER, CARD)}) == 3
    assert re.fullmatch("[0-9a-f]{16}", system.told(ONE, CARD))


SHORT = base64.b64encode(bytes(16)).decode()


@pytest.mark.parametrize(
    "keys",
    [
        "",
        "k1",
        "k1:",
        f"k1:{SHORT},index:{SHORT}",
        fresh(),
        index(),
        f"{fresh()},{fresh()},{index()}",
        f"{fresh('Key 1')},{index()}",
        f"{fresh()},{index()},",
        f"k1:***,{index()}",
    ],
    ids=["none", "no key", "empty", "short", "no index", "no master", "twice", "name", "comma", "no base64"],
)
def test_keys_that_cannot_be_read_end_the_start_with_one_line(keys):
    with pytest.raises(MissingSetting, match="CRM_CUSTOMER_SEALING_KEYS") as caught:
        settings(keys)
    assert "\n" not in str(caught.value)


def test_keys_are_not_shown():
    keys = new_sealing_keys()
    assert not [key for key in keys.split(",") if key.partition(":")[2][:8] in repr(settings(keys))]
