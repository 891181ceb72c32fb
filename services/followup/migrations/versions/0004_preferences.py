"""By which channel a visit is made, and at which hours a customer likes to be asked (R12).

What customers wished before is told anew: `crm events replay --consumer followup` after this migration.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add channel and hours; forget having heard the preferences, so that a replay fills them in."""
    op.add_column("visit", sa.Column("channel", sa.String(20), nullable=False, server_default="call"))
    op.add_column("wish", sa.Column("preferred", sa.String(20)))
    op.add_column("wish", sa.Column("from_hour", sa.BigInteger))
    op.add_column("wish", sa.Column("to_hour", sa.BigInteger))
    op.execute("UPDATE wish SET version = 0 WHERE about = 'do_not_call'")
    op.execute("DELETE FROM inbox WHERE handler = 'customer_preferences_changed.v1'")
