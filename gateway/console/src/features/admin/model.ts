import type { Role } from "../../api/rights.gen";
import type { Field } from "../../ui/act";
import type { Policy } from "./queries";

/** Forms made of what the server says of a value, and hours as they are typed. Pure. */

interface Property {
  type?: string;
  enum?: string[];
  title?: string;
  "x-title-zh"?: string;
  minimum?: number;
  maximum?: number;
}

/** The value of a policy as fields: what its schema says, with its words in the person's language; `word` has the codes'. */
export function fieldsOf(
  policy: Pick<Policy, "schema" | "value">,
  language: string,
  word: (code: string) => string,
): Field[] {
  const properties = (policy.schema.properties ?? {}) as Record<string, Property>;
  return Object.entries(properties).map(([name, property]) => ({
    name,
    label: "",
    said: (language === "zh" ? property["x-title-zh"] : property.title) ?? name,
    kind: property.enum
      ? "choice"
      : property.type === "integer"
        ? "number"
        : property.type === "boolean"
          ? "flag"
          : "text",
    options: property.enum?.map((value) => ({ value, label: word(value) })),
    min: property.minimum,
    max: property.maximum,
    initial: policy.value[name] as string | number | boolean | undefined,
  }));
}

/** A value as it is read: `几天后回访 3`, a part for each of its fields, which say in what unit they are. */
export function valueTold(
  policy: Pick<Policy, "schema" | "value">,
  language: string,
  word: (code: string) => string,
): string[] {
  return fieldsOf(policy, language, word).map((field) => {
    const value = field.initial;
    const told =
      typeof value === "number"
        ? value.toLocaleString("en-US")
        : field.kind === "text"
          ? String(value ?? "")
          : word(String(value));
    return `${field.said} ${told}`;
  });
}

export interface Interval {
  opens: string;
  closes: string;
}

/** `08:30-12:00, 13:00-18:00`; nothing is a day that is closed. */
export function hoursTold(intervals: readonly Interval[]): string {
  return intervals.map((each) => `${each.opens}-${each.closes}`).join(", ");
}

/** What was typed as hours; null if it is none. */
export function hoursOf(typed: string): Interval[] | null {
  const parts = typed
    .split(/[,，;;]/)
    .map((part) => part.trim().replace(/[:]/g, ":"))
    .filter(Boolean);
  const found = parts.map((part) => /^(\d{1,2}:\d{2})\s*[-–~至]\s*(\d{1,2}:\d{2})$/.exec(part));
  if (found.some((each) => each === null)) return null;
  return found.map((each) => ({
    opens: (each?.[1] ?? "").padStart(5, "0"),
    closes: (each?.[2] ?? "").padStart(5, "0"),
  }));
}

/**
 * Hours of a kind of day that may be as its day of the week: nothing typed says so (null), `closed` is the word for none;
 * undefined if it is no hours.
 */
export function ownHoursOf(typed: string, closed: string): Interval[] | null | undefined {
  if (typed.trim() === "") return null;
  return typed.trim() === closed ? [] : (hoursOf(typed) ?? undefined);
}

/** With a day of the store's own: in the place of what was said of that day before. */
export function withDay<D extends { day: string }>(days: readonly D[], one: D): D[] {
  return [...days.filter((each) => each.day !== one.day), one].sort((a, b) => a.day.localeCompare(b.day));
}

/** A password to be told once: 16 signs nobody mixes up. */
export function initialPassword(): string {
  const signs = "abcdefghjkmnpqrstuvwxyz23456789";
  return Array.from(crypto.getRandomValues(new Uint32Array(16)), (each) => signs[each % signs.length]).join("");
}

/** What people can be, in the order of the house. */
export const ROLES: readonly Role[] = [
  "receptionist",
  "consultant",
  "sales_supervisor",
  "sales_manager",
  "sales_planner",
  "loan_clerk",
  "insurance_clerk",
  "plate_clerk",
  "accessory_clerk",
  "delivery_clerk",
  "advisor",
  "technician",
  "inspector",
  "service_manager",
  "parts_clerk",
  "claims_clerk",
  "cr_agent",
  "finance",
  "general_manager",
  "dealer_leader",
  "leader",
  "admin",
];
