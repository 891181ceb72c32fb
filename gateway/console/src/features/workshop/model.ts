import { day } from "../../ui/words";
import type { Progress, RepairOrder } from "./queries";

/** What the board and an order make of what is told; pure. */

export type Stage = RepairOrder["stage"];

/** The straight way through the workshop. */
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
  waiting: ["opened", "estimated", "authorized"],
  work: ["dispatched", "in_progress", "rework"],
  held: ["waiting_parts", "waiting_customer", "waiting_insurer"],
  check: ["qc", "washing"],
  ready: ["ready", "settled"],
} as const satisfies Record<string, readonly Stage[]>;
export type ColumnName = keyof typeof COLUMNS;

/** Every stage, as they are chosen from. */
export const STAGES_SHOWN: readonly Stage[] = [...Object.values(COLUMNS).flat(), "delivered", "closed", "cancelled"];

/** Stages beside the straight way, and where on it they are. */
const BESIDE: Partial<Record<Stage, Stage>> = { estimated: "opened", rework: "in_progress", washing: "qc" };

/** Its place in `STAGES`, an order that waits where it stood before; behind all of them what was returned. */
export function placeOf(order: Pick<RepairOrder, "stage" | "waiting_from">): number {
  if (order.stage === "delivered" || order.stage === "closed") return STAGES.length;
  const stage = order.waiting_from ?? order.stage;
  return (STAGES as readonly string[]).indexOf(BESIDE[stage] ?? stage);
}

/** Whether its promise is still to be kept, and may be given anew. */
export function isPromised(order: Pick<RepairOrder, "stage" | "promised_at" | "ready_at">): boolean {
  return Boolean(order.promised_at) && !order.ready_at && openTo("money", order.stage);
}

/** What an order may wait for where it stands; where it waits already, the same for longer. */
export function waitsFor(stage: Stage): readonly ("parts" | "customer" | "insurer")[] {
  if (stage === "authorized" || stage === "dispatched" || stage === "waiting_parts") return ["parts"];
  if (stage === "estimated" || stage === "waiting_insurer") return ["insurer"];
  if (stage === "waiting_customer") return ["customer"];
  return stage === "in_progress" ? ["parts", "customer", "insurer"] : [];
}

const BEFORE_QC: readonly Stage[] = [...COLUMNS.waiting, ...COLUMNS.work, ...COLUMNS.held];

/** Whether work may be added where the order stands, and whether its price may still be another. */
export function openTo(what: "work" | "money", stage: Stage): boolean {
  return (
    BEFORE_QC.includes(stage) || (what === "money" && (stage === "qc" || stage === "washing" || stage === "ready"))
  );
}

/** Whether the customer must say yes or no once more: to work he was not asked about, or to a higher price. */
export function mustAgree(order: Pick<RepairOrder, "stage" | "lines" | "customer_fen" | "authorized_fen">): boolean {
  if (order.stage === "opened" || order.stage === "estimated" || !openTo("money", order.stage)) return false;
  const dearer = order.authorized_fen !== null && (order.customer_fen ?? 0) > order.authorized_fen;
  return dearer || order.lines.some((line) => line.state === "proposed");
}

const SOON_MS = 30 * 60_000;
/** `none` without a promise, `soon` in its last half hour or as is foreseen; what was ready in time stays in time. */
export type Risk = "none" | "fine" | "soon" | "late";
const FORESEEN: Record<Progress["risk"], Risk> = { none: "none", on_track: "fine", at_risk: "soon", late: "late" };

export function riskOf(
  order: Pick<RepairOrder, "promised_at" | "ready_at">,
  now: Date,
  ahead?: Pick<Progress, "risk">,
): Risk {
  if (!order.promised_at) return "none";
  const promised = Date.parse(order.promised_at);
  if (order.ready_at) return Date.parse(order.ready_at) <= promised ? "fine" : "late";
  if (now.getTime() > promised) return "late";
  const byClock = promised - now.getTime() <= SOON_MS ? "soon" : "fine";
  const foreseen = ahead ? FORESEEN[ahead.risk] : byClock;
  return WORST.indexOf(foreseen) < WORST.indexOf(byClock) ? foreseen : byClock;
}

/** The cars whose promise holds less than it did a moment ago; what was not there then has not slipped. */
export function slipped(before: ReadonlyMap<string, Risk>, now: ReadonlyMap<string, Risk>): string[] {
  return [...now].flatMap(([id, risk]) => {
    const was = before.get(id);
    const worse = was !== undefined && WORST.indexOf(risk) < WORST.indexOf(was);
    return worse && (risk === "late" || risk === "soon") ? [id] : [];
  });
}

/** Minutes from now until the promise, below 0 once it has passed. */
export function minutesLeft(promised: string, now: Date): number {
  return Math.round((Date.parse(promised) - now.getTime()) / 60_000);
}

const WORST: readonly Risk[] = ["late", "soon", "fine", "none"];

/** A column's cards: what is late first, then by what was promised soonest. */
export function column(
  orders: readonly RepairOrder[],
  name: ColumnName,
  now: Date,
  ahead: ReadonlyMap<string, Progress>,
): RepairOrder[] {
  const stages: readonly Stage[] = COLUMNS[name];
  return orders
    .filter((order) => stages.includes(order.stage))
    .sort(
      (one, other) =>
        WORST.indexOf(riskOf(one, now, ahead.get(one.ro_id))) -
          WORST.indexOf(riskOf(other, now, ahead.get(other.ro_id))) ||
        (one.promised_at ?? "~").localeCompare(other.promised_at ?? "~"),
    );
}

/** What the board can be narrowed to, in the order of its tabs. */
export const VIEWS = ["all", "mine", "risk", "today"] as const;
export type View = (typeof VIEWS)[number];

/** Whether a car is in a view of the board, for whoever looks; what was promised for an earlier day is due today. */
export function isIn(
  view: View,
  order: Pick<RepairOrder, "advisor_id" | "technician_id" | "promised_at" | "ready_at">,
  given: { me: string; now: Date; ahead?: Pick<Progress, "risk"> },
): boolean {
  if (view === "mine") return order.advisor_id === given.me || order.technician_id === given.me;
  if (view === "today") return Boolean(order.promised_at) && day(order.promised_at) <= day(given.now.toISOString());
  if (view === "risk") return ["soon", "late"].includes(riskOf(order, given.now, given.ahead));
  return true;
}

const QUARTER_MS = 15 * 60_000;

/**
 * What is promised as a rule, as a field for moments has it: two hours from now, or half an hour after what is foreseen
 * where that is later, for a promise that is not to be kept is none.
 */
export function usualPromise(now: Date, eta?: string | null): string {
  const foreseen = eta ? Date.parse(eta) + 2 * QUARTER_MS : 0;
  const then = new Date(Math.ceil(Math.max(now.getTime() + 8 * QUARTER_MS, foreseen) / QUARTER_MS) * QUARTER_MS);
  return new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short", timeStyle: "short" })
    .format(then)
    .replace(" ", "T");
}
