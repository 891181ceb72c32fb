import { createI18n } from "vue-i18n";
import zh from "./zh";

export type Language = "zh" | "en";

export const i18n = createI18n({
  legacy: false,
  locale: "zh" as Language,
  fallbackLocale: "zh",
  messages: { zh } as Record<string, typeof zh>,
});

/** Speak another language from now on; the second one is fetched when it is first wanted. */
export async function setLanguage(language: Language): Promise<void> {
  if (language === "en" && !i18n.global.availableLocales.includes("en")) {
    i18n.global.setLocaleMessage("en", (await import("./en")).default as unknown as typeof zh);
  }
  i18n.global.locale.value = language;
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
}
