import { keepPreviousData, queryOptions } from "@tanstack/vue-query";
import { api, asked, type Schema } from "../../api/client";

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
