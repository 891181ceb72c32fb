"""Somebody makes a visit, and has it to himself meanwhile; what became of each attempt is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add who makes a visit, when it is tried again, and the attempts."""
    op.add_column("visit", sa.Column("locked_by", sa.String))
    op.add_column("visit", sa.Column("locked_until", MOMENT))
    op.add_column("visit", sa.Column("not_before", MOMENT))
    op.create_check_constraint(
        "visit_in_progress_is_somebodys",
        "visit",
        "(status = 'in_progress') = (locked_by IS NOT NULL) AND (locked_by IS NULL) = (locked_until IS NULL)",
    )
    op.create_table(
        "visit_attempt",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("visit_id", sa.Uuid, sa.ForeignKey("visit.id"), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_staff_id", sa.String, nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
    )
    op.create_index("visit_attempt_by_visit", "visit_attempt", ["visit_id", "at"])
