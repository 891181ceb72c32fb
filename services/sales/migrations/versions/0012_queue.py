"""Who waits for a vehicle is offered the one that comes, and it is kept for him."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Since when a vehicle is free, and for whom it was kept."""
    op.add_column("stock_vehicle", sa.Column("free_since", sa.DateTime(timezone=True)))
    op.execute("UPDATE stock_vehicle SET free_since = received_at")
    op.create_table(
        "vehicle_offer",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("stock_id", sa.Uuid, sa.ForeignKey("stock_vehicle.id"), nullable=False),
        sa.Column("order_id", sa.Uuid, sa.ForeignKey("sales_order.id"), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("how", sa.String(20)),
    )
    is_open = sa.text("ended_at IS NULL")
    op.create_index("vehicle_offer_of_vehicle", "vehicle_offer", ["stock_id"], unique=True, postgresql_where=is_open)
    op.create_index("vehicle_offer_of_order", "vehicle_offer", ["order_id"], unique=True, postgresql_where=is_open)
    op.create_index("vehicle_offer_had", "vehicle_offer", ["stock_id", "order_id"])
    signed = sa.text("status = 'signed'")
    op.create_index("sales_order_waiting", "sales_order", ["store_id", "model"], postgresql_where=signed)
