import { expect, test } from "vitest";
import { asked, blankLine, blankPrice, linesComeTo, offTheWhole, typedOf } from "./price";

const car = { ...blankLine("car"), list: 200_000 };
const mats = { ...blankLine("accessory"), description: " 脚垫 ", list: 999.5, discount: 99.5 };
const film = { ...blankLine("gift"), description: "贴膜", list: 1500 };

test("a car at one sum needs no line", () => {
  expect(asked({ ...blankPrice(), model: " GL8 ", total: 98_000.5 })).toEqual({
    model: "GL8",
    definition_id: null,
    total_fen: 9_800_050,
    lines: [],
  });
});

test("lines are asked in fen, the car's under its own name", () => {
  const price = asked({ ...blankPrice(), model: "GL8", lines: [car, mats, film], total: 200_000 });
  expect(price.lines).toEqual([
    { kind: "car", description: "GL8", list_fen: 20_000_000, discount_fen: 0 },
    { kind: "accessory", description: "脚垫", list_fen: 99_950, discount_fen: 9_950 },
    { kind: "gift", description: "贴膜", list_fen: 150_000, discount_fen: 0 },
  ]);
});

test("a car whose list price nobody typed costs what the others leave", () => {
  const price = asked({ ...blankPrice(), model: "GL8", lines: [blankLine("car"), mats], total: 100_900 });
  expect(price.lines[0]?.list_fen).toBe(10_000_000);
});

test("gifts cost nothing, and what is above the agreed price is off the whole", () => {
  const typed = { ...blankPrice(), lines: [car, mats, film], total: 200_000 };
  expect([linesComeTo(typed.lines), offTheWhole(typed)]).toEqual([20_090_000, 90_000]);
  expect(offTheWhole({ ...typed, total: "" })).toBe(0);
});

test("what stands already is typed with the car first", () => {
  const typed = typedOf({ model: "GL8", definition_id: null, total_fen: 100 }, [
    { kind: "gift", description: "贴膜", list_fen: 5 },
    { kind: "car", description: "GL8", list_fen: 120 },
  ]);
  expect(typed.lines.map((line) => line.kind)).toEqual(["car", "gift"]);
  expect(asked(typed)).toEqual({
    model: "GL8",
    definition_id: null,
    total_fen: 100,
    lines: [
      { kind: "car", description: "GL8", list_fen: 120, discount_fen: 0 },
      { kind: "gift", description: "贴膜", list_fen: 5, discount_fen: 0 },
    ],
  });
});
