import { expect, test } from "vitest";
import { hindrance, isWhole, scoreOf, within } from "./model";

test("a bad score needs the customer's words, a good one does not", () => {
  expect(isWhole("", "很好")).toBe(false);
  expect(isWhole(7, "")).toBe(true);
  expect(isWhole(6, "  ")).toBe(false);
  expect(isWhole(6, "等太久")).toBe(true);
});

test("the key 0 is ten points", () => {
  expect([1, 9, 0].map(scoreOf)).toEqual([1, 9, 10]);
});

test("why a visit is not begun is said once", () => {
  expect(hindrance(undefined)).toBeUndefined();
  expect(hindrance(null)).toBeUndefined();
  expect(hindrance("VISIT_CLOSED")).toBeUndefined();
  expect(hindrance("VISIT_TOO_SOON")).toBe("VISIT_TOO_SOON");
});

test("an address of the console is one of its router", () => {
  expect(within("/console/HN/visits/1")).toBe("/HN/visits/1");
});
