import { defineStore } from "pinia";
import { computed, ref, shallowRef } from "vue";
import { api, asked, callAs, type Schema } from "../api/client";
import { Problem } from "../api/problems";
import { type FieldKind, type Operation, RIGHTS, type Role, SEEN } from "../api/rights.gen";
import { forgetDrafts } from "../api/useForm";
import { queries } from "../queries";
import { usePreferences } from "./preferences";
import { isThere } from "./presence";
import { askOthers, type Given, onOthers, tellOthers } from "./tabs";

export const ALL_STORES = "all";
const PLACE = "session";
const LEADING: readonly Role[] = ["leader", "dealer_leader", "admin"];

/** Who is logged in, and for which store he acts now. */
export const useSession = defineStore("session", () => {
  const given = ref<Given | null>(read());
  const me = shallowRef<Schema["gateway.Me"] | null>(null);
  const stores = shallowRef<Schema["gateway.Store"][]>([]);
  const store = ref<string>("");
  /** The session ended while somebody worked: the log-in lies over the page until he is back. */
  const expired = ref(false);
  const mustChangePassword = ref(false);
  /** An initial password just typed: it need not be typed again to choose another. In memory only. */
  const initialPassword = ref("");

  const preferences = usePreferences();
  callAs({
    token: () => given.value?.token ?? null,
    store: () => (store.value && store.value !== ALL_STORES ? store.value : null),
    language: () => preferences.language,
    isThere,
    onNobody: () => {
      if (me.value) expired.value = true;
      else forget();
    },
  });
  onOthers({
    asked: () => (me.value && !expired.value ? given.value : null),
    given: (other) => {
      // whoever waits before an ended session goes on when the same person logged in beside it
      if (expired.value) void resume(other);
    },
    left: () => {
      forget();
      location.assign("/console/login");
    },
  });

  const roles = computed(() => (me.value?.roles ?? []) as Role[]);
  /** Who leads several stores may look at all of his at once. */
  const leads = computed(() => roles.value.some((role) => LEADING.includes(role)));
  const ownStores = computed(() => {
    const mine = new Set(me.value?.stores ?? []);
    if (roles.value.includes("leader") || roles.value.includes("admin")) return stores.value;
    const dealers = new Set(stores.value.filter((each) => mine.has(each.code)).map((each) => each.dealer_code));
    const ofDealer = roles.value.includes("dealer_leader");
    return stores.value.filter((each) => mine.has(each.code) || (ofDealer && dealers.has(each.dealer_code)));
  });

  function may(operation: Operation): boolean {
    return mayDo(roles.value, operation);
  }

  /** Whether he may see what is of this kind anywhere at all; of which stores, the server says. */
  function sees(kind: FieldKind): boolean {
    return roles.value.some((role) => role in SEEN[kind]);
  }

  /** Log in. Throws `Problem`. */
  async function logIn(account: string, password: string): Promise<void> {
    const answer = await asked(api.POST("/sessions", { body: { account, password } }));
    const before = me.value?.staff_id;
    if (before && before !== answer.staff_id) {
      // another person at the same screen: nothing of the first one may stay on it
      keep({ token: answer.token, endsAt: answer.expires_at });
      forgetDrafts();
      location.assign("/console/");
      return;
    }
    keep({ token: answer.token, endsAt: answer.expires_at });
    mustChangePassword.value = answer.must_change_password;
    if (answer.must_change_password) initialPassword.value = password;
    else await enter();
  }

  async function changePassword(before: string, chosen: string): Promise<void> {
    await asked(api.POST("/me/password", { body: { old_password: before, new_password: chosen } }));
    await enter();
    mustChangePassword.value = false;
    initialPassword.value = "";
  }

  /** Take up the session that this tab or another one has; false if there is none. */
  async function restore(): Promise<boolean> {
    if (me.value) return true;
    if (!given.value) {
      const other = await askOthers();
      if (!other) return false;
      keep(other);
    }
    try {
      await enter();
      return true;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.code === "PASSWORD_CHANGE_REQUIRED") mustChangePassword.value = true;
      else if (error.code !== "SESSION_REQUIRED") throw error;
      return false;
    }
  }

  async function enter(): Promise<void> {
    const [person, all] = await Promise.all([asked(api.GET("/me")), asked(api.GET("/stores"))]);
    me.value = person;
    stores.value = all.items;
    expired.value = false;
    if (given.value) tellOthers(given.value);
    void queries.invalidateQueries();
  }

  async function resume(other: Given): Promise<void> {
    const before = me.value?.staff_id;
    const mine = given.value;
    given.value = other;
    const person = await asked(api.GET("/me")).catch(() => null);
    if (person?.staff_id === before) {
      keep(other);
      expired.value = false;
      void queries.invalidateQueries();
    } else {
      given.value = mine;
    }
  }

  async function logOut(): Promise<void> {
    tellOthers("left"); // first: whatever a tab asked after the end would be an error
    await queries.cancelQueries();
    await asked(api.DELETE("/sessions/current")).catch(() => null);
    forget();
    location.assign("/console/login");
  }

  function keep(session: Given): void {
    given.value = session;
    sessionStorage.setItem(PLACE, JSON.stringify(session));
  }

  function forget(): void {
    given.value = null;
    me.value = null;
    sessionStorage.removeItem(PLACE);
    forgetDrafts();
    queries.clear();
  }

  return {
    given,
    me,
    stores,
    store,
    expired,
    mustChangePassword,
    initialPassword,
    roles,
    leads,
    ownStores,
    may,
    sees,
    logIn,
    changePassword,
    restore,
    logOut,
  };
});

export function mayDo(roles: readonly Role[], operation: Operation): boolean {
  return roles.some((role) => role in RIGHTS[operation]);
}

function read(): Given | null {
  try {
    return JSON.parse(sessionStorage.getItem(PLACE) ?? "null") as Given | null;
  } catch {
    return null;
  }
}
