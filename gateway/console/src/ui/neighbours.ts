import { computed, type Ref } from "vue";
import { useKeys } from "../keys/useKeys";

const lists = new Map<string, readonly string[]>();

/** A list hands its order on, so that whoever opened one of its records goes to the next without coming back. */
export function handOn(kind: string, ids: readonly string[]): void {
  lists.set(kind, ids);
}

/** Where a record stands in the list it was opened from; `J` and `K` go to the next and the one before. */
export function useNeighbours(kind: string, id: Ref<string>, go: (id: string) => void) {
  const ids = computed(() => {
    const handed = lists.get(kind) ?? [];
    return handed.includes(id.value) ? handed : [];
  });
  const at = computed(() => ids.value.indexOf(id.value) + 1);

  function move(step: number): boolean {
    const other = at.value ? ids.value[at.value - 1 + step] : undefined;
    if (!other) return false;
    go(other);
    return true;
  }
  useKeys({ next: () => move(1), previous: () => move(-1) });
  return { at, of: computed(() => ids.value.length), move };
}

/** The record after this one in the list that was handed on. */
export function after(kind: string, id: string): string | undefined {
  const ids = lists.get(kind) ?? [];
  const at = ids.indexOf(id);
  return at < 0 ? undefined : ids[at + 1];
}
