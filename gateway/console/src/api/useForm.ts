import { computed, reactive, ref, toRaw, watch } from "vue";
import { Problem } from "./problems";

const PAUSES = [300, 1500];

interface Kept<V> {
  values: Partial<V>;
  key: string;
  unsure: boolean;
  /** Every value is in it. */
  whole: boolean;
}

/** A key of 128 random bits; `crypto.randomUUID` is missing where the page came over plain HTTP. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export interface FormOptions<V> {
  /** Under which the draft is kept: route and record. */
  name: string;
  blank: () => V;
  /** Fields that do not rest in the browser: ID numbers, full phone numbers. */
  neverKept?: readonly (keyof V)[];
}

/**
 * A form that acts once.
 *
 * The idempotency key is made with the form and kept with its draft, so that a double Enter, a time-out or a reload
 * cannot act twice. A definite refusal gives a new key. While the outcome is unknown the values are locked, because
 * the same key with another content is refused; after a reload what does not rest in the browser is typed once more.
 */
export function useForm<V extends object, R>(options: FormOptions<V>, send: (values: V, key: string) => Promise<R>) {
  const place = `draft:${options.name}`;
  const kept = read<V>(place);
  const values = reactive({ ...options.blank(), ...kept?.values }) as V;
  const key = ref(kept?.key ?? newKey());
  const unsure = ref(kept?.unsure ?? false);
  const partly = ref(kept?.whole === false);
  const busy = ref(false);
  const problem = ref<Problem | null>(null);
  let done = false;

  function keep(): void {
    if (done) return;
    const plain = { ...toRaw(values) } as Partial<V>;
    let whole = true;
    for (const field of options.neverKept ?? []) {
      if (plain[field]) whole = false;
      delete plain[field];
    }
    // what was never sent gets a new key when not all of its values rest here: typed again it may be something else
    const draft: Kept<V> = {
      values: plain,
      key: whole || unsure.value ? key.value : newKey(),
      unsure: unsure.value,
      whole,
    };
    sessionStorage.setItem(place, JSON.stringify(draft));
  }
  watch([() => values, unsure, key], keep, { deep: true });

  function clear(): void {
    done = true;
    sessionStorage.removeItem(place);
  }

  /** Start afresh, with a new key. */
  function reset(): void {
    clear();
    Object.assign(values, options.blank());
    key.value = newKey();
    unsure.value = partly.value = false;
    problem.value = null;
    done = false;
  }

  async function submit(): Promise<R | undefined> {
    if (busy.value) return undefined;
    busy.value = true;
    partly.value = false;
    problem.value = null;
    try {
      for (let attempt = 0; ; attempt++) {
        try {
          const result = await send(toRaw(values) as V, key.value);
          clear();
          unsure.value = false;
          return result;
        } catch (error) {
          const pause = PAUSES[attempt];
          if (!(error instanceof Problem) || !error.isWorthRetrying || pause === undefined) throw error;
          unsure.value = unsure.value || error.isUnsure;
          await new Promise((resolve) => setTimeout(resolve, pause));
        }
      }
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      problem.value = error;
      if (!error.isWorthRetrying && error.code !== "SESSION_REQUIRED") {
        unsure.value = false;
        key.value = newKey();
      } else {
        unsure.value = unsure.value || error.isUnsure;
      }
      return undefined;
    } finally {
      busy.value = false;
    }
  }

  const locked = computed(() => busy.value || (unsure.value && !partly.value));
  return { values, busy, problem, unsure, locked, submit, reset, clear };
}

function read<V>(place: string): Kept<V> | null {
  try {
    return JSON.parse(sessionStorage.getItem(place) ?? "null") as Kept<V> | null;
  } catch {
    return null;
  }
}

/** Nothing of a person stays in the browser when he leaves. */
export function forgetDrafts(): void {
  for (const place of Object.keys(sessionStorage)) if (place.startsWith("draft:")) sessionStorage.removeItem(place);
}
