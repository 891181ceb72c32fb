"""A plate is looked up by its end as well: people read it out without its province."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Index plates from their end."""
    op.create_index("vehicle_plate_tail", "vehicle_plate", [sa.text("reverse(plate)")])
