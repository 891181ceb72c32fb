"""Money of orders: by channel, awaited, taken back, unused, given back; and what channels told."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """What came before was confirmed, and all of it was for its order."""
    op.alter_column("payment", "order_id", nullable=True)
    op.alter_column("payment", "confirmed_at", nullable=True)
    anew = sa.text("gen_random_uuid()::text")
    for column in (
        sa.Column("store_id", sa.String, nullable=False, server_default=""),
        sa.Column("channel", sa.String(20), nullable=False, server_default="transfer"),
        sa.Column("reference_key", sa.String, nullable=False, server_default=anew),
        sa.Column("state", sa.String(20), nullable=False, server_default="confirmed"),
        sa.Column("unused_fen", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("refunded_fen", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("promised_fen", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("reported", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("registered_by", sa.String),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("end_reason", sa.String),
        sa.Column("version", sa.BigInteger, nullable=False, server_default="1"),
    ):
        op.add_column("payment", column)
    # of references that differed by letter case, width or blanks alone, the first one keeps the key
    op.execute(
        """
        UPDATE payment p SET store_id = o.store_id, registered_at = p.confirmed_at,
               reference_key = told.key || CASE WHEN told.nth = 1 THEN '' ELSE '/' || p.id END
          FROM sales_order o, (
               SELECT id, key, row_number() OVER (PARTITION BY key ORDER BY confirmed_at, id) AS nth
                 FROM payment CROSS JOIN LATERAL (
                      SELECT lower(regexp_replace(normalize(external_ref, NFKC), '\\s', '', 'g')) AS key) folded) told
         WHERE o.id = p.order_id AND told.id = p.id
        """
    )
    op.drop_constraint("payment_reference_once", "payment")
    op.create_unique_constraint("payment_reference_once", "payment", ["channel", "reference_key"])
    op.create_check_constraint(
        "payment_is_used_once",
        "payment",
        "unused_fen >= 0 AND refunded_fen >= 0 AND unused_fen + refunded_fen <= amount_fen"
        " AND promised_fen >= refunded_fen AND promised_fen <= amount_fen",
    )
    op.create_index(
        "payment_unapplied",
        "payment",
        ["store_id", "registered_at"],
        postgresql_where=sa.text("unused_fen + refunded_fen > promised_fen"),
    )
    op.create_table(
        "refund",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("payment_id", sa.Uuid, sa.ForeignKey("payment.id"), nullable=False, index=True),
        sa.Column("order_id", sa.Uuid, sa.ForeignKey("sales_order.id"), index=True),
        sa.Column("store_id", sa.String, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("requested_by", sa.String, nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("refusal", sa.String),
        sa.Column("external_ref", sa.String),
        sa.Column("paid_by", sa.String),
        sa.Column("paid_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "payment_notice",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("store_id", sa.String, nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("reference_key", sa.String, nullable=False),
        sa.Column("order_number", sa.String, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("result", sa.String(20), nullable=False),
        sa.Column("payment_id", sa.Uuid, sa.ForeignKey("payment.id")),
        sa.Column("times", sa.BigInteger, nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint(
            "channel", "reference_key", "order_number", "amount_fen", "outcome", "result", name="payment_notice_once"
        ),
    )
