import type { Act, Option } from "../../ui/act";
import * as commands from "./commands";
import { lastMerge } from "./last";
import type { Pair } from "./queries";

const REASON = { name: "reason", label: "duplicates.reason", kind: "text", max: 200 } as const;

export function undoAct(id: string): Act {
  return {
    name: "undo",
    label: "duplicates.act.undo",
    needs: "customer.undo_merge",
    key: "undo",
    fields: [REASON],
    send: (values, key) => commands.undo(id, String(values.reason), key),
  };
}

const RELATIONS = ["spouse_of", "parent_of", "employee_of", "driver_of", "referrer_of"] as const;

/** What can be said of a pair: one customer, two, or two that belong together. `merging` is known once it was previewed. */
export function actsOf(
  pair: Pair,
  merging: commands.Merging | undefined,
  t: (key: string, named?: object) => string,
): Act[] {
  if (pair.status !== "open") return [];
  const names: Option[] = [pair.a, pair.b].map((one) => ({
    value: one.customer_id,
    label: `${one.name} ${one.mobile}`,
  }));
  return [
    {
      name: "same",
      label: "duplicates.act.same",
      needs: "customer.merge_customers",
      key: "same",
      main: true,
      barred: merging ? undefined : t("duplicates.previewing"),
      fields: [REASON],
      send: async (values, key) => {
        if (!merging) return;
        const merged = await commands.unite(merging, String(values.reason), key);
        lastMerge.value = {
          id: merged.merge_id,
          survivor: merged.survivor_id,
          names: `${pair.a.name} / ${pair.b.name}`,
        };
      },
    },
    {
      name: "notSame",
      label: "duplicates.act.notSame",
      needs: "customer.decide_pair",
      key: "notSame",
      fields: [REASON],
      send: (values, key) => commands.decide(pair, { decision: "not_same", reason: String(values.reason) }, key),
    },
    {
      name: "related",
      label: "duplicates.act.related",
      needs: "customer.decide_pair",
      key: "related",
      fields: [
        {
          name: "related_from",
          label: "duplicates.relatedFrom",
          kind: "choice",
          options: names,
          initial: pair.a.customer_id,
        },
        {
          name: "relation",
          label: "duplicates.relation",
          kind: "choice",
          options: RELATIONS.map((value) => ({ value, label: t(`enums.relation.${value}`) })),
        },
        REASON,
      ],
      send: (values, key) =>
        commands.decide(
          pair,
          {
            decision: "related",
            reason: String(values.reason),
            relation: values.relation as commands.Relation,
            related_from: String(values.related_from),
          },
          key,
        ),
    },
  ];
}
