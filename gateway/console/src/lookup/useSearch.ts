import { useQuery } from "@tanstack/vue-query";
import { computed, onBeforeUnmount, ref, watch } from "vue";
import { isWorthAsking, normalised, pauseBefore } from "./model";
import { type Hit, lookUp } from "./queries";

/**
 * Who is this, asked while it is typed: when it is worth asking, and what came of it. `asks` says of a text whether it is
 * looked up at all. Enter before the answer asks at once, and `only` is called where one single person is found then:
 * a scanner types faster than anybody reads.
 */
export function useSearch(given: { asks?: (text: string) => boolean; only: () => void }) {
  const asks = (text: string) => (given.asks?.(text) ?? true) && isWorthAsking(text);
  const typed = ref("");
  const q = ref("");
  const hurried = ref(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let composed = false;
  onBeforeUnmount(() => clearTimeout(timer));

  const text = computed(() => normalised(typed.value));
  const answer = useQuery(computed(() => ({ ...lookUp(q.value), enabled: q.value !== "", placeholderData: kept })));
  function kept<T>(before: T): T | undefined {
    return q.value === "" ? undefined : before;
  }
  const hits = computed<Hit[]>(() => (q.value ? (answer.data.value?.items ?? []) : []));
  const isAnswered = computed(
    () => q.value !== "" && q.value === text.value && answer.isSuccess.value && !answer.isPlaceholderData.value,
  );
  watch(isAnswered, (answered) => {
    if (!answered || !hurried.value) return;
    hurried.value = false;
    if (hits.value.length === 1) given.only();
  });

  function onInput(): void {
    if (composed) return;
    clearTimeout(timer);
    const wanted = text.value;
    if (!asks(wanted)) q.value = "";
    else timer = setTimeout(() => (q.value = wanted), pauseBefore(wanted));
  }

  /** An input method begins a word, or ends it: what stands in the field meanwhile is nobody's name. */
  function compose(begins: boolean): void {
    composed = begins;
    if (!begins) onInput();
  }

  /** Ask now; false where the answer is there already, or there is nothing to ask. */
  function hurry(): boolean {
    if (!asks(text.value) || isAnswered.value) return false;
    hurried.value = true;
    clearTimeout(timer);
    q.value = text.value;
    return true;
  }

  function empty(): void {
    clearTimeout(timer);
    hurried.value = false;
    typed.value = "";
    q.value = "";
  }

  return { typed, text, q, hits, isAnswered, answer, onInput, compose, hurry, empty };
}
