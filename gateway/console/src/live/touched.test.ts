import { expect, test } from "vitest";
import { type Change, isTouched, isTouchedLater, live } from "./touched";

const moved: Change = {
  type: "repair_stage_changed",
  subject_type: "repair_order",
  subject_id: "r1",
  version: 2,
  store_id: "HN",
  occurred_at: "2026-11-02T09:00:00+08:00",
};

test("a list is touched by whatever is changed in it, one record by its own changes alone", () => {
  expect(isTouched(live("workshop.list_repair_orders").live, [moved])).toBe(true);
  expect(isTouched(live("workshop.get_repair_order", "r1").live, [moved])).toBe(true);
  expect(isTouched(live("workshop.get_repair_order", "r2").live, [moved])).toBe(false);
  expect(isTouched(live("followup.worklist").live, [moved])).toBe(false);
});

test("what says nothing of what it asks is never touched", () => {
  expect(isTouched(undefined, [moved])).toBe(false);
});

test("a kind of change that is newer than this page touches nothing", () => {
  for (const type of ["something_new", "toString", "__proto__"]) {
    expect(isTouched(live("workshop.list_repair_orders").live, [{ ...moved, type }])).toBe(false);
  }
});

test("what another service concludes is asked for a second time", () => {
  const suspected: Change = { ...moved, type: "duplicate_suspected", subject_type: "customer_pair" };
  expect(isTouchedLater(live("followup.tasks_today").live, [suspected])).toBe(true);
  expect(isTouchedLater(live("customer.list_duplicates").live, [suspected])).toBe(false);
  expect(isTouchedLater(live("workshop.list_repair_orders").live, [moved])).toBe(false);
});
