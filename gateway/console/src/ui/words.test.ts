import { expect, test } from "vitest";
import { daysBetween, moment, near, yuan } from "./words";

const words = { today: "今天", yesterday: "昨天" };
const now = new Date("2026-11-27T00:30:00+08:00");

test("a moment is told in the stores' time, wherever the browser is", () => {
  expect(moment("2026-11-26T16:05:00Z")).toBe("2026-11-27 00:05");
});

test("yesterday ends at the stores' midnight", () => {
  expect(near("2026-11-26T23:59:00+08:00", now, words)).toBe("昨天 23:59");
  expect(near("2026-11-27T00:01:00+08:00", now, words)).toBe("今天 00:01");
  expect(near("2026-03-01T09:00:00+08:00", now, words)).toBe("03-01 09:00");
  expect(near("2025-03-01T09:00:00+08:00", now, words)).toBe("2025-03-01");
  expect(daysBetween("2026-02-28T10:00:00+08:00", new Date("2026-03-01T10:00:00+08:00"))).toBe(1);
});

test("fen are written as yuan, and pennies only where there are some", () => {
  expect([yuan(123400), yuan(123450), yuan(-5), yuan(0)]).toEqual(["¥1,234", "¥1,234.50", "-¥0.05", "¥0"]);
});
