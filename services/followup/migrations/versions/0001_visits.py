"""Visits, and the chassis' tables."""

import sqlalchemy as sa
from alembic import op

from chassis.store.migrations import create_chassis_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create everything of the first release."""
    create_chassis_tables(op, service="followup")
    op.create_table(
        "visit",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("purpose", sa.String, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("store_id", sa.String, nullable=False),
        sa.Column("customer_id", sa.Uuid, nullable=False),
        sa.Column("trigger_type", sa.String, nullable=False),
        sa.Column("trigger_id", sa.Uuid, nullable=False),
        sa.Column("triggered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("judged_staff_id", sa.String),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("score", sa.BigInteger),
        sa.Column("remark", sa.String, nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True)),
        sa.Column("completed_by", sa.String),
        sa.UniqueConstraint("trigger_type", "trigger_id", "purpose", name="visit_once_per_occasion"),
        sa.CheckConstraint("score BETWEEN 1 AND 10", name="visit_score_on_the_scale"),
        sa.CheckConstraint(
            "(status = 'completed') = (score IS NOT NULL) AND (status = 'completed') = (completed_at IS NOT NULL)",
            name="visit_completed_with_an_answer",
        ),
    )
    op.create_index("visit_by_status", "visit", ["status", "due_at", "id"])
    op.create_index("visit_by_store", "visit", ["store_id", "status", "due_at", "id"])
    op.create_index("visit_by_customer", "visit", ["customer_id", "due_at", "id"])
