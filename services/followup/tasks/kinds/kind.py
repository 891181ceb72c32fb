"""What a kind of task is: what opens one, what closes it, what moves it, and where it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts.envelope import Event, Received
from contracts.operation import Operation
from contracts.policies import PolicyKind
from services.followup.tasks.rules import Move, Opening


@dataclass(frozen=True, slots=True)
class Kind:
    """One row of the table of kinds. A subject has at most one task of a kind.

    `done_by` is the command that does it: who may use it may be given the task. `console` and `api` say where, with
    `{store_id}`, `{customer_id}` and `{subject_id}` of the task.
    `within` is the policy that says how long after it was opened a task is due, where the event itself says nothing: a
    shape whose fields are units of time.
    `all_day` says that its moment is when to begin: what is done on that day is in time.
    `opens`, `moves` and `closes` are the events that do, and what each says; of what an event is not about, None or
    nothing. What another idea of followup does without an event, it tells itself (`usecases.stand`).
    """

    code: str
    zh: str
    en: str
    done_by: Operation[Any, Any]
    console: str
    api: str
    within: PolicyKind[Any] | None = None
    all_day: bool = False
    opens: Mapping[type[Event], Callable[[Received[Any]], Opening | None]] = field(default_factory=dict)
    moves: Mapping[type[Event], Callable[[Received[Any]], Move | None]] = field(default_factory=dict)
    closes: Mapping[type[Event], Callable[[Received[Any]], Iterable[str]]] = field(default_factory=dict)

    @property
    def heard(self) -> tuple[type[Event], ...]:
        """Every event that says something of its tasks."""
        return (*self.opens, *self.moves, *self.closes)
