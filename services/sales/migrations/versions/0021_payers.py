"""Who of an order's payers paid, and what each of them owes."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """What was paid before is the buyer's or the lender's; what others owe is known from the next thing on."""
    op.add_column("payment", sa.Column("payer_id", sa.Uuid))
    op.add_column("receivable", sa.Column("party_id", sa.Uuid))
    op.drop_constraint("receivable_once", "receivable")
    op.create_index(
        "receivable_once",
        "receivable",
        ["order_id", "payer"],
        unique=True,
        postgresql_where=sa.text("party_id IS NULL"),
    )
    op.create_index("receivable_once_of_party", "receivable", ["order_id", "party_id"], unique=True)
