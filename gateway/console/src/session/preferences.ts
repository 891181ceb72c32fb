import { defineStore } from "pinia";
import { ref, watchEffect } from "vue";
import { type Language, setLanguage } from "../i18n";

export type Theme = "light" | "dark";

/** What somebody likes on this machine; nothing of customers. */
export const usePreferences = defineStore("preferences", () => {
  const language = ref<Language>(localStorage.getItem("language") === "en" ? "en" : "zh");
  const chosen = localStorage.getItem("theme");
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const theme = ref<Theme>(chosen === "dark" || chosen === "light" ? chosen : system.matches ? "dark" : "light");
  system.addEventListener("change", (event) => {
    if (!localStorage.getItem("theme")) theme.value = event.matches ? "dark" : "light";
  });

  watchEffect(() => document.documentElement.classList.toggle("dark", theme.value === "dark"));

  async function speak(wanted: Language): Promise<void> {
    await setLanguage(wanted);
    language.value = wanted;
    localStorage.setItem("language", wanted);
  }

  function paint(wanted: Theme): void {
    theme.value = wanted;
    localStorage.setItem("theme", wanted);
  }

  return { language, theme, speak, paint };
});
