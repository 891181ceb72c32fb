import { infiniteQueryOptions, queryOptions } from "@tanstack/vue-query";
import { api, asked, type Schema, whole } from "../../api/client";
import { live } from "../../live/touched";
import { day } from "../../ui/words";

export type CustomerView = Schema["customer.CustomerView"];
export type TimelineEntry = Schema["customer.TimelineEntry"];
export type VehicleShown = Schema["customer.VehicleShown"];
export type RelationKind = Schema["customer.RelationShown"]["kind"];

const A_PAGE = 50;

/** Everything of one customer is below one key, so that a change asks all of it again. */
export const ofCustomer = (id: string) => ["customer", id] as const;

const path = (id: string) => ({ path: { customer_id: id } });

export const view = (id: string) =>
  queryOptions({
    queryKey: [...ofCustomer(id), "view"],
    meta: live("customer.customer_view", id),
    queryFn: ({ signal }) =>
      whole(api.GET("/customers/{customer_id}/360", { params: { ...path(id), query: { limit: A_PAGE } }, signal })),
  });

export const timeline = (id: string, types: string | undefined) =>
  infiniteQueryOptions({
    queryKey: [...ofCustomer(id), "timeline", types ?? ""],
    queryFn: ({ pageParam, signal }) =>
      asked(
        api.GET("/customers/{customer_id}/360", {
          params: { ...path(id), query: { limit: A_PAGE, types, before: pageParam } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.older ?? undefined,
  });

export const completeness = (id: string) =>
  queryOptions({
    queryKey: [...ofCustomer(id), "completeness"],
    queryFn: () => asked(api.GET("/customers/{customer_id}/completeness", { params: path(id) })),
  });

export const consents = (id: string) =>
  queryOptions({
    queryKey: [...ofCustomer(id), "consents"],
    meta: live("customer.consents", id),
    queryFn: () => asked(api.GET("/customers/{customer_id}/consents", { params: path(id) })),
  });

/** What he asked about his data and is not answered yet. */
export const privacyRequests = (id: string) =>
  queryOptions({
    queryKey: [...ofCustomer(id), "privacy-requests"],
    queryFn: () => asked(api.GET("/privacy-requests", { params: { query: { customer_id: id } } })),
  });

export const documents = (id: string) =>
  queryOptions({
    queryKey: [...ofCustomer(id), "documents"],
    queryFn: () => asked(api.GET("/customers/{customer_id}/documents", { params: path(id) })),
  });

export const relations = (id: string) =>
  queryOptions({
    queryKey: [...ofCustomer(id), "relations"],
    queryFn: () => asked(api.GET("/customers/{customer_id}/relations", { params: path(id) })),
  });

export const changes = (id: string) =>
  queryOptions({
    queryKey: [...ofCustomer(id), "changes"],
    queryFn: () => asked(api.GET("/customers/{customer_id}/audit", { params: path(id) })),
  });

export const orders = (id: string) =>
  queryOptions({
    queryKey: [...ofCustomer(id), "orders"],
    queryFn: () => asked(api.GET("/orders", { params: { query: { customer_id: id, size: 50 } } })),
  });

export const quotes = (id: string) =>
  queryOptions({
    queryKey: [...ofCustomer(id), "quotes"],
    queryFn: () => asked(api.GET("/quotes", { params: { query: { customer_id: id, size: 50 } } })),
  });

export const visits = (id: string) =>
  queryOptions({
    queryKey: [...ofCustomer(id), "visits"],
    queryFn: () => asked(api.GET("/visits", { params: { query: { customer_id: id, size: 50 } } })),
  });

export const repairOrders = (id: string) =>
  queryOptions({
    queryKey: [...ofCustomer(id), "repair-orders"],
    queryFn: () => asked(api.GET("/repair-orders", { params: { query: { customer_id: id, size: 50 } } })),
  });

/** When a bay of the store can be had next. */
export const freeTimes = (store: string) =>
  queryOptions({
    queryKey: ["appointments", store, "free"],
    meta: live("workshop.list_appointments"),
    queryFn: ({ signal }) =>
      asked(
        api.GET("/appointments/free", {
          params: { query: { store_id: store, day: day(new Date().toISOString()) } },
          signal,
        }),
      ),
  });
