/** What an order's page makes of what is told; pure. */

export const STATUSES = [
  "draft",
  "approval_pending",
  "approved",
  "signed",
  "allocated",
  "ready",
  "delivered",
  "closed",
  "cancel_pending",
  "cancelled",
] as const;

/** What an order passes on its way. */
export const WAY = ["approved", "signed", "allocated", "delivered"] as const;

/** How far on its way an order is; null for one that leaves it. */
export function placeOf(status: (typeof STATUSES)[number]): number | null {
  if (status === "cancel_pending" || status === "cancelled") return null;
  if (status === "delivered" || status === "closed") return WAY.length;
  if (status === "draft" || status === "approval_pending") return 0;
  return WAY.indexOf(status === "ready" ? "allocated" : status);
}

/** A day as fields have it, a week from now: what is promised, as a rule. */
export function inAWeek(now: Date): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short" }).format(
    new Date(now.getTime() + 7 * 24 * 60 * 60_000),
  );
}

/** What is still owed; null for whom prices are not. */
export function owed(order: { total_fen: number | null; paid_fen: number | null }): number | null {
  return order.total_fen === null || order.paid_fen === null ? null : order.total_fen - order.paid_fen;
}

/** Where a certificate may go from where it is; the server says so too. */
export const CERTIFICATE_NEXT = {
  with_us: ["pledged"],
  pledged: ["requested", "released"],
  requested: ["released", "pledged"],
  released: ["pledged"],
} as const;

export const QUOTE_STATUSES = [
  "draft",
  "approval_pending",
  "approved",
  "presented",
  "accepted",
  "lost",
  "expired",
  "superseded",
] as const;

/** How a version of a quote is dressed: it waits for us, for the customer, was taken, or is over. */
export function toneOfQuote(status: (typeof QUOTE_STATUSES)[number]): "primary" | "good" | "warn" | "" {
  if (status === "accepted") return "good";
  if (status === "approval_pending" || status === "lost") return "warn";
  return status === "expired" || status === "superseded" ? "" : "primary";
}

export const LOST_REASONS = [
  "price",
  "competitor",
  "other_dealer",
  "model",
  "delivery_time",
  "finance",
  "plan_cancelled",
  "other",
] as const;
