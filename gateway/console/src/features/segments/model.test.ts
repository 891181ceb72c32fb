import { expect, test } from "vitest";
import { first, placeOf, predicate, told } from "./model";

test("rows are the predicate that the API takes, each value as its kind wants it", () => {
  expect(
    predicate("all", [
      { not: false, about: "vehicle", demand: "model", value: "GL8" },
      { not: false, about: "vehicle", demand: "at_least", value: 3 },
      { not: false, about: "service_visits", demand: "at_least", value: "4" },
      { not: true, about: "sold_by_us", demand: "equals", value: "true" },
      { not: false, about: "last_service", demand: "more_days_ago", value: 180 },
      { not: false, about: "sold", demand: "since", value: "2025-01-01" },
      { not: false, about: "tags", demand: "has", value: "车友" },
    ]),
  ).toEqual({
    all: [
      { vehicle: { model: ["GL8"] } },
      { vehicle: { age: { at_least: 3 } } },
      { fact: "service_visits", at_least: 4 },
      { not: { fact: "sold_by_us", equals: true } },
      { fact: "last_service", more_days_ago: 180 },
      { fact: "sold", since: "2025-01-01" },
      { fact: "tags", has: "车友" },
    ],
  });
});

test("what somebody spent is typed in yuan", () => {
  expect(predicate("all", [{ not: false, about: "spent_fen", demand: "at_least", value: 1000.5 }])).toEqual({
    all: [{ fact: "spent_fen", at_least: 100050 }],
  });
});

test("a predicate of the API is told in parts that have words, whatever it holds", () => {
  expect(told({ any: [{ fact: "kind", equals: "person" }] })).toMatchObject({ join: "any" });
  expect(told({ not: { fact: "formal", equals: true } })).toMatchObject({ join: "not" });
  expect(told({ fact: "last_service", more_days_ago: 180 })).toEqual({
    about: "last_service",
    demands: [{ name: "more_days_ago", values: [180], unit: "days" }],
  });
  expect(told({ vehicle: { model: ["GL8", "GS"], age: { at_least: 3 } } })).toEqual({
    about: "vehicle",
    demands: [
      { name: "model", values: ["GL8", "GS"] },
      { name: "at_least", values: [3], unit: "years" },
    ],
  });
  expect(told({ consent: { purpose: "marketing", channel: "sms" } })).toMatchObject({ about: "consent" });
});

test("a new row begins with what its fact is asked for, as a rule", () => {
  expect(first("last_service")).toMatchObject({ demand: "within_days" });
  expect(first("formal")).toMatchObject({ demand: "equals", value: "true" });
});

test("a complaint names its row", () => {
  expect(placeOf("all[1].at_least: a whole number")).toBe(1);
  expect(placeOf("name")).toBeUndefined();
});
