import { expect, test } from "vitest";
import {
  byReach,
  cellsOf,
  fieldsOf,
  fits,
  hoursOf,
  hoursTold,
  initialPassword,
  ownHoursOf,
  reasonTold,
  rowsOf,
  valueTold,
  withDay,
} from "./model";

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

test("an amount is typed and read in yuan, a list is read by its length and typed in rows", () => {
  const row = { properties: { code: { enum: ["PDI", "CLEAN"], title: "Step" }, half_days: { type: "integer" } } };
  const policy = {
    schema: {
      properties: {
        gift_fen: { type: "integer", minimum: 0, maximum: 100_000, title: "Gifts" },
        steps: { type: "array", title: "Steps", items: { $ref: "#/components/schemas/sales.StepTime" } },
      },
      components: { schemas: { "sales.StepTime": row } },
    },
    value: { gift_fen: 200_050, steps: [{ code: "PDI", half_days: 2 }] },
  };
  const word = (code: string) => `<${code}>`;
  expect(valueTold(policy, "en", word)).toEqual(["Gifts ¥2,000.50", "Steps 1"]);
  expect(fieldsOf(policy, "en", word)).toMatchObject([{ name: "gift_fen", kind: "yuan", max: 1000, initial: 2000.5 }]);
  expect(rowsOf(policy, "en", word)[0]?.columns).toMatchObject([
    { name: "code", kind: "choice", options: [{ value: "PDI", label: "<PDI>" }, { value: "CLEAN" }] },
    { name: "half_days", kind: "number" },
  ]);
  const masked = { ...policy, value: { ...policy.value, gift_fen: null } };
  expect(valueTold(masked, "en", word)[0]).toBe("Gifts ¥—");
  const cells = cellsOf(policy, policy.value);
  expect(cells).toEqual({ gift_fen: 2000.5, steps: [{ code: "PDI", half_days: 2 }] });
  expect((cells.steps as unknown[])[0]).not.toBe(policy.value.steps[0]);
});

test("what a service reached somebody for is told in words, what a person typed as he typed it", () => {
  const word = (code: string) => ({ SERVICE_D3: "回访", sms: "短信" })[code] ?? code;
  const reason = "SERVICE_D3, sms, visit 019d";
  expect(reasonTold({ operation: "customer.reveal_to_sender", reason }, word)).toBe("回访 · 短信");
  expect(reasonTold({ operation: "customer.reveal_contact", reason: "核对身份, 客户要求" }, word)).toBe(
    "核对身份, 客户要求",
  );
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

test("who may do what is found by its role and its words, the farthest reach first", () => {
  const one = {
    name: "sales.pay_order",
    zh: "收款",
    en: "Take a payment",
    roles: { finance: "store", leader: "group" },
  } as const;
  expect(byReach(one.roles)).toEqual([
    ["group", ["leader"]],
    ["store", ["finance"]],
  ]);
  expect(fits(one, { role: "finance", text: "收", language: "zh" })).toBe(true);
  expect(fits(one, { role: "advisor", language: "zh" })).toBe(false);
  expect(fits(one, { text: "收", language: "en" })).toBe(false);
  expect(fits({ ...one, roles: { payment_channel: "store" } }, { language: "zh" })).toBe(false);
});

test("two initial passwords differ", () => {
  expect(initialPassword()).not.toBe(initialPassword());
  expect(initialPassword()).toHaveLength(16);
});
