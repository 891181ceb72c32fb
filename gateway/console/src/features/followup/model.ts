/** What lists of visits and a call make of what is typed; pure. */

/** From this score down somebody must have said why. */
export const UNHAPPY = 6;

/** Whether an answer can be recorded: a score, and of a bad one the customer's words. */
export function isWhole(score: number | "", remark: string): boolean {
  return score !== "" && (score > UNHAPPY || remark.trim() !== "");
}

/** The score of a digit's key: `0` is ten. */
export function scoreOf(digit: number): number {
  return digit === 0 ? 10 : digit;
}

const SAID_ELSEWHERE = ["VISIT_CLOSED", "VISIT_SUPPRESSED", "VISIT_MADE_WITH"];

/** Why a visit is not begun now, as far as its page does not say so anyhow. */
export function hindrance(refused: string | null | undefined): string | undefined {
  return refused && !SAID_ELSEWHERE.includes(refused) ? refused : undefined;
}

/** A place in the console, as its own router knows it. */
export function within(address: string): string {
  return address.replace(/^\/console/, "");
}
