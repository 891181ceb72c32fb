"""Workshop knows which stores have closed for good: no vehicle is taken in there."""

from alembic import op

from chassis.store.migrations import create_store_table

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the stores; `crm events replay --consumer workshop` fills them."""
    create_store_table(op)
