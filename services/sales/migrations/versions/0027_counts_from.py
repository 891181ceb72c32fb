"""From which payment the time of a step runs. What was signed before keeps what it was signed with."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Accessories have waited for half of the price all along."""
    op.add_column("delivery_step", sa.Column("counts_from", sa.String(20)))
    op.execute("UPDATE delivery_step SET counts_from = 'half' WHERE code = 'ACCESSORY'")
