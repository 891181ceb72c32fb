import type { Act } from "../../ui/act";
import * as commands from "./commands";
import { LOST_REASONS } from "./model";
import type { Quote } from "./queries";

/** What may be done to a quote where its newest version stands. `go` opens its price, or the order it became. */
export function actsOfQuote(
  quote: Quote,
  given: {
    go: (name: "reviseQuote" | "order", id: string) => unknown;
    t: (key: string, named?: object) => string;
  },
): Act[] {
  const { go, t } = given;
  const submit: Act = {
    name: "submit",
    label: "sales.act.submit",
    needs: "sales.submit_quote",
    key: "step",
    main: true,
    send: (_, key) => commands.submitQuote(quote, key),
  };
  const approve: Act = {
    name: "approve",
    label: "sales.act.approve",
    needs: "sales.approve_quote",
    key: "pass",
    main: true,
    send: (_, key) => commands.approveQuote(quote, key),
  };
  const reject: Act = {
    name: "reject",
    label: "sales.act.reject",
    needs: "sales.reject_quote",
    key: "rework",
    fields: [{ name: "reason", label: "sales.field.reason", kind: "long", max: 500 }],
    send: (values, key) => commands.rejectQuote(quote, String(values.reason), key),
  };
  const present: Act = {
    name: "present",
    label: "sales.act.present",
    needs: "sales.present_quote",
    key: "step",
    main: true,
    send: (_, key) => commands.presentQuote(quote, key),
  };
  const accept: Act = {
    name: "accept",
    label: "sales.act.accept",
    needs: "sales.accept_quote",
    key: "step",
    main: true,
    ask: t("sales.ask.accept", { number: quote.number, name: quote.customer_name ?? "" }),
    send: async (_, key) => {
      const order = await commands.acceptQuote(quote, key);
      void go("order", order.order_id);
    },
  };
  const lose: Act = {
    name: "lose",
    label: "sales.act.lose",
    needs: "sales.lose_quote",
    key: "cancelOrder",
    fields: [
      {
        name: "reason",
        label: "sales.field.lostReason",
        kind: "choice",
        options: LOST_REASONS.map((value) => ({ value, label: t(`enums.lostReason.${value}`) })),
      },
      { name: "remark", label: "sales.field.remark", kind: "long", max: 500 },
    ],
    send: (values, key) => commands.loseQuote(quote, values as unknown as commands.Loss, key),
  };
  const revise: Act = {
    name: "revise",
    label: "sales.act.revise",
    needs: "sales.revise_quote",
    key: "edit",
    send: async () => go("reviseQuote", quote.quote_id),
  };
  const byStatus: Record<(typeof quote.versions)[number]["status"], Act[]> = {
    draft: [submit, revise, lose],
    approval_pending: [approve, reject, revise, lose],
    approved: [present, revise, lose],
    presented: [accept, revise, lose],
    accepted: [],
    lost: [revise],
    expired: [revise],
    superseded: [],
  };
  return byStatus[quote.versions[0]?.status ?? "superseded"];
}
