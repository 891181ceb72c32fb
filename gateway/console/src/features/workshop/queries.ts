import { keepPreviousData, queryOptions } from "@tanstack/vue-query";
import { api, asked, type Schema } from "../../api/client";
import { live } from "../../live/touched";

export type RepairOrder = Schema["workshop.RepairOrder"];

const MOST = 100;

/** Everything of the workshop is below one key: an order that moves is elsewhere on the board. */
export const BOARD = ["board"] as const;
export const recordKey = (id: string) => ["repair-order", id] as const;

export const board = (store: string) =>
  queryOptions({
    queryKey: [...BOARD, store],
    meta: live("workshop.list_repair_orders"),
    queryFn: ({ signal }) =>
      asked(api.GET("/board", { params: { query: { size: MOST, expand: "customer,vehicle" } }, signal })),
    placeholderData: keepPreviousData,
  });

export const repairOrder = (id: string) =>
  queryOptions({
    queryKey: recordKey(id),
    meta: live("workshop.get_repair_order", id),
    queryFn: () =>
      asked(api.GET("/repair-orders/{ro_id}", { params: { path: { ro_id: id }, query: { expand: "customer" } } })),
  });

/** What the customer agreed to and declined, who said it and how. */
export const consents = (id: string, version: number) =>
  queryOptions({
    queryKey: [...recordKey(id), "consents", version],
    queryFn: () => asked(api.GET("/repair-orders/{ro_id}/consents", { params: { path: { ro_id: id } } })),
    placeholderData: keepPreviousData,
  });

/** What else was done to his cars, the newest first. */
export const earlier = (customerId: string) =>
  queryOptions({
    queryKey: ["customer", customerId, "repair-orders"],
    queryFn: () => asked(api.GET("/repair-orders", { params: { query: { customer_id: customerId, size: 50 } } })),
  });
