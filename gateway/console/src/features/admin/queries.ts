import { keepPreviousData, queryOptions } from "@tanstack/vue-query";
import { api, asked, beside, type Schema } from "../../api/client";
import type { Reach } from "../../api/rights.gen";

export type Staff = Schema["gateway.Staff"];
export type Store = Schema["gateway.Store"];
export type Team = Schema["gateway.Team"];
export type Policy = Schema["gateway.Policy"];
export type Access = Schema["gateway.Access"];
export type Request = Schema["customer.RequestShown"];
export type Calendar = Schema["gateway.StoreCalendar"];

const A_PAGE = 50;
const kept = { placeholderData: keepPreviousData };

export const staff = (page: number) =>
  queryOptions({
    queryKey: ["staff", page],
    queryFn: () => asked(api.GET("/staff", { params: { query: { page, size: A_PAGE } } })),
    ...kept,
  });

export const stores = () => queryOptions({ queryKey: ["stores"], queryFn: () => asked(api.GET("/stores")) });

export const teams = () => queryOptions({ queryKey: ["teams"], queryFn: () => asked(api.GET("/teams")) });

export const calendar = (code: string) =>
  queryOptions({
    queryKey: ["calendar", code],
    queryFn: () => asked(api.GET("/stores/{code}/calendar", { params: { path: { code } } })),
  });

export const policies = (store_id: string | undefined) =>
  queryOptions({
    queryKey: ["policies", store_id ?? ""],
    queryFn: () => asked(api.GET("/policies", { params: { query: { store_id } } })),
  });

export const policy = (code: string, store_id: string | undefined) =>
  queryOptions({
    queryKey: ["policies", store_id ?? "", code],
    queryFn: () =>
      asked(api.GET("/policies/{code}", { params: { path: { code }, query: { store_id, size: A_PAGE } } })),
  });

export interface AccessAsked {
  staff_id?: string;
  subject_id?: string;
  operation?: string;
  since?: string;
  until?: string;
  page: number;
}

/** `named`: with whose record it was, for those who may know. */
export const access = (what: AccessAsked, named: boolean) =>
  queryOptions({
    queryKey: ["access", what],
    queryFn: () =>
      asked(
        api.GET("/access-log", {
          params: { query: { ...what, size: A_PAGE, expand: named ? "customer" : undefined } },
        }),
      ),
    ...kept,
  });

export const requests = (store: string, what: { status?: Request["status"]; kind?: Request["kind"]; page: number }) =>
  queryOptions({
    queryKey: ["privacy", store, what],
    queryFn: () => asked(api.GET("/privacy-requests", { params: { query: { ...what, size: A_PAGE } } })),
    ...kept,
  });

/** One thing that can be asked of the system: what it is called, and which roles may, how far. */
export interface OperationTold {
  name: string;
  zh: string;
  en: string;
  roles: Partial<Record<string, Reach>>;
}

interface ApiDocument {
  paths: Record<
    string,
    Record<
      string,
      { operationId?: string; summary?: string; "x-summary-zh"?: string; "x-roles"?: OperationTold["roles"] }
    >
  >;
}

/** All of it, out of the API's own document; what asks no right is left out. */
export const operations = () => ({
  queryKey: ["operations"] as const,
  queryFn: async ({ signal }: { signal: AbortSignal }): Promise<OperationTold[]> => {
    const document = await beside<ApiDocument>("/openapi.json", signal);
    return Object.values(document.paths)
      .flatMap((path) => Object.values(path))
      .map((each) => ({
        name: each.operationId ?? "",
        zh: each["x-summary-zh"] ?? "",
        en: each.summary ?? "",
        roles: each["x-roles"] ?? {},
      }))
      .filter((each) => Object.keys(each.roles).length > 0);
  },
  staleTime: Number.POSITIVE_INFINITY,
});

/** Whether the gateway takes requests, and what stands in its way. */
export const readiness = () =>
  queryOptions({
    queryKey: ["readiness"],
    queryFn: ({ signal }) => beside<{ ready: boolean; problems: string[] }>("/readyz", signal),
  });
