"""The dossier says in Chinese what the timeline tells."""

from __future__ import annotations

from gateway.dossier_words import WORDS
from services.customer.view.usecases.timeline import TOLD


def test_every_line_a_timeline_may_hold_has_its_chinese_word() -> None:
    assert [event.declaration.name for event in TOLD if event.declaration.name not in WORDS] == []
