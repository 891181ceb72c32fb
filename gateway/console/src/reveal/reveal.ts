import { api, asked } from "../api/client";

/** A number in full, and how many more this person may see within the hour. */
export interface Revealed {
  number: string;
  left: number;
}

/** The full number. That it was looked at, by whom and why, is in the access log then. */
export async function reveal(id: string, reason: string): Promise<Revealed> {
  const call = api.POST("/customers/{customer_id}/reveal", { params: { path: { customer_id: id } }, body: { reason } });
  const { full_mobile: number } = await asked(call);
  return { number, left: Number((await call).response.headers.get("RateLimit-Remaining")) };
}
