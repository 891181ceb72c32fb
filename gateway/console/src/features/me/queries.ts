import { queryOptions } from "@tanstack/vue-query";
import { api, asked, type Schema } from "../../api/client";
import { queries } from "../../queries";

export type OwnSession = Schema["gateway.OwnSession"];

const OWN_SESSIONS = ["own-sessions"] as const;

export const ownSessions = () =>
  queryOptions({ queryKey: OWN_SESSIONS, queryFn: () => asked(api.GET("/me/sessions")) });

/** Whoever sits at that machine is logged out with his next request. */
export async function endSession(id: string, key: string): Promise<void> {
  const params = { path: { session_id: id }, header: { "Idempotency-Key": key } };
  await asked(api.DELETE("/me/sessions/{session_id}", { params }));
  await queries.invalidateQueries({ queryKey: OWN_SESSIONS });
}
