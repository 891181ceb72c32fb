"""Orders end: closed after the delivery, or cancelled before it, without a vehicle; each version has its moment."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add who asked for a cancellation and why, who confirmed it, and where the order was before."""
    op.add_column("sales_order", sa.Column("closed_at", sa.DateTime(timezone=True)))
    op.add_column("sales_order", sa.Column("status_before", sa.String(20)))
    op.add_column("sales_order", sa.Column("cancel_fault", sa.String(20)))
    op.add_column("sales_order", sa.Column("cancel_reason", sa.String))
    op.add_column("sales_order", sa.Column("cancel_requested_by", sa.String))
    op.add_column("sales_order", sa.Column("cancel_requested_at", sa.DateTime(timezone=True)))
    op.add_column("sales_order", sa.Column("cancelled_by", sa.String))
    op.add_column("sales_order", sa.Column("cancelled_at", sa.DateTime(timezone=True)))
    op.add_column("sales_order", sa.Column("changed_at", sa.DateTime(timezone=True)))
    op.execute(
        "UPDATE sales_order o SET changed_at = greatest(o.created_at, o.signed_at, o.allocated_at, o.delivered_at,"
        " (SELECT max(p.confirmed_at) FROM payment p WHERE p.order_id = o.id))"
    )
    op.alter_column("sales_order", "changed_at", nullable=False, server_default=sa.func.now())
    op.create_check_constraint(
        "sales_order_cancelled_has_no_vehicle", "sales_order", "status <> 'cancelled' OR vin IS NULL"
    )
