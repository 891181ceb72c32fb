"""Consents, documents, relations; parties of vehicles count their changes."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the folder, the relations, and a version to the parties."""
    op.create_table(
        "consent",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("customer_id", sa.Uuid, nullable=False),
        sa.Column("purpose", sa.String, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("allowed", sa.Boolean, nullable=False),
        sa.Column("basis", sa.String, nullable=False),
        sa.Column("text_version", sa.String, nullable=False),
        sa.Column("evidence", sa.String, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("staff_id", sa.String, nullable=False),
        sa.Column("department", sa.String, nullable=False),
        sa.Column("origin_customer_id", sa.Uuid),
    )
    op.create_index("consent_by_customer", "consent", ["customer_id", "purpose", "channel", "at"])
    op.create_table(
        "document",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("customer_id", sa.Uuid, nullable=False),
        sa.Column("type", sa.String, nullable=False),
        sa.Column("number", sa.String, nullable=False),
        sa.Column("store_id", sa.String, nullable=False),
        sa.Column("shelf", sa.String, nullable=False),
        sa.Column("issued_on", sa.Date),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("added_by", sa.String, nullable=False),
        sa.Column("removed_at", MOMENT),
        sa.Column("removed_by", sa.String),
        sa.Column("removed_because", sa.String, nullable=False),
        sa.Column("origin_customer_id", sa.Uuid),
    )
    op.create_index("document_by_customer", "document", ["customer_id", "added_at"])
    op.create_table(
        "relation",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("customer_id", sa.Uuid, nullable=False),
        sa.Column("other_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("until", sa.Date),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("recorded_by", sa.String, nullable=False),
        sa.Column("ended_by", sa.String),
    )
    op.create_index("relation_by_other", "relation", ["other_id"])
    op.create_index(
        "relation_once",
        "relation",
        ["customer_id", "other_id", "kind"],
        unique=True,
        postgresql_where=sa.text("until IS NULL"),
    )
    op.add_column("vehicle_party", sa.Column("version", sa.BigInteger, nullable=False, server_default="1"))
