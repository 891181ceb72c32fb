"""Events put into a service's outbox in bulk, as if its use cases had recorded them."""

import copy as copying
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
import uuid_utils.compat as uuids

from chassis.process.clock import now
from tests.bench.monolith.seed import copy

SAMPLES = Path(__file__).resolve().parents[2] / "contracts" / "samples"
COLUMNS = (
    *("event_id", "event_type", "version", "store_id", "subject_type", "subject_id", "subject_version"),
    *("occurred_at", "recorded_at", "envelope"),
)


def record(database_url: str, sample: str, *, count: int, customers: Sequence[object] = ()) -> None:
    """Record `count` events like the sample, each of a subject of its own, for these customers in turn."""
    like = json.loads((SAMPLES / f"{sample}.v1.json").read_text())
    with psycopg.connect(database_url) as connection:
        copy(connection, "outbox", COLUMNS, rows(like, count=count, customers=customers))


def rows(like: dict[str, Any], *, count: int, customers: Sequence[object]) -> Iterator[tuple[object, ...]]:
    at = now()
    for number in range(count):
        event = copying.deepcopy(like)
        event_id, subject_id = uuids.uuid7(), str(uuids.uuid7())
        event |= {"event_id": str(event_id), "occurred_at": at.isoformat(), "recorded_at": at.isoformat()}
        event["subject"] |= {"id": subject_id}
        if customers:
            event["payload"]["customer_id"] = str(customers[number % len(customers)])
        subject = event["subject"]
        yield (
            *(event_id, event["event_type"], event["version"], event["store_id"]),
            *(subject["type"], subject_id, subject["version"], at, at, json.dumps(event)),
        )
