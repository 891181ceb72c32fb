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

/** The full number. That it was looked at, by whom and why, is in the access log then. */
export async function reveal(id: string, reason: string): Promise<string> {
  const answer = await asked(
    api.POST("/customers/{customer_id}/reveal", { params: { path: { customer_id: id } }, body: { reason } }),
  );
  return answer.full_mobile;
}
