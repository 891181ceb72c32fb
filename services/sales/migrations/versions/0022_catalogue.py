"""The catalogue of cars with their list prices; orders and vehicles say which of them they are.

What was written before keeps the words that were typed: which car of the catalogue was meant, nobody can say.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Add the tables."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "car_definition",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("model", sa.String, nullable=False),
        sa.Column("trim", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("colour", sa.String, nullable=False),
        sa.Column("model_year", sa.BigInteger),
        sa.Column("created_by", sa.String, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("withdrawn_at", moment),
        sa.Column("version", sa.BigInteger, nullable=False),
    )
    op.create_index(
        "car_definition_once",
        "car_definition",
        ["name", "colour", sa.text("coalesce(model_year, 0)")],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "list_price",
        sa.Column("definition_id", sa.Uuid, sa.ForeignKey("car_definition.id"), primary_key=True),
        sa.Column("store_id", sa.String, primary_key=True),
        sa.Column("from_day", sa.Date, primary_key=True),
        sa.Column("list_fen", sa.BigInteger),
        sa.Column("set_by", sa.String, nullable=False),
        sa.Column("set_at", moment, nullable=False),
    )
    for table in ("sales_order", "stock_vehicle"):
        op.add_column(table, sa.Column("definition_id", sa.Uuid))
        op.add_column(table, sa.Column("colour", sa.String, nullable=False, server_default=""))
