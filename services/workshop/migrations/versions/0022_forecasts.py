"""What was foreseen of an order once its work was given, and how far it was from what happened."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Add the table; of orders of before nothing was kept."""
    op.create_table(
        "forecast",
        sa.Column("order_id", sa.Uuid, sa.ForeignKey("repair_order.id"), primary_key=True),
        sa.Column("store_id", sa.String, nullable=False),
        sa.Column("foreseen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("eta", sa.DateTime(timezone=True), nullable=False),
        sa.Column("standard_eta", sa.DateTime(timezone=True), nullable=False),
        sa.Column("judged_at", sa.DateTime(timezone=True)),
        sa.Column("job_class", sa.String(20)),
        sa.Column("off_minutes", sa.BigInteger),
        sa.Column("standard_off_minutes", sa.BigInteger),
    )
    op.create_index("forecast_by_moment", "forecast", ["foreseen_at", "store_id"])
    op.create_index("forecast_to_judge", "forecast", ["order_id"], postgresql_where=sa.text("judged_at IS NULL"))
