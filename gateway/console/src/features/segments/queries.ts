import { keepPreviousData, queryOptions } from "@tanstack/vue-query";
import { api, asked, type Schema } from "../../api/client";

export type Segment = Schema["customer.Segment"];
export type Export = Schema["customer.Export"];

const A_PAGE = 50;

export const SEGMENTS = ["segments"] as const;
export const EXPORTS = ["exports"] as const;

export const segments = () => queryOptions({ queryKey: [...SEGMENTS], queryFn: () => asked(api.GET("/segments")) });

export const segment = (id: string) =>
  queryOptions({
    queryKey: [...SEGMENTS, id],
    queryFn: () => asked(api.GET("/segments/{segment_id}", { params: { path: { segment_id: id } } })),
  });

export const members = (id: string, after: string | undefined) =>
  queryOptions({
    queryKey: [...SEGMENTS, id, "members", after ?? ""],
    queryFn: () =>
      asked(
        api.GET("/segments/{segment_id}/members", {
          params: { path: { segment_id: id }, query: { after, limit: A_PAGE } },
        }),
      ),
    placeholderData: keepPreviousData,
  });

export const exports = (status: Export["status"] | undefined, page: number) =>
  queryOptions({
    queryKey: [...EXPORTS, status ?? "", page],
    queryFn: () => asked(api.GET("/exports", { params: { query: { status, page, size: A_PAGE } } })),
    placeholderData: keepPreviousData,
  });
