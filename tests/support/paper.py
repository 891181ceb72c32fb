"""Reads sheets back."""

from __future__ import annotations

import io

from pypdf import PdfReader


def pages(pdf: bytes) -> list[str]:
    """The text of each page, line by line."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def text(pdf: bytes) -> str:
    """The whole text without blanks and breaks: where lines end is the sheet's affair."""
    return squeezed("".join(pages(pdf)))


def squeezed(said: str) -> str:
    """Without blanks and breaks."""
    return "".join(said.split())
