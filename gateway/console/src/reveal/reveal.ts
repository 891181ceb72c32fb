import { api, asked } from "../api/client";

/** The full number. That it was looked at, by whom and why, is in the access log then. */
export async function reveal(id: string, reason: string): Promise<string> {
  const answer = await asked(
    api.POST("/customers/{customer_id}/reveal", { params: { path: { customer_id: id } }, body: { reason } }),
  );
  return answer.full_mobile;
}
