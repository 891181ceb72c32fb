import { expect, test } from "vitest";
import { inAWeek, owed, placeOf } from "./model";

test("a week from now is a day of the stores' calendar", () => {
  expect(inAWeek(new Date("2026-11-27T23:30:00+08:00"))).toBe("2026-12-04");
  expect(inAWeek(new Date("2026-11-28T00:30:00+08:00"))).toBe("2026-12-05");
});

test("who sees no prices sees no balance, and it is not nothing", () => {
  expect(owed({ total_fen: null, paid_fen: null })).toBeNull();
  expect(owed({ total_fen: 100, paid_fen: 100 })).toBe(0);
});

test("an order is on its way until it is at its end, and a cancelled one is nowhere", () => {
  expect(["draft", "approval_pending"].map((status) => placeOf(status as "draft"))).toEqual([0, 0]);
  expect(["approved", "signed", "allocated", "ready"].map((status) => placeOf(status as "ready"))).toEqual([
    0, 1, 2, 2,
  ]);
  expect([placeOf("delivered"), placeOf("closed")]).toEqual([4, 4]);
  expect([placeOf("cancel_pending"), placeOf("cancelled")]).toEqual([null, null]);
});
