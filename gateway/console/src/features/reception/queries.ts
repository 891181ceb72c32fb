import { queryOptions } from "@tanstack/vue-query";
import { api, asked, type Schema } from "../../api/client";

export type Known = Pick<
  Schema["customer.CustomerView"],
  "customer_id" | "name" | "title" | "mobile" | "vehicles" | "glance" | "alerts"
>;

/** Who stands before the desk: his cars and what must be minded, without his history. */
export const known = (id: string) =>
  queryOptions({
    queryKey: ["customer", id, "brief"],
    queryFn: (): Promise<Known> =>
      asked(api.GET("/customers/{customer_id}/360", { params: { path: { customer_id: id }, query: { limit: 1 } } })),
  });

/** What need not be typed of a car: whether we know it, and whose it is. */
export const prefill = (vin: string) =>
  queryOptions({
    queryKey: ["prefill", vin],
    queryFn: () => asked(api.GET("/customers/prefill", { params: { query: { vin } } })),
    staleTime: 60_000,
  });
