import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { byLease } from "./leader";

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
});
afterEach(() => {
  vi.useRealTimers();
});

function tab(leading: Set<string>, name: string): () => void {
  return byLease("place", () => {
    leading.add(name);
    return () => leading.delete(name);
  });
}

test("of several tabs one leads, and when it goes another does", () => {
  const leading = new Set<string>();
  const first = tab(leading, "first");
  const second = tab(leading, "second");
  vi.advanceTimersByTime(10_000);
  expect([...leading]).toEqual(["first"]);
  first();
  vi.advanceTimersByTime(5_000);
  expect([...leading]).toEqual(["second"]);
  second();
  expect([...leading]).toEqual([]);
});

test("a tab that vanished without a word is followed when its lease has run out", () => {
  const leading = new Set<string>();
  localStorage.setItem("place", `gone ${Date.now() + 6_000}`);
  const end = tab(leading, "next");
  vi.advanceTimersByTime(4_000);
  expect([...leading]).toEqual([]);
  vi.advanceTimersByTime(6_000);
  expect([...leading]).toEqual(["next"]);
  end();
});

test("a tab that lost the lease while it slept ends what it did", () => {
  const leading = new Set<string>();
  const end = tab(leading, "asleep");
  vi.advanceTimersByTime(4_000);
  expect([...leading]).toEqual(["asleep"]);
  localStorage.setItem("place", `other ${Date.now() + 6_000}`);
  vi.advanceTimersByTime(2_000);
  expect([...leading]).toEqual([]);
  end();
  expect(localStorage.getItem("place")).toMatch(/^other /);
});
