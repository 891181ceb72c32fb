import { api, asked } from "../../api/client";
import type { Operation } from "../../api/rights.gen";
import { live } from "../../live/touched";

/** What must be seen to before anything else: how many there are, and the page that shows exactly those. */
export interface Exception {
  /** Its words are `shell.exception.<name>`. */
  name: string;
  needs: Operation;
  tone: "bad" | "warn";
  page: string;
  query: Record<string, string>;
  count: (signal: AbortSignal) => Promise<{ total: number }>;
  /** What it follows live; without it it is asked for from time to time. */
  meta?: ReturnType<typeof live>;
  /** The kinds of tasks that it tells of as well: they do not stand beside it. */
  tasks?: readonly string[];
  /** Whoever may do this is told it by another row. */
  unless?: Operation;
}

const ONE = 1;
const orders = (status: "approval_pending" | "cancel_pending") => (signal: AbortSignal) =>
  asked(api.GET("/orders", { params: { query: { status, size: ONE } }, signal }));
const deliveries = (risk: "late" | "at_risk") => (signal: AbortSignal) =>
  asked(api.GET("/deliveries", { params: { query: { risk, size: ONE } }, signal }));
const cars = (risk: "late" | "at_risk") => async (signal: AbortSignal) => {
  const { items } = await asked(api.GET("/board/progress", { signal }));
  return { total: items.filter((car) => car.risk === risk).length };
};

/** In the order in which they are told: what is late, what waits for somebody's word, what may become late. */
export const EXCEPTIONS: readonly Exception[] = [
  {
    name: "deliveriesLate",
    needs: "sales.list_deliveries",
    tone: "bad",
    page: "deliveries",
    query: { risk: "late" },
    count: deliveries("late"),
    meta: live("sales.list_deliveries"),
  },
  {
    name: "carsLate",
    needs: "workshop.board_progress",
    tone: "bad",
    page: "board",
    query: { view: "risk" },
    count: cars("late"),
    meta: live("workshop.board_progress"),
  },
  {
    name: "visitsOverdue",
    needs: "followup.worklist",
    tone: "bad",
    page: "visits",
    query: { due: "overdue" },
    count: (signal) => asked(api.GET("/visits", { params: { query: { due: "overdue", size: ONE } }, signal })),
    meta: live("followup.worklist"),
  },
  {
    name: "decisions",
    needs: "sales.list_approvals",
    tone: "warn",
    page: "approvals",
    query: {},
    tasks: ["ORDER_APPROVAL", "REFUND_ASKED"],
    count: async (signal) => {
      const { items } = await asked(api.GET("/approvals", { signal }));
      return { total: items.filter((each) => !each.not_by_me).length };
    },
    meta: live("sales.list_approvals"),
  },
  {
    name: "approvals",
    needs: "sales.list_orders",
    tone: "warn",
    page: "orders",
    query: { status: "approval_pending" },
    unless: "sales.list_approvals",
    count: orders("approval_pending"),
    meta: live("sales.list_orders"),
  },
  {
    name: "cancellations",
    needs: "sales.list_orders",
    tone: "warn",
    page: "orders",
    query: { status: "cancel_pending" },
    unless: "sales.list_approvals",
    count: orders("cancel_pending"),
    meta: live("sales.list_orders"),
  },
  {
    name: "exportsWaiting",
    needs: "customer.approve_export",
    tone: "warn",
    page: "exports",
    query: { status: "awaiting_approval" },
    count: (signal) =>
      asked(api.GET("/exports", { params: { query: { status: "awaiting_approval", size: ONE } }, signal })),
  },
  {
    name: "deliveriesAtRisk",
    needs: "sales.list_deliveries",
    tone: "warn",
    page: "deliveries",
    query: { risk: "at_risk" },
    count: deliveries("at_risk"),
    meta: live("sales.list_deliveries"),
  },
  {
    name: "carsAtRisk",
    needs: "workshop.board_progress",
    tone: "warn",
    page: "board",
    query: { view: "risk" },
    count: cars("at_risk"),
    meta: live("workshop.board_progress"),
  },
];
