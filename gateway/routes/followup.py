"""Visits and tasks."""

from __future__ import annotations

from contracts.followup import operations as followup
from contracts.followup import tasks
from gateway.routing import Route

ROUTES = (
    Route("GET", "/visits", followup.worklist, "待回访列表"),
    Route("GET", "/visits/{visit_id}", followup.get_visit, "回访"),
    Route("GET", "/visits/{visit_id}/context", followup.visit_context, "回访前须知"),
    Route("POST", "/visits/{visit_id}/attempts", followup.begin_visit, "开始回访"),
    Route("POST", "/visits/{visit_id}/result", followup.record_unanswered, "登记未完成的回访"),
    Route("POST", "/visits/{visit_id}/complete", followup.complete_visit, "登记回访结果"),
    Route("GET", "/tasks/today", tasks.tasks_today, "今日待办"),
    Route("POST", "/tasks/{task_id}/take", tasks.take_task, "领取待办"),
    Route("POST", "/tasks/{task_id}/hand-over", tasks.hand_over_task, "转交待办"),
)
