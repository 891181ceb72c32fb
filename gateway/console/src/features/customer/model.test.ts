import { expect, test } from "vitest";
import { changeOf, clashes, type Profile, rebased } from "./model";

const BEFORE: Profile = {
  name: "陈晓明",
  mobile: "",
  id_no: "",
  gender: "male",
  birth_date: "1980-02-03",
  email: "a@b.cn",
  employer: "",
  occupation: "",
  address: "深圳",
  channel: "call",
  from_hour: 9,
  to_hour: 18,
  do_not_call: false,
  tags: "老客户",
};
const after = (change: Partial<Profile>): Profile => ({ ...BEFORE, ...change });

test("only what changed is sent", () => {
  expect(changeOf(BEFORE, after({ employer: "红彤" }))).toEqual({ employer: "红彤" });
  expect(changeOf(BEFORE, after({}))).toEqual({});
});

test("what was wrong is taken away, and a name is not", () => {
  expect(changeOf(BEFORE, after({ email: "", birth_date: "" }))).toEqual({ email: null, birth_date: null });
  expect(changeOf(BEFORE, after({ name: "" }))).toEqual({});
});

test("what was chosen is sent as its code, and chosen no longer it is taken away", () => {
  expect(changeOf(BEFORE, after({ occupation: "retired" }))).toEqual({ occupation: "retired" });
  expect(changeOf(after({ occupation: "retired" }), BEFORE)).toEqual({ occupation: null });
});

test("preferences go together, because they are one thing", () => {
  expect(changeOf(BEFORE, after({ do_not_call: true, from_hour: "" }))).toEqual({
    preferences: { channel: "call", from_hour: null, to_hour: 18, do_not_call: true },
  });
});

test("tags are parted by blanks and by Chinese and other commas", () => {
  expect(changeOf(BEFORE, after({ tags: "老客户,VIP、车友" }))).toEqual({ tags: ["老客户", "VIP", "车友"] });
});

test("two people clash where both changed the same field to something else", () => {
  const mine = after({ email: "mine@b.cn", employer: "红彤" });
  const theirs = after({ email: "theirs@b.cn", address: "广州", employer: "红彤" });
  expect(clashes(BEFORE, mine, theirs)).toEqual([{ field: "email", mine: "mine@b.cn", theirs: "theirs@b.cn" }]);
});

test("what does not clash is mine upon theirs, and what does is as chosen", () => {
  const mine = after({ email: "mine@b.cn", employer: "红彤" });
  const theirs = after({ email: "theirs@b.cn", address: "广州" });
  expect(rebased(BEFORE, mine, theirs, [])).toEqual(after({ email: "theirs@b.cn", address: "广州", employer: "红彤" }));
  expect(rebased(BEFORE, mine, theirs, ["email"]).email).toBe("mine@b.cn");
});
