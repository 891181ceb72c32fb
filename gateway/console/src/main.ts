import { VueQueryPlugin } from "@tanstack/vue-query";
import { createPinia } from "pinia";
import { createApp } from "vue";
import App from "./App.vue";
import { i18n, setLanguage } from "./i18n";
import { queries } from "./queries";
import { router } from "./router";
import "./theme/tokens.css";
import "./theme/base.css";
import { usePreferences } from "./session/preferences";

const app = createApp(App);
app.use(createPinia());
app.use(i18n);
app.use(VueQueryPlugin, { queryClient: queries });
void setLanguage(usePreferences().language).finally(() => {
  app.use(router);
  app.mount("#app");
});
