import { keepPreviousData, queryOptions } from "@tanstack/vue-query";
import { api, asked, type Schema } from "../../api/client";
import { live } from "../../live/touched";

export type RepairOrder = Schema["workshop.RepairOrder"];
export type Progress = Schema["workshop.Progress"];

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

export interface RepairOrdersAsked {
  stage?: RepairOrder["stage"];
  sort?: "promised_at" | "opened_at" | "-opened_at";
  page: number;
}

const A_PAGE = 50;

export const repairOrders = (store: string, what: RepairOrdersAsked) =>
  queryOptions({
    queryKey: [...BOARD, store, "list", what],
    meta: live("workshop.list_repair_orders"),
    queryFn: ({ signal }) =>
      asked(
        api.GET("/repair-orders", { params: { query: { ...what, size: A_PAGE, expand: "customer,vehicle" } }, signal }),
      ),
    placeholderData: keepPreviousData,
  });

/** When each car of the board will be ready, and whether its promise will hold. */
export const boardProgress = (store: string) =>
  queryOptions({
    queryKey: [...BOARD, store, "progress"],
    meta: live("workshop.board_progress"),
    queryFn: ({ signal }) => asked(api.GET("/board/progress", { signal })),
    placeholderData: keepPreviousData,
  });

/** The same of one order, as it stands in a version. */
export const progress = (id: string, version: number) =>
  queryOptions({
    queryKey: [...recordKey(id), "progress", version],
    meta: live("workshop.get_repair_order", id),
    queryFn: () => asked(api.GET("/repair-orders/{ro_id}/progress", { params: { path: { ro_id: id } } })),
    placeholderData: keepPreviousData,
  });

/** What technicians have to do, and who is at it. */
export const WORK = ["work"] as const;
export type WorkItem = Schema["workshop.WorkItem"];
export type ForgottenClock = Schema["workshop.ForgottenClock"];

export const work = (store: string) =>
  queryOptions({
    queryKey: [...WORK, store],
    meta: live("workshop.list_work"),
    queryFn: ({ signal }) => asked(api.GET("/work", { params: { query: { expand: "vehicle" } }, signal })),
    placeholderData: keepPreviousData,
  });

/** Clocks that were stopped in the evening, and that nobody confirmed. */
export const forgottenClocks = (store: string) =>
  queryOptions({
    queryKey: [...WORK, store, "forgotten"],
    meta: live("workshop.forgotten_clocks"),
    queryFn: ({ signal }) => asked(api.GET("/clockings/forgotten", { signal })),
  });

export type Clockings = Schema["workshop.Clockings"];

/** Who worked on an order and when. */
export const clockings = (id: string) =>
  queryOptions({
    queryKey: [...recordKey(id), "clockings"],
    meta: live("workshop.clockings", id),
    queryFn: () => asked(api.GET("/repair-orders/{ro_id}/clockings", { params: { path: { ro_id: id } } })),
  });

/** Who comes to which bay. */
export const APPOINTMENTS = ["appointments"] as const;
export type Appointment = Schema["workshop.Appointment"];

export const appointments = (store: string, day: string) =>
  queryOptions({
    queryKey: [...APPOINTMENTS, store, day],
    meta: live("workshop.list_appointments"),
    queryFn: ({ signal }) =>
      asked(
        api.GET("/appointments", { params: { query: { store_id: store, day, expand: "customer,vehicle" } }, signal }),
      ),
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

/** Every stage it came to, when and by whom. */
export const history = (id: string, version: number) =>
  queryOptions({
    queryKey: [...recordKey(id), "history", version],
    queryFn: () => asked(api.GET("/repair-orders/{ro_id}/history", { params: { path: { ro_id: id } } })),
    placeholderData: keepPreviousData,
  });

/** What else was done to his cars, the newest first. */
export const earlier = (customerId: string) =>
  queryOptions({
    queryKey: ["customer", customerId, "repair-orders"],
    queryFn: () => asked(api.GET("/repair-orders", { params: { query: { customer_id: customerId, size: 50 } } })),
  });

export const COMEBACKS = ["comebacks"] as const;
export type Comeback = Schema["workshop.Comeback"];

/** Work that may be ours done again, the newest first. */
export const comebacks = (store: string, what: { state?: Comeback["state"]; ro_id?: string; page?: number }) =>
  queryOptions({
    queryKey: [...COMEBACKS, store, what],
    meta: live("workshop.list_comebacks"),
    queryFn: ({ signal }) =>
      asked(api.GET("/comebacks", { params: { query: { ...what, expand: "customer,vehicle" } }, signal })),
    placeholderData: keepPreviousData,
  });

export const GUARANTEES = ["guarantees"] as const;
export type GuaranteeWatch = Schema["workshop.GuaranteeWatch"];

/** Cars whose counters are near the law's limits or beyond, the last told first. */
export const guarantees = (store: string, what: { answered: boolean; page: number }) =>
  queryOptions({
    queryKey: [...GUARANTEES, store, what],
    meta: live("workshop.list_guarantees"),
    queryFn: ({ signal }) =>
      asked(api.GET("/guarantees", { params: { query: { ...what, expand: "customer,vehicle" } }, signal })),
    placeholderData: keepPreviousData,
  });

export type ForecastErrors = Schema["workshop.ForecastErrors"];

/** How far predictions were from what happened, by kind of work. */
export const forecasts = (store: string, days: number) =>
  queryOptions({
    queryKey: [...BOARD, store, "forecasts", days],
    queryFn: ({ signal }) => asked(api.GET("/board/forecasts", { params: { query: { days } }, signal })),
    placeholderData: keepPreviousData,
  });

export type RepairMoney = Schema["workshop.RepairMoney"];
export type Settlement = Schema["workshop.Settlement"];

/** Who owes what of an order, and what came. */
export const repairMoney = (id: string, version: number) =>
  queryOptions({
    queryKey: [...recordKey(id), "money", version],
    meta: live("workshop.repair_money", id),
    queryFn: () => asked(api.GET("/repair-orders/{ro_id}/money", { params: { path: { ro_id: id } } })),
    placeholderData: keepPreviousData,
  });

/** What is owed to the workshops, the oldest first. */
export const receivables = (store: string, asks: { payer?: Settlement["payer"]; page: number }) =>
  queryOptions({
    queryKey: ["repair-receivables", store, asks],
    meta: live("workshop.list_repair_receivables"),
    queryFn: ({ signal }) =>
      asked(api.GET("/repair-receivables", { params: { query: { ...asks, expand: "customer" } }, signal })),
    placeholderData: keepPreviousData,
  });
