"""Segments and the whole timeline."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """The old lines and glances stay; `crm events rebuild customer` tells what was not told before."""
    _timeline()
    _glance()
    _segments()


def _timeline() -> None:
    """An event may concern several customers."""
    op.execute("ALTER TABLE timeline_entry DROP CONSTRAINT timeline_entry_pkey")
    op.create_primary_key("timeline_entry_pkey", "timeline_entry", ["event_id", "customer_id"])
    op.drop_constraint("timeline_one_fact_once", "timeline_entry")
    op.create_unique_constraint(
        "timeline_one_fact_once",
        "timeline_entry",
        ["source_type", "source_id", "event_type", "source_version", "customer_id"],
    )


def _glance() -> None:
    for column in (
        sa.Column("last_service_store_id", sa.String),
        sa.Column("last_contact_at", MOMENT),
        sa.Column("next_visit_at", MOMENT),
        sa.Column("next_visit_purpose", sa.String),
        sa.Column("open_orders", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("open_repair_orders", JSONB, nullable=False, server_default="[]"),
        sa.Column("spent_fen", sa.BigInteger, nullable=False, server_default="0"),
    ):
        op.add_column("glance", column)
    op.execute("UPDATE glance SET last_contact_at = greatest(sold_at, last_service_at)")


def _segments() -> None:
    op.create_table(
        "segment",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.String, nullable=False, unique=True),
        sa.Column("predicate", JSONB, nullable=False),
        sa.Column("moves_with_time", sa.Boolean, nullable=False),
        sa.Column("created_by", sa.String, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("swept_until", sa.Uuid),
        sa.Column("sweep_at", MOMENT),
        sa.Column("complete_at", MOMENT),
    )
    op.create_table(
        "segment_member",
        sa.Column("segment_id", sa.Uuid, sa.ForeignKey("segment.id"), primary_key=True),
        sa.Column("customer_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.Column("left_at", MOMENT),
    )
    op.create_index("segment_member_by_customer", "segment_member", ["customer_id"])
    op.create_table("segment_due", sa.Column("customer_id", sa.Uuid, primary_key=True))
