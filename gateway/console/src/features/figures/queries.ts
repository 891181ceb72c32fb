import { keepPreviousData, queryOptions } from "@tanstack/vue-query";
import { api, asked, type Schema } from "../../api/client";

export type Figures = Schema["reporting.MonthFigures"];
export type Definition = Schema["reporting.Definition"];

export const figures = (store: string, month: string) =>
  queryOptions({
    queryKey: ["figures", store, month],
    queryFn: () => asked(api.GET("/reports/month", { params: { query: { month } } })),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
