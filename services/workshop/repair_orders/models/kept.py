"""What the workshop keeps as every service does: numbers, whose record lives on in whose, staff, stores."""

from __future__ import annotations

from chassis.customers import rekeying
from chassis.organisation import staff, stores
from chassis.store import numbers
from services.workshop.declared import Base


class NumberSeries(numbers.NumberSeries, Base):
    """Document numbers, by store and day."""


class CustomerAlias(rekeying.CustomerAlias, Base):
    """Where customers live on."""


class DocumentOwner(rekeying.DocumentOwner, Base):
    """Documents that were given to somebody else."""


class StaffMember(staff.StaffMember, Base):
    """Who works where, as what."""


class Store(stores.Store, Base):
    """From which day on stores are closed."""
