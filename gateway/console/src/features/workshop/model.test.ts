import { expect, test } from "vitest";
import { column, minutesLeft, placeOf, riskOf, usualPromise } from "./model";
import type { RepairOrder } from "./queries";

const NOW = new Date("2026-11-27T15:00:00+08:00");
const at = (time: string) => `2026-11-27T${time}:00+08:00`;
const order = (given: Partial<RepairOrder>) =>
  ({ stage: "opened", promised_at: null, ready_at: null, ...given }) as RepairOrder;

test("risk is the promise against the clock, and of a car that is ready against when it was", () => {
  expect(riskOf(order({}), NOW)).toBe("none");
  expect(riskOf(order({ promised_at: at("16:00") }), NOW)).toBe("fine");
  expect(riskOf(order({ promised_at: at("15:30") }), NOW)).toBe("soon");
  expect(riskOf(order({ promised_at: at("14:59") }), NOW)).toBe("late");
  expect(riskOf(order({ promised_at: at("14:00"), ready_at: at("13:50") }), NOW)).toBe("fine");
  expect(riskOf(order({ promised_at: at("14:00"), ready_at: at("14:10") }), NOW)).toBe("late");
});

test("in a column the late one is first, and one without a promise last", () => {
  const orders = [
    order({ number: "without" }),
    order({ number: "later", promised_at: at("18:00") }),
    order({ number: "late", promised_at: at("14:00") }),
    order({ number: "fine", promised_at: at("16:00") }),
    order({ number: "elsewhere", stage: "qc" }),
  ];
  expect(column(orders, "waiting", NOW).map((each) => each.number)).toEqual(["late", "fine", "later", "without"]);
});

test("rework stands where the work does, and a closed order has passed every step", () => {
  expect(placeOf("rework")).toBe(placeOf("in_progress"));
  expect(placeOf("delivered")).toBe(8);
});

test("what is promised as a rule is a quarter of an hour by the stores' clock", () => {
  expect(usualPromise(new Date("2026-11-27T15:02:00+08:00"))).toBe("2026-11-27T17:15");
  expect(minutesLeft(at("15:20"), NOW)).toBe(20);
  expect(minutesLeft(at("14:20"), NOW)).toBe(-40);
});
