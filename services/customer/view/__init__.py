"""The customer view: look-up, profile, timeline, facts at a glance, what not to overlook (R19, R20, R23)."""

from services.customer.view.queries import look_up, overview
from services.customer.view.usecases import timeline

__all__ = ["look_up", "overview", "timeline"]
