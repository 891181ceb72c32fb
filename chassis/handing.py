"""What a row's function is given beside its session (or connection) and the request: what it names, and no more."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Container, Mapping
from typing import Any

from chassis.bus.context import Call

OF_A_CALL: Mapping[str, Callable[[Any], Any]] = {
    "scope": lambda call: call.scope,
    "now": lambda call: call.now,
    "actor": lambda call: call.actor,
    "roles": lambda call: call.actor.roles,
}
"""What there is to be given by a call, by the name of the keyword that takes it."""


def asked_for(work: Callable[..., Any], known: Container[str]) -> list[str]:
    """The keywords a function must be given. Raises TypeError for one that nobody can give."""
    parameters = inspect.signature(work).parameters.values()
    wanted = [each.name for each in parameters if each.kind is each.KEYWORD_ONLY and each.default is each.empty]
    if unknown := [name for name in wanted if name not in known]:
        raise TypeError(f"{work}: nothing to give for {', '.join(unknown)}")
    return wanted


def given(
    work: Callable[..., Any], known: Mapping[str, Callable[[Any], Any]] = OF_A_CALL
) -> Callable[[Call], dict[str, Any]]:
    """What a function is to be given of a call, found out once."""
    wanted = [(name, known[name]) for name in asked_for(work, known)]
    return lambda call: {name: give(call) for name, give in wanted}
