"""What a task looks like to who asks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row

from chassis.process.clock import LOCAL
from contracts.followup import tasks as operations
from contracts.picked import picked
from services.followup.tasks.kinds.kind import Kind
from services.followup.tasks.models import HandOver, Task
from services.followup.tasks.rules import late_before


def task_shown(
    task: Task | Row[tuple[Task]], kind: Kind, hand_overs: Sequence[HandOver | Row[tuple[HandOver]]], *, now: datetime
) -> operations.Task:
    """A task that was opened, from its model or its row, with how it changed hands."""
    assert task.customer_id is not None
    assert task.due_at is not None
    where = {"store_id": task.store_id, "customer_id": task.customer_id, "subject_id": task.subject_id}
    return picked(
        operations.Task,
        task,
        task_id=task.id,
        overdue=task.open and task.due_at < late_before(now, LOCAL, all_day=kind.all_day),
        console=kind.console.format_map(where),
        api=kind.api.format_map(where),
        hand_overs=[handed_shown(one) for one in hand_overs],
    )


def handed_shown(handed: HandOver | Row[tuple[HandOver]]) -> operations.HandOver:
    """How it changed hands once."""
    return picked(operations.HandOver, handed)
