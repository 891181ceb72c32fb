"""The moment that business is judged at, in a test system."""

from alembic import op

from chassis.store.migrations import create_test_clock

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """A table of one row."""
    create_test_clock(op)
