import type { Act, Field } from "../../ui/act";
import * as commands from "./commands";
import type { Delivery, Item, Order, Step } from "./queries";

type Says = (key: string, named?: object) => string;

/** In the order in which they are shown. */
export const STEPS = [
  ...(["CONTRACT", "DEPOSIT", "ALLOCATE", "LOAN_APPROVAL", "BALANCE", "CERTIFICATE", "INVOICE", "INSURANCE"] as const),
  ...([
    "PURCHASE_TAX",
    "TEMP_PLATE",
    "PLATE",
    "MORTGAGE_REG",
    "ACCESSORY",
    "PDI",
    "CLEAN",
    "APPOINT",
    "HANDOVER",
  ] as const),
];
const STAGES = ["documents", "inspection", "number", "plates", "licence"] as const;
const REASONS = ["CUSTOMER", "FACTORY", "CERTIFICATE", "BANK", "OFFICE", "ACCESSORY", "OTHER"] as const;

/** What shows that a step is done: beside a number, what the service asks for. */
function shows(step: Step): Field[] {
  if (step.code === "PLATE") return [{ name: "plate", label: "sales.field.plate", kind: "text", max: 16 }];
  const evidence: Field = { name: "evidence", label: "sales.field.evidence", kind: "text", optional: true, max: 200 };
  if (step.code !== "INSURANCE") return [evidence];
  return [
    { name: "insurer", label: "sales.field.insurer", kind: "text", max: 60 },
    { name: "effective_from", label: "sales.field.effectiveFrom", kind: "moment" },
    {
      name: "effective_until",
      label: "sales.field.effectiveUntil",
      kind: "moment",
      optional: true,
      hint: "sales.hint.aYear",
    },
    evidence,
  ];
}

/**
 * What may be done to a step where it stands: it is done by one button, everything else is asked in one form.
 * The `main` step of somebody who has no other next step is done under that key.
 */
export function actsOfStep(order: Order, step: Step, t: Says, main = false): Act[] {
  const send = (values: object, key: string) => commands.changeStep(order, step, values as commands.StepChange, key);
  const of = t(`enums.deliveryStep.${step.code}`);
  const others = step.may.filter((act) => act !== "finish");
  const acts: Act[] = [];
  if (step.may.includes("finish") && step.waits_for.length === 0) {
    acts.push({
      name: `finish-${step.code}`,
      label: "sales.act.finish",
      of,
      needs: "sales.change_step",
      ...(main ? { key: "step" as const, main } : {}),
      fields: shows(step),
      send: (values, key) => send({ ...values, act: "finish" }, key),
    });
  }
  if (step.code === "PLATE" && (step.may.includes("finish") || step.may.includes("start"))) {
    acts.push({
      name: "stage",
      label: "sales.act.stage",
      of,
      needs: "sales.note_plate_stage",
      fields: [
        {
          name: "stage",
          label: "sales.field.stage",
          kind: "choice",
          initial: STAGES.find((stage) => !step.stages.some((noted) => noted.stage === stage)) ?? "licence",
          options: STAGES.map((value) => ({ value, label: t(`enums.plateStage.${value}`) })),
        },
        { name: "on", label: "sales.field.on", kind: "date", optional: true },
      ],
      send: (values, key) => commands.noteStage(order, values as Parameters<typeof commands.noteStage>[1], key),
    });
  }
  if (others.length > 0) {
    acts.push({
      name: `otherwise-${step.code}`,
      label: "sales.act.otherwise",
      of,
      needs: "sales.change_step",
      fields: [
        {
          name: "act",
          label: "sales.field.what",
          kind: "choice",
          options: others.map((value) => ({ value, label: t(`enums.stepAct.${value}`) })),
        },
        { name: "reason", label: "sales.field.stepReason", kind: "long", optional: true, max: 500 },
        { name: "expected_on", label: "sales.field.expectedOn", kind: "date", optional: true },
      ],
      send,
    });
  }
  return acts;
}

/** The step whose turn has come and that somebody may do: the first of them is his next. */
export function nextOf(steps: readonly Step[]): Step["code"] | undefined {
  return steps.find((step) => step.may.includes("finish") && step.waits_for.length === 0)?.code;
}

/** What of a checklist was seen to, as a field of several choices has it. */
export const ticked = (items: readonly Item[]): string =>
  items
    .filter((item) => item.done_at !== null)
    .map((item) => item.code)
    .join(" ");

/** An item of the checklist is ticked by whoever saw to it, or taken back. */
export function actsOfItem(order: Order, item: Item): Act[] {
  const done = item.done_at === null;
  return [
    {
      name: `${done ? "tick" : "untick"}-${item.code}`,
      label: done ? "sales.act.tick" : "sales.act.untick",
      needs: "sales.check_handover",
      send: (_, key) => commands.checkItem(order, { code: item.code, done }, key),
    },
  ];
}

/** Another day is promised, and the customer knows. */
export function promiseActs(order: Order, delivery: Delivery, t: Says): Act[] {
  return [
    {
      name: "promise",
      label: "sales.act.promise",
      needs: "sales.repromise_order",
      key: "promise",
      fields: [
        {
          name: "promised_date",
          label: "sales.field.promisedDate",
          kind: "date",
          initial: delivery.ready_on ?? order.promised_date ?? "",
        },
        {
          name: "reason",
          label: "sales.field.promiseReason",
          kind: "choice",
          options: REASONS.map((value) => ({ value, label: t(`enums.promiseReason.${value}`) })),
        },
        { name: "remark", label: "sales.field.remark", kind: "long", max: 500 },
      ],
      send: (values, key) => commands.repromise(order, values as Parameters<typeof commands.repromise>[1], key),
    },
  ];
}

/** How a risk is marked. */
export const toneOf = (risk: Delivery["risk"]): string => ({ on_track: "good", at_risk: "warn", late: "bad" })[risk];

/** How a step is marked. */
export function toneOfStep(step: Step): string {
  if (step.state === "done") return "good";
  if (step.is_late || step.state === "failed") return "bad";
  return step.state === "blocked" || step.state === "rework" ? "warn" : "";
}
