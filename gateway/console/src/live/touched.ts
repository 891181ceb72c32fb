import type { Schema } from "../api/client";
import { TOUCHES } from "./touches.gen";

export type Change = Schema["gateway.LiveChange"];
type Touched = (typeof TOUCHES)[keyof typeof TOUCHES]["touches"][number];

/** What a query asks, so that it is asked again when that was changed; `of` is the one thing that it shows. */
export interface Asks {
  operation: Touched;
  of?: string;
}

declare module "@tanstack/vue-query" {
  interface Register {
    queryMeta: { live?: Asks };
  }
}

/** `meta: live("workshop.list_repair_orders")` keeps a query's answer up to date while it is on the screen. */
export function live(operation: Touched, of?: string): { live: Asks } {
  return { live: of === undefined ? { operation } : { operation, of } };
}

/** Whether these changes may make another answer of a query. */
export function isTouched(asks: Asks | undefined, changes: readonly Change[]): boolean {
  return changes.some((change) => touches(asks, change));
}

/** The same, of what another service concludes from the change: a moment later than the word of it. */
export function isTouchedLater(asks: Asks | undefined, changes: readonly Change[]): boolean {
  return changes.some((change) => touches(asks, change) && !asks?.operation.startsWith(`${rowOf(change)?.by}.`));
}

function touches(asks: Asks | undefined, change: Change): boolean {
  if (!asks || (asks.of !== undefined && asks.of !== change.subject_id)) return false;
  const touched: readonly string[] = rowOf(change)?.touches ?? [];
  return touched.includes(asks.operation);
}

function rowOf(change: Change): (typeof TOUCHES)[keyof typeof TOUCHES] | undefined {
  return change.type in TOUCHES ? TOUCHES[change.type as keyof typeof TOUCHES] : undefined;
}
