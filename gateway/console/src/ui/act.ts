import type { Operation } from "../api/rights.gen";
import type { KeyName } from "../keys/map";

/** What is typed into a form that rows describe. */
export type Values = Record<string, string | number | boolean>;

export interface Option {
  value: string;
  label: string;
}

/**
 * A field as a row. What is typed reaches `send` under its name; an amount in yuan arrives there in fen,
 * several choices as their values with blanks between.
 */
export interface Field {
  name: string;
  /** Its words. */
  label: string;
  /** In place of them, where the server says what it is called. */
  said?: string;
  kind: "text" | "long" | "number" | "yuan" | "date" | "moment" | "choice" | "choices" | "flag";
  /** What is chosen from; a function where it may come while the form is open. */
  options?: readonly Option[] | (() => readonly Option[]);
  /** What it begins with. */
  initial?: string | number | boolean;
  optional?: boolean;
  max?: number;
  min?: number;
  /** Small words below it. */
  hint?: string;
  /** Does not rest in the browser: a phone, an ID number. */
  passing?: boolean;
}

/**
 * Something that can be done to a record, as a row: who may, by which key, what is asked before, and the call.
 * With fields a form opens, with `ask` the sentence is asked first, with neither it is done at once.
 */
export interface Act {
  name: string;
  /** The button's words. */
  label: string;
  /** What it is done to, where several stand on a page; its form says so. */
  of?: string;
  needs: Operation;
  key?: KeyName;
  /** The next step, under Ctrl+Enter too. */
  main?: boolean;
  fields?: readonly Field[];
  /** A sentence for what cannot be taken back. */
  ask?: string;
  /** What stands in its place while it cannot be done. */
  barred?: string;
  send: (values: Values, key: string) => Promise<unknown>;
}

export function blankOf(fields: readonly Field[]): Values {
  return Object.fromEntries(
    fields.map((field) => [field.name, field.initial ?? (field.kind === "flag" ? false : "")] as const),
  );
}

/** Choices of which at least one is to be made, and none is: what no browser asks for by itself. */
export function unchosen(fields: readonly Field[], typed: Values): string[] {
  return fields
    .filter((field) => field.kind === "choices" && !field.optional && !String(typed[field.name] ?? "").trim())
    .map((field) => field.name);
}

/** As `send` gets it: amounts in fen, moments with their zone, blanks at the ends gone, what is empty left out. */
export function given(fields: readonly Field[], typed: Values): Values {
  const values: Values = {};
  for (const field of fields) {
    const value = typed[field.name];
    if (value === undefined || value === "") continue;
    if (field.kind === "yuan") values[field.name] = Math.round(Number(value) * 100);
    else if (field.kind === "moment") values[field.name] = `${value}:00+08:00`;
    else if (typeof value === "string") {
      const text = value.trim();
      if (text) values[field.name] = text;
    } else values[field.name] = value;
  }
  return values;
}
