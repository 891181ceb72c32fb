"""The stock is asked for a vehicle by its identifier."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the index."""
    op.create_index("ix_stock_vehicle_vehicle_id", "stock_vehicle", ["vehicle_id"])
