import { expect, test } from "vitest";
import type { Page } from "../pages";
import { commandsFor, inShop } from "./commands";

const page = (name: string, views?: Page["views"]) =>
  ({ name, views, path: name, needs: "gateway.who_am_i", load: () => Promise.reject() }) as Page;
const given = {
  store: "HN",
  pages: [page("board"), page("orders", "sales.list_orders")],
  views: [{ of: "sales.list_orders" as const, views: [{ name: "本月交车", asked: { status: "delivered" } }] }],
  opened: [{ title: "陈晓明", to: { name: "customer", params: { store: "HN", id: "1" } } }],
  begins: ["newCustomer" as const],
  t: (key: string, named?: Record<string, unknown>) => [key, ...Object.values(named ?? {})].join(" "),
};
const said = (text: string) => commandsFor(text, given).map((each) => each.id);

test("an empty box leads back to what was opened last, and to everything else", () => {
  expect(said("")).toEqual(["opened-0", "newCustomer", "page-board", "page-orders", "view-orders-0"]);
  expect(said(">")).toEqual(["newCustomer", "page-board", "page-orders", "view-orders-0"]);
});

test("a view is found by its name and opened as it was kept, whatever its page shows first", () => {
  const [found] = commandsFor("本月", given);
  expect(found?.to).toEqual({
    name: "orders",
    params: { store: "HN" },
    query: { standing: "any", status: "delivered" },
  });
  expect(said("> orders")).toEqual(["page-orders", "view-orders-0"]);
});

test("views of a list whose page one may not open are not offered", () => {
  expect(commandsFor("", { ...given, pages: [page("board")], opened: [] }).map((each) => each.id)).toEqual([
    "newCustomer",
    "page-board",
  ]);
});

test("a car that is in one of one's own shops leads to its repair order", () => {
  const order = (ro_id: string, store_id: string) => ({ ro_id, store_id, number: `RO-${ro_id}` });
  const found = [{ name: "陈晓明", glance: { open_repair_orders: [order("1", "HN"), order("2", "FT")] } }];
  expect(inShop(found, { ...given, stores: ["HN"] }).map(({ said, to }) => [said, to.params.id])).toEqual([
    ["lookup.order RO-1 陈晓明", "1"],
  ]);
});
