import { expect, test } from "vitest";
import { FIRST, firstPage, PAGES } from "./pages";
import { mayDo } from "./session/session";

test("what somebody opens first he may use", () => {
  for (const [role, name] of FIRST) {
    const page = PAGES.find((each) => each.name === name);
    expect(page && mayDo([role], page.needs), `${role} ${name}`).toBe(true);
  }
});

test("whoever has no page of his own begins at home", () => {
  expect([firstPage(["parts_clerk"]), firstPage(["parts_clerk", "advisor"]), firstPage([])]).toEqual([
    "home",
    "board",
    "home",
  ]);
});
