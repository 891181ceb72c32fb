import type { Operation } from "../../api/rights.gen";
import type { paths } from "../../api/schema.gen";
import type { Code } from "../../ui/codes";
import type { CustomerView, RelationKind, TimelineEntry } from "./queries";

/** What the page makes of a record; pure. */

export type Change = NonNullable<
  paths["/customers/{customer_id}"]["patch"]["requestBody"]
>["content"]["application/json"];

/** The record's fields as they are typed. A phone or ID number is typed anew, never shown to be changed. */
export interface Profile {
  name: string;
  mobile: string;
  id_no: string;
  gender: "" | Code<"gender">;
  birth_date: string;
  email: string;
  employer: string;
  occupation: "" | Code<"occupation">;
  address: string;
  channel: "" | Code<"channel">;
  from_hour: number | "";
  to_hour: number | "";
  do_not_call: boolean;
  tags: string;
}
export type ProfileField = keyof Profile;

export function profileOf(view: CustomerView): Profile {
  return {
    name: view.name,
    mobile: "",
    id_no: "",
    gender: view.gender ?? "",
    birth_date: view.birth_date ?? "",
    email: view.email ?? "",
    employer: view.employer ?? "",
    occupation: view.occupation ?? "",
    address: view.addresses.find((each) => !each.until)?.text ?? "",
    channel: view.preferences.channel ?? "",
    from_hour: view.preferences.from_hour ?? "",
    to_hour: view.preferences.to_hour ?? "",
    do_not_call: view.preferences.do_not_call,
    tags: view.tags.join(" "),
  };
}

export function changedFields(before: Profile, after: Profile): ProfileField[] {
  return (Object.keys(after) as ProfileField[]).filter((name) => before[name] !== after[name]);
}

const PREFERENCES: readonly ProfileField[] = ["channel", "from_hour", "to_hour", "do_not_call"];
const MAY_BE_EMPTIED: readonly ProfileField[] = ["gender", "birth_date", "email", "employer", "occupation"];

/** What is sent: only what changed. Emptied is `null` where the record may be without it, else it is left as it is. */
export function changeOf(before: Profile, after: Profile): Change {
  const change: Record<string, unknown> = {};
  const changed = changedFields(before, after);
  for (const name of changed) {
    if (PREFERENCES.includes(name)) continue;
    const value = after[name];
    if (name === "tags") change.tags = after.tags.split(/[\s,，、]+/).filter(Boolean);
    else if (value !== "") change[name] = value;
    else if (MAY_BE_EMPTIED.includes(name)) change[name] = null;
  }
  if (changed.some((name) => PREFERENCES.includes(name))) {
    change.preferences = {
      channel: after.channel || null,
      from_hour: after.from_hour === "" ? null : after.from_hour,
      to_hour: after.to_hour === "" ? null : after.to_hour,
      do_not_call: after.do_not_call,
    };
  }
  return change as Change;
}

export interface Clash {
  field: ProfileField;
  mine: string;
  theirs: string;
}

/** Where somebody else changed what I changed too: `before` is what both of us had looked at. */
export function clashes(before: Profile, mine: Profile, theirs: Profile): Clash[] {
  return changedFields(before, theirs)
    .filter((field) => mine[field] !== before[field] && mine[field] !== theirs[field])
    .map((field) => ({ field, mine: String(mine[field]), theirs: String(theirs[field]) }));
}

/** My changes upon theirs; of fields that clash, mine only where I chose so. */
export function rebased(before: Profile, mine: Profile, theirs: Profile, kept: readonly ProfileField[]): Profile {
  const clashing = clashes(before, mine, theirs).map((clash) => clash.field);
  const wanted = changedFields(before, mine).filter((field) => !clashing.includes(field) || kept.includes(field));
  return { ...theirs, ...Object.fromEntries(wanted.map((field) => [field, mine[field]])) };
}

/** The departments of a timeline, by the events they tell. */
export const DEPARTMENTS = {
  sales: ["order_signed", "payment_confirmed", "vehicle_allocated", "vehicle_delivered"],
  workshop: [
    "repair_order_opened",
    "repair_order_km_corrected",
    "repair_authorized",
    "repair_stage_changed",
    "repair_ready",
    "repair_settled",
    "settlement_voided",
    "repair_payment_confirmed",
    "repair_payment_reversed",
    "vehicle_returned",
    "repair_cancelled",
    "promise_renewed",
  ],
  followup: ["visit_planned", "visit_rescheduled", "visit_completed", "visit_suppressed", "visit_released"],
} as const;
export type Department = keyof typeof DEPARTMENTS;

const SHOWN = [
  ...[
    "number",
    "model",
    "vin",
    "km",
    "score",
    "purpose",
    "promised_date",
    "due_at",
    "to_stage",
    "expected_at",
    "promised_at",
  ],
  "channel",
];

/** What of an entry's summary is shown, in its order; money last. */
export function details(entry: TimelineEntry): [name: string, value: string | number | null][] {
  const found = SHOWN.filter((name) => entry.summary[name] !== undefined && entry.summary[name] !== null).map(
    (name) => [name, entry.summary[name] as string | number] as [string, string | number],
  );
  const money = Object.entries(entry.summary).filter(([name]) => name.endsWith("_fen"));
  return [...found, ...(money as [string, number | null][])];
}

const PLACES: Record<string, { name: string; needs: Operation }> = {
  sales: { name: "order", needs: "sales.get_order" },
  workshop: { name: "repairOrder", needs: "workshop.get_repair_order" },
  followup: { name: "visit", needs: "followup.get_visit" },
};
const OF_RECORDS: readonly string[] = ["customer_merged", "customer_unmerged", "customer_split"];

/** The kind of page an entry of the timeline leads to, and who may look at it. */
export function placeOf(entry: TimelineEntry): { name: string; needs: Operation } | undefined {
  if (OF_RECORDS.includes(entry.type)) return { name: "merge", needs: "customer.merge_state" };
  return PLACES[entry.source];
}

/** A relation as it is said at a desk: what he is to the other one, or the other one to him. */
export type RelationSaid = `${"his" | "theirs"}:${RelationKind}`;

/** What can be said of two customers; of husband and wife it is the same from either side. */
export const RELATIONS: readonly RelationSaid[] = [
  "his:spouse_of",
  "his:parent_of",
  "theirs:parent_of",
  "his:employee_of",
  "theirs:employee_of",
  "his:driver_of",
  "theirs:driver_of",
  "his:referrer_of",
  "theirs:referrer_of",
];
