import type { Reach, Role } from "../../api/rights.gen";
import type { Field, Option } from "../../ui/act";
import { yuan } from "../../ui/words";
import type { OperationTold, Policy } from "./queries";

/** Forms made of what the server says of a value, and hours as they are typed. Pure. */

interface Property {
  type?: string;
  enum?: string[];
  title?: string;
  "x-title-zh"?: string;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  items?: { $ref?: string };
}

interface Shape {
  properties?: Record<string, Property>;
  components?: { schemas?: Record<string, Shape> };
}

export type Cell = string | number | boolean;
/** A value of a policy as a form has it: single values, and lists whose rows have fields themselves. */
export type Cells = Record<string, Cell | Record<string, Cell>[]>;

/** A field of a value, whose choices are known. */
type ValueField = Field & { options?: readonly Option[] };

/** A list in a value: what its rows have as columns. */
export interface Rows {
  name: string;
  said: string;
  columns: ValueField[];
}

type Told = Pick<Policy, "schema" | "value">;
type Word = (code: string) => string;

const isFen = (name: string) => name.endsWith("_fen");
const titleOf = (name: string, property: Property, language: string) =>
  (language === "zh" ? property["x-title-zh"] : property.title) ?? name;

function fieldOf(name: string, property: Property, language: string, word: Word): ValueField {
  const numeric = isFen(name) ? "yuan" : "number";
  return {
    name,
    label: "",
    said: titleOf(name, property, language),
    kind: property.enum
      ? "choice"
      : property.type === "integer"
        ? numeric
        : property.type === "boolean"
          ? "flag"
          : "text",
    options: property.enum?.map((value) => ({ value, label: word(value) })),
    min: isFen(name) && property.minimum !== undefined ? property.minimum / 100 : property.minimum,
    max: property.maxLength ?? (isFen(name) && property.maximum ? property.maximum / 100 : property.maximum),
  };
}

const propertiesOf = (policy: Pick<Policy, "schema">) => Object.entries((policy.schema as Shape).properties ?? {});

/** The value of a policy as fields: what its schema says, with its words in the person's language; `word` has the codes'. */
export function fieldsOf(policy: Told, language: string, word: Word): Field[] {
  return propertiesOf(policy)
    .filter(([, property]) => property.type !== "array")
    .map(([name, property]) => {
      const value = policy.value[name] as Cell | undefined;
      return {
        ...fieldOf(name, property, language, word),
        initial: isFen(name) && typeof value === "number" ? value / 100 : value,
      };
    });
}

/** Its lists, with the fields of their rows. */
export function rowsOf(policy: Pick<Policy, "schema">, language: string, word: Word): Rows[] {
  const shapes = (policy.schema as Shape).components?.schemas ?? {};
  return propertiesOf(policy)
    .filter(([, property]) => property.type === "array")
    .map(([name, property]) => ({
      name,
      said: titleOf(name, property, language),
      columns: Object.entries(shapes[property.items?.$ref?.split("/").at(-1) ?? ""]?.properties ?? {}).map(
        ([column, its]) => fieldOf(column, its, language, word),
      ),
    }));
}

/** A value as a form has it, in yuan; a preset too. */
export function cellsOf(policy: Pick<Policy, "schema">, value: Record<string, unknown>): Cells {
  return Object.fromEntries(
    propertiesOf(policy).map(([name]) => {
      const given = value[name];
      if (Array.isArray(given)) return [name, given.map((row) => ({ ...(row as Record<string, Cell>) }))];
      return [name, isFen(name) && typeof given === "number" ? given / 100 : ((given ?? "") as Cell)];
    }),
  );
}

/** A value as it is read: `几天后回访 3`, a part for each of its fields, which say in what unit they are. */
export function valueTold(policy: Told, language: string, word: Word): string[] {
  const told = (field: Field, value: unknown) => {
    if (value === null || value === undefined) return field.kind === "yuan" ? "¥—" : "—";
    if (typeof value === "number")
      return field.kind === "yuan" ? yuan(Math.round(value * 100)) : value.toLocaleString("en-US");
    return field.kind === "text" ? String(value ?? "") : word(String(value));
  };
  const lists = rowsOf(policy, language, word).map((list) => {
    const rows = policy.value[list.name] as Record<string, unknown>[];
    return `${list.said} ${rows.length}`;
  });
  return [...fieldsOf(policy, language, word).map((field) => `${field.said} ${told(field, field.initial)}`), ...lists];
}

/** Why somebody was given a number: what a service reached a customer for is kept in codes. */
export function reasonTold(entry: { operation: string; reason: string }, word: (code: string) => string): string {
  if (!entry.operation.endsWith(".reveal_to_sender")) return entry.reason;
  return entry.reason.split(", ").slice(0, 2).map(word).join(" · ");
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

const FARTHEST: readonly Reach[] = ["group", "dealer", "store", "team", "own"];

/** Roles by how far they reach, the farthest first; programs are no roles of people. */
export function byReach(roles: Partial<Record<string, Reach>>): [Reach, Role[]][] {
  return FARTHEST.map((reach): [Reach, Role[]] => [reach, ROLES.filter((role) => roles[role] === reach)]).filter(
    ([, found]) => found.length > 0,
  );
}

/** Whether an act is one of a role's, and called so; of what nobody of the house may do nothing is shown. */
export function fits(one: OperationTold, asked: { role?: Role; text?: string; language: string }): boolean {
  if (byReach(one.roles).length === 0 || (asked.role && !one.roles[asked.role])) return false;
  const called = asked.language === "zh" ? one.zh : one.en;
  return called.toLowerCase().includes((asked.text ?? "").toLowerCase());
}
