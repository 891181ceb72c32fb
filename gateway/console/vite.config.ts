import VueI18n from "@intlify/unplugin-vue-i18n/vite";
import Vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

export default defineConfig({
  base: "/console/",
  plugins: [
    Vue(),
    // messages are compiled here: the compiler stays out of the bundle, and none of them is made by evaluation
    VueI18n({ include: ["src/i18n/zh/**", "src/i18n/en/**"], strictMessage: true }),
  ],
  build: {
    outDir: "dist",
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // libraries by name: a change of ours leaves them in the browser's cache
        codeSplitting: {
          groups: [
            { name: "vue", test: /node_modules[\\/](@vue|vue|vue-router|pinia|vue-i18n|@intlify|@tanstack)[\\/]/ },
          ],
        },
      },
    },
  },
  server: {
    proxy: Object.fromEntries(
      ["/api", "/openapi.json", "/readyz"].map((path) => [
        path,
        { target: process.env.API ?? "http://127.0.0.1:8000" },
      ]),
    ),
  },
});
