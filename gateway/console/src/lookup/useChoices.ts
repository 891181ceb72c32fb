import { useQuery } from "@tanstack/vue-query";
import { computed, type Ref, ref, watch } from "vue";
import { useI18n } from "vue-i18n";
import type { Page } from "../pages";
import { useSession } from "../session/session";
import { opened } from "../ui/opened";
import { myViews } from "../ui/views";
import { type Command, commandsFor, inShop } from "./commands";
import type { Hit } from "./queries";

/** One line of the box: a person, his car's repair order, somebody new, or anything else that can be gone to. */
export interface Choice {
  id: string;
  hit?: Hit;
  command?: Command;
  fresh?: true;
}

/** What the box offers for what is typed, and which of it is chosen. */
export function useChoices(given: {
  pages: readonly Page[];
  open: Ref<boolean>;
  text: Ref<string>;
  hits: Ref<Hit[]>;
  isAnswered: Ref<boolean>;
}) {
  const session = useSession();
  const { t } = useI18n();
  const chosen = ref(0);
  const mayRegister = session.may("customer.register_customer");
  const views = useQuery(
    computed(() => ({ ...myViews(), enabled: given.open.value && session.may("gateway.my_views") })),
  );
  const commands = computed(() =>
    commandsFor(given.text.value, {
      store: session.store,
      pages: given.pages,
      views: views.data.value?.items ?? [],
      opened: opened.value,
      begins: [
        ...(mayRegister ? (["newCustomer"] as const) : []),
        ...(session.may("workshop.open_repair_order") ? (["newRepairOrder"] as const) : []),
      ],
      t,
    }),
  );
  const orders = computed(() =>
    session.may("workshop.get_repair_order")
      ? inShop(given.hits.value, { store: session.store, stores: session.ownStores.map((each) => each.code), t })
      : [],
  );
  const choices = computed<Choice[]>(() => [
    ...given.hits.value.map((hit) => ({ id: `hit-${hit.customer_id}`, hit })),
    ...(given.isAnswered.value && given.hits.value.length === 0 && mayRegister
      ? [{ id: "fresh", fresh: true as const }]
      : []),
    ...[...orders.value, ...commands.value].map((command) => ({ id: command.id, command })),
  ]);
  const current = computed(() => choices.value[Math.min(chosen.value, choices.value.length - 1)]);
  watch(given.text, () => {
    chosen.value = 0;
  });
  // what was chosen stays chosen when the answer to the last letters comes a moment later
  watch(choices, (now, before) => {
    const id = chosen.value > 0 ? before[chosen.value]?.id : undefined;
    chosen.value = Math.max(
      0,
      now.findIndex((choice) => choice.id === id),
    );
  });

  function move(step: number): void {
    const count = choices.value.length;
    if (count > 0) chosen.value = (chosen.value + step + count) % count;
  }

  return { choices, chosen, current, move };
}
