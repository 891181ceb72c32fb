import { createRouter, createWebHistory, type RouteRecordRaw } from "vue-router";
import { firstPage, PAGES, RECORDS } from "./pages";
import { ALL_STORES, useSession } from "./session/session";

declare module "vue-router" {
  interface RouteMeta {
    /** Within the frame with menu and look-up; needs a session. */
    inside?: boolean;
  }
}

/** In place of a store, where an address names none. */
const ANY_STORE = "-";

const routes: RouteRecordRaw[] = [
  { path: "/login", name: "login", component: () => import("./session/LoginPage.vue") },
  {
    path: "/:store",
    children: [
      ...[...PAGES, ...RECORDS].map((page) => ({
        path: page.path,
        name: page.name,
        component: page.load,
        meta: { inside: true },
      })),
      {
        path: ":rest(.*)*",
        name: "nowhere",
        component: () => import("./shell/NowherePage.vue"),
        meta: { inside: true },
      },
    ],
  },
  { path: "/", name: "start", redirect: () => ({ name: "home", params: { store: ANY_STORE } }) },
];

export const router = createRouter({ history: createWebHistory("/console/"), routes: routes as RouteRecordRaw[] });

router.beforeEach(async (to) => {
  const session = useSession();
  if (to.name === "login") {
    if (session.me) return { name: "home", params: { store: session.store || ANY_STORE } };
    return true;
  }
  if (!session.me && !(await session.restore())) {
    return { name: "login", query: to.fullPath === "/" ? {} : { next: to.fullPath } };
  }
  const codes = session.ownStores.map((each) => each.code);
  const wanted = String(to.params.store);
  if (codes.includes(wanted) || (wanted === ALL_STORES && session.leads)) {
    session.store = wanted;
    return true;
  }
  const usual = session.leads ? ALL_STORES : (codes[0] ?? ALL_STORES);
  if (wanted === usual) return true;
  const begins = to.name === "home" && wanted === ANY_STORE;
  return {
    ...to,
    name: begins ? firstPage(session.roles) : (to.name ?? "home"),
    params: { ...to.params, store: usual },
    replace: true,
  };
});
