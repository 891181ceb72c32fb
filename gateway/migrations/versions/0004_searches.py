"""Searches by a number: what each person was given and missed, so that the same asking costs nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """A table for two days."""
    op.create_table(
        "searched",
        sa.Column("staff_id", sa.String, primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("what", sa.LargeBinary, primary_key=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("missed", sa.Boolean, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
