import { api, asked, type Schema } from "../api/client";

export type Hit = Schema["customer.Hit"];
export type Hits = Schema["customer.Hits"];

const MOST = 8;

/** Who is this? The last answers are kept for whoever types back. */
export const lookUp = (q: string) => ({
  queryKey: ["lookup", q] as const,
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    asked(api.GET("/customers/lookup", { params: { query: { q, limit: MOST } }, signal })),
  staleTime: 15_000,
  gcTime: 60_000,
});

/** Where a repair order stands, what was promised and what is foreseen. */
export const whereItStands = (id: string) => ({
  queryKey: ["repair-order", id, "progress", "lookup"] as const,
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    asked(api.GET("/repair-orders/{ro_id}/progress", { params: { path: { ro_id: id } }, signal })),
  staleTime: 15_000,
  gcTime: 60_000,
});
