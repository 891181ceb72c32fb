import { expect, test } from "vitest";
import en from "./i18n/en/shell.json";
import zh from "./i18n/zh/shell.json";
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

test("each page has its title and says on the home page what it is about, in both languages", () => {
  const names = PAGES.map((page) => page.name);
  for (const words of [zh, en]) {
    expect(names.filter((name) => !(name in words.page))).toEqual([]);
    expect(names.filter((name) => name !== "home" && !(name in words.about))).toEqual([]);
  }
});
