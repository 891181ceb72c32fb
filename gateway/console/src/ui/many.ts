import { Problem } from "../api/problems";
import type { Operation } from "../api/rights.gen";
import type { Field, Values } from "./act";

/** Something that is done to each of the rows that are marked; what it asks is asked once for all of them. */
export interface Many<Row> {
  name: string;
  label: string;
  needs: Operation;
  fields?: readonly Field[];
  send: (row: Row, values: Values, key: string) => Promise<unknown>;
}

/** So many are asked for at the same time. */
const AT_ONCE = 4;

/** What became of it: whose turn came and was well, and who was refused, with the reason. */
export interface Outcome {
  done: string[];
  failed: Record<string, string>;
}

/**
 * One by one, a few at a time, each by a key of its own; a refusal stops no other. What has not begun when `stopped`
 * says so is left as it was, neither done nor failed.
 */
export async function forEach<Row>(
  rows: readonly Row[],
  given: {
    idOf: (row: Row) => string;
    send: (row: Row) => Promise<unknown>;
    stopped?: () => boolean;
    /** What is said of one of which nobody knows whether it was done. */
    unsure: string;
  },
): Promise<Outcome> {
  const waiting = [...rows];
  const outcome: Outcome = { done: [], failed: {} };
  async function work(): Promise<void> {
    for (let row = waiting.shift(); row !== undefined && !given.stopped?.(); row = waiting.shift()) {
      const id = given.idOf(row);
      try {
        await given.send(row);
        outcome.done.push(id);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        outcome.failed[id] = error.isUnsure || !error.message ? given.unsure : error.message;
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return outcome;
}

/** With every row between two, in the order they stand in; with the one alone where the other is not there. */
export function between(ids: readonly string[], from: string, to: string): string[] {
  const [a, b] = [ids.indexOf(from), ids.indexOf(to)];
  return a < 0 ? [to] : ids.slice(Math.min(a, b), Math.max(a, b) + 1);
}
