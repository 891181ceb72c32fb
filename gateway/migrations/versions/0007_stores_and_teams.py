"""Stores say where they belong, when they are open and when they close; teams.

Stores that are there are open as usual.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"

USUAL = '[{"opens": "08:30", "closes": "20:00"}]'
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HOURS = "{" + ", ".join(f'"{day}": {USUAL}' for day in WEEKDAYS) + ', "holidays": null, "makeup_days": null}'


def upgrade() -> None:
    """Add columns that suit a gateway of before, and the teams."""
    op.add_column("store", sa.Column("brand", sa.String, nullable=False, server_default=""))
    op.add_column("store", sa.Column("region", sa.String, nullable=False, server_default=""))
    op.add_column("store", sa.Column("hours", JSONB, nullable=False, server_default=HOURS))
    op.add_column("store", sa.Column("own_days", JSONB, nullable=False, server_default="[]"))
    op.add_column("store", sa.Column("closes_on", sa.Date))
    op.create_table(
        "team",
        sa.Column("code", sa.String, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("store_id", sa.String, sa.ForeignKey("store.code"), nullable=False, index=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.add_column("staff", sa.Column("team", sa.String, sa.ForeignKey("team.code"), index=True))
