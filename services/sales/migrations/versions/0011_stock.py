"""Vehicles on their way, that left, and that come back: a record of stock is no longer known by its VIN."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Give each record an identity; what was handed over has left, and may be sold once more."""
    anew = sa.text("gen_random_uuid()")
    op.add_column("stock_vehicle", sa.Column("id", sa.Uuid, nullable=False, server_default=anew))
    op.drop_constraint("stock_vehicle_pkey", "stock_vehicle")
    op.create_primary_key("stock_vehicle_pkey", "stock_vehicle", ["id"])
    for name in ("vin", "vehicle_id", "received_at"):
        op.alter_column("stock_vehicle", name, nullable=True)
    op.add_column("stock_vehicle", sa.Column("condition", sa.String(20), nullable=False, server_default="new"))
    op.add_column("stock_vehicle", sa.Column("certificate", sa.String(20), nullable=False, server_default="with_us"))
    op.add_column("stock_vehicle", sa.Column("certificate_by", sa.String))
    op.add_column("stock_vehicle", sa.Column("certificate_at", sa.DateTime(timezone=True)))
    op.add_column("stock_vehicle", sa.Column("eta", sa.Date))
    op.add_column("stock_vehicle", sa.Column("gone_at", sa.DateTime(timezone=True)))
    op.add_column("stock_vehicle", sa.Column("version", sa.BigInteger, nullable=False, server_default="1"))
    op.execute(
        "UPDATE stock_vehicle SET gone_at = sold.delivered_at FROM sales_order sold"
        " WHERE sold.id = stock_vehicle.order_id AND sold.delivered_at IS NOT NULL"
    )
    here = sa.text("gone_at IS NULL")
    op.create_index("stock_vehicle_once", "stock_vehicle", ["vin"], unique=True, postgresql_where=here)
    op.create_index("stock_vehicle_by_vin", "stock_vehicle", ["vin"])
    op.create_index("stock_vehicle_by_store", "stock_vehicle", ["store_id", "model"], postgresql_where=here)
    op.drop_constraint("sales_order_vin_key", "sales_order")
    open_orders = sa.text("delivered_at IS NULL")
    op.create_index("sales_order_one_vin", "sales_order", ["vin"], unique=True, postgresql_where=open_orders)
