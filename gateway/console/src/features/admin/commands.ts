import { api, asked, type Schema } from "../../api/client";
import { queries } from "../../queries";
import type { Calendar, Request, Staff, Store } from "./queries";

const withKey = (key: string) => ({ header: { "Idempotency-Key": key } });
const versioned = (code: string, version: number, key: string) => ({
  path: { code },
  header: { "Idempotency-Key": key, "If-Match": `"${version}"` },
});

async function changed<T>(name: string, call: Promise<T>): Promise<T> {
  const answer = await call;
  void queries.invalidateQueries({ queryKey: [name] });
  return answer;
}

export interface NewStaff {
  code: string;
  name: string;
  roles: string[];
  stores: string[];
  initial_password: string;
}

export const hire = (body: NewStaff, key: string) =>
  changed("staff", asked(api.POST("/staff", { params: withKey(key), body })));

export const changeStaff = (
  person: Staff,
  body: { roles?: string[]; stores?: string[]; active?: boolean },
  key: string,
) => changed("staff", asked(api.PATCH("/staff/{code}", { params: versioned(person.code, person.version, key), body })));

export const openStore = (body: { code: string; name: string; dealer_code: string }, key: string) =>
  changed("stores", asked(api.POST("/stores", { params: withKey(key), body })));

export const changeStore = (store: Store, body: { name?: string; closes_on?: string | null }, key: string) =>
  changed("stores", asked(api.PATCH("/stores/{code}", { params: versioned(store.code, store.version, key), body })));

export const changeHours = (shown: Calendar, hours: Schema["gateway.OpeningHours.given"], key: string) =>
  changed(
    "calendar",
    asked(
      api.PATCH("/stores/{code}/calendar", {
        params: versioned(shown.store_id, shown.version, key),
        body: { hours },
      }),
    ),
  );

export interface Publishing {
  code: string;
  value: Record<string, unknown>;
  effective_from: string | null;
  store_id: string | null;
}

/** What a value would change, or (not `dry_run`) publish it. */
export async function publish(what: Publishing, dry_run: boolean, key: string): Promise<Schema["shared.PolicyEffect"]> {
  const effect = await asked(api.POST("/policies", { params: withKey(key), body: { ...what, dry_run } }));
  if (!dry_run) void queries.invalidateQueries({ queryKey: ["policies"] });
  return effect;
}

export const carryOut = (request: Request, key: string) =>
  changed(
    "privacy",
    asked(
      api.POST("/privacy-requests/{request_id}/carry-out", {
        params: { path: { request_id: request.request_id }, ...withKey(key) },
      }),
    ),
  );

export const refuse = (request: Request, reason: string, key: string) =>
  changed(
    "privacy",
    asked(
      api.POST("/privacy-requests/{request_id}/refuse", {
        params: { path: { request_id: request.request_id }, ...withKey(key) },
        body: { reason },
      }),
    ),
  );
