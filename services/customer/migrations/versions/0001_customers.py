"""Customers, vehicles, the customer view, and the chassis' tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from chassis.store.migrations import create_chassis_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create everything of the first release."""
    create_chassis_tables(op, service="customer")
    op.create_table(
        "customer",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("pinyin", sa.String, nullable=False),
        sa.Column("initials", sa.String, nullable=False),
        sa.Column("mobile", sa.String, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("store_id", sa.String, nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("forced_reason", sa.String),
    )
    op.create_index("customer_mobile", "customer", ["mobile"])
    op.create_index("customer_mobile_tail", "customer", [sa.text("reverse(mobile)")])
    op.create_index("customer_name", "customer", ["name"])
    op.create_index("customer_pinyin", "customer", ["pinyin"])
    op.create_index("customer_initials", "customer", ["initials"])
    op.create_table(
        "vehicle",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("vin", sa.String, nullable=False, unique=True),
        sa.Column("model", sa.String, nullable=False),
        sa.Column("plate", sa.String),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("vehicle_vin_tail", "vehicle", [sa.text("reverse(vin)")])
    op.create_index("vehicle_plate", "vehicle", ["plate"])
    op.create_table(
        "vehicle_party",
        sa.Column("vehicle_id", sa.Uuid, sa.ForeignKey("vehicle.id"), primary_key=True),
        sa.Column("customer_id", sa.Uuid, primary_key=True),
        sa.Column("role", sa.String, primary_key=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("vehicle_party_by_customer", "vehicle_party", ["customer_id"])
    op.create_table(
        "timeline_entry",
        sa.Column("event_id", sa.Uuid, primary_key=True),
        sa.Column("customer_id", sa.Uuid, nullable=False),
        sa.Column("event_type", sa.String, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("source_type", sa.String, nullable=False),
        sa.Column("source_id", sa.String, nullable=False),
        sa.Column("source_version", sa.BigInteger, nullable=False),
        sa.Column("store_id", sa.String, nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("summary", JSONB, nullable=False),
        sa.UniqueConstraint("source_type", "source_id", "event_type", "source_version", name="timeline_one_fact_once"),
    )
    op.create_index("timeline_by_customer", "timeline_entry", ["customer_id", "occurred_at"])
    op.create_table(
        "glance",
        sa.Column("customer_id", sa.Uuid, primary_key=True),
        sa.Column("sold_at", sa.DateTime(timezone=True)),
        sa.Column("sold_store_id", sa.String),
        sa.Column("consultant_id", sa.String),
        sa.Column("last_service_at", sa.DateTime(timezone=True)),
        sa.Column("last_km", sa.BigInteger),
        sa.Column("service_visits", sa.BigInteger, nullable=False),
        sa.Column("open_visits", sa.BigInteger, nullable=False),
        sa.Column("last_score", sa.BigInteger),
    )
