"""What the law gives a customer: his data, their correction, their end; and how long they are kept (PIPL)."""

from services.customer.privacy import queries
from services.customer.privacy.usecases import requests, retention

__all__ = ["queries", "requests", "retention"]
