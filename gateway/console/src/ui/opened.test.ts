import { expect, test } from "vitest";
import { type Opened, withOpened } from "./opened";

const one = (name: string, id: string, title = id): Opened => ({ title, to: { name, params: { store: "HN", id } } });

test("what was opened last stands first, and once", () => {
  let found: Opened[] = [];
  for (const each of [one("customer", "a"), one("order", "a"), one("customer", "b"), one("customer", "a", "A")]) {
    found = withOpened(found, each);
  }
  expect(found.map((each) => each.title)).toEqual(["A", "b", "a"]);
});

test("twenty are remembered", () => {
  let found: Opened[] = [];
  for (let number = 0; number < 25; number++) found = withOpened(found, one("customer", `${number}`));
  expect([found.length, found[0]?.title, found.at(-1)?.title]).toEqual([20, "24", "5"]);
});
