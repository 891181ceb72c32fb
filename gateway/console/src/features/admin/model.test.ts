import { expect, test } from "vitest";
import { fieldsOf, hoursOf, hoursTold, initialPassword, ownHoursOf, valueTold, withDay } from "./model";

test("a policy's value is fields with the bounds and words of its schema", () => {
  const policy = {
    schema: {
      properties: {
        days: { type: "integer", minimum: 1, maximum: 30, title: "Days", "x-title-zh": "天数" },
        by: { type: "string", enum: ["id", "nothing"], title: "By", "x-title-zh": "依据" },
      },
    },
    value: { days: 3, by: "id" },
  };
  const word = (code: string) => `<${code}>`;
  expect(fieldsOf(policy, "zh", word)).toMatchObject([
    { name: "days", said: "天数", kind: "number", min: 1, max: 30, initial: 3 },
    { name: "by", said: "依据", kind: "choice", options: [{ value: "id", label: "<id>" }, { value: "nothing" }] },
  ]);
  expect(valueTold(policy, "zh", word)).toEqual(["天数 3", "依据 <id>"]);
  expect(fieldsOf(policy, "en", word)[0]).toMatchObject({ said: "Days" });
});

test("hours are typed as they are read, and what is none is none", () => {
  const typed = "8:30-12:00, 13:00-18:00";
  expect(hoursOf(typed)).toEqual([
    { opens: "08:30", closes: "12:00" },
    { opens: "13:00", closes: "18:00" },
  ]);
  expect(hoursTold(hoursOf(typed) ?? [])).toBe("08:30-12:00, 13:00-18:00");
  expect(hoursOf("")).toEqual([]);
  expect(hoursOf("上午")).toBeNull();
});

test("of holidays nothing typed says as on that day of the week, and that they are closed is said", () => {
  expect(ownHoursOf(" ", "休息")).toBeNull();
  expect(ownHoursOf("休息", "休息")).toEqual([]);
  expect(ownHoursOf("9:00-17:00", "休息")).toEqual([{ opens: "09:00", closes: "17:00" }]);
  expect(ownHoursOf("上午", "休息")).toBeUndefined();
});

test("a day of a store's own is one, in its place among the others", () => {
  const days = [
    { day: "2027-01-02", why: "a" },
    { day: "2027-02-01", why: "b" },
  ];
  expect(withDay(days, { day: "2027-01-20", why: "c" }).map((each) => each.why)).toEqual(["a", "c", "b"]);
  expect(withDay(days, { day: "2027-01-02", why: "d" }).map((each) => each.why)).toEqual(["d", "b"]);
});

test("two initial passwords differ", () => {
  expect(initialPassword()).not.toBe(initialPassword());
  expect(initialPassword()).toHaveLength(16);
});
