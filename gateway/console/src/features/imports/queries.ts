import { keepPreviousData, queryOptions } from "@tanstack/vue-query";
import { api, asked, type Schema } from "../../api/client";
import { live } from "../../live/touched";

export type Import = Schema["customer.Import"];
export type Preview = Schema["customer.Preview"];
export type Row = Schema["customer.RowReport"];
export type Outcome = Row["outcome"];

const MOST = 100;
const ROWS = 500;

export const IMPORTS = ["imports"] as const;
export const importKey = (id: string) => ["import", id] as const;

export const imports = (store: string, status: Import["status"] | undefined) =>
  queryOptions({
    queryKey: [...IMPORTS, store, status ?? ""],
    meta: live("customer.list_imports"),
    queryFn: () => asked(api.GET("/imports", { params: { query: { status, limit: MOST } } })),
    placeholderData: keepPreviousData,
  });

const path = (id: string) => ({ path: { import_id: id } });

export const oneImport = (id: string) =>
  queryOptions({
    queryKey: importKey(id),
    meta: live("customer.get_import", id),
    queryFn: () => asked(api.GET("/imports/{import_id}", { params: path(id) })),
  });

/** What the file holds and what its columns are taken for; of several worksheets the one chosen, or the likeliest. */
export const preview = (id: string, sheet: string | undefined) =>
  queryOptions({
    queryKey: [...importKey(id), "preview", sheet ?? ""],
    queryFn: () => asked(api.GET("/imports/{import_id}/preview", { params: { ...path(id), query: { sheet } } })),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const rows = (id: string, outcome: Outcome | undefined, after: number) =>
  queryOptions({
    queryKey: [...importKey(id), "rows", outcome ?? "", after],
    queryFn: () =>
      asked(api.GET("/imports/{import_id}/rows", { params: { ...path(id), query: { outcome, after, limit: ROWS } } })),
    placeholderData: keepPreviousData,
  });
