import { onBeforeUnmount, onMounted } from "vue";
import { KEYS, type Key, type KeyName } from "./map";

const SEQUENCE_MS = 900;
const AFTER_COMPOSITION_MS = 80;

let composedAt = Number.NEGATIVE_INFINITY;
let composing = false;
if (typeof document !== "undefined") {
  document.addEventListener("compositionstart", () => {
    composing = true;
  });
  document.addEventListener("compositionend", (event) => {
    composing = false;
    composedAt = event.timeStamp;
  });
}

/**
 * Whether a key belongs to an input method: the Enter that confirms a candidate chooses nothing of ours.
 * WebKit ends the composition before it sends that Enter, so for a moment afterwards keys are the method's too.
 */
export function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || composing || event.keyCode === 229 || event.timeStamp - composedAt < AFTER_COMPOSITION_MS;
}

/** `Ctrl+Shift+KeyK`; a Mac's command key is taken for Ctrl. */
export function pressed(event: KeyboardEvent): string {
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("Ctrl");
  if (event.altKey) parts.push("Alt");
  if (event.shiftKey) parts.push("Shift");
  const code = event.code === "NumpadEnter" ? "Enter" : event.code;
  return [...parts, code].join("+");
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target instanceof HTMLTextAreaElement ||
      target instanceof HTMLSelectElement ||
      (target instanceof HTMLInputElement && !["checkbox", "radio", "button", "submit"].includes(target.type)))
  );
}

/** Whether a key is that control's own already: what is focused is pressed, chosen or scrolled by it. */
function isOfControl(target: EventTarget | null, press: string): boolean {
  if (!(target instanceof Element)) return false;
  if (press === "Enter") return target.closest("button, a[href], summary, input") !== null;
  if (press === "Space") return target.closest("button, summary, input") !== null;
  return press.startsWith("Arrow") && target.closest("[role=tab], input") !== null;
}

/** An act is told the digit, where its key is any of them. */
type Acts = Partial<Record<KeyName, (digit: number) => unknown>>;
const listening: Acts[] = [];
let first = "";
let firstAt = 0;

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || isComposing(event)) return;
  const press = pressed(event);
  if (isOfControl(event.target, press)) return;
  const typing = isTyping(event.target);
  // a dialog that is open has its own keys; the page behind it has none
  const behind = document.querySelector("dialog[open]") !== null;
  const whole = event.timeStamp - firstAt < SEQUENCE_MS && first ? `${first} ${press}` : press;
  first = "";
  for (const wanted of [whole, press]) {
    for (const acts of [...listening].reverse()) {
      for (const name of Object.keys(acts) as KeyName[]) {
        const key: Key = KEYS[name];
        if (
          key.press !== wanted.replace(/^Digit\d$/, key.press === "Digit*" ? "Digit*" : "$&") ||
          (typing && !key.typing) ||
          (behind && name !== "submit")
        )
          continue;
        if (acts[name]?.(Number(press.slice(-1))) === false) continue;
        event.preventDefault();
        return;
      }
    }
  }
  if (!typing && /^Key[GC]$/.test(press)) {
    first = press;
    firstAt = event.timeStamp;
  }
}

/** Keys of a page or part, while it is there; what came last goes first. `false` hands the key on. */
export function useKeys(acts: Acts): void {
  onMounted(() => {
    if (listening.length === 0) document.addEventListener("keydown", onKey);
    listening.push(acts);
  });
  onBeforeUnmount(() => {
    listening.splice(listening.indexOf(acts), 1);
    if (listening.length === 0) document.removeEventListener("keydown", onKey);
  });
}

/** The keys that do something now, for `?`. */
export function keysAtHand(): Key[] {
  const names = new Set(listening.flatMap((acts) => Object.keys(acts) as KeyName[]));
  return (Object.keys(KEYS) as KeyName[]).filter((name) => names.has(name)).map((name) => KEYS[name]);
}
