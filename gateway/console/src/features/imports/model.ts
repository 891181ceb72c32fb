import type { Preview, Row } from "./queries";

/** What the steps of an import make of a file and its report; pure. */

/** Bytes of one part, as the server takes them. */
export const PART = 512 * 1024;

/** A column of which the proposal is less sure than this is looked at. */
export const SURE = 70;

export function parts(bytes: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += PART) found.push(bytes.subarray(at, at + PART));
  return found;
}

/** Which column holds which field; one that is left out holds none. */
export type Chosen = Record<number, string>;

export function proposed(preview: Preview): Chosen {
  return Object.fromEntries(preview.columns.map((column) => [column.column, column.field ?? ""]));
}

/** As the start takes it: the columns that hold something. */
export function mapping(chosen: Chosen): { column: number; field: string }[] {
  return Object.entries(chosen)
    .filter(([, field]) => field !== "")
    .map(([column, field]) => ({ column: Number(column), field }));
}

/** Fields that two columns claim; phones are several. */
export function twice(chosen: Chosen): string[] {
  const fields = Object.values(chosen).filter((field) => field !== "" && field !== "phone" && field !== "mobile");
  return [...new Set(fields.filter((field, index) => fields.indexOf(field) !== index))];
}

/** What rows were taken with a doubt for, or without, by kind; what is most frequent first. */
export function doubts(rows: readonly Row[]): { code: string; count: number }[] {
  const found = new Map<string, number>();
  for (const code of rows.flatMap((row) => row.warnings)) found.set(code, (found.get(code) ?? 0) + 1);
  return [...found].map(([code, count]) => ({ code, count })).sort((one, other) => other.count - one.count);
}

/** Rows by why they were rejected, what is most frequent first. */
export function reasons(rows: readonly Row[]): { code: string; zh: string; en: string; count: number }[] {
  const found = new Map<string, { code: string; zh: string; en: string; count: number }>();
  for (const row of rows) {
    if (!row.code) continue;
    const known = found.get(row.code) ?? { code: row.code, zh: row.zh ?? row.code, en: row.en ?? row.code, count: 0 };
    known.count += 1;
    found.set(row.code, known);
  }
  return [...found.values()].sort((one, other) => other.count - one.count);
}
