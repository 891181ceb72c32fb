import { type Ref, shallowRef, watch } from "vue";
import { useRoute } from "vue-router";

const MOST = 20;

export interface Opened {
  title: string;
  to: { name: string; params: { store: string; id: string } };
}

/** The records that were opened in this tab, the last first; in its memory, and nowhere else. */
export const opened = shallowRef<readonly Opened[]>([]);

/** With one more record that was opened; each is there once, by the name of its page and its id. */
export function withOpened(before: readonly Opened[], one: Opened): Opened[] {
  const same = (each: Opened) => placeOf(each) === placeOf(one);
  return [one, ...before.filter((each) => !same(each))].slice(0, MOST);
}

function placeOf({ to }: Opened): string {
  return `${to.name} ${to.params.id}`;
}

/** The title of the window is the record's, and the look-up box leads back to it. */
export function useOpened(title: Ref<string | undefined>): void {
  const route = useRoute();
  watch(
    title,
    (told) => {
      document.title = told ? `${told} · CRM` : "CRM";
      const { name, params } = route;
      if (!told || !name || !params.id) return;
      const to = { name: String(name), params: { store: String(params.store), id: String(params.id) } };
      opened.value = withOpened(opened.value, { title: told, to });
    },
    { immediate: true },
  );
}
