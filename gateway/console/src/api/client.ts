import createClient from "openapi-fetch";
import { Problem } from "./problems";
import type { components, paths } from "./schema.gen";

export type Schema = components["schemas"];

/** Who calls, for which store, in which language; the session says it. */
export interface Caller {
  token(): string | null;
  store(): string | null;
  language(): string;
  /** Somebody is there; what is asked while nobody is keeps nobody logged in. */
  isThere(): boolean;
  /** The server does not know the token (any more). */
  onNobody(): void;
}

let caller: Caller = {
  token: () => null,
  store: () => null,
  language: () => "zh",
  isThere: () => true,
  onNobody: () => {},
};

export function callAs(who: Caller): void {
  caller = who;
}

export const api = createClient<paths>({ baseUrl: "/api/v1" });

api.use({
  onRequest({ request }) {
    const token = caller.token();
    const store = caller.store();
    if (token) request.headers.set("Authorization", `Bearer ${token}`);
    if (token && store) request.headers.set("X-Store-Id", store);
    request.headers.set("Accept-Language", caller.language());
    if (token && request.method === "GET" && !caller.isThere()) request.headers.set("X-Background", "1");
    return request;
  },
});

/** The stream of live changes from behind a position, or from now on; null where there is none to be had now. */
export async function follow(last: string, signal: AbortSignal): Promise<Response | null> {
  const token = caller.token();
  if (!token) return null;
  const headers: Record<string, string> = {
    Authorization: `Bearer ${token}`,
    Accept: "text/event-stream",
    "X-Background": "1",
  };
  if (last) headers["Last-Event-ID"] = last;
  const response = await fetch("/api/v1/stream", { headers, signal, cache: "no-store" });
  if (response.status === 401) caller.onNobody();
  return response.ok ? response : null;
}

interface Answered<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The answer's content. Throws `Problem` for whatever else it is. */
export async function asked<T>(call: Promise<Answered<T>>): Promise<T> {
  const answer = await whole(call);
  return answer.data;
}

/** The answer's content with its version (`ETag`), for what people edit. */
export async function whole<T>(call: Promise<Answered<T>>): Promise<{ data: T; etag: string | null }> {
  let answer: Answered<T>;
  try {
    answer = await call;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Problem(0, {});
  }
  const { response } = answer;
  if (!response.ok) {
    const body = typeof answer.error === "object" && answer.error !== null ? answer.error : {};
    const problem = new Problem(response.status, body, Number(response.headers.get("Retry-After") ?? 0));
    if (problem.code === "SESSION_REQUIRED") caller.onNobody();
    throw problem;
  }
  return { data: answer.data as T, etag: response.headers.get("ETag") };
}

/** What the server says beside the API, whatever its status; nobody needs a session for it. Throws `Problem`. */
export async function beside<T>(path: "/openapi.json" | "/readyz", signal: AbortSignal): Promise<T> {
  try {
    return (await (await fetch(path, { signal })).json()) as T;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Problem(0, {});
  }
}
