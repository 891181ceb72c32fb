"""Alembic's environment of this service."""

from chassis.store.migrations import run_environment

run_environment()
