"""Orders of a store in the order of the date promised."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the index."""
    op.create_index("sales_order_by_promise", "sales_order", ["store_id", "promised_date", "id"])
