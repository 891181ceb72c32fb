"""Moments as an operator types them at the `crm` command."""

from __future__ import annotations

from datetime import datetime

import click

from chassis.process import clock


class Moment(click.ParamType[datetime]):
    """A day or a moment; without a zone it is the stores', wherever the command runs."""

    name = "moment"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read it. Fails as a mistake of use."""
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError as problem:
            self.fail(str(problem), param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=clock.LOCAL)
