import { expect, test } from "vitest";
import { carried, isWorthAsking, normalised, pauseBefore } from "./model";

test("full-width digits are digits", () => {
  expect(normalised(" １３８００ ")).toBe("13800");
});

test("one Chinese sign is worth asking, one letter is not", () => {
  expect([isWorthAsking("陈"), isWorthAsking("c"), isWorthAsking("ch")]).toEqual([true, false, true]);
});

test("digits are asked for at lengths that mean something, and never between", () => {
  const asked = Array.from({ length: 18 }, (_, index) => index + 1).filter((count) => isWorthAsking("1".repeat(count)));
  expect(asked).toEqual([4, 6, 7, 8, 11, 15, 17, 18]);
});

test("the first four digits of a mobile number wait for the fifth", () => {
  expect([pauseBefore("1381"), pauseBefore("9746")]).toEqual([400, 30]);
});

test("what found nobody is carried into a new record by what it is", () => {
  expect(carried("13812349746")).toEqual({ mobile: "13812349746" });
  expect(carried("粤b·12345")).toEqual({ plate: "粤B12345" });
  expect(carried("lsgdc82c02s716214")).toEqual({ vin: "LSGDC82C02S716214" });
  expect(carried("陈晓明")).toEqual({ name: "陈晓明" });
  expect(carried("9746")).toEqual({});
});
