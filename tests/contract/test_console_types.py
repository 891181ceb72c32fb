"""What the console believes of the API is what the API says; `make console-types` mends what is found here."""

from __future__ import annotations

import orjson
import pytest

from contracts.access import matrix
from deploy.local import console
from gateway import console_types

MEND = "the API has changed: run `make console-types` and commit what it writes"


def test_the_types_were_made_of_this_api() -> None:
    printed = orjson.dumps(console_types.document(), option=orjson.OPT_INDENT_2).decode() + "\n"
    assert console.TYPES.read_text().startswith(console.stamp(printed)), MEND


def test_the_rights_are_those_of_the_access_matrix() -> None:
    assert console.RIGHTS.read_text() == console_types.rights(), MEND
    assert all(role in console_types.rights() for role in matrix().roles)


def test_what_live_changes_touch_is_what_the_table_says() -> None:
    assert console.TOUCHES.read_text() == console_types.touches(), MEND


@pytest.mark.parametrize("language", console.LANGUAGES)
def test_the_purposes_of_visits_are_those_of_the_contracts(language: str) -> None:
    assert console.purposes(language).read_text() == console_types.purposes(language), MEND


@pytest.mark.parametrize("language", console.LANGUAGES)
def test_kinds_of_work_and_parts_of_the_vehicle_are_those_of_the_contracts(language: str) -> None:
    assert console.jobs(language).read_text() == console_types.jobs(language), MEND


def test_a_wording_makes_no_other_types_and_a_field_does() -> None:
    document = console_types.document()
    told = orjson.dumps(document).decode()
    assert '"description":""' in told, "an answer must have one, and it is empty"
    assert "拒绝" not in told
    assert "full_mobile" in told
    assert "/customers/lookup" in document["paths"]
