import type { Component } from "vue";
import type { Operation, Role } from "./api/rights.gen";
import type { KeyName } from "./keys/map";
import type { ListWithViews } from "./ui/views";

/** A page of its own in the menu: who may use the operation sees it. Its title is `shell.page.<name>`. */
export interface Page {
  name: string;
  path: string;
  needs: Operation;
  key?: KeyName;
  /** The list that it shows, if people keep views of it. */
  views?: ListWithViews;
  load: () => Promise<Component>;
}

export const PAGES: readonly Page[] = [
  {
    name: "home",
    path: "",
    needs: "gateway.who_am_i",
    key: "goHome",
    load: () => import("./features/home/HomePage.vue"),
  },
  {
    name: "reception",
    path: "reception",
    needs: "customer.register_customer",
    key: "goReception",
    load: () => import("./features/reception/ReceptionPage.vue"),
  },
  {
    name: "board",
    path: "board",
    needs: "workshop.list_repair_orders",
    key: "goBoard",
    load: () => import("./features/workshop/BoardPage.vue"),
  },
  {
    name: "appointments",
    path: "appointments",
    needs: "workshop.list_appointments",
    key: "goAppointments",
    load: () => import("./features/workshop/AppointmentsPage.vue"),
  },
  {
    name: "work",
    path: "work",
    needs: "workshop.list_work",
    load: () => import("./features/workshop/WorkPage.vue"),
  },
  {
    name: "repairOrders",
    path: "repair-orders",
    needs: "workshop.list_repair_orders",
    views: "workshop.list_repair_orders",
    key: "goRepairOrders",
    load: () => import("./features/workshop/RepairOrdersPage.vue"),
  },
  {
    name: "tasks",
    path: "tasks",
    needs: "followup.tasks_today",
    key: "goTasks",
    load: () => import("./features/followup/TasksPage.vue"),
  },
  {
    name: "visits",
    path: "visits",
    needs: "followup.worklist",
    views: "followup.worklist",
    key: "goVisits",
    load: () => import("./features/followup/VisitsPage.vue"),
  },
  {
    name: "duplicates",
    path: "duplicates",
    needs: "customer.list_duplicates",
    views: "customer.list_duplicates",
    key: "goDuplicates",
    load: () => import("./features/duplicates/PairsPage.vue"),
  },
  {
    name: "imports",
    path: "imports",
    needs: "customer.list_imports",
    key: "goImports",
    load: () => import("./features/imports/ImportsPage.vue"),
  },
  {
    name: "quotes",
    path: "quotes",
    needs: "sales.list_quotes",
    key: "goQuotes",
    load: () => import("./features/sales/QuotesPage.vue"),
  },
  {
    name: "orders",
    path: "orders",
    needs: "sales.list_orders",
    views: "sales.list_orders",
    key: "goOrders",
    load: () => import("./features/sales/OrdersPage.vue"),
  },
  {
    name: "stock",
    path: "stock",
    needs: "sales.list_stock",
    views: "sales.list_stock",
    key: "goStock",
    load: () => import("./features/sales/StockPage.vue"),
  },
  {
    name: "cars",
    path: "car-definitions",
    needs: "sales.list_cars",
    load: () => import("./features/sales/CarsPage.vue"),
  },
  {
    name: "deliveries",
    path: "deliveries",
    needs: "sales.list_deliveries",
    key: "goDeliveries",
    load: () => import("./features/sales/DeliveriesPage.vue"),
  },
  {
    name: "finance",
    path: "finance",
    needs: "sales.list_receivables",
    key: "goFinance",
    load: () => import("./features/sales/FinancePage.vue"),
  },
  {
    name: "approvals",
    path: "approvals",
    needs: "sales.list_approvals",
    key: "goApprovals",
    load: () => import("./features/sales/ApprovalsPage.vue"),
  },
  {
    name: "repairReceivables",
    path: "repair-receivables",
    needs: "workshop.list_repair_receivables",
    load: () => import("./features/workshop/ReceivablesPage.vue"),
  },
  {
    name: "comebacks",
    path: "comebacks",
    needs: "workshop.list_comebacks",
    load: () => import("./features/workshop/ComebacksPage.vue"),
  },
  {
    name: "guarantees",
    path: "guarantees",
    needs: "workshop.list_guarantees",
    load: () => import("./features/workshop/GuaranteesPage.vue"),
  },
  {
    name: "forecasts",
    path: "forecasts",
    needs: "workshop.forecast_errors",
    load: () => import("./features/workshop/ForecastsPage.vue"),
  },
  {
    name: "figures",
    path: "figures",
    needs: "reporting.month_figures",
    key: "goFigures",
    load: () => import("./features/figures/FiguresPage.vue"),
  },
  {
    name: "segments",
    path: "segments",
    needs: "customer.list_segments",
    key: "goSegments",
    load: () => import("./features/segments/SegmentsPage.vue"),
  },
  {
    name: "exports",
    path: "exports",
    needs: "customer.list_exports",
    load: () => import("./features/segments/ExportsPage.vue"),
  },
  {
    name: "staff",
    path: "staff",
    needs: "gateway.list_staff",
    key: "goAdmin",
    load: () => import("./features/admin/StaffPage.vue"),
  },
  {
    name: "roles",
    path: "roles",
    needs: "gateway.list_staff",
    load: () => import("./features/admin/RolesPage.vue"),
  },
  {
    name: "teams",
    path: "teams",
    needs: "gateway.change_team",
    load: () => import("./features/admin/TeamsPage.vue"),
  },
  {
    name: "stores",
    path: "stores",
    needs: "gateway.change_calendar",
    load: () => import("./features/admin/StoresPage.vue"),
  },
  {
    name: "policies",
    path: "policies",
    needs: "gateway.list_policies",
    load: () => import("./features/admin/PoliciesPage.vue"),
  },
  {
    name: "privacy",
    path: "privacy-requests",
    needs: "customer.list_privacy_requests",
    load: () => import("./features/admin/PrivacyPage.vue"),
  },
  {
    name: "access",
    path: "access-log",
    needs: "gateway.list_access",
    load: () => import("./features/admin/AccessPage.vue"),
  },
  {
    name: "system",
    path: "system",
    needs: "gateway.create_staff",
    load: () => import("./features/admin/SystemPage.vue"),
  },
];

/** What somebody opens first: where his day is. Who has several roles begins with the first of them here. */
export const FIRST: readonly [Role, string][] = [
  ["cr_agent", "visits"],
  ["receptionist", "reception"],
  ["advisor", "board"],
  ["service_manager", "board"],
  ["technician", "board"],
  ["inspector", "board"],
  ["consultant", "tasks"],
  ["sales_manager", "home"],
  ["finance", "finance"],
  ["leader", "home"],
  ["dealer_leader", "home"],
  ["general_manager", "home"],
  ["admin", "staff"],
];

export function firstPage(roles: readonly Role[]): string {
  return FIRST.find(([role]) => roles.includes(role))?.[1] ?? "home";
}

/** Pages that are in no menu: of one record each, to which lists and other records lead, and of oneself. */
export const RECORDS: readonly Omit<Page, "needs" | "key">[] = [
  { name: "customer", path: "customers/:id", load: () => import("./features/customer/CustomerPage.vue") },
  { name: "me", path: "me", load: () => import("./features/me/MePage.vue") },
  { name: "repairOrder", path: "repair-orders/:id", load: () => import("./features/workshop/RepairOrderPage.vue") },
  { name: "visit", path: "visits/:id", load: () => import("./features/followup/VisitPage.vue") },
  { name: "pair", path: "duplicates/:id", load: () => import("./features/duplicates/PairPage.vue") },
  { name: "merge", path: "merges/:id", load: () => import("./features/duplicates/MergePage.vue") },
  { name: "split", path: "customers/:id/split", load: () => import("./features/duplicates/SplitPage.vue") },
  { name: "import", path: "imports/:id", load: () => import("./features/imports/ImportPage.vue") },
  { name: "order", path: "orders/:id", load: () => import("./features/sales/OrderPage.vue") },
  { name: "amendOrder", path: "orders/:id/amend", load: () => import("./features/sales/PricePage.vue") },
  { name: "newOrder", path: "customers/:id/orders/new", load: () => import("./features/sales/PricePage.vue") },
  { name: "newQuote", path: "customers/:id/quotes/new", load: () => import("./features/sales/PricePage.vue") },
  { name: "quote", path: "quotes/:id", load: () => import("./features/sales/QuotePage.vue") },
  { name: "reviseQuote", path: "quotes/:id/revise", load: () => import("./features/sales/PricePage.vue") },
  { name: "newSegment", path: "segments/new", load: () => import("./features/segments/NewSegmentPage.vue") },
  { name: "segment", path: "segments/:id", load: () => import("./features/segments/SegmentPage.vue") },
  { name: "calendar", path: "stores/:id/calendar", load: () => import("./features/admin/CalendarPage.vue") },
  { name: "policy", path: "policies/:id", load: () => import("./features/admin/PolicyPage.vue") },
];
