"""Views of lists that people keep."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add their table."""
    op.create_table(
        "saved_views",
        sa.Column("staff_code", sa.String, sa.ForeignKey("staff.code"), primary_key=True),
        sa.Column("of", sa.String, primary_key=True),
        sa.Column("views", JSONB, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
    )
