"""New subscribers and rebuilt projections catch up from the event logs; old months rest in files and are read back."""

from __future__ import annotations

import gzip
import threading
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
import uuid_utils.compat as uuids
from sqlalchemy import text

from chassis.bus.replay import rebuild, replay
from chassis.process.clock import LOCAL
from chassis.process.settings import Environment, MissingSetting
from chassis.store import archive as archives
from chassis.store import migrations
from chassis.store.archive import NotYet, archive
from chassis.store.database import Database
from chassis.store.outbox import record
from contracts.envelope import read
from contracts.followup.events import VisitPlanned
from contracts.workshop.events import RepairOrderOpened, RepairSettled
from tests.support.broker import Broker
from tests.support.databases import Databases
from tests.support.events import made
from tests.support.polling import eventually

PRODUCERS = ("customer", "sales", "workshop", "followup")
ALWAYS: dict[str, Any] = {"since": datetime(1990, 1, 1, tzinfo=LOCAL), "until": datetime(9990, 1, 1, tzinfo=LOCAL)}
NOVEMBER = datetime(2026, 11, 15, tzinfo=LOCAL)
CANNOT_BE_SENT = (
    "UPDATE outbox SET store_id = repeat('H', 300), parked_at = now(), problem = 'too long' WHERE event_id = %s"
)


class Logs:
    """The databases of producers, with empty event logs, and of who hears them."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        for service in PRODUCERS:
            databases.as_owner(service, "DELETE FROM outbox")

    def __getitem__(self, service: str) -> Database:
        return self._databases(service)

    def put(self, service: str, event: type, *, recorded: datetime = NOVEMBER, published: bool = True) -> str:
        """Record an event as if it had been at that time."""
        with self[service].transaction() as session:
            event_id = record(
                session, made(event), subject_id=uuids.uuid7(), subject_version=1, store_id="HN", occurred_at=recorded
            )
        self._databases.as_owner(
            service,
            "UPDATE outbox SET recorded_at = %s, published_at = %s WHERE event_id = %s",
            recorded,
            recorded if published else None,
            event_id,
        )
        return str(event_id)


@pytest.fixture
def logs(databases: Databases, clean_queues: Broker) -> Logs:
    """The logs of this test, and empty queues."""
    return Logs(databases)


def environment(databases: Databases, broker: Broker) -> Environment:
    services = (*PRODUCERS, "reporting")
    return Environment(databases.variables(*services) | broker.variables(*services))


def arrived(broker: Broker, queue: str, number: int) -> list[str]:
    with broker.channel() as channel:
        return [
            eventually(lambda: channel.basic_get(queue, no_ack=True)).properties["message_id"] for _ in range(number)
        ]


def test_a_consumer_gets_what_it_hears_under_its_old_identity_and_nobody_else_does(logs, databases, clean_queues):
    wanted = [logs.put("workshop", RepairSettled) for _ in range(3)]
    logs.put("workshop", RepairOrderOpened)
    assert replay("reporting", environment=environment(databases, clean_queues), **ALWAYS) == 3
    assert arrived(clean_queues, "reporting", 3) == wanted
    assert clean_queues.count("customer") == clean_queues.count("followup") == 0


def test_a_replay_may_be_of_a_span_of_time(logs, databases, clean_queues):
    day = timedelta(days=1)
    ids = [logs.put("workshop", RepairSettled, recorded=NOVEMBER + n * day) for n in range(4)]
    count = replay(
        "reporting", since=NOVEMBER + day, until=NOVEMBER + 3 * day, environment=environment(databases, clean_queues)
    )
    assert count == 2
    assert arrived(clean_queues, "reporting", 2) == ids[1:3]


def test_a_rebuild_empties_the_projections_and_replays_everything(logs, databases, clean_queues):
    logs.put("followup", VisitPlanned)
    with logs["customer"].transaction() as session:
        session.execute(text("INSERT INTO inbox (handler, event_id) VALUES ('x.v1', gen_random_uuid())"))
        session.execute(
            text("INSERT INTO glance (customer_id, service_visits, open_visits) VALUES (gen_random_uuid(), 1, 1)")
        )
    assert rebuild("customer", environment=environment(databases, clean_queues)) == 1
    for table in ("glance", "timeline_entry", "inbox"):
        counted = text(f"SELECT count(*) FROM {table}")
        assert logs["customer"].read(lambda connection, counted=counted: connection.scalar(counted)) == 0
    assert clean_queues.count("customer") == 1


@pytest.mark.parametrize("missing", ["CRM_AMQP_URI", "CRM_FOLLOWUP_OWNER_URL"])
def test_a_rebuild_that_cannot_fill_the_projections_does_not_empty_them(logs, databases, clean_queues, missing):
    with logs["customer"].transaction() as session:
        session.execute(text("DELETE FROM glance"))
        session.execute(
            text("INSERT INTO glance (customer_id, service_visits, open_visits) VALUES (gen_random_uuid(), 1, 1)")
        )
    services = (*PRODUCERS, "reporting")
    values = databases.variables(*services) | clean_queues.variables(*services)
    del values[missing]
    with pytest.raises(MissingSetting):
        rebuild("customer", environment=Environment(values))
    counted = text("SELECT count(*) FROM glance")
    assert logs["customer"].read(lambda connection: connection.scalar(counted)) == 1


def test_what_cannot_be_sent_stops_no_replay_and_no_rebuild(logs, databases, clean_queues):
    """Neither what an operator dropped nor what waits for his word: a rebuild would stop with its projections empty."""
    dropped, parked, good = (logs.put("followup", VisitPlanned, published=number != 1) for number in range(3))
    for event_id in (dropped, parked):
        databases.as_owner("followup", CANNOT_BE_SENT, event_id)

    assert replay("customer", **ALWAYS, environment=environment(databases, clean_queues)) == 1
    assert arrived(clean_queues, "customer", 1) == [good]
    assert rebuild("customer", environment=environment(databases, clean_queues)) == 1
    assert arrived(clean_queues, "customer", 1) == [good]


def test_what_was_dropped_goes_into_no_archive_and_stays_on_record(logs, databases, tmp_path):
    dropped, good = logs.put("workshop", RepairSettled), logs.put("workshop", RepairSettled)
    databases.as_owner("workshop", CANNOT_BE_SENT, dropped)
    later = NOVEMBER + timedelta(days=30)

    assert months(tmp_path, databases, before=later) == {"workshop-2026-11.jsonl.gz": 1}
    assert months(tmp_path, databases, before=later) == {}
    archived = archives.read("workshop", names=["repair_settled"], folder=tmp_path, **ALWAYS)
    assert [event_id for event_id, *_ in archived] == [good]
    assert rows(logs["workshop"]) == [dropped]


def test_a_rebuild_keeps_what_is_no_projection(databases):
    kept = {
        table.name
        for service in ("customer", "reporting")
        for table in migrations.models_of(service).sorted_tables
        if not table.info.get("projection")
    }
    assert {"customer", "vehicle"} <= kept


# -- archives -------------------------------------------------------------------------------------------------


def months(tmp_path, databases, **how) -> dict[str, int]:
    return archive("workshop", folder=tmp_path, environment=databases.environment("workshop"), **how)


def rows(db: Database) -> list[str]:
    asked = text("SELECT event_id::text FROM outbox ORDER BY position")
    return list(db.read(lambda connection: connection.execute(asked).scalars().all()))


def test_whole_months_move_into_files_and_the_running_one_stays(logs, databases, tmp_path):
    september = [logs.put("workshop", RepairSettled, recorded=datetime(2026, 9, day, tzinfo=LOCAL)) for day in (1, 30)]
    october = [logs.put("workshop", RepairSettled, recorded=datetime(2026, 10, 31, 23, 59, tzinfo=LOCAL))]
    november = [logs.put("workshop", RepairSettled, recorded=datetime(2026, 11, 1, tzinfo=LOCAL))]
    assert months(tmp_path, databases, before=NOVEMBER) == {
        "workshop-2026-09.jsonl.gz": 2,
        "workshop-2026-10.jsonl.gz": 1,
    }
    assert rows(logs["workshop"]) == november
    with gzip.open(tmp_path / "workshop-2026-09.jsonl.gz") as lines:
        found = [orjson.loads(line) for line in lines]
    assert [line["id"] for line in found] == september
    assert str(read(orjson.dumps(found[0]["envelope"])).id) == september[0]
    assert october


def test_an_archived_event_is_replayed_before_the_younger_ones(logs, databases, clean_queues, tmp_path):
    old = logs.put("workshop", RepairSettled, recorded=datetime(2026, 9, 3, tzinfo=LOCAL))
    logs.put("workshop", RepairOrderOpened, recorded=datetime(2026, 9, 4, tzinfo=LOCAL))
    young = logs.put("workshop", RepairSettled)
    months(tmp_path, databases, before=NOVEMBER)
    count = replay("reporting", environment=environment(databases, clean_queues), archives=tmp_path, **ALWAYS)
    assert count == 2
    assert arrived(clean_queues, "reporting", 2) == [old, young]


def test_a_month_with_an_unpublished_event_is_not_archived(logs, databases, tmp_path):
    logs.put("workshop", RepairSettled, recorded=datetime(2026, 9, 3, tzinfo=LOCAL), published=False)
    with pytest.raises(NotYet, match="1 events unpublished"):
        months(tmp_path, databases, before=NOVEMBER)
    assert len(rows(logs["workshop"])) == 1
    assert list(tmp_path.iterdir()) == []


def test_an_event_that_was_recorded_late_joins_the_file_of_its_month(logs, databases, tmp_path):
    first = logs.put("workshop", RepairSettled, recorded=datetime(2026, 9, 3, tzinfo=LOCAL))
    months(tmp_path, databases, before=NOVEMBER)
    late = logs.put("workshop", RepairSettled, recorded=datetime(2026, 9, 30, tzinfo=LOCAL))
    months(tmp_path, databases, before=NOVEMBER)
    with gzip.open(tmp_path / "workshop-2026-09.jsonl.gz") as lines:
        assert [orjson.loads(line)["id"] for line in lines] == [first, late]
    assert rows(logs["workshop"]) == []


def test_an_archive_that_cannot_be_written_takes_nothing_out_of_the_log(logs, databases, tmp_path):
    logs.put("workshop", RepairSettled, recorded=datetime(2026, 9, 3, tzinfo=LOCAL))
    with pytest.raises(OSError):  # noqa: PT011  # whatever the disk says
        months(tmp_path / "missing", databases, before=NOVEMBER)
    assert len(rows(logs["workshop"])) == 1


def test_an_event_committed_and_published_while_its_month_is_archived_is_not_lost(
    logs, databases, tmp_path, monkeypatch
):
    """A transaction of the last second of the month may commit after the first second of the next."""
    early = logs.put("workshop", RepairSettled, recorded=datetime(2026, 10, 30, tzinfo=LOCAL))
    late: list[str] = []
    write = archives._write

    def slowly(path, found) -> int:
        count = write(path, found)
        one = threading.Thread(
            target=lambda: late.append(
                logs.put("workshop", RepairSettled, recorded=datetime(2026, 10, 31, 23, 59, 59, tzinfo=LOCAL))
            )
        )
        one.start()
        one.join(10)
        return count

    monkeypatch.setattr(archives, "_write", slowly)
    months(tmp_path, databases, before=NOVEMBER)
    with gzip.open(tmp_path / "workshop-2026-10.jsonl.gz") as lines:
        filed = [orjson.loads(line)["id"] for line in lines]
    assert sorted([*filed, *rows(logs["workshop"])]) == sorted([early, *late])
