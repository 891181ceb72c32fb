"""Organisation, accounts, sessions, access log, and the chassis' tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from chassis.store.migrations import create_chassis_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create everything of the first release."""
    create_chassis_tables(op, service="gateway")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "dealer",
        sa.Column("code", sa.String, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("created_at", moment, nullable=False),
    )
    op.create_table(
        "store",
        sa.Column("code", sa.String, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("dealer_code", sa.String, sa.ForeignKey("dealer.code"), nullable=False, index=True),
        sa.Column("grade", sa.String, nullable=False),
        sa.Column("headquarters", sa.Boolean, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("created_at", moment, nullable=False),
    )
    op.create_table(
        "staff",
        sa.Column("code", sa.String, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("roles", ARRAY(sa.Text), nullable=False),
        sa.Column("stores", ARRAY(sa.Text), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("created_at", moment, nullable=False),
    )
    op.create_table(
        "account",
        sa.Column("staff_code", sa.String, sa.ForeignKey("staff.code"), primary_key=True),
        sa.Column("login", sa.String, nullable=False, unique=True),
        sa.Column("password_hash", sa.String, nullable=False),
        sa.Column("initial_until", moment),
        sa.Column("changed_at", moment, nullable=False),
    )
    op.create_table(
        "staff_session",
        sa.Column("token_hash", sa.LargeBinary, primary_key=True),
        sa.Column("staff_code", sa.String, sa.ForeignKey("staff.code"), nullable=False, index=True),
        sa.Column("began_at", moment, nullable=False),
        sa.Column("seen_at", moment, nullable=False),
        sa.Column("ends_at", moment, nullable=False, index=True),
    )
    op.create_table(
        "login_failure",
        sa.Column("subject", sa.String, primary_key=True),
        sa.Column("failures", sa.BigInteger, nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.Column("blocked_until", moment),
    )
    op.create_table(
        "access_log",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("at", moment, nullable=False, index=True),
        sa.Column("staff_id", sa.String, nullable=False),
        sa.Column("operation", sa.String, nullable=False),
        sa.Column("subject_id", sa.String, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("request_id", sa.String, nullable=False),
    )
    op.execute('REVOKE UPDATE, DELETE ON access_log FROM "gateway_app"')
