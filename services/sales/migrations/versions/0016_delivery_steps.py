"""What an order's delivery takes: its plan, its steps with their changes, promises that were moved.

Orders that were signed before have none, and are delivered as they were.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

_OPEN = "ended_at IS NULL"


def upgrade() -> None:
    """Add the tables."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "delivery_plan",
        sa.Column("order_id", sa.Uuid, sa.ForeignKey("sales_order.id"), primary_key=True),
        sa.Column("store_id", sa.String, nullable=False),
        sa.Column("terms", sa.dialects.postgresql.JSONB, nullable=False),
        sa.Column("reserve_days", sa.BigInteger, nullable=False),
        sa.Column("signed_at", moment, nullable=False),
        sa.Column("half_paid_at", moment),
        sa.Column("promised_on", sa.Date, nullable=False),
        sa.Column("ready_on", sa.Date),
        sa.Column("days_left", sa.BigInteger, nullable=False),
        sa.Column("risk", sa.String(20), nullable=False),
        sa.Column("told_risk", sa.String(20), nullable=False),
        sa.Column("untold", sa.Boolean, nullable=False),
        sa.Column("holds", sa.String(20), nullable=False),
        sa.Column("provisional", sa.Boolean, nullable=False),
        sa.Column("look_at", moment),
        sa.Column("ended_at", moment),
    )
    for name, columns in (
        ("delivery_plan_by_reserve", ["store_id", "days_left", "order_id"]),
        ("delivery_plan_by_promise", ["store_id", "promised_on", "order_id"]),
        ("delivery_plan_to_look_at", ["look_at"]),
    ):
        op.create_index(name, "delivery_plan", columns, postgresql_where=sa.text(_OPEN))
    op.create_index(
        "delivery_plan_to_tell", "delivery_plan", ["order_id"], postgresql_where=sa.text(f"{_OPEN} AND untold")
    )
    op.create_table(
        "delivery_step",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("order_id", sa.Uuid, sa.ForeignKey("delivery_plan.order_id"), nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("half_days", sa.BigInteger, nullable=False),
        sa.Column("its_turn", sa.Boolean, nullable=False),
        sa.Column("planned_at", moment),
        sa.Column("due_at", moment),
        sa.Column("since", moment),
        sa.Column("expected_on", sa.Date),
        sa.Column("done_at", moment),
        sa.Column("done_by", sa.String),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("evidence", sa.String, nullable=False),
        sa.Column("effective_from", moment),
        sa.Column("plate", sa.String),
        sa.Column("stages", sa.dialects.postgresql.JSONB, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("order_id", "code", name="delivery_step_once"),
    )
    op.create_index("delivery_step_by_turn", "delivery_step", ["code", "due_at"], postgresql_where=sa.text("its_turn"))
    op.create_table(
        "step_change",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("order_id", sa.Uuid, sa.ForeignKey("delivery_plan.order_id"), nullable=False, index=True),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("act", sa.String(20), nullable=False),
        sa.Column("from_state", sa.String(20), nullable=False),
        sa.Column("to_state", sa.String(20), nullable=False),
        sa.Column("reason", sa.String, nullable=False),
    )
    op.create_table(
        "promise_change",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("order_id", sa.Uuid, sa.ForeignKey("sales_order.id"), nullable=False, index=True),
        sa.Column("at", moment, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("from_day", sa.Date, nullable=False),
        sa.Column("to_day", sa.Date, nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("remark", sa.String, nullable=False),
        sa.Column("excuses", sa.Boolean, nullable=False),
    )
