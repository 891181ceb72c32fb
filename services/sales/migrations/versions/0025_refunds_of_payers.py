"""To whom of an order's payers money goes back: who had paid it; what we owe on top of a deposit is one for each."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """What went back before went to who had paid it."""
    op.add_column("refund", sa.Column("payer_id", sa.Uuid))
    op.execute(
        """
        UPDATE refund r SET payer_id = a.id
          FROM payment p JOIN order_party a ON a.id = p.payer_id AND a.order_id = p.order_id
         WHERE p.id = r.payment_id AND r.kind = 'return'
        """
    )
    op.drop_index("refund_one_compensation", "refund")
    op.create_index(
        "refund_one_compensation",
        "refund",
        ["order_id", sa.text("coalesce(payer_id, order_id)")],
        unique=True,
        postgresql_where=sa.text("kind = 'compensation' AND state <> 'refused'"),
    )
