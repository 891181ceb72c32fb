"""The workshop knows who works where, for work is given to a technician of the store."""

from alembic import op

from chassis.store.migrations import create_staff_table

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the staff; `crm events replay --consumer workshop` fills it."""
    create_staff_table(op)
