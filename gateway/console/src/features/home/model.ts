/** What stands first on the home page; pure. */
export interface Row {
  name: string;
  title: string;
  total: number;
  overdue: number;
  tone: "bad" | "warn";
  page: string;
  query: Record<string, string>;
}

/** Those of which there are any, what is late before what waits, else as they came. */
export function inOrder(rows: readonly Row[]): Row[] {
  const some = rows.filter((row) => row.total > 0);
  return [...some.filter((row) => row.tone === "bad"), ...some.filter((row) => row.tone === "warn")];
}
