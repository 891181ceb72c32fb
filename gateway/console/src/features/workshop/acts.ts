import jobs from "../../i18n/zh/jobs.gen.json";
import type { Act, Field, Option, Values } from "../../ui/act";
import * as commands from "./commands";
import { isPromised, mustAgree, openTo, usualPromise, waitsFor } from "./model";
import type { RepairOrder } from "./queries";

/** Lines that may be given, and where their order stands then. */
const TO_GIVE: readonly RepairOrder["lines"][number]["state"][] = ["proposed", "authorized", "working"];
const GIVEN_AT: readonly RepairOrder["stage"][] = ["authorized", "dispatched", "in_progress", "rework"];

const PAY_TYPES = ["CUSTOMER", "WARRANTY", "INTERNAL", "INSURANCE", "GOODWILL"] as const;

/** What may be done to an order where it stands; whose role allows it is asked by whoever shows it. */
export function actsOf(
  order: RepairOrder,
  given: {
    technicians: () => readonly Option[];
    me: string;
    now: Date;
    /** When it is foreseen to be ready. */
    eta?: string | null;
    /** What the customer himself still owes; null where nobody may know. */
    ownBalance?: number | null;
    /** The money of the order as it is shown is not known yet: what is sent now may be refused. */
    unknown?: boolean;
    /** Somebody let it go unpaid. */
    allowed?: boolean;
    t: (key: string, named?: object) => string;
  },
): Act[] {
  const { t } = given;
  const worked = order.worked_by.includes(given.me) ? t("workshop.workedOnIt") : undefined;
  const channel = (name: string): Field => ({
    name,
    label: "workshop.field.consentChannel",
    kind: "choice",
    initial: "signature",
    options: ["signature", "call", "sms"].map((value) => ({ value, label: t(`workshop.consentChannel.${value}`) })),
  });
  const consentFields: Field[] = [
    {
      name: "consent_by",
      label: "workshop.field.consentBy",
      kind: "text",
      initial: order.customer_name ?? "",
      max: 100,
    },
    channel("consent_channel"),
  ];
  const authorize: Act = {
    name: "authorize",
    label: "workshop.act.authorize",
    needs: "workshop.authorize_repair",
    key: "step",
    main: true,
    fields: [
      {
        name: "promised_at",
        label: "workshop.field.promisedAt",
        kind: "moment",
        initial: usualPromise(given.now, given.eta),
      },
      ...consentFields,
    ],
    send: (values, key) => commands.authorize(order, values as unknown as commands.Consent, key),
  };
  const dispatch: Act = {
    name: "dispatch",
    label: order.technician_id ? "workshop.act.dispatchAnew" : "workshop.act.dispatch",
    needs: "workshop.dispatch_repair",
    key: "dispatch",
    main: order.stage === "authorized",
    fields: [
      {
        name: "technician_id",
        label: "workshop.field.technician",
        kind: "choice",
        options: given.technicians,
        initial: order.technician_id ?? (given.technicians().length === 1 ? given.technicians()[0]?.value : "") ?? "",
      },
      { name: "bay", label: "workshop.field.bay", kind: "text", optional: true, initial: order.bay, max: 20 },
    ],
    send: (values, key) => commands.dispatch(order, values as unknown as commands.Work, key),
  };
  const agreeMore: Act = {
    name: "agreeMore",
    label: "workshop.act.agreeMore",
    needs: "workshop.authorize_repair",
    key: "agreeMore",
    main: true,
    fields: [
      ...consentFields,
      { name: "promised_at", label: "workshop.field.promisedAt", kind: "moment", optional: true },
      { name: "up_to_fen", label: "workshop.field.upTo", kind: "yuan", optional: true },
    ],
    send: (values, key) => commands.authorize(order, values as unknown as commands.Consent, key),
  };
  const work = (
    name: "addLine" | "discount",
    more: readonly Field[],
    send: (values: Values) => commands.Line,
  ): Act => ({
    name,
    label: `workshop.act.${name}`,
    needs: "workshop.add_line",
    fields: [
      { name: "description", label: "workshop.field.description", kind: "text", max: 200 },
      { name: "amount_fen", label: "workshop.field.amount", kind: "yuan" },
      ...more,
      {
        name: "pay_type",
        label: "workshop.field.payType",
        kind: "choice",
        initial: "CUSTOMER",
        options: PAY_TYPES.map((value) => ({ value, label: t(`enums.payType.${value}`) })),
      },
    ],
    send: (values, key) => commands.addLine(order, send(values), key),
  });
  const kindOfWork = (["jobClass", "faultGroup"] as const).map(
    (list): Field => ({
      name: list === "jobClass" ? "job_class" : "fault_group",
      label: `workshop.field.${list}`,
      kind: "choice",
      optional: true,
      options: Object.keys(jobs[list]).map((value) => ({ value, label: t(`jobs.${list}.${value}`) })),
    }),
  );
  const renewPromise: Act = {
    name: "renewPromise",
    label: "workshop.act.renewPromise",
    needs: "workshop.renew_promise",
    key: "renewPromise",
    fields: [
      {
        name: "promised_at",
        label: "workshop.field.promisedAt",
        kind: "moment",
        initial: usualPromise(given.now, given.eta),
      },
      { name: "reason", label: "workshop.field.promiseReason", kind: "text", max: 200 },
    ],
    send: (values, key) => commands.renewPromise(order, values as { promised_at: string; reason: string }, key),
  };
  const which = (lines: RepairOrder["lines"]): Field => ({
    name: "position",
    label: "workshop.field.line",
    kind: "choice",
    initial: lines.length === 1 ? String(lines[0]?.position) : "",
    options: lines.map((line) => ({ value: String(line.position), label: `${line.position}. ${line.description}` })),
  });
  const toGive = order.lines.filter((line) => line.kind === "WORK" && TO_GIVE.includes(line.state));
  const giveLine: Act = {
    name: "giveLine",
    label: "workshop.act.giveLine",
    needs: "workshop.give_line",
    fields: [
      which(toGive),
      { name: "technicians", label: "workshop.field.technicians", kind: "choices", options: given.technicians },
      { name: "bay", label: "workshop.field.bay", kind: "text", optional: true, initial: order.bay, max: 20 },
    ],
    send: (values, key) =>
      commands.giveLine(
        order,
        Number(values.position),
        String(values.technicians ?? "")
          .split(" ")
          .filter(Boolean),
        String(values.bay ?? ""),
        key,
      ),
  };
  const notBegun = order.lines.filter((line) => line.state === "proposed" || line.state === "authorized");
  const charged = order.lines.filter((line) => line.state !== "declined");
  const onLines: Act[] = [];
  if (openTo("work", order.stage)) {
    onLines.push({
      ...work(
        "addLine",
        [...kindOfWork, { name: "hours", label: "workshop.field.hours", kind: "text", optional: true, max: 6 }],
        (values) => ({
          ...(values as unknown as commands.Line),
          hours: String(values.hours ?? 0),
        }),
      ),
      key: "addLine",
    });
    if (notBegun.length) {
      onLines.push({
        name: "declineLine",
        label: "workshop.act.declineLine",
        needs: "workshop.decline_line",
        fields: [
          which(notBegun),
          {
            name: "declined_by",
            label: "workshop.field.declinedBy",
            kind: "text",
            initial: order.customer_name ?? "",
            max: 100,
          },
          channel("channel"),
        ],
        send: ({ position, ...said }, key) =>
          commands.declineLine(order, Number(position), said as { declined_by: string; channel: string }, key),
      });
    }
  }
  if (openTo("money", order.stage) && charged.length) {
    onLines.push(
      {
        name: "changePrice",
        label: "workshop.act.changePrice",
        needs: "workshop.change_line",
        fields: [which(charged), { name: "amount_fen", label: "workshop.field.amount", kind: "yuan" }],
        send: (values, key) => commands.changePrice(order, Number(values.position), Number(values.amount_fen), key),
      },
      work("discount", [], (values) => ({
        ...(values as unknown as commands.Line),
        amount_fen: -Math.abs(Number(values.amount_fen)),
        kind: "DISCOUNT",
      })),
    );
  }
  const toClassify = openTo("money", order.stage) ? charged.filter((line) => line.kind === "WORK") : [];
  if (toClassify.length) {
    onLines.push({
      name: "classify",
      label: "workshop.act.classify",
      needs: "workshop.change_line",
      fields: [which(toClassify), ...kindOfWork],
      send: ({ position, ...kind }, key) => commands.classify(order, Number(position), kind as commands.Kind, key),
    });
  }
  const step = (
    name: string,
    needs: Act["needs"],
    send: (key: string) => Promise<void>,
    more: Partial<Act> = {},
  ): Act => ({
    name,
    label: `workshop.act.${name}`,
    needs,
    key: "step",
    main: true,
    send: (_: Values, key) => send(key),
    ...more,
  });
  const held = order.waiting_from !== null;
  const wait: Act = {
    name: "wait",
    label: held ? "workshop.act.waitAnew" : "workshop.act.wait",
    needs: "workshop.wait_repair",
    key: "wait",
    fields: [
      {
        name: "waiting_for",
        label: "workshop.field.waitingFor",
        kind: "choice",
        initial: waitsFor(order.stage)[0] ?? "",
        options: waitsFor(order.stage).map((value) => ({ value, label: t(`workshop.wait.${value}`) })),
      },
      { name: "expected_at", label: "workshop.field.expectedAt", kind: "moment", optional: true },
      {
        name: "note",
        label: "workshop.field.note",
        kind: "text",
        optional: true,
        initial: order.waiting_note,
        max: 200,
      },
    ],
    send: (values, key) => commands.wait(order, values as unknown as commands.Wait, key),
  };
  const cancel: Act = {
    name: "cancel",
    label: "workshop.act.cancel",
    needs: "workshop.cancel_repair",
    fields: [
      { name: "reason", label: "workshop.field.cancelReason", kind: "text", max: 200 },
      ...(held ? [{ name: "refusal_by", label: "workshop.field.refusalBy", kind: "text", max: 100 } as const] : []),
    ],
    send: (values, key) => commands.cancel(order, values as unknown as commands.Cancel, key),
  };
  const resume = step("resume", "workshop.resume_repair", (key) => commands.resume(order, key));
  const recall = step("recall", "workshop.recall_repair", (key) => commands.recall(order, key), {
    key: undefined,
    main: false,
  });
  const estimate = step("estimate", "workshop.estimate_repair", (key) => commands.estimate(order, key), {
    key: undefined,
    main: false,
  });
  const start = step("start", "workshop.start_repair", (key) => commands.start(order, key));
  const byStage: Record<RepairOrder["stage"], Act[]> = {
    opened: [authorize, estimate, cancel],
    estimated: [authorize, wait, cancel],
    authorized: [dispatch, wait, cancel],
    dispatched: [start, dispatch, wait, recall],
    in_progress: [step("finish", "workshop.finish_repair", (key) => commands.finish(order, key)), wait, dispatch],
    waiting_parts: [resume, wait, cancel],
    waiting_customer: [resume, wait, cancel],
    waiting_insurer: [resume, wait, cancel],
    rework: [start, dispatch],
    qc: [
      step("pass", "workshop.inspect_repair", (key) => commands.inspect(order, "passed", key), {
        key: "pass",
        barred: worked,
      }),
      step("passWash", "workshop.inspect_repair", (key) => commands.inspect(order, "washing", key), {
        key: "wash",
        main: false,
        barred: worked,
      }),
      step("rework", "workshop.inspect_repair", (key) => commands.inspect(order, "rework", key), {
        key: "rework",
        main: false,
        barred: worked,
      }),
    ],
    washing: [step("wash", "workshop.wash_repair", (key) => commands.wash(order, key))],
    ready: [
      step("settle", "workshop.settle_repair", (key) => commands.settle(order, key), {
        ask: t("workshop.ask.settle", { number: order.number }),
      }),
    ],
    settled: [
      {
        name: "giveBack",
        label: "workshop.act.giveBack",
        needs: "workshop.return_vehicle",
        key: "step",
        main: true,
        fields: [
          {
            name: "km_out",
            label: "workshop.field.kmOut",
            kind: "number",
            initial: order.km_out ?? "",
            optional: order.km_out !== null,
            max: 3_000_000,
          },
        ],
        send: (values, key) => commands.giveBack(order, values as { km_out?: number }, key),
        ...(given.unknown ? { barred: t("shell.loading") } : {}),
        ...((given.ownBalance ?? 0) > 0 && !given.allowed ? { barred: t("workshop.money.unpaid") } : {}),
      },
    ],
    delivered: [],
    closed: [],
    cancelled: [],
  };
  return [
    ...(mustAgree(order) ? [agreeMore] : []),
    ...byStage[order.stage],
    ...(toGive.length && GIVEN_AT.includes(order.stage) ? [giveLine] : []),
    ...onLines,
    ...(isPromised(order) ? [renewPromise] : []),
    {
      name: "correctKm",
      label: "workshop.act.correctKm",
      needs: "workshop.correct_km",
      fields: [
        { name: "km", label: "workshop.field.km", kind: "number", initial: order.km, max: 3_000_000 },
        { name: "reason", label: "workshop.field.reason", kind: "text", max: 200 },
      ],
      send: (values, key) => commands.correctKm(order, { km: Number(values.km), reason: String(values.reason) }, key),
    },
  ];
}
