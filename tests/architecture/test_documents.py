"""What a document says stands somewhere, stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.source import ROOT, plant

NAMED = re.compile(r"(?<![\w/.])((?:services|chassis|contracts|gateway|deploy|simulator|tests|docs)/[\w./-]*\.\w+)")
LINKED = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")


def documents(root: Path) -> list[Path]:
    found = [*root.glob("*.md"), *root.glob("docs/**/*.md"), *root.glob("services/*/README.md")]
    return sorted([*found, *root.glob("gateway/*.md"), *root.glob("deploy/**/*.md")])


def gone(root: Path) -> list[str]:
    """Files that a document names or links to and that are not there."""
    found = []
    for document in documents(root):
        text = document.read_text("utf-8")
        paths = {path: root / path for path in NAMED.findall(text)}
        paths |= {path: document.parent / path for path in LINKED.findall(text)}
        found += [f"{document.relative_to(root)}: {said}" for said, path in paths.items() if not path.exists()]
    return sorted(found)


def test_every_file_that_a_document_names_is_there():
    assert len(documents(ROOT)) > 20
    assert gone(ROOT) == []


@pytest.mark.parametrize("text", ["see `services/sales/gone.py`", "[here](gone.md)", "[up](../gone.md#part)"])
def test_a_planted_name_is_found(tmp_path: Path, text: str):
    plant(tmp_path, "docs/tour.md", f"{text}\n")
    plant(tmp_path, "docs/here.md", "[tour](tour.md), `docs/tour.md` and [the web](https://example.org/x.md)\n")
    assert len(gone(tmp_path)) == 1
