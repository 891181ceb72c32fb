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


SHOWN = re.compile(r"!\[[^\]]*\]\(([^)\s]+)\)")
MOST_BYTES = 150_000


def wrong_pictures(root: Path) -> list[str]:
    """Pictures that a document shows and that are not there, are no WebP, or are too large to be cloned for ever."""
    found = []
    for document in documents(root):
        for said in SHOWN.findall(document.read_text("utf-8")):
            path = document.parent / said
            kept = path.read_bytes() if path.is_file() else b""
            if kept[8:12] != b"WEBP" or len(kept) > MOST_BYTES:
                found.append(f"{document.relative_to(root)}: {said}: {len(kept)} bytes")
    return found


def test_every_picture_that_a_document_shows_is_there_and_small():
    shown = {Path(said).name for document in documents(ROOT) for said in SHOWN.findall(document.read_text("utf-8"))}
    assert shown == {path.name for path in ROOT.glob("docs/pictures/*.webp")} != set()
    assert wrong_pictures(ROOT) == []


@pytest.mark.parametrize("kept", [None, b"", b"RIFF    WEBP" + bytes(MOST_BYTES), b"\x89PNG\r\n\x1a\n1234"])
def test_a_planted_picture_that_is_missing_large_or_of_another_kind_is_found(tmp_path: Path, kept: bytes | None):
    plant(tmp_path, "docs/tour.md", "![good](pictures/good.webp) ![bad](pictures/bad.webp)\n")
    (tmp_path / "docs/pictures").mkdir()
    (tmp_path / "docs/pictures/good.webp").write_bytes(b"RIFF    WEBP" + bytes(MOST_BYTES - 12))
    if kept is not None:
        (tmp_path / "docs/pictures/bad.webp").write_bytes(kept)
    assert len(wrong_pictures(tmp_path)) == 1
