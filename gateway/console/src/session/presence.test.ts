import { afterEach, beforeEach, expect, test, vi } from "vitest";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("who has touched nothing for a minute is not there, until he does", async () => {
  const { isThere } = await import("./presence");
  expect(isThere()).toBe(true);
  vi.advanceTimersByTime(61_000);
  expect(isThere()).toBe(false);
  dispatchEvent(new Event("keydown"));
  expect(isThere()).toBe(true);
});
