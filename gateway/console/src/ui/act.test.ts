import { expect, test } from "vitest";
import { blankOf, type Field, given, unchosen } from "./act";

const FIELDS: Field[] = [
  { name: "amount_fen", label: "", kind: "yuan" },
  { name: "promised_at", label: "", kind: "moment" },
  { name: "bay", label: "", kind: "text", optional: true },
  { name: "warned", label: "", kind: "flag" },
];

test("an amount arrives in fen, without the error of a fraction", () => {
  expect(given(FIELDS, { amount_fen: 1.15 }).amount_fen).toBe(115);
  expect(given(FIELDS, { amount_fen: 8.7 }).amount_fen).toBe(870);
});

test("a moment is one of the stores' clock", () => {
  expect(given(FIELDS, { promised_at: "2026-11-27T16:00" }).promised_at).toBe("2026-11-27T16:00:00+08:00");
});

test("what is empty or blank is left out, and what is false is not", () => {
  expect(given(FIELDS, { bay: "  ", warned: false })).toEqual({ warned: false });
  expect(given(FIELDS, { bay: " 3 " })).toEqual({ bay: "3" });
});

test("a form begins empty but for what its fields begin with", () => {
  expect(blankOf([...FIELDS, { name: "n", label: "", kind: "number", initial: 7 }])).toEqual({
    amount_fen: "",
    promised_at: "",
    bay: "",
    warned: false,
    n: 7,
  });
});

test("of choices one at least is made, unless they may be left", () => {
  const fields: Field[] = [
    { name: "roles", label: "", kind: "choices" },
    { name: "stores", label: "", kind: "choices", optional: true },
    { name: "name", label: "", kind: "text" },
  ];
  expect(unchosen(fields, { roles: " ", stores: "", name: "" })).toEqual(["roles"]);
  expect(unchosen(fields, { roles: "advisor", stores: "", name: "" })).toEqual([]);
});
