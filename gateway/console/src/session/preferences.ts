import { defineStore } from "pinia";
import { ref, watchEffect } from "vue";
import { type Language, setLanguage } from "../i18n";

export type Theme = "light" | "dark";
/** How close rows and fields stand, the closest first. */
export const DENSITIES = ["compact", "normal", "wide"] as const;
export type Density = (typeof DENSITIES)[number];

/** What somebody likes on this machine; nothing of customers. */
export const usePreferences = defineStore("preferences", () => {
  const language = ref<Language>(localStorage.getItem("language") === "en" ? "en" : "zh");
  const chosen = localStorage.getItem("theme");
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const theme = ref<Theme>(chosen === "dark" || chosen === "light" ? chosen : system.matches ? "dark" : "light");
  system.addEventListener("change", (event) => {
    if (!localStorage.getItem("theme")) theme.value = event.matches ? "dark" : "light";
  });

  const kept = localStorage.getItem("density");
  const density = ref<Density>(DENSITIES.find((each) => each === kept) ?? "normal");

  watchEffect(() => document.documentElement.classList.toggle("dark", theme.value === "dark"));
  watchEffect(() => {
    document.documentElement.dataset.density = density.value;
  });

  async function speak(wanted: Language): Promise<void> {
    await setLanguage(wanted);
    language.value = wanted;
    localStorage.setItem("language", wanted);
  }

  function paint(wanted: Theme): void {
    theme.value = wanted;
    localStorage.setItem("theme", wanted);
  }

  /** To the next one, and from the last to the first. */
  function spread(): void {
    density.value = DENSITIES[(DENSITIES.indexOf(density.value) + 1) % DENSITIES.length] ?? "normal";
    localStorage.setItem("density", density.value);
  }

  return { language, theme, density, speak, paint, spread };
});
