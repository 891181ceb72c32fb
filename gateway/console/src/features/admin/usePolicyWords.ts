import { useI18n } from "vue-i18n";

/** Where the codes in values of policies have their words. */
const GROUPS = ["policyValue", "deliveryStep", "paidPart"];

/** The word of a code in a policy's value; one without a word stands for itself. */
export function usePolicyWords(): (code: string) => string {
  const { t, te } = useI18n();
  return (code) => {
    const group = GROUPS.find((each) => te(`enums.${each}.${code}`));
    return group ? t(`enums.${group}.${code}`) : code;
  };
}
