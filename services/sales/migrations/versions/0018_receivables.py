"""Who owes what of an order, letters of lenders, what is owed on top of deposits, contradictions that are closed."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """What is owed of the orders there are is their buyers', and not due until something happens to them."""
    for column in (
        sa.Column("loan_fen", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("loan_until", sa.Date),
        sa.Column("loan_paid_fen", sa.BigInteger, nullable=False, server_default="0"),
    ):
        op.add_column("sales_order", column)
    op.execute(
        """
        UPDATE sales_order o SET loan_paid_fen = paid.fen
          FROM (SELECT order_id, sum(amount_fen - unused_fen - refunded_fen) AS fen FROM payment
                 WHERE kind = 'loan' AND state = 'confirmed' GROUP BY order_id) paid
         WHERE paid.order_id = o.id
        """
    )
    op.create_check_constraint(
        "sales_order_loan_is_part_of_paid", "sales_order", "loan_paid_fen BETWEEN 0 AND paid_fen"
    )
    op.create_index(
        "sales_order_to_decide",
        "sales_order",
        ["store_id"],
        postgresql_where=sa.text("status IN ('approval_pending', 'cancel_pending')"),
    )
    op.create_table(
        "loan_letter",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("order_id", sa.Uuid, sa.ForeignKey("sales_order.id"), nullable=False),
        sa.Column("store_id", sa.String, nullable=False),
        sa.Column("lender", sa.String, nullable=False),
        sa.Column("letter_no", sa.String, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("valid_until", sa.Date, nullable=False),
        sa.Column("given_by", sa.String, nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.String),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("end_reason", sa.String),
    )
    op.create_index("loan_letter_by_order", "loan_letter", ["order_id"])
    op.create_index(
        "loan_letter_one_stands", "loan_letter", ["order_id"], unique=True, postgresql_where=sa.text("ended_at IS NULL")
    )
    op.create_table(
        "receivable",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("order_id", sa.Uuid, sa.ForeignKey("sales_order.id"), nullable=False),
        sa.Column("store_id", sa.String, nullable=False),
        sa.Column("payer", sa.String(20), nullable=False),
        sa.Column("payer_name", sa.String, nullable=False),
        sa.Column("owed_fen", sa.BigInteger, nullable=False),
        sa.Column("paid_fen", sa.BigInteger, nullable=False),
        sa.Column("balance_fen", sa.BigInteger, nullable=False),
        sa.Column("to_return_fen", sa.BigInteger, nullable=False),
        sa.Column("compensation_fen", sa.BigInteger, nullable=False),
        sa.Column("due_on", sa.Date),
        sa.Column("due_as", sa.String(20)),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("order_id", "payer", name="receivable_once"),
    )
    op.create_index(
        "receivable_by_due",
        "receivable",
        ["store_id", "due_on", "id"],
        postgresql_where=sa.text("balance_fen > 0"),
    )
    op.create_index(
        "receivable_to_return",
        "receivable",
        ["store_id", "changed_at", "id"],
        postgresql_where=sa.text("to_return_fen > 0"),
    )
    op.execute(
        """
        INSERT INTO receivable (id, order_id, store_id, payer, payer_name, owed_fen, paid_fen, balance_fen,
                                to_return_fen, compensation_fen, changed_at)
        SELECT gen_random_uuid(), id, store_id, 'buyer', '', total_fen - loan_paid_fen, paid_fen - loan_paid_fen,
               total_fen - paid_fen, 0, 0, changed_at
          FROM sales_order WHERE signed_at IS NOT NULL AND status <> 'cancelled'
        UNION ALL
        SELECT gen_random_uuid(), id, store_id, 'lender', '', loan_paid_fen, loan_paid_fen, 0, 0, 0, changed_at
          FROM sales_order WHERE loan_paid_fen > 0 AND status <> 'cancelled'
        """
    )
    # of a cancelled order a fifth of the price at most is a deposit: forfeited by the buyer's fault, owed twice by ours
    op.execute(
        """
        INSERT INTO receivable (id, order_id, store_id, payer, payer_name, owed_fen, paid_fen, balance_fen,
                                to_return_fen, compensation_fen, changed_at)
        SELECT gen_random_uuid(), o.id, o.store_id, 'buyer', '', stays.fen, o.paid_fen, 0,
               o.paid_fen - stays.fen + owed.fen, owed.fen, o.changed_at
          FROM sales_order o
         CROSS JOIN LATERAL (
               SELECT least(o.total_fen / 5, coalesce(sum(p.amount_fen - p.unused_fen), 0))::bigint AS fen
                 FROM payment p
                WHERE p.order_id = o.id AND p.kind = 'deposit' AND p.state = 'confirmed') deposit
         CROSS JOIN LATERAL (
               SELECT CASE o.cancel_fault WHEN 'buyer' THEN least(deposit.fen, o.paid_fen) ELSE 0 END AS fen) stays
         CROSS JOIN LATERAL (
               SELECT CASE o.cancel_fault WHEN 'seller' THEN deposit.fen ELSE 0 END AS fen) owed
         WHERE o.status = 'cancelled' AND o.loan_paid_fen = 0 AND (o.paid_fen > 0 OR owed.fen > 0)
        """
    )
    op.add_column("refund", sa.Column("kind", sa.String(20), nullable=False, server_default="return"))
    op.create_index(
        "refund_open",
        "refund",
        ["store_id", "requested_at", "id"],
        postgresql_where=sa.text("state IN ('requested', 'approved')"),
    )
    op.create_index(
        "refund_one_compensation",
        "refund",
        ["order_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'compensation' AND state <> 'refused'"),
    )
    for column in (
        sa.Column("order_id", sa.Uuid, sa.ForeignKey("sales_order.id"), index=True),
        sa.Column("closed_by", sa.String),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("note", sa.String),
    ):
        op.add_column("payment_notice", column)
    op.create_index(
        "payment_notice_open",
        "payment_notice",
        ["store_id", "first_at", "id"],
        postgresql_where=sa.text("result IN ('contradicts', 'late') AND closed_at IS NULL"),
    )
    op.drop_index("payment_unapplied", "payment")
    op.create_index(
        "payment_unapplied",
        "payment",
        ["store_id", "registered_at", "id"],
        postgresql_where=sa.text("unused_fen + refunded_fen > promised_fen"),
    )
