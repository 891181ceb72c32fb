import { api, asked, type Schema } from "../../api/client";
import { queries } from "../../queries";
import type { PriceAsked } from "./price";
import {
  CARS,
  type CarDefinition,
  DELIVERIES,
  type Delivery,
  ORDERS,
  type Order,
  orderKey,
  type Party,
  QUOTES,
  type Quote,
  quoteKey,
  type Step,
  type StockVehicle,
} from "./queries";

/** What is asked of an order as it was looked at; refused where somebody was quicker. */
const to = (order: Order, key: string) => ({
  path: { order_id: order.order_id },
  header: { "Idempotency-Key": key, "If-Match": `"${order.version}"` },
});

async function changed(order: Order, call: Promise<unknown>): Promise<void> {
  await call;
  for (const queryKey of [ORDERS, DELIVERIES, orderKey(order.order_id), ["stock"], ["customer", order.customer_id]]) {
    void queries.invalidateQueries({ queryKey });
  }
}

export interface Contract {
  contract_no: string;
  signer: string;
  promised_date: string;
  terms: Schema["sales.DeliveryTerms"];
}

export const sign = (order: Order, body: Contract, key: string) =>
  changed(order, asked(api.POST("/orders/{order_id}/sign", { params: to(order, key), body })));

export interface Payment {
  amount_fen: number;
  external_ref: string;
  kind: "deposit" | "earnest" | "prepayment" | "balance" | "loan";
  channel: "transfer" | "cash" | "card" | "wechat" | "alipay" | "lender";
}

export const pay = (order: Order, body: Payment, key: string) =>
  changed(
    order,
    asked(
      api.POST("/orders/{order_id}/payments", {
        params: { path: { order_id: order.order_id }, header: { "Idempotency-Key": key } },
        body,
      }),
    ),
  );

export const allocate = (order: Order, vin: string, key: string) =>
  changed(order, asked(api.POST("/orders/{order_id}/allocate", { params: to(order, key), body: { vin } })));

export const deliver = (order: Order, body: { km: number; checklist: string[] }, key: string) =>
  changed(order, asked(api.POST("/orders/{order_id}/deliver", { params: to(order, key), body })));

export interface StepChange {
  act: Step["may"][number];
  reason?: string;
  expected_on?: string;
  evidence?: string;
  effective_from?: string;
  effective_until?: string;
  insurer?: string;
  plate?: string;
}

/** What is done to a step, as it was looked at. */
export const changeStep = (order: Order, step: Step, body: StepChange, key: string) =>
  changed(
    order,
    asked(
      api.PATCH("/orders/{order_id}/steps/{code}", {
        params: {
          path: { order_id: order.order_id, code: step.code },
          header: { "Idempotency-Key": key, "If-Match": `"${step.version}"` },
        },
        body,
      }),
    ),
  );

export const noteStage = (order: Order, body: Step["stages"][number], key: string) =>
  changed(
    order,
    asked(
      api.POST("/orders/{order_id}/plate-stages", {
        params: { path: { order_id: order.order_id }, header: { "Idempotency-Key": key } },
        body,
      }),
    ),
  );

/** Of the order it makes no other version: whoever gives the keys meanwhile is not held up. */
export const checkItem = (order: Order, body: { code: string; done: boolean }, key: string) =>
  changed(
    order,
    asked(
      api.POST("/orders/{order_id}/checklist", {
        params: { path: { order_id: order.order_id }, header: { "Idempotency-Key": key } },
        body,
      }),
    ),
  );

export const repromise = (
  order: Order,
  body: { promised_date: string; reason: Delivery["promises"][number]["reason"]; remark: string },
  key: string,
) => changed(order, asked(api.POST("/orders/{order_id}/promise", { params: to(order, key), body })));

export const submit = (order: Order, key: string) =>
  changed(order, asked(api.POST("/orders/{order_id}/submit", { params: to(order, key), body: {} })));

export const approve = (order: Order, key: string) =>
  changed(order, asked(api.POST("/orders/{order_id}/approve", { params: to(order, key), body: {} })));

export const reject = (order: Order, reason: string, key: string) =>
  changed(order, asked(api.POST("/orders/{order_id}/reject", { params: to(order, key), body: { reason } })));

export const amend = (order: Order, body: Pick<PriceAsked, "total_fen" | "lines"> & { reason: string }, key: string) =>
  changed(order, asked(api.POST("/orders/{order_id}/amendments", { params: to(order, key), body })));

export const approveAmendment = (order: Order, key: string) =>
  changed(order, asked(api.POST("/orders/{order_id}/amendments/approve", { params: to(order, key), body: {} })));

export const rejectAmendment = (order: Order, reason: string, key: string) =>
  changed(order, asked(api.POST("/orders/{order_id}/amendments/reject", { params: to(order, key), body: { reason } })));

export interface Cancellation {
  fault: NonNullable<Order["cancel_fault"]>;
  reason: string;
}

export const requestCancel = (order: Order, body: Cancellation, key: string) =>
  changed(order, asked(api.POST("/orders/{order_id}/cancel", { params: to(order, key), body })));

export const confirmCancel = (order: Order, key: string) =>
  changed(order, asked(api.POST("/orders/{order_id}/cancel/confirm", { params: to(order, key), body: {} })));

export const withdrawCancel = (order: Order, key: string) =>
  changed(order, asked(api.POST("/orders/{order_id}/cancel/withdraw", { params: to(order, key), body: {} })));

export const close = (order: Order, key: string) =>
  changed(order, asked(api.POST("/orders/{order_id}/close", { params: to(order, key), body: {} })));

export interface Received {
  vin: string;
  model: string;
  store_id: string;
  stock_id?: string;
}

/** A car has come into the yard of a store. */
export async function receive(body: Received, key: string): Promise<void> {
  await asked(api.POST("/stock-vehicles", { params: { header: { "Idempotency-Key": key } }, body }));
  void queries.invalidateQueries({ queryKey: ["stock"] });
}

const ofCar = (car: StockVehicle, key: string) => ({
  path: { stock_id: car.stock_id },
  header: { "Idempotency-Key": key, "If-Match": `"${car.version}"` },
});

async function stocked(asking: Promise<unknown>): Promise<void> {
  await asking;
  void queries.invalidateQueries({ queryKey: ["stock"] });
}

/** A car is on its way; neither its VIN nor its day need be known. */
export const announce = (
  body: { model: string; store_id: string; vin: string | null; eta: string | null },
  key: string,
) => stocked(asked(api.POST("/stock-vehicles/expected", { params: { header: { "Idempotency-Key": key } }, body })));

export const expectedAnew = (car: StockVehicle, body: { eta: string | null; vin: string | null }, key: string) =>
  stocked(asked(api.PATCH("/stock-vehicles/{stock_id}", { params: ofCar(car, key), body })));

export const moveCertificate = (car: StockVehicle, certificate: StockVehicle["certificate"], key: string) =>
  stocked(
    asked(api.POST("/stock-vehicles/{stock_id}/certificate", { params: ofCar(car, key), body: { certificate } })),
  );

/** The order on paper, to be shown or printed. */
export async function sheet(order: Order): Promise<Blob> {
  return (await asked(
    api.GET("/orders/{order_id}/sheet", {
      params: { path: { order_id: order.order_id }, query: { format: "pdf" } },
      parseAs: "blob",
    }),
  )) as unknown as Blob;
}

/** A link for the customer, told this once. */
export async function makeLink(order: Order, key: string): Promise<Schema["shared.LinkMade"]> {
  const made = await asked(
    api.POST("/orders/{order_id}/links", {
      params: { path: { order_id: order.order_id }, header: { "Idempotency-Key": key } },
      body: {},
    }),
  );
  void queries.invalidateQueries({ queryKey: [...orderKey(order.order_id), "links"] });
  return made;
}

export async function revokeLink(order: Order, link: string): Promise<void> {
  await asked(
    api.DELETE("/orders/{order_id}/links/{link_id}", {
      params: { path: { order_id: order.order_id, link_id: link } },
    }),
  );
  void queries.invalidateQueries({ queryKey: [...orderKey(order.order_id), "links"] });
}

type Whose = { customer_id: string; store_id: string; draft: boolean };

export async function writeOrder(body: Whose & PriceAsked, key: string): Promise<Schema["sales.Order"]> {
  const written = await asked(api.POST("/orders", { params: { header: { "Idempotency-Key": key } }, body }));
  forget([ORDERS, ["customer", body.customer_id]]);
  return written;
}

export async function writeQuote(body: Whose & PriceAsked, key: string): Promise<Schema["sales.Quote"]> {
  const written = await asked(api.POST("/quotes", { params: { header: { "Idempotency-Key": key } }, body }));
  forget([QUOTES, ["customer", body.customer_id]]);
  return written;
}

function forget(keys: readonly (readonly unknown[])[]): void {
  for (const queryKey of keys) void queries.invalidateQueries({ queryKey });
}

const toQuote = (quote: Quote, key: string) => ({
  path: { quote_id: quote.quote_id },
  header: { "Idempotency-Key": key, "If-Match": `"${quote.version}"` },
});

async function offered<Answer>(quote: Quote, call: Promise<Answer>): Promise<Answer> {
  const answer = await call;
  forget([QUOTES, ORDERS, quoteKey(quote.quote_id), ["customer", quote.customer_id]]);
  return answer;
}

export const reviseQuote = (quote: Quote, body: PriceAsked & { draft: boolean }, key: string) =>
  offered(quote, asked(api.POST("/quotes/{quote_id}/versions", { params: toQuote(quote, key), body })));

export const submitQuote = (quote: Quote, key: string) =>
  offered(quote, asked(api.POST("/quotes/{quote_id}/submit", { params: toQuote(quote, key), body: {} })));

export const approveQuote = (quote: Quote, key: string) =>
  offered(quote, asked(api.POST("/quotes/{quote_id}/approve", { params: toQuote(quote, key), body: {} })));

export const rejectQuote = (quote: Quote, reason: string, key: string) =>
  offered(quote, asked(api.POST("/quotes/{quote_id}/reject", { params: toQuote(quote, key), body: { reason } })));

export const presentQuote = (quote: Quote, key: string) =>
  offered(quote, asked(api.POST("/quotes/{quote_id}/present", { params: toQuote(quote, key), body: {} })));

export const acceptQuote = (quote: Quote, key: string) =>
  offered(quote, asked(api.POST("/quotes/{quote_id}/accept", { params: toQuote(quote, key), body: {} })));

export interface Loss {
  reason: NonNullable<Quote["versions"][number]["lost_reason"]>;
  remark: string;
}

export const loseQuote = (quote: Quote, body: Loss, key: string) =>
  offered(quote, asked(api.POST("/quotes/{quote_id}/lose", { params: toQuote(quote, key), body })));

/** The quote on paper, to be taken home. */
export async function quoteSheet(quote: Quote): Promise<Blob> {
  return (await asked(
    api.GET("/quotes/{quote_id}/sheet", {
      params: { path: { quote_id: quote.quote_id }, query: { format: "pdf" } },
      parseAs: "blob",
    }),
  )) as unknown as Blob;
}

export interface Payer {
  kind: Party["kind"];
  amount_fen: number;
  customer_id: string | null;
  firm: string | null;
}

export const nameParties = (order: Order, body: { owner_id: string | null; payers: Payer[] }, key: string) =>
  changed(order, asked(api.POST("/orders/{order_id}/parties", { params: to(order, key), body })));

async function catalogued(asking: Promise<unknown>): Promise<void> {
  await asking;
  forget([CARS]);
}

export const defineCar = (
  body: { model: string; trim: string; colour: string; model_year: number | null },
  key: string,
) => catalogued(asked(api.POST("/car-definitions", { params: { header: { "Idempotency-Key": key } }, body })));

export const setListPrice = (
  car: CarDefinition,
  body: { list_fen: number | null; store_id: string | null; from_day: string | null },
  key: string,
) =>
  catalogued(
    asked(
      api.POST("/car-definitions/{definition_id}/prices", {
        params: { path: { definition_id: car.definition_id }, header: { "Idempotency-Key": key } },
        body,
      }),
    ),
  );

export const withdrawCar = (car: CarDefinition, key: string) =>
  catalogued(
    asked(
      api.POST("/car-definitions/{definition_id}/withdraw", {
        params: {
          path: { definition_id: car.definition_id },
          header: { "Idempotency-Key": key, "If-Match": `"${car.version}"` },
        },
        body: {},
      }),
    ),
  );
