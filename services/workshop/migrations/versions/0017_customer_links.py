"""Links by which customers follow their repairs, and answer."""

from alembic import op

from chassis.store.migrations import create_customer_links

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """The table of them."""
    create_customer_links(op)
