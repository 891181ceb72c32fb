"""What customers wish of being called, and visits that are suppressed by it (R12)."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the wishes; visits get the reason they wait for."""
    op.create_table(
        "wish",
        sa.Column("customer_id", sa.Uuid, primary_key=True),
        sa.Column("about", sa.String, primary_key=True),
        sa.Column("channel", sa.String, primary_key=True),
        sa.Column("allowed", sa.Boolean, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
    )
    op.add_column("visit", sa.Column("suppressed_because", sa.String))
    op.create_check_constraint(
        "visit_suppressed_for_a_reason",
        "visit",
        "(status = 'suppressed') = (suppressed_because IS NOT NULL)",
    )
