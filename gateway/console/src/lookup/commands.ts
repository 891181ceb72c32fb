import type { HistoryState } from "vue-router";
import type { KeyName } from "../keys/map";
import type { Page } from "../pages";
import type { Opened } from "../ui/opened";
import { addressOf, type ListWithViews, type View } from "../ui/views";

/** Something that the box can do beside opening a person: where it leads, and what it is called. Pure. */
export interface Command {
  id: string;
  said: string;
  key?: KeyName;
  /** It leads to a repair order, of which more is told. */
  isOrder?: true;
  to: { name: string; params: Record<string, string>; query?: Record<string, string>; state?: HistoryState };
}

/** So many of the records that were opened are offered before anything is typed. */
const LAST = 7;

interface Found {
  name: string;
  glance: { open_repair_orders: readonly { ro_id: string; number: string | null; store_id: string }[] };
}

/** The repair orders of those who were found whose car is in the shop now: where it is, and what was promised. */
export function inShop(
  found: readonly Found[],
  given: Pick<Given, "store" | "t"> & { stores: readonly string[] },
): Command[] {
  return found.flatMap(({ name, glance }) =>
    glance.open_repair_orders
      .filter((order) => given.stores.includes(order.store_id))
      .map((order) => ({
        id: `order-${order.ro_id}`,
        said: given.t("lookup.order", { number: order.number ?? "", name }),
        isOrder: true as const,
        to: { name: "repairOrder", params: { store: given.store, id: order.ro_id } },
      })),
  );
}

/** What is known when the box is opened; `t` says a sentence. */
interface Given {
  store: string;
  pages: readonly Page[];
  views: readonly { of: ListWithViews; views: readonly View[] }[];
  opened: readonly Opened[];
  /** What may be begun from anywhere, by the name of its key. */
  begins: readonly ("newCustomer" | "newRepairOrder")[];
  t: (key: string, named?: Record<string, unknown>) => string;
}

/**
 * What the box offers for a text: the records that were opened last while nothing is typed yet, what can be begun,
 * pages, and one's own views of lists.
 */
export function commandsFor(text: string, given: Given): Command[] {
  const { store, t } = given;
  const title = (page: Page) => t(`shell.page.${page.name}`);
  const begun = given.begins.map((key) => ({
    id: key,
    said: t(`keys.does.${key}`),
    key,
    to: { name: "reception", params: { store }, ...(key === "newCustomer" ? { state: { fresh: {} } } : {}) },
  }));
  const pages = given.pages.map((page) => ({
    id: `page-${page.name}`,
    said: t("lookup.goTo", { page: title(page) }),
    key: page.key,
    to: { name: page.name, params: { store } },
  }));
  const views = given.pages.flatMap((page) =>
    (given.views.find((each) => each.of === page.views)?.views ?? []).map((view, index) => ({
      id: `view-${page.name}-${index}`,
      said: t("lookup.view", { page: title(page), name: view.name }),
      to: { name: page.name, params: { store }, query: addressOf(page.views as ListWithViews, view) },
    })),
  );
  const last = given.opened.slice(0, LAST).map(({ title: said, to }, index) => ({ id: `opened-${index}`, said, to }));
  const wanted = text.replace(/^>/, "").trim().toLowerCase();
  if (!wanted) return [...(text ? [] : last), ...begun, ...pages, ...views];
  return [...begun, ...pages, ...views].filter(
    (each) => each.said.toLowerCase().includes(wanted) || each.to.name.toLowerCase().includes(wanted),
  );
}
