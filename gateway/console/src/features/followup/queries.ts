import { keepPreviousData, queryOptions } from "@tanstack/vue-query";
import { api, asked, type Schema } from "../../api/client";
import { live } from "../../live/touched";
import { useSession } from "../../session/session";

export type Visit = Schema["followup.Visit"];
export type Unanswered = Exclude<Schema["followup.Attempt"]["outcome"], "reached">;
export type Task = Schema["followup.Task"];

const A_PAGE = 50;
const CONTACTS = 5;

export const VISITS = ["visits"] as const;
export const TASKS = ["tasks"] as const;

/** Tasks are everybody's, names are not: whoever may not know them has his tasks without. */
const names = () => (useSession().may("customer.names_of") ? ("customer" as const) : undefined);

export interface VisitsAsked {
  status?: Visit["status"];
  channel?: Visit["channel"];
  due?: "any" | "today" | "overdue";
  sort?: "due_at" | "-due_at";
  page: number;
}

export const visits = (store: string, what: VisitsAsked) =>
  queryOptions({
    queryKey: [...VISITS, store, what],
    meta: live("followup.worklist"),
    queryFn: ({ signal }) =>
      asked(api.GET("/visits", { params: { query: { ...what, size: A_PAGE, expand: "customer" } }, signal })),
    placeholderData: keepPreviousData,
  });

export const visit = (id: string) =>
  queryOptions({
    queryKey: ["visit", id],
    meta: live("followup.get_visit", id),
    queryFn: () =>
      asked(api.GET("/visits/{visit_id}", { params: { path: { visit_id: id }, query: { expand: "customer" } } })),
  });

/** Before one calls: who tried him lately, and whether one may. */
export const context = (id: string) =>
  queryOptions({
    queryKey: ["visit", id, "context"],
    meta: live("followup.visit_context", id),
    queryFn: () => asked(api.GET("/visits/{visit_id}/context", { params: { path: { visit_id: id } } })),
  });

/** Who is asked: his cars, what every desk must know, and the last that happened to him in any department. */
export const person = (id: string) =>
  queryOptions({
    queryKey: ["customer", id, "call"],
    queryFn: () =>
      asked(
        api.GET("/customers/{customer_id}/360", { params: { path: { customer_id: id }, query: { limit: CONTACTS } } }),
      ),
  });

export const tasks = (store: string, what: { of?: string; kind?: string; page: number }) =>
  queryOptions({
    queryKey: [...TASKS, store, what],
    meta: live("followup.tasks_today"),
    queryFn: ({ signal }) =>
      asked(api.GET("/tasks/today", { params: { query: { ...what, size: A_PAGE, expand: names() } }, signal })),
    placeholderData: keepPreviousData,
  });
