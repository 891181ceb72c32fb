import type { Act, Field, Option } from "../../ui/act";
import type { Approval, Contradiction, Money, OpenRefund, Owed, Payment, Refund } from "./money";
import * as commands from "./money";

/** By which ways money comes. */
export const CHANNELS = ["transfer", "cash", "card", "wechat", "alipay", "lender"] as const;

type Says = (key: string, named?: object) => string;

const yuan = (fen: number | null) => (fen === null ? "" : fen / 100);
const reason = (): Field => ({ name: "reason", label: "sales.field.reason", kind: "long", max: 500 });

/** What may be done with money that came, or is awaited. */
export function actsOfPayment(payment: Payment, t: Says): Act[] {
  if (payment.state === "registered") {
    return [
      {
        name: "settle",
        label: "sales.money.settle",
        needs: "sales.settle_payment",
        send: (_, key) => commands.settle(payment, "confirmed", key),
      },
      {
        name: "fail",
        label: "sales.money.fail",
        needs: "sales.settle_payment",
        ask: t("sales.money.askFail", { reference: payment.external_ref }),
        send: (_, key) => commands.settle(payment, "failed", key),
      },
    ];
  }
  if (payment.state !== "confirmed") return [];
  return [
    askBack(payment),
    {
      name: "reverse",
      label: "sales.money.reverse",
      needs: "sales.reverse_payment",
      fields: [reason()],
      send: (values, key) => commands.reverse(payment, String(values.reason), key),
    },
  ];
}

/** Money of a payment is asked back: what is for nothing first. */
export function askBack(payment: Payment): Act {
  const left = payment.amount_fen === null ? null : payment.amount_fen - (payment.refunded_fen ?? 0);
  return {
    name: "refund",
    label: "sales.money.askBack",
    needs: "sales.request_refund",
    key: "rework",
    fields: [
      { name: "amount_fen", label: "sales.field.amount", kind: "yuan", initial: yuan(payment.unapplied_fen || left) },
      reason(),
    ],
    send: (values, key) => commands.askBack(payment, values as { amount_fen: number; reason: string }, key),
  };
}

/** What is for nothing is used for its order, or for one of those that owe, or goes back. */
export function actsOfReceipt(payment: Payment, owing: () => readonly Option[]): Act[] {
  const own: Act = {
    name: "apply",
    label: "sales.money.apply",
    needs: "sales.apply_receipt",
    key: "settle",
    main: true,
    ...(payment.order_id
      ? {}
      : { fields: [{ name: "order_id", label: "sales.number", kind: "choice", options: owing } as const] }),
    send: (values, key) => commands.apply(payment, String(payment.order_id ?? values.order_id), key),
  };
  return [own, askBack(payment)];
}

/** A refund is agreed to by another, or not; what was agreed to is paid. */
export function actsOfRefund(refund: OpenRefund | Refund): Act[] {
  if (refund.state === "requested") {
    return [
      {
        name: "agree",
        label: "sales.money.agree",
        needs: "sales.approve_refund",
        key: "pass",
        main: true,
        send: (_, key) => commands.agree(refund, key),
      },
      refuse(refund),
    ];
  }
  if (refund.state !== "approved") return [];
  return [
    {
      name: "payOut",
      label: "sales.money.payOut",
      needs: "sales.pay_refund",
      key: "pay",
      main: true,
      fields: [{ name: "external_ref", label: "sales.field.reference", kind: "text", max: 64 }],
      send: (values, key) => commands.payOut(refund, String(values.external_ref), key),
    },
    refuse(refund),
  ];
}

const refuse = (refund: OpenRefund | Refund): Act => ({
  name: "refuse",
  label: "sales.money.refuse",
  needs: "sales.refuse_refund",
  fields: [reason()],
  send: (values, key) => commands.refuse(refund, String(values.reason), key),
});

/** What we owe on top of a deposit is asked for to be paid, to who paid that: one named as a payer, or the buyer. */
export function compensation(orderId: string, payerId: string | null): Act {
  return {
    name: "compensate",
    label: "sales.money.compensate",
    needs: "sales.request_compensation",
    fields: [reason()],
    send: (values, key) => commands.compensate(orderId, { reason: String(values.reason), payer_id: payerId }, key),
  };
}

export const actsOfReturn = (owed: Owed): Act[] =>
  owed.compensation_fen ? [compensation(owed.order_id, owed.party_id)] : [];

/** What somebody else than buyer and lender owes is paid by him. */
export function actsOfPayer(orderId: string, owed: Money["receivables"][number], t: Says): Act[] {
  if (owed.payer !== "other" || !owed.balance_fen) return [];
  return [
    {
      name: "payBy",
      label: "sales.act.pay",
      needs: "sales.pay_order",
      fields: [
        {
          name: "channel",
          label: "sales.money.channel",
          kind: "choice",
          initial: "transfer",
          options: CHANNELS.map((value) => ({ value, label: t(`enums.paymentChannel.${value}`) })),
        },
        { name: "amount_fen", label: "sales.field.amount", kind: "yuan", initial: yuan(owed.balance_fen) },
        { name: "external_ref", label: "sales.field.reference", kind: "text", hint: "sales.hint.reference", max: 64 },
      ],
      send: (values, key) =>
        commands.payBy(orderId, { ...(values as unknown as commands.Paid), payer_id: owed.party_id }, key),
    },
  ];
}

/** A lender's letter of approval: kept, or no more. */
export function letterActs(orderId: string, shown: Money): Act[] {
  const keep: Act = {
    name: "letter",
    label: "sales.money.letter",
    needs: "sales.keep_loan_letter",
    fields: [
      { name: "lender", label: "sales.money.lender", kind: "text", max: 80, initial: shown.letter?.lender ?? "" },
      { name: "letter_no", label: "sales.money.letterNo", kind: "text", max: 40 },
      {
        name: "amount_fen",
        label: "sales.field.amount",
        kind: "yuan",
        initial: yuan(shown.letter?.amount_fen ?? null),
      },
      { name: "valid_until", label: "sales.money.validUntil", kind: "date" },
    ],
    send: (values, key) => commands.keepLetter(orderId, values as unknown as commands.Letter, key),
  };
  const end: Act = {
    name: "endLetter",
    label: "sales.money.endLetter",
    needs: "sales.end_loan_letter",
    fields: [reason()],
    send: (values, key) => commands.endLetter(orderId, String(values.reason), key),
  };
  return shown.letter ? [keep, end] : [keep];
}

/** Somebody has found out what was right. */
export function actsOfNotice(notice: Contradiction): Act[] {
  return [
    {
      name: "close",
      label: "sales.money.closeNotice",
      needs: "sales.close_notice",
      key: "settle",
      main: true,
      fields: [{ name: "note", label: "sales.field.remark", kind: "long", max: 500 }],
      send: (values, key) => commands.closeNotice(notice, String(values.note), key),
    },
  ];
}

/** Yes or no, by what it is. */
export function actsOfApproval(what: Approval, t: Says): Act[] {
  const named = { number: what.number ?? "" };
  const barred = what.not_by_me ? { barred: t("sales.approvals.own") } : {};
  const yes = { name: "yes", label: "sales.act.approve", key: "pass", main: true, ...barred } as const;
  const no = { name: "no", label: "sales.act.reject", key: "rework", fields: [reason()] } as const;
  if (what.kind === "refund" || what.kind === "compensation") {
    const refund = { refund_id: String(what.refund_id), order_id: what.order_id };
    return [
      { ...yes, needs: "sales.approve_refund", send: (_, key) => commands.agree(refund, key) },
      {
        ...no,
        needs: "sales.refuse_refund",
        send: (values, key) => commands.refuse(refund, String(values.reason), key),
      },
    ];
  }
  if (what.kind === "quote") {
    return [
      { ...yes, needs: "sales.approve_quote", send: (_, key) => commands.decideQuote(what, "approve", {}, key) },
      {
        ...no,
        needs: "sales.reject_quote",
        send: (values, key) => commands.decideQuote(what, "reject", { reason: String(values.reason) }, key),
      },
    ];
  }
  if (what.kind === "cancellation") {
    return [
      {
        ...yes,
        label: "sales.act.confirmCancel",
        needs: "sales.confirm_cancel",
        ask: t("sales.ask.confirmCancel", named),
        send: (_, key) => commands.decide(what, "cancel/confirm", {}, key),
      },
      {
        name: "no",
        label: "sales.act.withdrawCancel",
        key: "rework",
        needs: "sales.withdraw_cancel",
        send: (_, key) => commands.decide(what, "cancel/withdraw", {}, key),
      },
    ];
  }
  const [approve, reject] =
    what.kind === "price" ? (["approve", "reject"] as const) : (["amendments/approve", "amendments/reject"] as const);
  return [
    {
      ...yes,
      needs: what.kind === "price" ? "sales.approve_order" : "sales.approve_amendment",
      send: (_, key) => commands.decide(what, approve, {}, key),
    },
    {
      ...no,
      needs: what.kind === "price" ? "sales.reject_order" : "sales.reject_amendment",
      send: (values, key) => commands.decide(what, reject, { reason: String(values.reason) }, key),
    },
  ];
}
