import enums from "../i18n/zh/enums.json";

/** Fields of a person whose values are codes: what may be chosen is what has a word, which a test holds to the API. */
export const CODED = ["kind", "gender", "occupation", "channel"] as const;
export type Coded = (typeof CODED)[number];
export type Code<Field extends Coded> = keyof (typeof enums)[Field];

export function codesOf(field: Coded): string[] {
  return Object.keys(enums[field]);
}

/** The key of a value's word; undefined of what stands for itself. */
export function wordOf(field: string, value: string): string | undefined {
  const coded = CODED.find((name) => name === field);
  return coded && Object.hasOwn(enums[coded], value) ? `enums.${coded}.${value}` : undefined;
}
