import { queryOptions } from "@tanstack/vue-query";
import { api, asked } from "../api/client";
import { live } from "../live/touched";
import type { Option } from "./act";

/** What pages of several departments ask: a car by its identifier, and who can be given work. */

const A_WHILE_MS = 5 * 60_000;

export const vehicle = (id: string) =>
  queryOptions({
    queryKey: ["vehicle", id],
    queryFn: () => asked(api.GET("/vehicles/{vehicle_id}", { params: { path: { vehicle_id: id } } })),
    staleTime: A_WHILE_MS,
  });

/** How often and how long a car was repaired under its guarantee, against the law's limits. */
export const counters = (id: string) =>
  queryOptions({
    queryKey: ["vehicle", id, "counters"],
    meta: live("workshop.vehicle_counters"),
    queryFn: () => asked(api.GET("/vehicles/{vehicle_id}/counters", { params: { path: { vehicle_id: id } } })),
  });

/** How much I have to do today, by kind; the list itself is a page. */
export const myTasks = (store: string) =>
  queryOptions({
    queryKey: ["tasks", store, "counts"],
    meta: live("followup.tasks_today"),
    queryFn: ({ signal }) => asked(api.GET("/tasks/today", { params: { query: { size: 1 } }, signal })),
  });

/** Who works in a store or in all that one reaches, in a role or in any, as choices of a form. */
export const colleagues = (store?: string, role?: string) =>
  queryOptions({
    queryKey: ["colleagues", store ?? "", role ?? ""],
    queryFn: () => asked(api.GET("/colleagues", { params: { query: { store_id: store, role } } })),
    staleTime: A_WHILE_MS,
    select: (data): Option[] => data.items.map((each) => ({ value: each.code, label: `${each.name} ${each.code}` })),
  });
