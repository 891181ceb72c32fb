import type { Act } from "../../ui/act";
import { decideComeback } from "./commands";
import type { Comeback } from "./queries";

/** What a person says of work that may be ours done again; never who did or inspected the first repair. */
export function judging(one: Comeback, given: { me: string; t: (key: string) => string }): Act[] {
  if (one.state === "withdrawn") return [];
  const barred = one.judged.includes(given.me) ? given.t("workshop.comebacks.ownWork") : undefined;
  const say = (name: "isComeback" | "noComeback", confirmed: boolean): Act => ({
    name,
    label: `workshop.act.${name}`,
    needs: "workshop.decide_comeback",
    main: confirmed && one.state === "suspected",
    fields: [{ name: "reason", label: "workshop.field.judgement", kind: "text", max: 200 }],
    barred,
    send: ({ reason }, key) => decideComeback(one, { confirmed, reason: String(reason) }, key),
  });
  return [
    ...(one.state === "confirmed" ? [] : [say("isComeback", true)]),
    ...(one.state === "refuted" ? [] : [say("noComeback", false)]),
  ];
}
