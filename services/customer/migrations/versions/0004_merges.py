"""Merges of records, their undoing and how far both have come; scans for duplicates; parties that can move."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from chassis.store.migrations import create_rekeying_tables

revision = "0004"
down_revision = "0003"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the tables; a vehicle's party is known by whom it was told of, so that two of one customer can stand."""
    _merges()
    _scans()
    create_rekeying_tables(op)
    op.add_column("pair", sa.Column("related_from", sa.Uuid))
    op.add_column(
        "vehicle_party",
        sa.Column(
            "first_customer_id",
            sa.Uuid,
            sa.Computed("COALESCE(origin_customer_id, customer_id)", persisted=True),
            nullable=False,
        ),
    )
    op.drop_constraint("vehicle_party_pkey", "vehicle_party")
    op.create_primary_key("vehicle_party_pkey", "vehicle_party", ["vehicle_id", "first_customer_id", "role"])
    op.create_index("vehicle_party_by_origin", "vehicle_party", ["origin_customer_id"])
    op.create_index(
        "customer_merged_into", "customer", ["merged_into"], postgresql_where=sa.text("merged_into IS NOT NULL")
    )


def _merges() -> None:
    op.create_table(
        "merge",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("position", sa.BigInteger, sa.Identity(), nullable=False, unique=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("survivor_id", sa.Uuid, nullable=False),
        sa.Column("loser_ids", JSONB, nullable=False),
        sa.Column("rule", sa.String, nullable=False),
        sa.Column("score", sa.BigInteger),
        sa.Column("field_choices", JSONB, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("store_id", sa.String, nullable=False),
        sa.Column("requested_by", sa.String, nullable=False),
        sa.Column("requested_at", MOMENT, nullable=False),
        sa.Column("parts", sa.BigInteger, nullable=False),
        sa.Column("snapshot", JSONB, nullable=False),
        sa.Column("undone_at", MOMENT),
        sa.Column("undone_by", sa.String),
        sa.Column("undone_because", sa.String),
        sa.Column("undo_parts", sa.BigInteger, nullable=False),
    )
    op.create_index("merge_by_survivor", "merge", ["survivor_id", "position"])
    op.create_index("merge_by_loser", "merge", ["loser_ids"], postgresql_using="gin")
    op.create_table(
        "merge_step",
        sa.Column("merge_id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.String, primary_key=True),
        sa.Column("service", sa.String, primary_key=True),
        sa.Column("part", sa.BigInteger, primary_key=True),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )


def _scans() -> None:
    op.create_table(
        "duplicate_scan",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("checkpoint", sa.Uuid),
        sa.Column("scanned", sa.BigInteger, nullable=False),
        sa.Column("queued", sa.BigInteger, nullable=False),
        sa.Column("merged", sa.BigInteger, nullable=False),
        sa.Column("started_by", sa.String, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("finished_at", MOMENT),
    )
    op.create_index(
        "duplicate_scan_running",
        "duplicate_scan",
        ["status"],
        unique=True,
        postgresql_where=sa.text("status = 'running'"),
    )
