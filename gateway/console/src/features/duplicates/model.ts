import type { Side } from "./queries";

/** Two records side by side; pure. */

/** What a person may choose of which record it is taken, by the name the API has for it. */
export const CHOOSABLE = [
  "name",
  "gender",
  "birth_date",
  "id_number",
  "mobile",
  "email",
  "employer",
  "occupation",
] as const;
export type Choosable = (typeof CHOOSABLE)[number];

export interface Line {
  name: string;
  a: string;
  b: string;
  /** Both are told, and not the same. */
  differs: boolean;
  choosable: boolean;
}

const ALL = [...CHOOSABLE, "address", "vehicles", "store", "registered"] as const;

function told(side: Side, name: (typeof ALL)[number]): string {
  switch (name) {
    case "name":
      return `${side.name} ${side.title}`.trim();
    case "address":
      return side.addresses.find((each) => !each.until)?.text ?? "";
    case "vehicles":
      return side.vehicles
        .filter((each) => !each.until)
        .map((each) => `${each.plate ?? ""} ${each.model} …${each.vin.slice(-6)}`.trim())
        .join(" / ");
    case "store":
      return side.store_name ?? side.store_id;
    case "registered":
      return side.registered_at.slice(0, 10);
    default:
      return side[name] ?? "";
  }
}

export function lines(a: Side, b: Side): Line[] {
  return ALL.map((name) => {
    const [one, other] = [told(a, name), told(b, name)];
    return {
      name,
      a: one,
      b: other,
      differs: one !== "" && other !== "" && one !== other,
      choosable: (CHOOSABLE as readonly string[]).includes(name),
    };
  }).filter((line) => line.a || line.b);
}

/** Whose value would stand in the record that stays: its own, unless the rule takes the other's. */
export function whose(line: string, preview: { survivor_id: string; loser_ids: string[]; changed: string[] }): string {
  return preview.changed.includes(line) ? (preview.loser_ids[0] ?? "") : preview.survivor_id;
}

/** Phones as they are typed into one field. */
export function numbers(typed: string): string[] {
  return typed.split(/[\s,，、]+/).filter(Boolean);
}
