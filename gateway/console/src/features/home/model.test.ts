import { expect, test } from "vitest";
import { PAGES } from "../../pages";
import { EXCEPTIONS } from "./exceptions";
import { inOrder, type Row } from "./model";

test("what is late comes before what waits, and what there is none of is left out", () => {
  const row = (name: string, total: number, tone: Row["tone"]): Row => ({
    ...{ name, total, tone, title: name, overdue: 0, page: "", query: {} },
  });
  const rows = [row("waits", 2, "warn"), row("late", 1, "bad"), row("none", 0, "bad"), row("also", 3, "warn")];
  expect(inOrder(rows).map((each) => each.name)).toEqual(["late", "waits", "also"]);
});

test("each exception leads to a page that there is", () => {
  const pages = PAGES.map((page) => page.name);
  expect(EXCEPTIONS.filter((each) => !pages.includes(each.page))).toEqual([]);
});
