import { api, asked, type Schema } from "../../api/client";
import { queries } from "../../queries";
import { BOARD, COMEBACKS, GUARANTEES, type RepairOrder, recordKey, WORK } from "./queries";

/** What is asked of a repair order as it was looked at; refused where somebody was quicker. */
const to = (order: RepairOrder, key: string) => ({
  path: { ro_id: order.ro_id },
  header: { "Idempotency-Key": key, "If-Match": `"${order.version}"` },
});

async function moved(call: Promise<RepairOrder>): Promise<void> {
  const order = await call;
  void queries.invalidateQueries({ queryKey: BOARD });
  void queries.invalidateQueries({ queryKey: recordKey(order.ro_id) });
  void queries.invalidateQueries({ queryKey: ["customer", order.customer_id] });
}

/** A press of a technician: his work is another, and so is the order's. */
async function clocked(roId: string, call: Promise<unknown>): Promise<void> {
  await call;
  void queries.invalidateQueries({ queryKey: WORK });
  void queries.invalidateQueries({ queryKey: BOARD });
  void queries.invalidateQueries({ queryKey: recordKey(roId) });
}

export interface Consent {
  promised_at?: string;
  consent_by: string;
  consent_channel: string;
  up_to_fen?: number;
}

export type Line = Schema["workshop.JobLine"];

export interface Work {
  technician_id: string;
  bay?: string;
}

export interface Wait {
  waiting_for: "parts" | "customer" | "insurer";
  expected_at?: string;
  note?: string;
}

export interface Cancel {
  reason: string;
  refusal_by?: string;
}

export const estimate = (order: RepairOrder, key: string) =>
  moved(asked(api.POST("/repair-orders/{ro_id}/estimate", { params: to(order, key) })));

export const authorize = (order: RepairOrder, body: Consent, key: string) =>
  moved(asked(api.POST("/repair-orders/{ro_id}/authorize", { params: to(order, key), body })));

export const addLine = (order: RepairOrder, line: Line, key: string) =>
  moved(asked(api.POST("/repair-orders/{ro_id}/lines", { params: to(order, key), body: { line } })));

const toLine = (order: RepairOrder, position: number, key: string) => {
  const params = to(order, key);
  return { ...params, path: { ...params.path, position } };
};

export const changePrice = (order: RepairOrder, position: number, amount_fen: number, key: string) =>
  moved(
    asked(
      api.PATCH("/repair-orders/{ro_id}/lines/{position}", {
        params: toLine(order, position, key),
        body: { amount_fen },
      }),
    ),
  );

export type Kind = Pick<Line, "job_class" | "fault_group">;

export const classify = (order: RepairOrder, position: number, body: Kind, key: string) =>
  moved(asked(api.PATCH("/repair-orders/{ro_id}/lines/{position}", { params: toLine(order, position, key), body })));

export const declineLine = (
  order: RepairOrder,
  position: number,
  body: { declined_by: string; channel: string },
  key: string,
) =>
  moved(
    asked(api.POST("/repair-orders/{ro_id}/lines/{position}/decline", { params: toLine(order, position, key), body })),
  );

export const dispatch = (order: RepairOrder, body: Work, key: string) =>
  moved(asked(api.POST("/repair-orders/{ro_id}/dispatch", { params: to(order, key), body })));

export const start = (order: RepairOrder, key: string) =>
  moved(asked(api.POST("/repair-orders/{ro_id}/start", { params: to(order, key) })));

export const renewPromise = (order: RepairOrder, body: { promised_at: string; reason: string }, key: string) =>
  moved(asked(api.POST("/repair-orders/{ro_id}/promise", { params: to(order, key), body })));

export const recall = (order: RepairOrder, key: string) =>
  moved(asked(api.POST("/repair-orders/{ro_id}/recall", { params: to(order, key) })));

export const wait = (order: RepairOrder, body: Wait, key: string) =>
  moved(asked(api.POST("/repair-orders/{ro_id}/wait", { params: to(order, key), body })));

export const resume = (order: RepairOrder, key: string) =>
  moved(asked(api.POST("/repair-orders/{ro_id}/resume", { params: to(order, key) })));

export const finish = (order: RepairOrder, key: string) =>
  moved(asked(api.POST("/repair-orders/{ro_id}/finish", { params: to(order, key) })));

export const inspect = (order: RepairOrder, verdict: "passed" | "washing" | "rework", key: string) =>
  moved(asked(api.POST("/repair-orders/{ro_id}/inspect", { params: to(order, key), body: { verdict } })));

export const wash = (order: RepairOrder, key: string) =>
  moved(asked(api.POST("/repair-orders/{ro_id}/washed", { params: to(order, key) })));

export const settle = (order: RepairOrder, key: string) =>
  moved(asked(api.POST("/repair-orders/{ro_id}/settle", { params: to(order, key) })));

export const giveBack = (order: RepairOrder, body: { km_out?: number }, key: string) =>
  moved(asked(api.POST("/repair-orders/{ro_id}/return", { params: to(order, key), body })));

export const cancel = (order: RepairOrder, body: Cancel, key: string) =>
  moved(asked(api.POST("/repair-orders/{ro_id}/cancel", { params: to(order, key), body })));

export const correctKm = (order: RepairOrder, body: { km: number; reason: string }, key: string) =>
  moved(asked(api.POST("/repair-orders/{ro_id}/km", { params: to(order, key), body })));

export const giveLine = (order: RepairOrder, position: number, technicians: string[], bay: string, key: string) =>
  moved(
    asked(
      api.POST("/repair-orders/{ro_id}/lines/{position}/technicians", {
        params: toLine(order, position, key),
        body: { technicians, bay },
      }),
    ),
  );

export async function decideComeback(
  one: { comeback_id: string; ro_id: string },
  body: { confirmed: boolean; reason: string },
  key: string,
): Promise<void> {
  await asked(
    api.POST("/comebacks/{comeback_id}/decide", {
      params: { path: { comeback_id: one.comeback_id }, header: { "Idempotency-Key": key } },
      body,
    }),
  );
  void queries.invalidateQueries({ queryKey: COMEBACKS });
  void queries.invalidateQueries({ queryKey: recordKey(one.ro_id) });
}

export async function answerGuarantee(watch_id: string, body: { answer: string }, key: string): Promise<void> {
  await asked(
    api.POST("/guarantees/{watch_id}/answer", {
      params: { path: { watch_id }, header: { "Idempotency-Key": key } },
      body,
    }),
  );
  void queries.invalidateQueries({ queryKey: GUARANTEES });
}

const pressed = (ro_id: string, key: string) => ({ path: { ro_id }, header: { "Idempotency-Key": key } });

export const clockOn = (roId: string, position: number, key: string) =>
  clocked(roId, asked(api.POST("/repair-orders/{ro_id}/clock-on", { params: pressed(roId, key), body: { position } })));

export const clockOff = (roId: string, key: string) =>
  clocked(roId, asked(api.POST("/repair-orders/{ro_id}/clock-off", { params: pressed(roId, key) })));

export const finishLine = (roId: string, position: number, key: string) =>
  clocked(
    roId,
    asked(
      api.POST("/repair-orders/{ro_id}/lines/{position}/done", {
        params: { path: { ro_id: roId, position }, header: { "Idempotency-Key": key } },
      }),
    ),
  );

export const confirmClock = (
  clock: { clocking_id: string; ro_id: string },
  body: { reason: string; ended_at?: string },
  key: string,
) =>
  clocked(
    clock.ro_id,
    asked(
      api.POST("/clockings/{clocking_id}/confirm", {
        params: { path: { clocking_id: clock.clocking_id }, header: { "Idempotency-Key": key } },
        body,
      }),
    ),
  );
