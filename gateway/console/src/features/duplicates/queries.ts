import { keepPreviousData, queryOptions } from "@tanstack/vue-query";
import { api, asked, type Schema } from "../../api/client";
import { live } from "../../live/touched";

export type Pair = Schema["customer.DuplicatePair"];
export type Side = Schema["customer.CustomerView"];
export type Choice = Schema["customer.FieldChoice.given"];

const A_PAGE = 50;
const MOST = 100;

export const PAIRS = ["pairs"] as const;

export const pairs = (store: string, what: { status?: Pair["status"]; customer_id?: string; page: number }) =>
  queryOptions({
    queryKey: [...PAIRS, store, what],
    meta: live("customer.list_duplicates"),
    queryFn: ({ signal }) => asked(api.GET("/duplicates", { params: { query: { ...what, size: A_PAGE } }, signal })),
    placeholderData: keepPreviousData,
  });

/** Two records that may be one, decided or not; null if nobody suspects it. */
export const pair = (a: string, b: string) =>
  queryOptions({
    queryKey: [...PAIRS, "one", a, b],
    queryFn: async (): Promise<Pair | null> => {
      for (const status of ["open", "merged", "not_same", "related"] as const) {
        const found = await asked(
          api.GET("/duplicates", { params: { query: { customer_id: a, status, size: MOST } } }),
        );
        const both = [a, b].sort().join();
        const mine = found.items.find((each) => [each.a.customer_id, each.b.customer_id].sort().join() === both);
        if (mine) return mine;
      }
      return null;
    },
  });

export const side = (id: string) =>
  queryOptions({
    queryKey: ["customer", id, "side"],
    queryFn: () =>
      asked(api.GET("/customers/{customer_id}/360", { params: { path: { customer_id: id }, query: { limit: 1 } } })),
  });

/** What a merge would do; without a survivor the rule chooses. */
export const preview = (loser_ids: string[], survivor_id: string | undefined, field_choices: Choice[]) =>
  queryOptions({
    queryKey: ["merge-preview", loser_ids, survivor_id ?? "", field_choices],
    queryFn: () => asked(api.POST("/merges/preview", { body: { loser_ids, survivor_id, field_choices } })),
    staleTime: 0,
  });

export const merge = (id: string) =>
  queryOptions({
    queryKey: ["merge", id],
    meta: live("customer.merge_state", id),
    queryFn: () => asked(api.GET("/merges/{merge_id}", { params: { path: { merge_id: id } } })),
  });

/** The documents of somebody's timeline, to say whose they are when a record is parted. */
export const documents = (id: string) =>
  queryOptions({
    queryKey: ["customer", id, "documents-of-timeline"],
    queryFn: () =>
      asked(api.GET("/customers/{customer_id}/360", { params: { path: { customer_id: id }, query: { limit: MOST } } })),
  });
