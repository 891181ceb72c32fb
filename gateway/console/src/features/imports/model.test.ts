import { expect, test } from "vitest";
import { doubts, mapping, PART, parts, reasons, twice } from "./model";
import type { Row } from "./queries";

test("a file is cut into parts that are whole again together, and its last may be shorter", () => {
  const bytes = Uint8Array.from({ length: PART + 3 }, (_, index) => index % 251);
  const cut = parts(bytes);
  expect(cut.map((part) => part.length)).toEqual([PART, 3]);
  expect(cut[1]?.[0]).toBe(bytes[PART]);
  expect(parts(new Uint8Array(PART))).toHaveLength(1);
});

test("columns that hold nothing are left out", () => {
  expect(mapping({ 0: "name", 1: "", 2: "mobile" })).toEqual([
    { column: 0, field: "name" },
    { column: 2, field: "mobile" },
  ]);
});

test("a field that two columns claim is said, and phones are several", () => {
  expect(twice({ 0: "name", 1: "name", 2: "mobile", 3: "mobile" })).toEqual(["name"]);
});

test("doubts are counted by kind, the most frequent first, of a row with several each", () => {
  const row = (...warnings: string[]) => ({ warnings }) as unknown as Row;
  expect(doubts([row("MASKED"), row("VIN_TAIL", "MASKED"), row()])).toEqual([
    { code: "MASKED", count: 2 },
    { code: "VIN_TAIL", count: 1 },
  ]);
});

test("reasons are groups, the most frequent first", () => {
  const row = (code: string | null) => ({ code, zh: code, en: code }) as Row;
  expect(reasons([row("A"), row("B"), row("B"), row(null)]).map((each) => [each.code, each.count])).toEqual([
    ["B", 2],
    ["A", 1],
  ]);
});
