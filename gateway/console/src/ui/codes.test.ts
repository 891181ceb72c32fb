import { expect, test } from "vitest";
import { codesOf, wordOf } from "./codes";

test("what may be chosen is what has a word, in its order", () => {
  expect(codesOf("gender")).toEqual(["male", "female"]);
  expect(codesOf("occupation")).toContain("self_employed");
});

test("a code has the key of its word, and what somebody typed has none", () => {
  expect(wordOf("occupation", "retired")).toBe("enums.occupation.retired");
  expect(wordOf("occupation", "")).toBeUndefined();
  expect(wordOf("employer", "retired")).toBeUndefined();
  expect(wordOf("gender", "toString")).toBeUndefined();
});
