import { api, asked } from "../../api/client";
import { queries } from "../../queries";
import { TASKS, type Task, type Unanswered, VISITS, type Visit } from "./queries";

export interface Answer {
  score: number;
  remark: string;
  channel?: Visit["channel"];
}

/** What he answered. Throws `Problem`. */
export async function complete(visit: Visit, body: Answer, key: string): Promise<Visit> {
  const header = { "Idempotency-Key": key, "If-Match": `"${visit.version}"` };
  const answer = await asked(
    api.POST("/visits/{visit_id}/complete", { params: { path: { visit_id: visit.visit_id }, header }, body }),
  );
  changed(visit);
  return answer;
}

function changed(visit: Visit): void {
  for (const queryKey of [VISITS, TASKS, ["visit"], ["customer", visit.customer_id]]) {
    void queries.invalidateQueries({ queryKey });
  }
}

/** I call him now. Throws `Problem`. */
export async function begin(visit: Visit, key: string): Promise<void> {
  const params = { path: { visit_id: visit.visit_id }, header: { "Idempotency-Key": key } };
  await asked(api.POST("/visits/{visit_id}/attempts", { params, body: {} }));
  changed(visit);
}

/** There was no answer. Throws `Problem`. */
export async function unanswered(visit: Visit, outcome: Unanswered, key: string): Promise<void> {
  const params = { path: { visit_id: visit.visit_id }, header: { "Idempotency-Key": key } };
  await asked(api.POST("/visits/{visit_id}/result", { params, body: { outcome } }));
  changed(visit);
}

async function handed(call: Promise<Task>): Promise<void> {
  await call;
  void queries.invalidateQueries({ queryKey: TASKS });
}

export const take = (task: Task, key: string) =>
  handed(
    asked(
      api.POST("/tasks/{task_id}/take", {
        params: { path: { task_id: task.task_id }, header: { "Idempotency-Key": key } },
      }),
    ),
  );

/** Somebody else does it; without `to` whoever of its role. */
export const handOver = (task: Task, body: { reason: string; to?: string }, key: string) =>
  handed(
    asked(
      api.POST("/tasks/{task_id}/hand-over", {
        params: {
          path: { task_id: task.task_id },
          header: { "Idempotency-Key": key, "If-Match": `"${task.version}"` },
        },
        body,
      }),
    ),
  );
