/** What lists of visits and a call make of what is typed; pure. */

/** From this score down somebody must have said why. */
export const UNHAPPY = 6;

/** Whether an answer can be recorded: a score, and of a bad one the customer's words. */
export function isWhole(score: number | "", remark: string): boolean {
  return score !== "" && (score > UNHAPPY || remark.trim() !== "");
}

/** Until when visits of a view are due: those that are overdue, today's, or any. */
export function dueBefore(view: string, now: Date): string | undefined {
  if (view === "overdue") return now.toISOString();
  if (view === "all") return undefined;
  const today = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short" }).format(now);
  const midnight = Date.parse(`${today}T00:00:00+08:00`) + 24 * 60 * 60_000;
  return new Date(midnight).toISOString();
}

/** The score of a digit's key: `0` is ten. */
export function scoreOf(digit: number): number {
  return digit === 0 ? 10 : digit;
}

/** A place in the console, as its own router knows it. */
export function within(address: string): string {
  return address.replace(/^\/console/, "");
}
