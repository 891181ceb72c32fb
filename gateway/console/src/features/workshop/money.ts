import { api, asked, type Schema } from "../../api/client";
import { queries } from "../../queries";
import type { Act, Field } from "../../ui/act";
import { BOARD, type RepairMoney, type RepairOrder, recordKey, type Settlement } from "./queries";

export type Payment = Schema["workshop.RepairPayment"];
type Said = (key: string, named?: object) => string;

interface Paid {
  payer: Settlement["payer"];
  amount_fen: number;
  channel: (typeof CHANNELS)[number];
  external_ref: string;
}

interface Certified {
  category: (typeof CATEGORIES)[number];
  km_out: number;
}

const CHANNELS = ["transfer", "cash", "card", "wechat", "alipay", "offset"] as const;

async function paid(order: RepairOrder, call: Promise<unknown>): Promise<void> {
  await call;
  void queries.invalidateQueries({ queryKey: BOARD });
  void queries.invalidateQueries({ queryKey: recordKey(order.ro_id) });
  void queries.invalidateQueries({ queryKey: ["customer", order.customer_id] });
}

const to = (order: RepairOrder, key: string) => ({
  path: { ro_id: order.ro_id },
  header: { "Idempotency-Key": key },
});

/** What stands of the settlements of an order, whoever pays. */
export const standing = (money: RepairMoney | undefined): Settlement[] =>
  (money?.settlements ?? []).filter((each) => each.state !== "void");

/** What the customer himself still owes; null where nobody may know, or nothing is settled. */
export function ownBalance(money: RepairMoney | undefined): number | null {
  return standing(money).find((each) => each.payer === "CUSTOMER")?.balance_fen ?? null;
}

/** What may be done with the money of an order: what is owed is taken, what was wrong is voided, who may lets it go. */
export function moneyActs(order: RepairOrder, money: RepairMoney | undefined, t: Said): Act[] {
  const owed = standing(money).filter((each) => (each.balance_fen ?? 0) > 0);
  const acts: Act[] = [];
  const first = owed[0];
  if (first) {
    const fields: Field[] = [
      {
        name: "payer",
        label: "workshop.money.payer",
        kind: "choice",
        initial: first.payer,
        options: owed.map((each) => ({ value: each.payer, label: t(`enums.payType.${each.payer}`) })),
      },
      { name: "amount_fen", label: "workshop.field.amount", kind: "yuan", initial: (first.balance_fen ?? 0) / 100 },
      {
        name: "channel",
        label: "workshop.money.channel",
        kind: "choice",
        initial: "wechat",
        options: CHANNELS.map((value) => ({ value, label: t(`enums.paidBy.${value}`) })),
      },
      { name: "external_ref", label: "workshop.money.reference", kind: "text", max: 64 },
    ];
    acts.push({
      name: "pay",
      label: "workshop.act.pay",
      needs: "workshop.take_repair_payment",
      key: "pay",
      main: true,
      fields,
      send: (values, key) =>
        paid(
          order,
          asked(
            api.POST("/repair-orders/{ro_id}/payments", {
              params: to(order, key),
              body: values as unknown as Paid,
            }),
          ),
        ),
    });
  }
  if (order.stage === "settled" && (ownBalance(money) ?? 0) > 0) {
    acts.push({
      name: "allowUnpaid",
      label: "workshop.act.allowUnpaid",
      needs: "workshop.allow_unpaid",
      fields: [{ name: "reason", label: "workshop.money.allowedReason", kind: "text", max: 200 }],
      send: (values, key) =>
        paid(
          order,
          asked(
            api.POST("/repair-orders/{ro_id}/allow-unpaid", {
              params: to(order, key),
              body: { reason: String(values.reason) },
            }),
          ),
        ),
    });
  }
  if (order.stage === "settled") {
    acts.push({
      name: "void",
      label: "workshop.act.void",
      needs: "workshop.void_settlement",
      fields: [{ name: "reason", label: "workshop.money.voidReason", kind: "text", max: 200 }],
      send: (values, key) =>
        paid(
          order,
          asked(
            api.POST("/repair-orders/{ro_id}/void-settlement", {
              params: { ...to(order, key), header: { "Idempotency-Key": key, "If-Match": `"${order.version}"` } },
              body: { reason: String(values.reason) },
            }),
          ),
        ),
    });
  }
  return acts;
}

/** A payment that was taken back. */
export const reverseAct = (order: RepairOrder, payment: Payment): Act => ({
  name: `reverse-${payment.payment_id}`,
  label: "workshop.act.reverse",
  needs: "workshop.reverse_repair_payment",
  fields: [{ name: "reason", label: "workshop.money.reverseReason", kind: "text", max: 200 }],
  send: (values, key) =>
    paid(
      order,
      asked(
        api.POST("/repair-payments/{payment_id}/reverse", {
          params: { path: { payment_id: payment.payment_id }, header: { "Idempotency-Key": key } },
          body: { reason: String(values.reason) },
        }),
      ),
    ),
});

export const CATEGORIES = [
  "minor",
  "special",
  "first_maintenance",
  "second_maintenance",
  "assembly",
  "overhaul",
] as const;

/** The certificate of completion, once the car passed quality control. */
export const certifyAct = (order: RepairOrder, t: Said): Act => ({
  name: "certify",
  label: "workshop.act.certify",
  needs: "workshop.certify_repair",
  fields: [
    {
      name: "category",
      label: "workshop.papers.category",
      kind: "choice",
      initial: "minor",
      options: CATEGORIES.map((value) => ({ value, label: t(`enums.repairCategory.${value}`) })),
    },
    { name: "km_out", label: "workshop.papers.kmOut", kind: "number", initial: order.km, max: 3_000_000 },
  ],
  send: (values, key) =>
    paid(
      order,
      asked(
        api.POST("/repair-orders/{ro_id}/certificate", {
          params: to(order, key),
          body: values as unknown as Certified,
        }),
      ),
    ),
});

type Blobbed = Promise<Blob>;
const pdf = { format: "pdf" } as const;
const ofOrder = (id: string) => ({ params: { path: { ro_id: id }, query: pdf }, parseAs: "blob" }) as const;

/** The papers of a repair, each by its right and its call. */
export const PAPERS = {
  estimate: {
    needs: "workshop.estimate_sheet",
    get: (id: string) => asked(api.GET("/repair-orders/{ro_id}/estimate-sheet", ofOrder(id))) as unknown as Blobbed,
  },
  order: {
    needs: "workshop.repair_sheet",
    get: (id: string) => asked(api.GET("/repair-orders/{ro_id}/sheet", ofOrder(id))) as unknown as Blobbed,
  },
  certificate: {
    needs: "workshop.repair_certificate",
    get: (id: string) => asked(api.GET("/repair-orders/{ro_id}/certificate", ofOrder(id))) as unknown as Blobbed,
  },
  settlement: {
    needs: "workshop.settlement_sheet",
    get: (id: string) =>
      asked(
        api.GET("/settlements/{settlement_id}/sheet", {
          params: { path: { settlement_id: id }, query: pdf },
          parseAs: "blob",
        }),
      ) as unknown as Blobbed,
  },
} as const;
export type Paper = keyof typeof PAPERS;

/** A link for the customer, told this once. */
export async function makeLink(order: RepairOrder, key: string): Promise<string> {
  const made = await asked(api.POST("/repair-orders/{ro_id}/links", { params: to(order, key), body: {} }));
  return `${location.origin}/r/${made.token}`;
}
