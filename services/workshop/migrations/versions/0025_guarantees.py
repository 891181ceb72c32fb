"""From when on cars' guarantees run, and which of their counters were told of (三包, C9)."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Add both tables; deliveries of before are heard by a replay (`crm events replay --consumer workshop`)."""
    op.create_table(
        "vehicle_guarantee",
        sa.Column("vehicle_id", sa.Uuid, primary_key=True),
        sa.Column("runs_from", sa.Date, nullable=False),
    )
    op.create_table(
        "guarantee_watch",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("key", sa.String, nullable=False, unique=True),
        sa.Column("order_id", sa.Uuid, sa.ForeignKey("repair_order.id"), nullable=False),
        sa.Column("store_id", sa.String, nullable=False),
        sa.Column("vehicle_id", sa.Uuid, nullable=False),
        sa.Column("counter", sa.String(20), nullable=False),
        sa.Column("fault_group", sa.String(20)),
        sa.Column("rule", sa.String, nullable=False),
        sa.Column("level", sa.String(20), nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.Column("most", sa.BigInteger, nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by", sa.String),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("answer", sa.String, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
    )
    op.create_index(
        "guarantee_watch_open",
        "guarantee_watch",
        ["store_id", "told_at"],
        postgresql_where=sa.text("answered_at IS NULL"),
    )
    op.create_index("guarantee_watch_by_vehicle", "guarantee_watch", ["vehicle_id"])
