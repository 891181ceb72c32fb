import { keepPreviousData, queryOptions } from "@tanstack/vue-query";
import { api, asked, type Schema } from "../../api/client";
import { live } from "../../live/touched";
import type { Option } from "../../ui/act";

export type Order = Schema["sales.Order"];
export type StockVehicle = Schema["sales.StockVehicle"];

const A_PAGE = 50;
const MOST = 100;

export const ORDERS = ["orders"] as const;
export const DELIVERIES = ["deliveries"] as const;
export const orderKey = (id: string) => ["order", id] as const;

export interface OrdersAsked {
  status?: Order["status"];
  standing?: "any" | "open" | "over";
  sort?: "-created_at" | "created_at" | "promised_date";
  page: number;
}

export const orders = (store: string, what: OrdersAsked) =>
  queryOptions({
    queryKey: [...ORDERS, store, what],
    meta: live("sales.list_orders"),
    queryFn: ({ signal }) =>
      asked(api.GET("/orders", { params: { query: { ...what, size: A_PAGE, expand: "customer" } }, signal })),
    placeholderData: keepPreviousData,
  });

export const order = (id: string) =>
  queryOptions({
    queryKey: orderKey(id),
    meta: live("sales.get_order", id),
    queryFn: () =>
      asked(api.GET("/orders/{order_id}", { params: { path: { order_id: id }, query: { expand: "customer" } } })),
  });

export interface StockAsked {
  status?: StockVehicle["status"];
  model?: string;
  sort?: "received_at" | "-received_at" | "eta";
  page: number;
}

/** The cars in the yard of the store, or of all of one's own. */
export const yard = (store: string, what: StockAsked) =>
  queryOptions({
    queryKey: ["stock", store, what],
    meta: live("sales.list_stock"),
    queryFn: ({ signal }) =>
      asked(api.GET("/stock-vehicles", { params: { query: { ...what, size: A_PAGE } }, signal })),
    placeholderData: keepPreviousData,
  });

/** Cars of the store that can be set aside, the longest waiting first, as choices. */
export const stock = (store: string) =>
  queryOptions({
    queryKey: ["stock", store],
    queryFn: () => asked(api.GET("/stock-vehicles", { params: { query: { store_id: store, size: MOST } } })),
    select: (data): (Option & { model: string })[] =>
      data.items.map(({ vin, model }) => ({ value: vin ?? "", model, label: `${model} ${vin ?? ""}` })),
  });

export type Delivery = Schema["sales.Delivery"];
export type Step = Schema["sales.Step"];
export type Item = Schema["sales.HandoverItem"];

/** An order's steps; what was not signed has none. */
export const delivery = (id: string) =>
  queryOptions({
    queryKey: [...orderKey(id), "delivery"],
    meta: live("sales.delivery", id),
    queryFn: () => asked(api.GET("/orders/{order_id}/delivery", { params: { path: { order_id: id } } })),
  });

/** What is not handed over yet, what will be late first. */
export const deliveries = (store: string, what: { risk?: Delivery["risk"]; step?: Step["code"]; page: number }) =>
  queryOptions({
    queryKey: [...DELIVERIES, store, what],
    meta: live("sales.list_deliveries"),
    queryFn: ({ signal }) =>
      asked(
        api.GET("/deliveries", {
          params: { query: { ...what, store_id: store, size: A_PAGE, expand: "customer" } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });

export const links = (id: string) =>
  queryOptions({
    queryKey: [...orderKey(id), "links"],
    queryFn: () => asked(api.GET("/orders/{order_id}/links", { params: { path: { order_id: id } } })),
  });
