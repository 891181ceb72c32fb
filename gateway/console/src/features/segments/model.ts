/** A segment as rows: what somebody chooses, and the predicate it is. Pure. */

export type Predicate = Record<string, unknown>;

/** The kinds of facts, and how each can be asked for. */
export const DEMANDS = {
  number: ["at_least", "at_most", "equals"],
  text: ["equals"],
  flag: ["equals"],
  moment: ["within_days", "more_days_ago", "since", "before"],
  tags: ["has"],
} as const;
export type Kind = keyof typeof DEMANDS;

/** Everything a person can be judged by, by what it is. */
export const FACTS = {
  kind: "text",
  gender: "text",
  age: "number",
  birth_month: "number",
  district: "text",
  occupation: "text",
  tags: "tags",
  source: "text",
  store: "text",
  registered: "moment",
  channel: "text",
  do_not_call: "flag",
  formal: "flag",
  sold_by_us: "flag",
  sold: "moment",
  sold_store: "text",
  consultant: "text",
  last_service: "moment",
  last_service_store: "text",
  last_contact: "moment",
  last_km: "number",
  last_score: "number",
  service_visits: "number",
  open_visits: "number",
  open_orders: "number",
  open_repair_orders: "number",
  spent_fen: "number",
} as const satisfies Record<string, Kind>;
export type Fact = keyof typeof FACTS;

/** Facts whose values are codes of stores. */
export const OF_STORES: readonly Fact[] = ["store", "sold_store", "last_service_store"];

export interface Condition {
  not: boolean;
  /** A fact, or `vehicle` for a car of his by model and age. */
  about: Fact | "vehicle";
  demand: string;
  value: string | number;
}

export function first(about: Condition["about"]): Condition {
  if (about === "vehicle") return { not: false, about, demand: "model", value: "" };
  const kind = FACTS[about];
  return { not: false, about, demand: DEMANDS[kind][0], value: kind === "flag" ? "true" : "" };
}

function judged(condition: Condition): Predicate {
  const { about, demand, value } = condition;
  if (about === "vehicle") {
    return { vehicle: demand === "model" ? { model: [String(value)] } : { age: { [demand]: Number(value) } } };
  }
  const kind = FACTS[about];
  if (kind === "flag") return { fact: about, equals: value === "true" };
  if (about === "spent_fen") return { fact: about, [demand]: Math.round(Number(value) * 100) };
  const isNumber = kind === "number" || demand === "within_days" || demand === "more_days_ago";
  return { fact: about, [demand]: isNumber ? Number(value) : String(value) };
}

export function predicate(join: "all" | "any", conditions: readonly Condition[]): Predicate {
  return { [join]: conditions.map((each) => (each.not ? { not: judged(each) } : judged(each))) };
}

/** What a predicate says, to be put into words: how parts are joined, or one condition with what it demands. */
export type Told =
  | { join: "all" | "any" | "not"; parts: Predicate[] }
  | { about: string; demands: { name: string; values: unknown[]; unit?: "days" | "years" }[] };

const DAYS: readonly string[] = ["within_days", "more_days_ago"];

export function told(of: Predicate): Told {
  for (const join of ["all", "any"] as const) if (Array.isArray(of[join])) return { join, parts: of[join] };
  if (of.not) return { join: "not", parts: [of.not as Predicate] };
  const values = (value: unknown) => (Array.isArray(value) ? value : [value]);
  if (of.vehicle) {
    const { model, age } = of.vehicle as { model?: string[]; age?: Record<string, number> };
    const ages = Object.entries(age ?? {}).map(([name, value]) => ({ name, values: [value], unit: "years" as const }));
    return { about: "vehicle", demands: [...(model ? [{ name: "model", values: model }] : []), ...ages] };
  }
  if (of.consent) {
    const { purpose, channel } = of.consent as { purpose: string; channel?: string };
    return { about: "consent", demands: [{ name: "equals", values: [purpose, ...(channel ? [channel] : [])] }] };
  }
  const { fact, ...demands } = of as { fact: string } & Record<string, unknown>;
  return {
    about: fact,
    demands: Object.entries(demands).map(([name, value]) => ({
      name,
      values: values(value),
      unit: DAYS.includes(name) ? "days" : undefined,
    })),
  };
}

/** Which row a complaint of the server is about: `predicate.all[1].at_least` is the second. */
export function placeOf(complaint: string): number | undefined {
  const found = /(?:all|any)\[(\d+)\]/.exec(complaint);
  return found ? Number(found[1]) : undefined;
}
