import { onBeforeUnmount, onMounted } from "vue";

/**
 * Ask again every so often while the page is looked at. What it asks by itself prolongs no session
 * (`session/presence.ts`), and what no stream tells of is asked for here; a live query needs none of it (`src/live/`).
 */
export function usePolling(ask: () => unknown, milliseconds: number): void {
  let timer: ReturnType<typeof setInterval> | undefined;
  onMounted(() => {
    timer = setInterval(() => {
      if (!document.hidden) ask();
    }, milliseconds);
  });
  onBeforeUnmount(() => clearInterval(timer));
}
