import { expect, test } from "vitest";
import { dueBefore, isWhole, scoreOf, within } from "./model";

test("a bad score needs the customer's words, a good one does not", () => {
  expect(isWhole("", "很好")).toBe(false);
  expect(isWhole(7, "")).toBe(true);
  expect(isWhole(6, "  ")).toBe(false);
  expect(isWhole(6, "等太久")).toBe(true);
});

test("today ends at midnight of the stores, also while it is yesterday elsewhere", () => {
  expect(dueBefore("today", new Date("2026-11-27T23:30:00+08:00"))).toBe("2026-11-27T16:00:00.000Z");
  expect(dueBefore("today", new Date("2026-11-28T00:30:00+08:00"))).toBe("2026-11-28T16:00:00.000Z");
  expect(dueBefore("all", new Date())).toBeUndefined();
});

test("the key 0 is ten points", () => {
  expect([1, 9, 0].map(scoreOf)).toEqual([1, 9, 10]);
});

test("an address of the console is one of its router", () => {
  expect(within("/console/HN/visits/1")).toBe("/HN/visits/1");
});
