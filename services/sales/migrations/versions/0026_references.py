"""A payment that stands for one that was taken back says so; of a channel each reference of a refund is one refund."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """A refund went by the channel its money had come by; of those with one reference the first has it."""
    op.add_column("payment", sa.Column("replaces_id", sa.Uuid, sa.ForeignKey("payment.id")))
    op.add_column("refund", sa.Column("channel", sa.String(20)))
    op.add_column("refund", sa.Column("reference_key", sa.String))
    op.execute("UPDATE refund r SET channel = p.channel FROM payment p WHERE p.id = r.payment_id")
    op.alter_column("refund", "channel", nullable=False)
    op.execute(
        """
        UPDATE refund r SET reference_key = told.key || CASE WHEN told.nth = 1 THEN '' ELSE '/' || r.id END
          FROM (SELECT id, key, row_number() OVER (PARTITION BY channel, key ORDER BY paid_at, id) AS nth
                  FROM refund CROSS JOIN LATERAL (
                       SELECT lower(regexp_replace(normalize(external_ref, NFKC), '\\s', '', 'g')) AS key) folded
                 WHERE external_ref IS NOT NULL) told
         WHERE told.id = r.id
        """
    )
    op.create_unique_constraint("refund_reference_once", "refund", ["channel", "reference_key"])
