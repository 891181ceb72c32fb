import { computed } from "vue";
import { useRoute, useRouter } from "vue-router";
import type { FieldKind } from "../api/rights.gen";
import type { Option } from "./act";

/** A column as a row of a list's table; its cells are the slot of its name, or else what the row has under it. */
export interface Column {
  name: string;
  /** Its words. */
  label: string;
  number?: boolean;
  /** The kind of what it shows: whoever never sees that has no such column. */
  sees?: FieldKind;
  /**
   * The orders that the list can have by it, as the list's request calls them; its heading goes from one to the next.
   * The first of the first column with any is what holds unless another is chosen.
   */
  sorts?: readonly string[];
}

/** What a list can be narrowed by: choices, or a day. It stands in the address, so a view is a link. */
export interface Filter {
  name: string;
  /** Its words. */
  label: string;
  options?: readonly Option[];
  kind?: "choice" | "date" | "text";
  /** What no choice is called, where it is not everything. */
  none?: string;
  /** What holds without a choice. */
  usual?: string;
}

/** What the address says of a list: its filters and its page. */
export function useListing() {
  const route = useRoute();
  const router = useRouter();

  const page = computed(() => Math.max(1, Number(route.query.page) || 1));

  function chosen(name: string): string | undefined {
    const value = route.query[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  }

  function choose(name: string, value: string): void {
    const { page: _, [name]: __, ...rest } = route.query;
    void router.replace({ query: value ? { ...rest, [name]: value } : rest });
  }

  /** Another list at the same address: nothing of what the former was narrowed by holds. */
  function begin(query: Record<string, string>): void {
    void router.replace({ query });
  }

  function turn(to: number): void {
    void router.replace({ query: { ...route.query, page: to > 1 ? String(to) : undefined } });
  }

  return { page, chosen, choose, begin, turn };
}
