import vue from "eslint-plugin-vue";
import a11y from "eslint-plugin-vuejs-accessibility";
import typescript from "typescript-eslint";

/** Templates: what they may say, and whether everybody can use it. Scripts and form are Biome's. */
export default typescript.config(
  { ignores: ["src/api/*.gen.ts"] },
  typescript.configs.base,
  ...vue.configs["flat/recommended"],
  ...a11y.configs["flat/recommended"],
  {
    files: ["**/*.vue"],
    languageOptions: { parserOptions: { parser: typescript.parser } },
    rules: {
      // a text that is taken for markup could carry the session away
      "vue/no-v-html": "error",
      "vue/no-v-text-v-html-on-component": "error",
      // what a person reads stands in the i18n files
      "vue/no-bare-strings-in-template": [
        "error",
        {
          allowlist: [
            "✔",
            "⚠",
            "×",
            "＋",
            "≠",
            "▾",
            "⏎",
            "…",
            "·",
            "¥—",
            "Esc",
            "Ctrl",
            "?",
            "E",
            "V",
            "N",
            "\\",
            "{",
            "}",
            "‹",
            "›",
            "☎",
            "−",
            ":",
            "%",
            "→",
            "/",
            "J",
            "K",
            "M",
          ],
        },
      ],
      // a form's object is changed where its fields are: one page, several parts
      "vue/no-mutating-props": "off",
      "vue/max-attributes-per-line": "off",
      "vue/first-attribute-linebreak": "off",
      "vue/html-closing-bracket-newline": "off",
      "vue/html-indent": "off",
      "vue/singleline-html-element-content-newline": "off",
      "vue/multiline-html-element-content-newline": "off",
      "vue/html-self-closing": "off",
      "vue/multi-word-component-names": "off",
      "vue/require-default-prop": "off",
      "vue/attributes-order": "off",
      "vuejs-accessibility/no-autofocus": "off",
      "vuejs-accessibility/label-has-for": "off",
      "vuejs-accessibility/form-control-has-label": ["error", { labelComponents: ["FieldRow"] }],
      // options of a combobox are reached from its input (aria-activedescendant); axe judges them in the browser
      "vuejs-accessibility/interactive-supports-focus": "off",
      "vuejs-accessibility/click-events-have-key-events": "off",
      "vuejs-accessibility/no-static-element-interactions": "off",
    },
  },
);
