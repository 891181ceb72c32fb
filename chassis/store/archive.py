"""Archives of the event logs: an operator moves old months out of the outbox into files, and replays read them back.

One file per service and month, `sales-2026-11.jsonl.gz`, one event a line, in recorded order.
What is personal goes into no file, where nobody could empty it: it stays in the log until something newer was told.
Nor does what an operator dropped, which no replay could send: it stays on record in the log.
"""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import orjson
import psycopg

from chassis.process import clock
from chassis.process.settings import Environment, named
from contracts.envelope import EVENTS

_MONTHS = """
    SELECT DISTINCT date_trunc('month', recorded_at) FROM outbox
     WHERE recorded_at < %s AND event_type <> ALL(%s) AND NOT (published_at IS NOT NULL AND parked_at IS NOT NULL)
     ORDER BY 1
"""
_ROWS = """
    SELECT event_id::text, event_type, version, store_id, envelope::text, recorded_at FROM outbox
     WHERE recorded_at >= %s AND recorded_at < %s + interval '1 month' AND event_type <> ALL(%s) AND parked_at IS NULL
     ORDER BY position
"""
_DELETE = """
    DELETE FROM outbox
     WHERE recorded_at >= %s AND recorded_at < %s + interval '1 month' AND event_type <> ALL(%s)
       AND published_at IS NOT NULL AND parked_at IS NULL
"""
_DELETE_OUTDATED = """
    DELETE FROM outbox old
     WHERE recorded_at < %s AND event_type = ANY(%s) AND published_at IS NOT NULL AND EXISTS (
           SELECT FROM outbox newer WHERE newer.subject_type = old.subject_type AND newer.subject_id = old.subject_id
              AND newer.event_type = old.event_type AND newer.subject_version > old.subject_version)
"""
_UNPUBLISHED = """
    SELECT count(*) FROM outbox
     WHERE published_at IS NULL AND recorded_at >= %s AND recorded_at < %s + interval '1 month'
       AND event_type <> ALL(%s)
"""


class NotYet(Exception):
    """A month cannot be archived: its events are not all published."""


def archive(service: str, *, before: datetime, folder: Path, environment: Environment) -> dict[str, int]:
    """Move whole months recorded before the month of `before` into files; returns events by file name.

    The file is complete and on disk before the rows go, so an interruption leaves both, never neither.
    """
    first = before.astimezone(clock.LOCAL).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    written: dict[str, int] = {}
    personal = _personal(service)
    with psycopg.connect(
        environment.text(named(service, "OWNER_URL")), options="-c timezone=Asia/Shanghai"
    ) as database:
        # what is written and what is deleted must be the same rows, whatever is committed meanwhile
        database.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        months = [row[0] for row in database.execute(_MONTHS, (first, personal)).fetchall()]
        for month in months:
            (unpublished,) = database.execute(_UNPUBLISHED, (month, month, personal)).fetchone() or (0,)
            path = folder / f"{service}-{month:%Y-%m}.jsonl.gz"
            if unpublished:
                raise NotYet(f"{path.name}: {unpublished} events unpublished")
            written[path.name] = _write(path, database.execute(_ROWS, (month, month, personal)))
            database.execute(_DELETE, (month, month, personal))
            database.commit()
        database.execute(_DELETE_OUTDATED, (first, personal))
    return written


def _personal(service: str) -> list[str]:
    """Names of the service's events that tell of persons."""
    import_module(f"contracts.{service}.events")
    declared = [event.declaration for event in EVENTS.values()]
    return [one.name for one in declared if one.personal and one.producer == service]


def _write(path: Path, rows: Any) -> int:
    """Write the file, or a longer one in its place: events that were recorded late join their month."""
    count, partial = 0, path.with_suffix(".partial")
    if path.exists():
        shutil.copyfile(path, partial)
    else:
        partial.unlink(missing_ok=True)
    with gzip.open(partial, "ab") as out:
        for event_id, kind, version, store, envelope, recorded_at in rows:
            line = {"id": event_id, "type": kind, "version": version, "store": store, "at": recorded_at}
            out.write(orjson.dumps({**line, "envelope": orjson.loads(envelope)}) + b"\n")
            count += 1
    partial.rename(path)
    return count


def read(
    producer: str, *, names: list[str], since: datetime, until: datetime, folder: Path
) -> Iterator[tuple[str, str, int, str, str]]:
    """(id, type, version, store, envelope) of the archived events of a producer, oldest month first."""
    for path in sorted(folder.glob(f"{producer}-????-??.jsonl.gz")):
        with gzip.open(path, "rb") as lines:
            for line in lines:
                row = orjson.loads(line)
                if row["type"] in names and since <= datetime.fromisoformat(row["at"]) < until:
                    yield row["id"], row["type"], row["version"], row["store"], orjson.dumps(row["envelope"]).decode()
