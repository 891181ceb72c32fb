import { expect, test } from "vitest";
import { monthOf, monthsUntil, monthTold, share, told } from "./model";

test("months go back over the new year", () => {
  expect(monthsUntil("2026-02", 4)).toEqual(["2025-11", "2025-12", "2026-01", "2026-02"]);
});

test("a month is one of the stores' calendar", () => {
  expect(monthOf(new Date("2026-11-30T23:30:00+08:00"))).toBe("2026-11");
  expect(monthOf(new Date("2026-12-01T00:30:00+08:00"))).toBe("2026-12");
});

test("a month is told in the person's language", () => {
  expect([monthTold("2026-11", "zh"), monthTold("2026-01", "en")]).toEqual(["2026年11月", "January 2026"]);
});

test("no data is empty and nought is nought", () => {
  expect(told(null, "points")).toBe("");
  expect(told(0, "count")).toBe("0");
  expect(told("850.0", "points")).toBe("850.0");
  expect(told(123_450, "fen")).toBe("¥1,234.50");
});

test("a bar is a share of the largest, and of nothing there is none", () => {
  expect(share(5, [10, 5, null])).toBe(0.5);
  expect(share(0, [0, null])).toBe(0);
});
