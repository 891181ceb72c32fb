"""Facts: deliveries, workshop visits, answers; and the chassis' tables."""

import sqlalchemy as sa
from alembic import op

from chassis.store.migrations import create_chassis_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create everything of the first release."""
    create_chassis_tables(op, service="reporting")
    op.create_table(
        "delivery",
        sa.Column("order_id", sa.Uuid, primary_key=True),
        sa.Column("store_id", sa.String, nullable=False),
        sa.Column("vehicle_id", sa.Uuid, nullable=False),
        sa.Column("model", sa.String, nullable=False),
        sa.Column("consultant_id", sa.String, nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("month", sa.String, nullable=False),
        sa.Column("total_fen", sa.BigInteger, nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source_version", sa.BigInteger, nullable=False),
    )
    op.create_index("delivery_by_month", "delivery", ["month", "store_id"])
    op.create_table(
        "workshop_visit",
        sa.Column("ro_id", sa.Uuid, primary_key=True),
        sa.Column("store_id", sa.String, nullable=False),
        sa.Column("vehicle_id", sa.Uuid, nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("month", sa.String, nullable=False),
        sa.Column("total_fen", sa.BigInteger, nullable=False),
        sa.Column("internal_fen", sa.BigInteger, nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source_version", sa.BigInteger, nullable=False),
    )
    op.create_index("workshop_visit_by_month", "workshop_visit", ["month", "store_id"])
    op.create_table(
        "answer",
        sa.Column("visit_id", sa.Uuid, primary_key=True),
        sa.Column("purpose", sa.String, nullable=False),
        sa.Column("store_id", sa.String, nullable=False),
        sa.Column("score", sa.BigInteger, nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("month", sa.String, nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source_version", sa.BigInteger, nullable=False),
    )
    op.create_index("answer_by_month", "answer", ["month", "purpose", "store_id"])
