import { expect, test } from "vitest";
import {
  column,
  isIn,
  minutesLeft,
  mustAgree,
  openTo,
  placeOf,
  riskOf,
  slipped,
  usualPromise,
  waitsFor,
} from "./model";
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

test("a car slips when its promise holds less than before, and not when it comes or is put right", () => {
  const before = new Map([
    ["a", "fine"],
    ["b", "soon"],
    ["c", "late"],
    ["d", "none"],
  ] as const);
  const now = new Map([
    ["a", "soon"],
    ["b", "late"],
    ["c", "soon"],
    ["d", "fine"],
    ["e", "late"],
  ] as const);
  expect(slipped(before, now)).toEqual(["a", "b"]);
});

test("what is foreseen counts before the clock says so", () => {
  const promised = order({ promised_at: at("16:00") });
  expect(riskOf(promised, NOW, { risk: "late" })).toBe("late");
  expect(riskOf(promised, NOW, { risk: "at_risk" })).toBe("soon");
  expect(riskOf(promised, NOW, { risk: "on_track" })).toBe("fine");
  expect(riskOf(order({ promised_at: at("15:20") }), NOW, { risk: "on_track" })).toBe("soon");
  expect(riskOf(order({ promised_at: at("14:00") }), NOW, { risk: "on_track" })).toBe("late");
});

test("in a column the late one is first, and one without a promise last", () => {
  const orders = [
    order({ number: "without" }),
    order({ number: "later", promised_at: at("18:00") }),
    order({ number: "late", promised_at: at("14:00") }),
    order({ number: "fine", promised_at: at("16:00") }),
    order({ number: "elsewhere", stage: "qc" }),
  ];
  expect(column(orders, "waiting", NOW, new Map()).map((each) => each.number)).toEqual([
    "late",
    "fine",
    "later",
    "without",
  ]);
});

test("a view of the board holds what is mine, what will be late, and what was promised until today", () => {
  const given = { me: "HN05", now: NOW };
  expect([isIn("all", order({}), given), isIn("mine", order({ advisor_id: "HN06" }), given)]).toEqual([true, false]);
  expect(isIn("mine", order({ advisor_id: "HN06", technician_id: "HN05" }), given)).toBe(true);
  const promised = (promised_at: string) => order({ promised_at });
  expect(isIn("today", promised(at("23:59")), given)).toBe(true);
  expect(isIn("today", promised("2026-11-26T10:00:00+08:00"), given)).toBe(true);
  expect(isIn("today", promised("2026-11-28T00:00:00+08:00"), given)).toBe(false);
  expect(isIn("today", order({}), given)).toBe(false);
  expect(isIn("risk", promised(at("18:00")), given)).toBe(false);
  expect(isIn("risk", promised(at("18:00")), { ...given, ahead: { risk: "at_risk" } })).toBe(true);
  expect(isIn("risk", promised(at("14:00")), given)).toBe(true);
});

test("what stands beside the straight way is where the car is, what waits where it came from", () => {
  const place = (given: Partial<RepairOrder>) => placeOf(order({ waiting_from: null, ...given }));
  expect(place({ stage: "rework" })).toBe(place({ stage: "in_progress" }));
  expect(place({ stage: "washing" })).toBe(place({ stage: "qc" }));
  expect(place({ stage: "waiting_parts", waiting_from: "authorized" })).toBe(place({ stage: "authorized" }));
  expect(place({ stage: "waiting_insurer", waiting_from: "estimated" })).toBe(0);
  expect((["delivered", "closed", "cancelled"] as const).map((stage) => place({ stage }))).toEqual([8, 8, -1]);
});

test("an order waits for what it can wait for where it stands", () => {
  expect(waitsFor("in_progress")).toEqual(["parts", "customer", "insurer"]);
  expect(waitsFor("authorized")).toEqual(["parts"]);
  expect(waitsFor("waiting_insurer")).toEqual(["insurer"]);
  expect(waitsFor("qc")).toEqual([]);
});

test("he must agree once more to work he was not asked about, and to a higher price", () => {
  const asks = (given: Partial<RepairOrder>) =>
    mustAgree(order({ stage: "in_progress", lines: [], customer_fen: 100, authorized_fen: 100, ...given }));
  const proposed = [{ state: "proposed" }] as RepairOrder["lines"];
  expect(asks({})).toBe(false);
  expect(asks({ customer_fen: 101 })).toBe(true);
  expect(asks({ lines: proposed })).toBe(true);
  expect(asks({ lines: proposed, stage: "opened", authorized_fen: 0 })).toBe(false);
  expect(asks({ customer_fen: 101, stage: "settled" })).toBe(false);
  expect(asks({ customer_fen: null, authorized_fen: null })).toBe(false);
});

test("work is added until it is inspected, a price is changed until the invoice", () => {
  expect([openTo("work", "rework"), openTo("work", "qc"), openTo("money", "ready")]).toEqual([true, false, true]);
  expect([openTo("money", "settled"), openTo("work", "cancelled")]).toEqual([false, false]);
});

test("what is promised as a rule is a quarter of an hour by the stores' clock", () => {
  expect(usualPromise(new Date("2026-11-27T15:02:00+08:00"))).toBe("2026-11-27T17:15");
  const foreseen = (time: string) => usualPromise(new Date("2026-11-27T15:02:00+08:00"), `2026-11-27T${time}:00+08:00`);
  expect([foreseen("16:20"), foreseen("18:01")]).toEqual(["2026-11-27T17:15", "2026-11-27T18:45"]);
  expect(minutesLeft(at("15:20"), NOW)).toBe(20);
  expect(minutesLeft(at("14:20"), NOW)).toBe(-40);
});
