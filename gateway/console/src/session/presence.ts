/** Whether somebody is there: what a page asks by itself must not keep him logged in. */
const THERE_MS = 60_000;
let actedAt = Date.now();

for (const act of ["keydown", "pointerdown", "wheel"] as const) {
  addEventListener(act, () => (actedAt = Date.now()), { capture: true, passive: true });
}

export function isThere(): boolean {
  return Date.now() - actedAt < THERE_MS;
}
