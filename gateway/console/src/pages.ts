import type { Component } from "vue";
import type { Operation } from "./api/rights.gen";
import type { KeyName } from "./keys/map";

/** A page of its own in the menu: who may use the operation sees it. Its title is `shell.page.<name>`. */
export interface Page {
  name: string;
  path: string;
  needs: Operation;
  key?: KeyName;
  load: () => Promise<Component>;
}

export const PAGES: readonly Page[] = [
  {
    name: "home",
    path: "",
    needs: "gateway.who_am_i",
    key: "goHome",
    load: () => import("./features/home/HomePage.vue"),
  },
  {
    name: "reception",
    path: "reception",
    needs: "customer.register_customer",
    key: "goReception",
    load: () => import("./features/reception/ReceptionPage.vue"),
  },
];
