import type { RepairOrder } from "./queries";

/** What the board and an order make of what is told; pure. */

export type Stage = RepairOrder["stage"];

/** The stages in their order; rework is where the work is. */
export const STAGES = [
  "opened",
  "authorized",
  "dispatched",
  "in_progress",
  "qc",
  "ready",
  "settled",
  "delivered",
] as const;

/** The board's columns, and the stages in each. */
export const COLUMNS = {
  waiting: ["opened", "authorized"],
  work: ["dispatched", "in_progress", "rework"],
  check: ["qc"],
  ready: ["ready", "settled"],
} as const satisfies Record<string, readonly Stage[]>;
export type ColumnName = keyof typeof COLUMNS;

export function placeOf(stage: Stage): number {
  const at = (STAGES as readonly string[]).indexOf(stage === "rework" ? "in_progress" : stage);
  // an order that is closed has passed its last step
  return stage === "delivered" ? STAGES.length : at;
}

const SOON_MS = 30 * 60_000;
/** `none` without a promise, `soon` in its last half hour; a car that was ready in time stays in time. */
export type Risk = "none" | "fine" | "soon" | "late";

export function riskOf(order: Pick<RepairOrder, "promised_at" | "ready_at">, now: Date): Risk {
  if (!order.promised_at) return "none";
  const promised = Date.parse(order.promised_at);
  if (order.ready_at) return Date.parse(order.ready_at) <= promised ? "fine" : "late";
  if (now.getTime() > promised) return "late";
  return promised - now.getTime() <= SOON_MS ? "soon" : "fine";
}

/** Minutes from now until the promise, below 0 once it has passed. */
export function minutesLeft(promised: string, now: Date): number {
  return Math.round((Date.parse(promised) - now.getTime()) / 60_000);
}

const WORST: readonly Risk[] = ["late", "soon", "fine", "none"];

/** A column's cards: what is late first, then by what was promised soonest. */
export function column(orders: readonly RepairOrder[], name: ColumnName, now: Date): RepairOrder[] {
  const stages: readonly Stage[] = COLUMNS[name];
  return orders
    .filter((order) => stages.includes(order.stage))
    .sort(
      (one, other) =>
        WORST.indexOf(riskOf(one, now)) - WORST.indexOf(riskOf(other, now)) ||
        (one.promised_at ?? "~").localeCompare(other.promised_at ?? "~"),
    );
}

/** A quarter of an hour that is two hours from now, as a field for moments has it: what is promised, as a rule. */
export function usualPromise(now: Date): string {
  const quarter = 15 * 60_000;
  const then = new Date(Math.ceil((now.getTime() + 2 * 60 * 60_000) / quarter) * quarter);
  return new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short", timeStyle: "short" })
    .format(then)
    .replace(" ", "T");
}
