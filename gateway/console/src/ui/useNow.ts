import { onBeforeUnmount, type Ref, ref, watch } from "vue";
import { day } from "./words";

/** The time, moved on every half minute, for what depends on it on a page that stays open. */
export function useNow(): Ref<Date> {
  const now = ref(new Date());
  const timer = setInterval(() => {
    now.value = new Date();
  }, 30_000);
  onBeforeUnmount(() => clearInterval(timer));
  return now;
}

/** Do something when another day begins for the stores: what is of today is then of another one. */
export function useEachDay(then: () => unknown): void {
  const now = useNow();
  watch(() => day(now.value.toISOString()), then);
}
