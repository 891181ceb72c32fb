"""When a vehicle was set aside for an order; of those of before it is known from the event."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the column and fill it."""
    op.add_column("sales_order", sa.Column("allocated_at", sa.DateTime(timezone=True)))
    op.execute(
        "UPDATE sales_order SET allocated_at = told.occurred_at FROM outbox told"
        " WHERE told.event_type = 'vehicle_allocated' AND told.subject_type = 'order'"
        " AND told.subject_id = sales_order.id::text"
    )
