"""Processes of a running system: what the kernel and their own health tell of them."""

from __future__ import annotations

import urllib.request
from pathlib import Path


def health(url: str) -> bytes:
    """What is said there."""
    with urllib.request.urlopen(url, timeout=3) as answer:
        body: bytes = answer.read()
        return body


def children(pid: int) -> list[int]:
    """The processes that a process started: PostgreSQL works in them."""
    told = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in told.split()]
