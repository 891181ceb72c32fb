"""Sales knows which stores have closed for good: no order is written and no stock taken in there."""

from alembic import op

from chassis.store.migrations import create_store_table

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the stores; `crm events replay --consumer sales` fills them."""
    create_store_table(op)
