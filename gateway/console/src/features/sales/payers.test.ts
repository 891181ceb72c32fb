import { expect, test } from "vitest";
import { Problem } from "../../api/problems";
import { atTyped } from "./payers";

const refused = (code: string) => new Problem(422, { code, title: "no", details: { field: "payers" } });

test("a share that is too large is refused at its amount, and a payer who is there already at his name", async () => {
  for (const [code, field] of [
    ["PAYERS_BEYOND_PRICE", "amount_fen"],
    ["PAYER_TWICE", "who"],
    ["PAYER_IS_BUYER", "who"],
    ["PAYER_UNCLEAR", "firm"],
  ] as const) {
    const problem = refused(code);
    await expect(atTyped(Promise.reject(problem))).rejects.toBe(problem);
    expect(problem.fields[field]).toBe("no");
  }
});

test("another refusal stays as it was told", async () => {
  const problem = refused("ORDER_STATE");
  await expect(atTyped(Promise.reject(problem))).rejects.toBe(problem);
  expect(Object.keys(problem.fields)).toEqual(["payers"]);
});
