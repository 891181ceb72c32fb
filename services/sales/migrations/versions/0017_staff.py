"""Sales knows who works where, for a deal is credited to a consultant of its store."""

from alembic import op

from chassis.store.migrations import create_staff_table

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Add the staff; `crm events replay --consumer sales` fills it."""
    create_staff_table(op)
