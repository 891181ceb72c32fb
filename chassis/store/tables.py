"""The tables every service's database has: event log, inbox, command log, policies, and a pulse.

Created by the first migration of each service (`chassis.store.migrations.create_chassis_tables`).
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()

outbox = Table(
    "outbox",
    metadata,
    Column("position", BigInteger, Identity(), primary_key=True),
    Column("event_id", Uuid, nullable=False, unique=True),
    Column("event_type", Text, nullable=False),
    Column("version", SmallInteger, nullable=False),
    Column("store_id", Text, nullable=False),
    Column("subject_type", Text, nullable=False),
    Column("subject_id", Text, nullable=False),
    Column("subject_version", Integer, nullable=False),
    Column("occurred_at", DateTime(timezone=True), nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("envelope", JSONB, nullable=False),
    Column("published_at", DateTime(timezone=True)),
    Column("parked_at", DateTime(timezone=True)),
    Column("problem", Text),
    UniqueConstraint("subject_type", "subject_id", "event_type", "subject_version", name="outbox_one_fact_once"),
    Index("outbox_unpublished", "position", postgresql_where=text("published_at IS NULL")),
    Index("outbox_by_time", "recorded_at"),
)

inbox = Table(
    "inbox",
    metadata,
    Column("handler", Text, primary_key=True),
    Column("event_id", Uuid, primary_key=True),
    Column("handled_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("duplicates", Integer, nullable=False, server_default=text("0")),
)

inbox_suspect = Table(
    "inbox_suspect",
    metadata,
    Column("message_id", Text, primary_key=True),
    Column("starts", Integer, nullable=False),
    Column("last_start", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
)

pulse = Table(
    "pulse",
    metadata,
    Column("beat", SmallInteger, primary_key=True),
    Column("beaten_at", DateTime(timezone=True), nullable=False),
)
"""One row, written to see whether the database takes a row."""

test_clock = Table(
    "test_clock",
    metadata,
    Column("id", SmallInteger, primary_key=True),
    Column("moment", DateTime(timezone=True)),
)
"""One row at most, in a test system: the moment that business is judged at."""

command_log = Table(
    "command_log",
    metadata,
    Column("staff_id", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("operation", Text, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("response", LargeBinary),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Index("command_log_by_age", "created_at"),
)

policy = Table(
    "policy",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("code", Text, nullable=False),
    Column("store_id", Text, nullable=False, server_default=""),
    Column("effective_from", DateTime(timezone=True), nullable=False),
    Column("value", JSONB, nullable=False),
    Column("published_by", Text, nullable=False),
    Column("published_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("code", "store_id", "effective_from", name="policy_one_per_moment"),
)
