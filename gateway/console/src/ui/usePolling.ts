import { onBeforeUnmount, onMounted } from "vue";

const IDLE_MS = 5 * 60_000;
let usedAt = Date.now();
if (typeof document !== "undefined") {
  for (const sign of ["keydown", "pointermove", "wheel", "touchstart"] as const) {
    document.addEventListener(
      sign,
      () => {
        usedAt = Date.now();
      },
      { passive: true },
    );
  }
}

/**
 * Ask again every so often while the page is there and somebody uses it. A page that nobody looks at asks nothing:
 * each question would prolong the session of whoever has left.
 */
export function usePolling(ask: () => unknown, milliseconds: number): void {
  let timer: ReturnType<typeof setInterval> | undefined;
  onMounted(() => {
    timer = setInterval(() => {
      if (!document.hidden && Date.now() - usedAt < IDLE_MS) ask();
    }, milliseconds);
  });
  onBeforeUnmount(() => clearInterval(timer));
}
