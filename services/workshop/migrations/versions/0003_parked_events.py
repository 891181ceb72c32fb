"""An event that cannot be sent steps aside, and a row to feel the database's pulse by."""

from alembic import op

from chassis.store.migrations import let_events_be_parked

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add what a parked event says of itself, and the pulse."""
    let_events_be_parked(op, service="workshop")
