import { queryOptions } from "@tanstack/vue-query";
import { api, asked, type Schema } from "../../api/client";
import { live } from "../../live/touched";

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

const MOST = 100;

/** The cars that are in the shop, those promised soonest first. */
export const inTheShop = (store: string) =>
  queryOptions({
    queryKey: ["board", store, "to-fetch"],
    meta: live("workshop.list_repair_orders"),
    queryFn: ({ signal }) =>
      asked(api.GET("/board", { params: { query: { size: MOST, expand: "customer,vehicle" } }, signal })),
  });

/** What need not be typed of a car: whether we know it, and whose it is. */
export const prefill = (vin: string) =>
  queryOptions({
    queryKey: ["prefill", vin],
    queryFn: () => asked(api.GET("/customers/prefill", { params: { query: { vin } } })),
    staleTime: 60_000,
  });
