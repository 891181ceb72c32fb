import { Problem } from "../../api/problems";

/** Where in its form a payer's refusal belongs: the server tells it of the payers as a whole. */
const TYPED: Record<string, string> = {
  PAYER_IS_BUYER: "who",
  PAYER_TWICE: "who",
  PAYER_UNCLEAR: "firm",
  PAYERS_BEYOND_PRICE: "amount_fen",
};

/** What is refused of a payer stands at the field that it was typed into. */
export async function atTyped(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (refused) {
    const field = refused instanceof Problem ? TYPED[refused.code] : undefined;
    if (refused instanceof Problem && field) refused.fields[field] = refused.message;
    throw refused;
  }
}
