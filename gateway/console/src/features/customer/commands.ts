import { api, asked } from "../../api/client";
import { queries } from "../../queries";
import type { Change } from "./model";
import { ofCustomer } from "./queries";

/** Change what is given of a record as it was looked at (`etag`). Throws `Problem`, 412 where it is newer by now. */
export async function update(id: string, change: Change, etag: string | null, key: string) {
  const header = { "Idempotency-Key": key, ...(etag ? { "If-Match": etag } : {}) };
  const answer = await asked(
    api.PATCH("/customers/{customer_id}", { params: { path: { customer_id: id }, header }, body: change }),
  );
  await queries.invalidateQueries({ queryKey: ofCustomer(id) });
  return answer;
}

export interface Asked {
  kind: "copy" | "correction" | "erasure";
  how: string;
}

/** He asks for a copy of his data, a correction or their erasure; answers by when that is due. */
export async function takeDown(id: string, body: Asked, key: string): Promise<string> {
  const params = { path: { customer_id: id }, header: { "Idempotency-Key": key } };
  const taken = await asked(api.POST("/customers/{customer_id}/privacy-requests", { params, body }));
  void queries.invalidateQueries({ queryKey: [...ofCustomer(id), "privacy-requests"] });
  void queries.invalidateQueries({ queryKey: ["privacy"] });
  return taken.due_at;
}

export interface NewOrder {
  customer_id: string;
  store_id: string;
  model: string;
  total_fen: number;
}

/** An order at an agreed price; the caller is its consultant. */
export async function writeOrder(body: NewOrder, key: string) {
  const written = await asked(api.POST("/orders", { params: { header: { "Idempotency-Key": key } }, body }));
  void queries.invalidateQueries({ queryKey: ["orders"] });
  void queries.invalidateQueries({ queryKey: ofCustomer(body.customer_id) });
  return written;
}
