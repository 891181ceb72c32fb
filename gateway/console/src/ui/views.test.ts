import { expect, test } from "vitest";
import type { Filter } from "./listing";
import { addressOf, isSame, renamed, saidBy, withView } from "./views";

const FILTERS: Filter[] = [
  { name: "due", label: "", usual: "today" },
  { name: "status", label: "" },
];
const views = ["a", "b", "c"].map((name) => ({ name, asked: { status: name } }));

test("a view is what the list shows, with what holds without a choice", () => {
  const address: Record<string, string> = { status: "due", sort: "-due_at", page: "3", customer_id: "c" };
  expect(saidBy(FILTERS, (name) => address[name])).toEqual({ due: "today", status: "due", sort: "-due_at" });
});

test("what a view leaves unsaid is not what is usual on the screen", () => {
  const opened = (asked: Record<string, string>) => addressOf("followup.worklist", { name: "x", asked });
  expect(opened({ status: "due" })).toEqual({ due: "any", status: "due" });
  expect(opened({ due: "overdue" })).toEqual({ due: "overdue" });
  expect(addressOf("sales.list_stock", { name: "x", asked: { model: "GL8" } })).toEqual({ model: "GL8" });
});

test("what is said in another order is the same, and more is not", () => {
  expect(isSame({ a: "1", b: "2" }, { b: "2", a: "1" })).toBe(true);
  expect(isSame({ a: "1" }, { a: "1", b: "2" })).toBe(false);
  expect(isSame({ a: "1", b: "2" }, { a: "1" })).toBe(false);
});

test("a view saved under a name that is there takes its place, another one stands last", () => {
  expect(withView(views, { name: "b", asked: {} }).map((view) => view.name)).toEqual(["a", "b", "c"]);
  expect(withView(views, { name: "b", asked: {} })[1]?.asked).toEqual({});
  expect(withView(views, { name: "d", asked: {} }).map((view) => view.name)).toEqual(["a", "b", "c", "d"]);
});

test("no two have one name after one was renamed", () => {
  expect(renamed(views, "a", "c")).toEqual([
    { name: "c", asked: { status: "a" } },
    { name: "b", asked: { status: "b" } },
  ]);
  expect(renamed(views, "a", "a")).toEqual(views);
});
