import { api, asked, type Schema } from "../../api/client";
import { queries } from "../../queries";
import { type Calendar, calendar, type Request, type Staff, type Store, type Team } from "./queries";

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
  team: string | null;
}

export const hire = (body: NewStaff, key: string) =>
  changed("staff", asked(api.POST("/staff", { params: withKey(key), body })));

export const changeStaff = (
  person: Staff,
  body: { roles?: string[]; stores?: string[]; team?: string | null; active?: boolean },
  key: string,
) => changed("staff", asked(api.PATCH("/staff/{code}", { params: versioned(person.code, person.version, key), body })));

export const openStore = (body: { code: string; name: string; dealer_code: string }, key: string) =>
  changed("stores", asked(api.POST("/stores", { params: withKey(key), body })));

export const changeStore = (store: Store, body: { name?: string; closes_on?: string | null }, key: string) =>
  changed("stores", asked(api.PATCH("/stores/{code}", { params: versioned(store.code, store.version, key), body })));

export interface NewTeam {
  code: string;
  name: string;
  store_id: string;
}

export const formTeam = (body: NewTeam, key: string) =>
  changed("teams", asked(api.POST("/teams", { params: withKey(key), body })));

export const renameTeam = (team: Team, name: string, key: string) =>
  changed(
    "teams",
    asked(api.PATCH("/teams/{code}", { params: versioned(team.code, team.version, key), body: { name } })),
  );

export interface CalendarChange {
  hours?: Schema["gateway.OpeningHours.given"];
  own_days?: Schema["gateway.OwnDay.given"][];
}

/** Other hours, or other days of its own, of a store as it was looked at; the answer is how it stands then. */
export async function changeCalendar(shown: Calendar, body: CalendarChange, key: string): Promise<void> {
  const params = versioned(shown.store_id, shown.version, key);
  const now = await asked(api.PATCH("/stores/{code}/calendar", { params, body }));
  queries.setQueryData(calendar(shown.store_id).queryKey, now);
}

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
