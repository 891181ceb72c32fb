import { keepPreviousData, queryOptions } from "@tanstack/vue-query";
import { api, asked, type Schema } from "../../api/client";
import { live } from "../../live/touched";
import { queries } from "../../queries";
import { DELIVERIES, ORDERS, orderKey, QUOTES, quoteKey } from "./queries";

export type Money = Schema["sales.OrderMoney"];
export type Payment = Schema["sales.Payment"];
export type Refund = Schema["sales.Refund"];
export type Owed = Schema["sales.OrderReceivable"];
export type OpenRefund = Schema["sales.OpenRefund"];
export type Contradiction = Schema["sales.Contradiction"];
export type Approval = Schema["sales.Approval"];

const A_PAGE = 50;
const MONEY = ["money"] as const;

/** What came for an order, who owes what of it, and what goes back. */
export const money = (id: string) =>
  queryOptions({
    queryKey: [...orderKey(id), "money"],
    meta: live("sales.order_money", id),
    queryFn: () => asked(api.GET("/orders/{order_id}/payments", { params: { path: { order_id: id } } })),
  });

export interface DueAsked {
  payer?: Owed["payer"];
  due?: "overdue" | "today";
  page: number;
}

/** What is to be received, what is due first first. */
export const due = (store: string, what: DueAsked) =>
  queryOptions({
    queryKey: [...MONEY, "due", store, what],
    meta: live("sales.list_receivables"),
    queryFn: ({ signal }) =>
      asked(api.GET("/receivables", { params: { query: { ...what, size: A_PAGE, expand: "customer" } }, signal })),
    placeholderData: keepPreviousData,
  });

/** What is to be given back. */
export const returns = (store: string, page: number) =>
  queryOptions({
    queryKey: [...MONEY, "returns", store, page],
    meta: live("sales.list_returns"),
    queryFn: ({ signal }) =>
      asked(api.GET("/receivables/returns", { params: { query: { page, size: A_PAGE, expand: "customer" } }, signal })),
    placeholderData: keepPreviousData,
  });

/** Money that came and is for nothing. */
export const receipts = (store: string, page: number) =>
  queryOptions({
    queryKey: [...MONEY, "receipts", store, page],
    meta: live("sales.list_receipts"),
    queryFn: ({ signal }) =>
      asked(api.GET("/receipts/unapplied", { params: { query: { page, size: A_PAGE } }, signal })),
    placeholderData: keepPreviousData,
  });

/** Refunds to agree to and to pay. */
export const refunds = (store: string, what: { waits?: "agree" | "pay"; page: number }) =>
  queryOptions({
    queryKey: [...MONEY, "refunds", store, what],
    meta: live("sales.list_refunds"),
    queryFn: ({ signal }) =>
      asked(api.GET("/refunds", { params: { query: { ...what, size: A_PAGE, expand: "customer" } }, signal })),
    placeholderData: keepPreviousData,
  });

/** What channels told that is otherwise than what is known. */
export const notices = (store: string, page: number) =>
  queryOptions({
    queryKey: [...MONEY, "notices", store, page],
    queryFn: ({ signal }) => asked(api.GET("/payment-notices", { params: { query: { page, size: A_PAGE } }, signal })),
    placeholderData: keepPreviousData,
  });

/** What waits for a manager's word, exceptions first. */
export const approvals = (store: string) =>
  queryOptions({
    queryKey: [...MONEY, "approvals", store],
    meta: live("sales.list_approvals"),
    queryFn: ({ signal }) => asked(api.GET("/approvals", { params: { query: { expand: "customer" } }, signal })),
    placeholderData: keepPreviousData,
  });

/** What shows money of an order is asked again. */
async function moved(orderId: string | null, call: Promise<unknown>): Promise<void> {
  await call;
  const stale = [MONEY, ORDERS, DELIVERIES, ...(orderId ? [orderKey(orderId)] : [])];
  for (const queryKey of stale) void queries.invalidateQueries({ queryKey });
}

const once = (key: string) => ({ "Idempotency-Key": key });
const ofPayment = (payment: Payment, key: string) => ({ path: { payment_id: payment.payment_id }, header: once(key) });
const ofRefund = (refund: { refund_id: string }, key: string) => ({
  path: { refund_id: refund.refund_id },
  header: once(key),
});
const ofOrder = (orderId: string, key: string) => ({ path: { order_id: orderId }, header: once(key) });

export interface Paid {
  amount_fen: number;
  external_ref: string;
  channel: Payment["channel"];
  payer_id: string | null;
}

/** Money of somebody who was named as a payer. */
export const payBy = (orderId: string, body: Paid, key: string) =>
  moved(
    orderId,
    asked(
      api.POST("/orders/{order_id}/payments", { params: ofOrder(orderId, key), body: { ...body, kind: "balance" } }),
    ),
  );

export const settle = (payment: Payment, outcome: "confirmed" | "failed", key: string) =>
  moved(
    payment.order_id,
    asked(api.POST("/payments/{payment_id}/settle", { params: ofPayment(payment, key), body: { outcome } })),
  );

export const reverse = (payment: Payment, reason: string, key: string) =>
  moved(
    payment.order_id,
    asked(api.POST("/payments/{payment_id}/reverse", { params: ofPayment(payment, key), body: { reason } })),
  );

export const apply = (payment: Payment, orderId: string, key: string) =>
  moved(
    orderId,
    asked(api.POST("/payments/{payment_id}/apply", { params: ofPayment(payment, key), body: { order_id: orderId } })),
  );

export const askBack = (payment: Payment, body: { amount_fen: number; reason: string }, key: string) =>
  moved(payment.order_id, asked(api.POST("/payments/{payment_id}/refunds", { params: ofPayment(payment, key), body })));

type Goes = Pick<Refund, "refund_id" | "order_id">;

export const agree = (refund: Goes, key: string) =>
  moved(refund.order_id, asked(api.POST("/refunds/{refund_id}/approve", { params: ofRefund(refund, key) })));

export const refuse = (refund: Goes, reason: string, key: string) =>
  moved(
    refund.order_id,
    asked(api.POST("/refunds/{refund_id}/refuse", { params: ofRefund(refund, key), body: { reason } })),
  );

export const payOut = (refund: Goes, external_ref: string, key: string) =>
  moved(
    refund.order_id,
    asked(api.POST("/refunds/{refund_id}/pay", { params: ofRefund(refund, key), body: { external_ref } })),
  );

export const compensate = (orderId: string, body: { reason: string; payer_id: string | null }, key: string) =>
  moved(orderId, asked(api.POST("/orders/{order_id}/compensation", { params: ofOrder(orderId, key), body })));

export interface Letter {
  lender: string;
  letter_no: string;
  amount_fen: number;
  valid_until: string;
}

export const keepLetter = (orderId: string, body: Letter, key: string) =>
  moved(orderId, asked(api.POST("/orders/{order_id}/loan-letter", { params: ofOrder(orderId, key), body })));

export const endLetter = (orderId: string, reason: string, key: string) =>
  moved(
    orderId,
    asked(api.POST("/orders/{order_id}/loan-letter/end", { params: ofOrder(orderId, key), body: { reason } })),
  );

export const closeNotice = (notice: Contradiction, note: string, key: string) =>
  moved(
    notice.known_order_id,
    asked(
      api.POST("/payment-notices/{notice_id}/close", {
        params: { path: { notice_id: notice.notice_id }, header: once(key) },
        body: { note },
      }),
    ),
  );

type Decided = "approve" | "reject" | "amendments/approve" | "amendments/reject" | "cancel/confirm" | "cancel/withdraw";

/** A word about an order as it was looked at. */
export function decide(what: Approval, word: Decided, body: { reason?: string }, key: string): Promise<void> {
  const params = {
    path: { order_id: String(what.order_id) },
    header: { ...once(key), "If-Match": `"${what.version}"` },
  };
  const reason = { reason: body.reason ?? "" };
  const calls: Record<Decided, () => Promise<unknown>> = {
    approve: () => asked(api.POST("/orders/{order_id}/approve", { params, body: {} })),
    reject: () => asked(api.POST("/orders/{order_id}/reject", { params, body: reason })),
    "amendments/approve": () => asked(api.POST("/orders/{order_id}/amendments/approve", { params, body: {} })),
    "amendments/reject": () => asked(api.POST("/orders/{order_id}/amendments/reject", { params, body: reason })),
    "cancel/confirm": () => asked(api.POST("/orders/{order_id}/cancel/confirm", { params, body: {} })),
    "cancel/withdraw": () => asked(api.POST("/orders/{order_id}/cancel/withdraw", { params, body: {} })),
  };
  return moved(what.order_id, calls[word]());
}

/** A word about a quote as it was looked at. */
export async function decideQuote(
  what: Approval,
  word: "approve" | "reject",
  body: { reason?: string },
  key: string,
): Promise<void> {
  const params = {
    path: { quote_id: String(what.quote_id) },
    header: { ...once(key), "If-Match": `"${what.version}"` },
  };
  const reason = { reason: body.reason ?? "" };
  await (word === "approve"
    ? asked(api.POST("/quotes/{quote_id}/approve", { params, body: {} }))
    : asked(api.POST("/quotes/{quote_id}/reject", { params, body: reason })));
  for (const queryKey of [MONEY, QUOTES, quoteKey(String(what.quote_id))]) void queries.invalidateQueries({ queryKey });
}
