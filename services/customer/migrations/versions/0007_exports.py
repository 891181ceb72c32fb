"""Exports of segments: asked for, decided, never kept."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Who asked for which members, and who allowed it."""
    op.create_table(
        "export",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("segment_id", sa.Uuid, sa.ForeignKey("segment.id"), nullable=False),
        sa.Column("format", sa.String, nullable=False),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("requested_by", sa.String, nullable=False),
        sa.Column("requested_at", MOMENT, nullable=False),
        sa.Column("decided_by", sa.String),
        sa.Column("decided_at", MOMENT),
        sa.Column("decision_reason", sa.String),
        sa.Column("expires_at", MOMENT, nullable=False),
    )
    op.create_index("export_by_asker", "export", ["requested_by", "requested_at"])
    op.create_index("export_by_moment", "export", ["requested_at"])
