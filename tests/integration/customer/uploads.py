"""Departments' files for tests: made, uploaded, imported to their end, and their report read."""

from __future__ import annotations

import csv
import hashlib
import io
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from chassis.store.scheduled import run_scheduled
from contracts.access import Reach, Scope
from contracts.customer.imports import (
    ColumnChosen,
    CreateImport,
    Department,
    Import,
    ImportAsked,
    ListRows,
    Outcome,
    PutPart,
    RowReport,
    StartImport,
)
from services.customer.importing import queries
from services.customer.importing.usecases import matching, uploading
from tests.integration.customer.conftest import NOW, Desk

MANAGER = Scope(Reach.STORE, ("HN",), "m-1", "sales_manager")
HEADINGS = ("姓名", "手机", "身份证号", "车架号", "车牌", "地址")


def as_csv(rows: Sequence[Sequence[str]], *, headings: Sequence[str] = HEADINGS, encoding: str = "utf-8-sig") -> bytes:
    """A file with these rows below its headings."""
    made = io.StringIO()
    csv.writer(made).writerows([headings, *rows])
    return made.getvalue().encode(encoding)


@dataclass(frozen=True)
class Office:
    """The office of store HN, whose manager imports lists."""

    desk: Desk

    def announce(
        self,
        content: bytes,
        *,
        department: Department = Department.SALES,
        filename: str = "list.csv",
        scope: Scope = MANAGER,
        **said: Any,
    ) -> UUID:
        """Announce a file; what is said overrides what is true of it."""
        request = CreateImport(
            **{
                "department": department,
                "filename": filename,
                "size": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
                "store_id": "HN",
                **said,
            }
        )
        with self.desk.transaction() as session:
            return uploading.create_import(session, request, scope=scope, now=NOW).import_id

    def put(self, import_id: UUID, no: int, content: bytes, *, scope: Scope = MANAGER) -> Import:
        """Upload a part."""
        part = PutPart(import_id, no, b64encode(content).decode())
        return self.desk.database.run(lambda session: uploading.put_part(session, part, scope=scope))

    def start(
        self, import_id: UUID, *, mapping: list[ColumnChosen] | None = None, scope: Scope = MANAGER, now: datetime = NOW
    ) -> Import:
        """Start."""
        request = StartImport(import_id, mapping)
        return self.desk.database.run(lambda session: uploading.start_import(session, request, scope=scope, now=now))

    def cancel(self, import_id: UUID) -> Import:
        """Stop."""
        asked = ImportAsked(import_id)
        return self.desk.database.run(lambda session: uploading.cancel_import(session, asked, scope=MANAGER, now=NOW))

    def go_on(self, *, now: datetime = NOW) -> int:
        """One turn of the scheduled work."""
        return run_scheduled(self.desk.database, "imports", partial(matching.go_on, now=now))

    def finish(self, *, now: datetime = NOW) -> None:
        """Work until nothing waits."""
        while self.go_on(now=now):
            pass

    def told(self, import_id: UUID) -> list[dict[str, Any]]:
        """What was told of it, in its order: the version, the payload, by whom."""
        return self.desk.rows(
            "SELECT subject_version, envelope->'payload' AS payload, envelope->'actor'->>'staff_id' AS by FROM outbox"
            " WHERE event_type = 'import_advanced' AND subject_id = :id ORDER BY position",
            id=str(import_id),
        )

    def uploaded(self, content: bytes, **said: Any) -> UUID:
        """A file announced and uploaded in one part."""
        import_id = self.announce(content, **said)
        self.put(import_id, 1, content)
        return import_id

    def bring_in(self, content: bytes, **said: Any) -> UUID:
        """A file imported to its end."""
        mapping, now = said.pop("mapping", None), said.pop("now", NOW)
        import_id = self.uploaded(content, **said)
        self.start(import_id, mapping=mapping, now=now)
        self.finish(now=now)
        return import_id

    def state(self, import_id: UUID, *, scope: Scope = MANAGER) -> Import:
        """How far it is."""
        return self.desk.read(lambda connection: queries.get(connection, ImportAsked(import_id), scope=scope))

    def report(self, import_id: UUID, *, outcome: Outcome | None = None, **asked: Any) -> list[RowReport]:
        """What became of the rows."""
        wanted = ListRows(import_id, outcome, **asked)
        return self.desk.read(lambda connection: queries.rows(connection, wanted, scope=MANAGER)).items

    def outcomes(self, import_id: UUID) -> list[str]:
        """The outcomes of the rows in their order."""
        return [row.outcome for row in self.report(import_id)]
