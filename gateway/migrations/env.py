"""Alembic's environment of this service."""

from chassis.migrations import run_environment

run_environment()
