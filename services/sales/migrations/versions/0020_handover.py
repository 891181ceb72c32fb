"""Who saw to which item of the checklist, and with whom and until when a car is insured."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Add the table and the columns; an insurance that was entered before ends a year after it began."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "handover_check",
        sa.Column("order_id", sa.Uuid, sa.ForeignKey("delivery_plan.order_id"), primary_key=True),
        sa.Column("code", sa.String(20), primary_key=True),
        sa.Column("at", moment, nullable=False),
        sa.Column("by", sa.String, nullable=False),
    )
    op.add_column("delivery_step", sa.Column("effective_until", moment))
    op.add_column("delivery_step", sa.Column("insurer", sa.String, nullable=False, server_default=""))
    op.execute("UPDATE delivery_step SET effective_until = effective_from + interval '1 year'")
