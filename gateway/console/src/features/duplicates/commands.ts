import { api, asked, type Schema } from "../../api/client";
import { queries } from "../../queries";
import { type Choice, PAIRS, type Pair } from "./queries";

const withKey = (key: string) => ({ header: { "Idempotency-Key": key } });

function changed(): void {
  for (const queryKey of [PAIRS, ["customer"], ["lookup"], ["merge"], ["tasks"]]) {
    void queries.invalidateQueries({ queryKey });
  }
}

export interface Merging {
  survivor: string;
  losers: string[];
  choices: Choice[];
  /** As they were looked at: a record that changed since is looked at again before it is merged. */
  versions: Schema["customer.ExpectedVersion"][];
}

/** Make the two one. Throws `Problem`. */
export async function unite(what: Merging, reason: string, key: string): Promise<Schema["customer.Merged"]> {
  const merged = await asked(
    api.POST("/merges", {
      params: withKey(key),
      body: {
        survivor_id: what.survivor,
        loser_ids: what.losers,
        field_choices: what.choices,
        expected_versions: what.versions,
        reason,
      },
    }),
  );
  changed();
  return merged;
}

export async function decide(
  pair: Pair,
  body: { decision: "not_same" | "related"; reason: string; relation?: Relation; related_from?: string },
  key: string,
): Promise<void> {
  await asked(
    api.POST("/duplicates/{a}/{b}/decide", {
      params: { path: { a: pair.a.customer_id, b: pair.b.customer_id }, ...withKey(key) },
      body,
    }),
  );
  changed();
}
export type Relation = "spouse_of" | "parent_of" | "employee_of" | "driver_of" | "referrer_of";

export async function undo(id: string, reason: string, key: string): Promise<void> {
  await asked(
    api.POST("/merges/{merge_id}/undo", { params: { path: { merge_id: id }, ...withKey(key) }, body: { reason } }),
  );
  changed();
}

export async function scan(reason: string, key: string): Promise<void> {
  await asked(api.POST("/duplicates/scan", { params: withKey(key), body: { reason } }));
}

export interface Parting {
  name: string;
  reason: string;
  phones: string[];
  vehicle_ids: string[];
  documents: { document_type: string; document_id: string }[];
  expected_version: number;
}

/** Part one record into two; the answer is the new one. */
export async function part(id: string, body: Parting, key: string): Promise<Schema["customer.Split"]> {
  const parted = await asked(
    api.POST("/customers/{customer_id}/split", { params: { path: { customer_id: id }, ...withKey(key) }, body }),
  );
  changed();
  return parted;
}
