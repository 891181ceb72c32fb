import { expect, test } from "vitest";
import { fieldsOf, hoursOf, hoursTold, initialPassword, valueTold } from "./model";

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

test("two initial passwords differ", () => {
  expect(initialPassword()).not.toBe(initialPassword());
  expect(initialPassword()).toHaveLength(16);
});
