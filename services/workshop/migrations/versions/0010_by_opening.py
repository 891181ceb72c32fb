"""Repair orders of a store in the order in which the vehicles came in."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the index."""
    op.create_index("repair_order_by_opening", "repair_order", ["store_id", "opened_at", "id"])
