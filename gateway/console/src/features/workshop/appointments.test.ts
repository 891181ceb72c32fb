import { expect, test } from "vitest";
import { appointmentActs, byBay, daysAfter } from "./appointments";
import type { Appointment } from "./queries";

const at = (bay: string, starts_at: string, state: Appointment["state"] = "booked") =>
  ({ appointment_id: `${bay}-${starts_at}`, bay, starts_at, state, version: 1 }) as Appointment;

test("each bay has who comes to it by time, one that is used no more only if somebody comes", () => {
  const bays = ["10", "2", "3"].map((code) => ({
    store_id: "HN",
    code,
    kind: "general" as const,
    active: code !== "3",
  }));
  const ten = at("2", "2026-11-24T10:00:00+08:00");
  const nine = at("2", "2026-11-24T09:00:00+08:00");
  expect(byBay(bays, [ten, nine]).map((one) => [one.code, one.items])).toEqual([
    ["2", [nine, ten]],
    ["10", []],
  ]);
  expect(byBay(bays, [at("3", ten.starts_at)]).map((one) => one.code)).toEqual(["2", "3", "10"]);
});

test("what is done next follows from where it stands", () => {
  const names = (state: Appointment["state"]) =>
    appointmentActs(at("1", "2026-11-24T10:00:00+08:00", state)).map((act) => act.name);
  expect(names("booked")).toEqual(["arrive", "confirm", "move", "cancel"]);
  expect(names("arrived")).toEqual(["cancel"]);
  expect(names("no_show")).toEqual(["move", "excuse"]);
  expect(names("converted")).toEqual([]);
});

test("the next day of a month's last is the next month's first", () => {
  expect([daysAfter("2026-11-30", 1), daysAfter("2026-12-01", -1)]).toEqual(["2026-12-01", "2026-11-30"]);
});
