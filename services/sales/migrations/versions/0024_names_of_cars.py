"""A car of the catalogue is told apart by its name however that was typed; of two that differed so the first has it."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Fold the names that are there."""
    op.add_column("car_definition", sa.Column("name_key", sa.String))
    op.execute(
        """
        UPDATE car_definition c SET name_key = told.key || CASE WHEN told.nth = 1 THEN '' ELSE '/' || c.id END
          FROM (SELECT id, key, row_number() OVER (
                           PARTITION BY key, lower(colour), coalesce(model_year, 0), withdrawn_at IS NULL
                           ORDER BY created_at, id) AS nth
                  FROM car_definition CROSS JOIN LATERAL (
                       SELECT lower(regexp_replace(normalize(name, NFKC), '\\s', '', 'g')) AS key) folded) told
         WHERE told.id = c.id
        """
    )
    op.alter_column("car_definition", "name_key", nullable=False)
    op.drop_index("car_definition_once", "car_definition")
    op.create_index(
        "car_definition_once",
        "car_definition",
        ["name_key", sa.text("lower(colour)"), sa.text("coalesce(model_year, 0)")],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
