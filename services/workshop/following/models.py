"""The links by which customers follow their repairs."""

from __future__ import annotations

from chassis.customers import links
from services.workshop.declared import Base
from services.workshop.repair_orders.models import REPAIR_ORDERS


class CustomerLink(links.CustomerLink, Base):
    """Links that customers were given."""


REPAIR_PROGRESS = links.Opening("repair_progress", REPAIR_ORDERS)
"""A link that shows how far one repair is, and takes its customer's word."""
