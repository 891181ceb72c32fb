import { onBeforeUnmount, type Ref, ref } from "vue";

/** The time, moved on every half minute, for what depends on it on a page that stays open. */
export function useNow(): Ref<Date> {
  const now = ref(new Date());
  const timer = setInterval(() => {
    now.value = new Date();
  }, 30_000);
  onBeforeUnmount(() => clearInterval(timer));
  return now;
}
