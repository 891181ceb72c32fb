"""Names of stores and staff, from the gateway's own tables, for identifiers in answers."""

from __future__ import annotations

import time
from collections.abc import Iterable

from sqlalchemy import text

from chassis.store.database import Database

REMEMBERED = 1.0
"""Seconds a name is good for."""
_MOST_REMEMBERED = 20_000

_NAMES = {
    "store": text("SELECT code, name FROM store WHERE code = ANY(:codes)"),
    "staff": text("SELECT code, name FROM staff WHERE code = ANY(:codes)"),
}


class Directory:
    """Looks names up, several at once, and remembers them for a second."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[str, dict[str, tuple[float, str | None]]] = {what: {} for what in _NAMES}

    def names(self, what: str, codes: Iterable[str]) -> dict[str, str | None]:
        """Code → name for each; None for what is not there."""
        known, since = self._known[what], time.monotonic() - REMEMBERED
        found: dict[str, str | None] = {}
        missing: list[str] = []
        for code in set(codes):
            at, name = known.get(code, (0.0, None))
            if at > since:
                found[code] = name
            else:
                missing.append(code)
        if missing:
            found |= self._look(what, missing)
        return found

    def _look(self, what: str, codes: list[str]) -> dict[str, str | None]:
        rows = self._database.read(lambda connection: connection.execute(_NAMES[what], {"codes": codes}).all())
        names: dict[str, str | None] = {**dict.fromkeys(codes), **{row.code: row.name for row in rows}}
        known, at = self._known[what], time.monotonic()
        if len(known) > _MOST_REMEMBERED:
            known.clear()
        known.update({code: (at, name) for code, name in names.items()})
        return names
