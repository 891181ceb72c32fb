"""Followup knows when stores are open: nobody is called from one that is closed."""

from alembic import op

from chassis.store.migrations import create_store_table

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the stores; `crm events replay --consumer followup` fills them."""
    create_store_table(op)
