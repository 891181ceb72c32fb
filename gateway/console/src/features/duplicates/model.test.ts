import { expect, test } from "vitest";
import { lines, numbers, whose } from "./model";
import type { Side } from "./queries";

const side = (given: Partial<Side>) =>
  ({
    name: "陈晓明",
    title: "",
    addresses: [],
    vehicles: [],
    store_id: "HN",
    registered_at: "2026-11-01T00:00:00Z",
    ...given,
  }) as unknown as Side;

test("a line differs where both tell something and not the same, and can be chosen where the API takes it", () => {
  const found = lines(
    side({ email: "a@b.cn", gender: "male" }),
    side({ email: "c@d.cn", gender: "male", store_id: "FT" }),
  );
  const by = Object.fromEntries(found.map((line) => [line.name, line]));
  expect(by.email).toMatchObject({ differs: true, choosable: true });
  expect(by.gender).toMatchObject({ differs: false });
  expect(by.store).toMatchObject({ differs: true, choosable: false });
});

test("what only one of them tells does not differ, and what neither tells is no line", () => {
  const found = lines(side({ employer: "红彤" }), side({}));
  expect(found.find((line) => line.name === "employer")).toMatchObject({ a: "红彤", b: "", differs: false });
  expect(found.some((line) => line.name === "birth_date")).toBe(false);
});

test("several phones are one field", () => {
  expect(numbers("13800000001、13800000002")).toEqual(["13800000001", "13800000002"]);
  expect(numbers(" ")).toEqual([]);
});

test("what the rule takes of the other record is told before anybody chooses", () => {
  const preview = { survivor_id: "a", loser_ids: ["b"], changed: ["email"] };
  expect([whose("email", preview), whose("employer", preview)]).toEqual(["b", "a"]);
});
