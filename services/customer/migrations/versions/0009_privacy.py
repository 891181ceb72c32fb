"""The ledger of privacy requests, the runs of the retention, and a way to find the erased."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0008"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the ledger and the runs."""
    op.create_table(
        "privacy_request",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("customer_id", sa.Uuid, nullable=False),
        sa.Column("origin_customer_id", sa.Uuid),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("how", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("store_id", sa.String, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("recorded_by", sa.String, nullable=False),
        sa.Column("decided_at", MOMENT),
        sa.Column("decided_by", sa.String),
        sa.Column("reason", sa.String),
    )
    op.create_index("privacy_request_by_customer", "privacy_request", ["customer_id"])
    op.create_index("privacy_request_by_origin", "privacy_request", ["origin_customer_id"])
    op.create_index(
        "privacy_request_open", "privacy_request", ["due_at", "id"], postgresql_where=sa.text("status = 'open'")
    )
    op.create_table(
        "retention_run",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("figures", JSONB, nullable=False),
        sa.Column("finished_at", MOMENT),
    )
    op.create_index("customer_erased", "customer", ["updated_at"], postgresql_where=sa.text("status = 'erased'"))
