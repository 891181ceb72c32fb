"""`docs/events.md` says what the code says: every event, its fields, who hears it, its sample."""

from __future__ import annotations

import ast
import dataclasses
import re
from collections.abc import Iterator

import orjson
import pytest

from chassis import documents
from chassis.documents import declared_events, with_table, write_events
from contracts.envelope import EVENTS, Envelope, event
from tests.support.source import ROOT, sources

DOCUMENT = ROOT / "docs" / "events.md"
TEXT = DOCUMENT.read_text("utf-8")
HEADING = re.compile(r"^\*\*`(\w+)` v(\d+)\*\*", re.MULTILINE)


def test_the_document_is_what_the_code_says() -> None:
    assert with_table(TEXT) == TEXT, "crm docs"


def test_every_event_stands_in_the_document_once() -> None:
    told = sorted((name, int(version)) for name, version in HEADING.findall(TEXT))
    assert told == sorted((one.declaration.name, one.declaration.version) for one in declared_events())


def test_every_event_that_the_source_declares_is_known() -> None:
    written = [
        tuple(ast.literal_eval(word.value) for word in call.keywords if word.arg in {"name", "version"})
        for source in sources(ROOT, "contracts")
        for name, call in source.calls()
        if name == "event"
    ]
    assert sorted(written) == sorted((one.declaration.name, one.declaration.version) for one in declared_events())


def test_every_field_of_every_event_is_told() -> None:
    for one in declared_events():
        part = TEXT.split(f"**`{one.declaration.name}` v{one.declaration.version}**", 1)[1].split("\n**`", 1)[0]
        for field in dataclasses.fields(one):
            assert f"`{field.name}` " in part, f"{one.declaration.topic}: {field.name}"


def test_the_envelope_printed_above_has_the_fields_of_the_envelope() -> None:
    printed = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)[0]
    assert set(orjson.loads(printed)) == {field.name for field in dataclasses.fields(Envelope)}


# -- each has been seen to fail -----------------------------------------------------------------------------


@pytest.fixture
def planted(monkeypatch, tmp_path) -> Iterator[None]:
    """An event that was declared and not written down."""

    @event(producer="reporting", name="bell_rung", version=1, subject="bell")
    class BellRung:
        """A bell was rung."""

        __module__ = "contracts.reporting.events"
        loudness: int

    (tmp_path / "contracts" / "samples").mkdir(parents=True)
    for sample in (ROOT / "contracts" / "samples").glob("*.json"):
        (tmp_path / "contracts" / "samples" / sample.name).write_bytes(sample.read_bytes())
    (tmp_path / "contracts" / "samples" / "bell_rung.v1.json").write_bytes(b'{"payload": {"loudness": 3}}')
    monkeypatch.setattr(documents, "ROOT", tmp_path)
    yield
    del EVENTS["bell_rung", 1]


@pytest.mark.usefixtures("planted")
def test_a_planted_event_makes_the_document_stale():
    fresh = with_table(TEXT)
    assert fresh != TEXT
    assert "### reporting: exchange `reporting.events`" in fresh
    assert (
        'heard by: nobody yet)  \nA bell was rung.  \nPayload: `loudness` integer\n\n```json\n{"loudness":3}' in fresh
    )


@pytest.mark.usefixtures("planted")
def test_writing_again_changes_nothing_and_keeps_what_was_written_by_hand(tmp_path):
    path = tmp_path / "events.md"
    path.write_text(TEXT + "\nAfterwards.\n", "utf-8")
    assert write_events(path)
    assert not write_events(path)
    written = path.read_text("utf-8")
    assert written.startswith(TEXT.partition("<!-- events")[0])
    assert written.endswith("<!-- end of events -->\n\nAfterwards.\n")


def test_an_edit_of_the_generated_part_is_found():
    assert with_table(TEXT.replace("`loser_ids` list of UUID", "`losers` list of UUID")) == TEXT


def test_a_document_without_its_marks_is_refused():
    with pytest.raises(ValueError, match="marks"):
        with_table("# Events\n")
