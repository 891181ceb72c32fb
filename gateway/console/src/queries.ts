import { QueryClient } from "@tanstack/vue-query";
import { Problem } from "./api/problems";

/** All that came from the server lives here, and nowhere else. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (count, error) => count < 2 && error instanceof Problem && error.isWorthRetrying,
      retryDelay: (count) => (count === 0 ? 300 : 1_500),
      refetchOnWindowFocus: true,
      networkMode: "always",
    },
  },
});
