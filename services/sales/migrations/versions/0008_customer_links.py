"""Links by which customers see how far their orders are."""

from alembic import op

from chassis.store.migrations import create_customer_links

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """The table of them."""
    create_customer_links(op)
