"""Promises: what was first promised, and whether it was kept."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the table; `crm events rebuild reporting` fills it."""
    op.create_table(
        "promise",
        sa.Column("document_id", sa.Uuid, primary_key=True),
        sa.Column("document_type", sa.String, nullable=False),
        sa.Column("store_id", sa.String, nullable=False),
        sa.Column("in_time", sa.Boolean, nullable=False),
        sa.Column("month", sa.String, nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source_version", sa.BigInteger, nullable=False),
    )
    op.create_index("promise_by_month", "promise", ["month", "store_id"])
