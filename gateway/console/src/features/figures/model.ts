import { yuan } from "../../ui/words";
import type { Definition } from "./queries";

/** Months and figures as they are read; pure. */

export function monthOf(moment: Date): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short" }).format(moment).slice(0, 7);
}

/** `2026-11` and so many months before it, the oldest first. */
export function monthsUntil(month: string, count: number): string[] {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return Array.from({ length: count }, (_, index) => {
    const at = year * 12 + (number - 1) - (count - 1 - index);
    return `${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, "0")}`;
  });
}

/** `2026年11月`, or `November 2026`: as the person's language says it, whatever the browser's is. */
export function monthTold(month: string, language: string): string {
  const form = { timeZone: "UTC", year: "numeric", month: "long" } as const;
  return new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", form).format(new Date(`${month}-01T00:00:00Z`));
}

type Value = unknown;

/** A figure with its unit; empty where nothing was divided: no data is not nothing. */
export function told(value: Value, unit: Definition["unit"]): string {
  if (value === null || value === undefined) return "";
  if (unit === "fen") return yuan(Number(value));
  if (unit === "percent") return `${value}%`;
  return typeof value === "number" ? value.toLocaleString("en-US") : String(value);
}

/** Its share of the largest of its line, 0 to 1, for a bar. */
export function share(value: Value, all: readonly Value[]): number {
  const most = Math.max(...all.map((each) => Number(each ?? 0)), 0);
  return most > 0 ? Math.max(Number(value ?? 0), 0) / most : 0;
}
