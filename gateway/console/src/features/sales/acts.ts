import type { Act, Option } from "../../ui/act";
import * as commands from "./commands";
import { inAWeek, owed } from "./model";
import { CHANNELS } from "./moneyActs";
import type { Order } from "./queries";

const KINDS = ["deposit", "earnest", "prepayment", "balance", "loan"] as const;

/** What may be done to an order where it stands. */
export function actsOf(
  order: Order,
  given: {
    stock: () => readonly (Option & { model: string })[];
    /** What must have been done when the keys are given. */
    checklist: readonly Option[];
    /** What of it was seen to already, with blanks between. */
    ticked: string;
    /** The step that everything else waits for, in words; empty when it is the keys. */
    waits: string;
    now: Date;
    /** A lender is named among its payers. */
    byLoan: boolean;
    /** Opens the price of the order, to be changed. */
    amend: () => unknown;
    t: (key: string, named?: object) => string;
  },
): Act[] {
  const { t } = given;
  const sign: Act = {
    name: "sign",
    label: "sales.act.sign",
    needs: "sales.sign_order",
    key: "step",
    main: true,
    fields: [
      { name: "contract_no", label: "sales.field.contractNo", kind: "text", max: 40 },
      { name: "signer", label: "sales.field.signer", kind: "text", initial: order.customer_name ?? "", max: 100 },
      { name: "promised_date", label: "sales.field.promisedDate", kind: "date", initial: inAWeek(given.now) },
      { name: "by_loan", label: "sales.field.byLoan", kind: "flag", initial: given.byLoan },
      { name: "accessories", label: "sales.field.accessories", kind: "flag" },
      { name: "self_insured", label: "sales.field.selfInsured", kind: "flag" },
      { name: "self_plating", label: "sales.field.selfPlating", kind: "flag" },
      { name: "before_plate", label: "sales.field.beforePlate", kind: "flag" },
    ],
    send: (values, key) => {
      const { contract_no, signer, promised_date, ...terms } = values;
      const contract = { contract_no, signer, promised_date, terms };
      return commands.sign(order, contract as unknown as commands.Contract, key);
    },
  };
  const pay: Act = {
    name: "pay",
    label: "sales.act.pay",
    needs: "sales.pay_order",
    key: "pay",
    fields: [
      {
        name: "kind",
        label: "sales.field.kind",
        kind: "choice",
        initial: order.paid_fen ? "balance" : "deposit",
        options: KINDS.map((value) => ({ value, label: t(`enums.paymentKind.${value}`) })),
      },
      {
        name: "channel",
        label: "sales.money.channel",
        kind: "choice",
        initial: "transfer",
        options: CHANNELS.map((value) => ({ value, label: t(`enums.paymentChannel.${value}`) })),
      },
      {
        name: "amount_fen",
        label: "sales.field.amount",
        kind: "yuan",
        initial: order.paid_fen && order.total_fen ? (order.total_fen - order.paid_fen) / 100 : "",
      },
      { name: "external_ref", label: "sales.field.reference", kind: "text", hint: "sales.hint.reference", max: 64 },
    ],
    send: (values, key) => commands.pay(order, values as unknown as commands.Payment, key),
  };
  const allocate: Act = {
    name: "allocate",
    label: "sales.act.allocate",
    needs: "sales.allocate_vehicle",
    key: "step",
    main: true,
    fields: [
      {
        name: "vin",
        label: "sales.field.vin",
        kind: "choice",
        // those of his model come first, in the order they have waited
        options: () =>
          [...given.stock()].sort(
            (one, other) => Number(other.model === order.model) - Number(one.model === order.model),
          ),
      },
    ],
    send: (values, key) => commands.allocate(order, String(values.vin), key),
  };
  const deliver: Act = {
    name: "deliver",
    label: "sales.act.deliver",
    needs: "sales.deliver_order",
    // while a step is left, the next step is that one
    ...(given.waits ? {} : { key: "step" as const, main: true }),
    ask: t("sales.ask.deliver", { number: order.number, name: order.customer_name ?? "" }),
    fields: [
      { name: "km", label: "sales.field.km", kind: "number", initial: 10, max: 3_000_000 },
      ...(given.checklist.length
        ? [
            {
              name: "checklist",
              label: "sales.field.checklist",
              kind: "choices",
              options: given.checklist,
              initial: given.ticked,
            } as const,
          ]
        : []),
    ],
    ...(given.waits ? { barred: t("sales.ask.waits", { step: given.waits }) } : {}),
    send: (values, key) => {
      const checklist = String(values.checklist ?? "")
        .split(" ")
        .filter(Boolean);
      return commands.deliver(order, { km: Number(values.km), checklist }, key);
    },
  };
  const cancel: Act = {
    name: "cancel",
    label: "sales.act.cancel",
    needs: "sales.request_cancel",
    key: "cancelOrder",
    fields: [
      {
        name: "fault",
        label: "sales.field.fault",
        kind: "choice",
        options: ["buyer", "seller", "neither"].map((value) => ({ value, label: t(`enums.cancelFault.${value}`) })),
      },
      { name: "reason", label: "sales.field.reason", kind: "long", max: 500 },
    ],
    send: (values, key) => commands.requestCancel(order, values as unknown as commands.Cancellation, key),
  };
  const confirm: Act = {
    name: "confirmCancel",
    label: "sales.act.confirmCancel",
    needs: "sales.confirm_cancel",
    key: "step",
    main: true,
    ask: t("sales.ask.confirmCancel", { number: order.number }),
    send: (_, key) => commands.confirmCancel(order, key),
  };
  const withdraw: Act = {
    name: "withdrawCancel",
    label: "sales.act.withdrawCancel",
    needs: "sales.withdraw_cancel",
    key: "undo",
    send: (_, key) => commands.withdrawCancel(order, key),
  };
  const close: Act = {
    name: "close",
    label: "sales.act.close",
    needs: "sales.close_order",
    key: "step",
    main: true,
    send: (_, key) => commands.close(order, key),
  };
  const submit: Act = {
    name: "submit",
    label: "sales.act.submit",
    needs: "sales.submit_order",
    key: "step",
    main: true,
    send: (_, key) => commands.submit(order, key),
  };
  const approve: Act = {
    name: "approve",
    label: "sales.act.approve",
    needs: "sales.approve_order",
    key: "pass",
    main: true,
    send: (_, key) => commands.approve(order, key),
  };
  const reject: Act = {
    name: "reject",
    label: "sales.act.reject",
    needs: "sales.reject_order",
    key: "rework",
    fields: [{ name: "reason", label: "sales.field.reason", kind: "long", max: 500 }],
    send: (values, key) => commands.reject(order, String(values.reason), key),
  };
  const amend: Act = {
    name: "amend",
    label: "sales.act.amend",
    needs: "sales.amend_order",
    key: "edit",
    send: async () => given.amend(),
  };
  const waits: Act[] = [
    {
      name: "approveAmendment",
      label: "sales.act.approveAmendment",
      needs: "sales.approve_amendment",
      key: "pass",
      send: (_, key) => commands.approveAmendment(order, key),
    },
    {
      name: "rejectAmendment",
      label: "sales.act.rejectAmendment",
      needs: "sales.reject_amendment",
      key: "rework",
      fields: [{ name: "reason", label: "sales.field.reason", kind: "long", max: 500 }],
      send: (values, key) => commands.rejectAmendment(order, String(values.reason), key),
    },
  ];
  const owes = (owed(order) ?? 0) > 0;
  const change = order.price_waits ? waits : [amend];
  const byStatus: Record<Order["status"], Act[]> = {
    draft: [submit, cancel],
    approval_pending: [approve, reject, cancel],
    approved: [sign, ...change, cancel],
    signed: [allocate, pay, ...change, cancel],
    allocated: [deliver, pay, ...change, cancel],
    ready: [deliver, pay, ...change, cancel],
    delivered: owes ? [pay, close] : [close],
    closed: owes ? [pay] : [],
    cancel_pending: [confirm, withdraw],
    cancelled: [],
  };
  return byStatus[order.status];
}
