"""Stores as the gateway tells of them."""

from __future__ import annotations

from typing import Any

from contracts.envelope import Received
from contracts.gateway.events import StoreChanged
from tests.support.events import received


def store_told(code: str = "HN", *, version: int = 1, **said: Any) -> Received[Any]:
    """A store that was changed; what is not said is as usual."""
    changed = StoreChanged(**{"code": code, "name": f"{code}店", "dealer_id": "HT", **said})
    return received(changed, subject_id=code, subject_version=version, store_id=code)
