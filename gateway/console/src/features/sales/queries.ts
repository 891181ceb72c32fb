import { keepPreviousData, queryOptions } from "@tanstack/vue-query";
import { api, asked, type Schema } from "../../api/client";
import { live } from "../../live/touched";
import { ALL_STORES } from "../../session/session";
import type { Option } from "../../ui/act";

export type Order = Schema["sales.Order"];
export type StockVehicle = Schema["sales.StockVehicle"];
export type Quote = Schema["sales.QuoteInFull"];
export type PriceLine = Schema["sales.PriceLine"];
export type CarDefinition = Schema["sales.CarDefinition"];
export type Party = Schema["sales.Party"];

const A_PAGE = 50;
const MOST = 100;

export const ORDERS = ["orders"] as const;
export const DELIVERIES = ["deliveries"] as const;
export const QUOTES = ["quotes"] as const;
export const CARS = ["car-definitions"] as const;
export const quoteKey = (id: string) => ["quote", id] as const;
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

export interface QuotesAsked {
  status?: Schema["sales.Quote"]["status"];
  sort?: "-created_at" | "created_at" | "valid_until";
  page: number;
}

export const quotes = (store: string, what: QuotesAsked) =>
  queryOptions({
    queryKey: [...QUOTES, store, what],
    meta: live("sales.list_quotes"),
    queryFn: ({ signal }) =>
      asked(api.GET("/quotes", { params: { query: { ...what, size: A_PAGE, expand: "customer" } }, signal })),
    placeholderData: keepPreviousData,
  });

export const quote = (id: string) =>
  queryOptions({
    queryKey: quoteKey(id),
    meta: live("sales.get_quote", id),
    queryFn: () =>
      asked(api.GET("/quotes/{quote_id}", { params: { path: { quote_id: id }, query: { expand: "customer" } } })),
  });

/** The cars that can be ordered, with what they cost by the list in a store, or in the group. */
export const cars = (store: string, withdrawn = false) =>
  queryOptions({
    queryKey: [...CARS, store, withdrawn],
    queryFn: () =>
      asked(
        api.GET("/car-definitions", {
          params: { query: { store_id: store === ALL_STORES ? undefined : store, withdrawn } },
        }),
      ),
  });

/** What an order's price is made of. */
export const priceOf = (id: string) =>
  queryOptions({
    queryKey: [...orderKey(id), "price"],
    queryFn: () => asked(api.GET("/orders/{order_id}/price", { params: { path: { order_id: id } } })),
  });

/** Whom an order is about: buyer, owner, payers. */
export const parties = (id: string) =>
  queryOptions({
    queryKey: [...orderKey(id), "parties"],
    queryFn: () =>
      asked(
        api.GET("/orders/{order_id}/parties", { params: { path: { order_id: id }, query: { expand: "customer" } } }),
      ),
  });

/** For whom a price is made: his name, the number he is known by, and what a desk must not overlook of him. */
export const buyer = (customer: string) =>
  queryOptions({
    queryKey: ["customer", customer, "buyer"],
    queryFn: () =>
      asked(
        api.GET("/customers/{customer_id}/360", { params: { path: { customer_id: customer }, query: { limit: 1 } } }),
      ),
  });

/** Who belongs to a customer, as choices: of them one may own his car, or pay of it. */
export const related = (customer: string) =>
  queryOptions({
    queryKey: ["customer", customer, "related"],
    queryFn: () =>
      asked(api.GET("/customers/{customer_id}/relations", { params: { path: { customer_id: customer } } })),
    select: (data): Option[] => data.items.map((each) => ({ value: each.other_id, label: each.name })),
  });
