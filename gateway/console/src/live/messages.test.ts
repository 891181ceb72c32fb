import { expect, test } from "vitest";
import { Messages } from "./messages";

const WHOLE =
  'retry: 2000\nid: a-1\nevent: reset\ndata: {}\n\nid: a-2\nevent: change\ndata: {"type":"x:y"}\n\n: here\nid: a-7\n\n';

test("messages are the same however the text was cut", () => {
  for (let size = 1; size <= WHOLE.length; size++) {
    const messages = new Messages();
    const found = [];
    for (let at = 0; at < WHOLE.length; at += size) found.push(...messages.take(WHOLE.slice(at, at + size)));
    expect(found).toEqual([
      { event: "reset", data: "{}" },
      { event: "change", data: '{"type":"x:y"}' },
    ]);
    expect(messages.last).toBe("a-7");
  }
});

test("a sign of life moves the position and says nothing", () => {
  const messages = new Messages("a-1");
  expect(messages.take(": here\nid: a-9\n\n")).toEqual([]);
  expect(messages.last).toBe("a-9");
});

test("what came of a message before a cut is none, and comes again", () => {
  const messages = new Messages("a-1");
  messages.take("id: a-2\nevent: change\ndata: {");
  messages.cut();
  expect(messages.last).toBe("a-1");
  expect(messages.take("id: a-2\nevent: change\ndata: {}\n\n")).toEqual([{ event: "change", data: "{}" }]);
});

test("a position that is taken back is empty, and a half message has none", () => {
  const messages = new Messages("a-1");
  messages.take("id:\nevent: reset\nda");
  expect(messages.last).toBe("a-1");
  expect(messages.take("ta: {}\n\n")).toEqual([{ event: "reset", data: "{}" }]);
  expect(messages.last).toBe("");
});
