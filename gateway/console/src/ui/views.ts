import { queryOptions } from "@tanstack/vue-query";
import { api, asked, type Schema } from "../api/client";
import { queries } from "../queries";
import type { Filter } from "./listing";

/** Saved views: under a name of one's own, what a list was filtered and sorted by. */
export type ListWithViews = Schema["gateway.ViewsOfList"]["of"];
export type View = Schema["gateway.SavedView"];
type Kept = Schema["gateway.ViewsOfList"];

/** What a view says of a list: fields of its request, as the address has them. */
export type Said = Record<string, string>;

/** What a list's request takes where it says nothing, if that is not what its page shows first. */
const UNSAID: Partial<Record<ListWithViews, Said>> = {
  "followup.worklist": { due: "any" },
  "sales.list_orders": { standing: "any" },
};

export const MY_VIEWS = ["my-views"] as const;

export const myViews = () =>
  queryOptions({ queryKey: MY_VIEWS, queryFn: () => asked(api.GET("/me/views")), staleTime: 60_000 });

/** My views of the list are these now, if nobody of mine has changed them elsewhere. Throws `Problem`. */
export async function saveViews(of: ListWithViews, views: View[], kept: Kept | undefined, key: string): Promise<void> {
  const header = { "Idempotency-Key": key, ...(kept ? { "If-Match": `"${kept.version}"` } : {}) };
  await asked(api.PUT("/me/views", { params: { header }, body: { of, views } }));
  await queries.invalidateQueries({ queryKey: MY_VIEWS });
}

/** What a list is filtered and sorted by now; `chosen` is what its address says. */
export function saidBy(filters: readonly Filter[], chosen: (name: string) => string | undefined): Said {
  const found: Said = {};
  for (const { name, usual } of [...filters, { name: "sort", usual: undefined }]) {
    const value = chosen(name) ?? usual;
    if (value !== undefined) found[name] = value;
  }
  return found;
}

/** The address of a view. What it leaves unsaid the list's request takes in its own way, whatever is usual here. */
export function addressOf(of: ListWithViews, view: View): Said {
  const said = Object.entries(view.asked).map(([name, value]) => [name, String(value)] as const);
  return { ...UNSAID[of], ...Object.fromEntries(said) };
}

export function isSame(one: Said, other: Said): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}

/** With a view of that name: in the place of the one that had it, or at the end. */
export function withView(views: readonly View[], view: View): View[] {
  const at = views.findIndex((each) => each.name === view.name);
  return at < 0 ? [...views, view] : views.with(at, view);
}

/** With another name for one of them; whatever had that name before is gone. */
export function renamed(views: readonly View[], from: string, to: string): View[] {
  return views
    .filter((each) => each.name === from || each.name !== to)
    .map((each) => (each.name === from ? { ...each, name: to } : each));
}
