import { expect, test } from "vitest";
import { Problem } from "../api/problems";
import { between, forEach } from "./many";

const idOf = (row: string) => row;

test("each is done by itself, four at a time, and what is refused says why and stops no other", async () => {
  let now = 0;
  let most = 0;
  const send = async (row: string) => {
    most = Math.max(most, ++now);
    await Promise.resolve();
    now--;
    if (row === "c") throw new Problem(409, { code: "TASK_TAKEN", title: "已被领取" });
    if (row === "d") throw new Problem(0, {});
  };
  const outcome = await forEach([..."abcdefg"], { idOf, send, unsure: "未确认" });
  expect(outcome.done.sort()).toEqual(["a", "b", "e", "f", "g"]);
  expect(outcome.failed).toEqual({ c: "已被领取", d: "未确认" });
  expect(most).toBe(4);
});

test("what has not begun when it is stopped is left as it was", async () => {
  const sent: string[] = [];
  const send = async (row: string) => sent.push(row);
  const outcome = await forEach([..."abcdefgh"], { idOf, send, stopped: () => sent.length >= 2, unsure: "" });
  expect(outcome.done).toEqual(sent);
  expect(outcome.done.length).toBeLessThan(8);
  expect(outcome.failed).toEqual({});
});

test("from one mark to another everything between is marked, in either direction", () => {
  const ids = [..."abcde"];
  expect(between(ids, "b", "d")).toEqual(["b", "c", "d"]);
  expect(between(ids, "d", "b")).toEqual(["b", "c", "d"]);
  expect(between(ids, "", "c")).toEqual(["c"]);
});
