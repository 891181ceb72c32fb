import { describe, expect, it } from "vitest";
import type { Item, Order, Step } from "./queries";
import { actsOfItem, actsOfStep, nextOf, ticked, toneOfStep } from "./steps";

const t = (key: string) => key;
const order = { order_id: "1", version: 3 } as Order;
const step = (more: Partial<Step>): Step =>
  ({ code: "PDI", state: "pending", may: [], waits_for: [], stages: [], is_late: false, version: 1, ...more }) as Step;

describe("what may be done to a step", () => {
  it("is nothing for whom it is not", () => expect(actsOfStep(order, step({}), t)).toEqual([]));

  it("is done by one button, once nothing before it is left", () => {
    const names = (more: Partial<Step>) =>
      actsOfStep(order, step({ may: ["finish", "block"], ...more }), t).map((act) => act.name);
    expect(names({})).toEqual(["finish-PDI", "otherwise-PDI"]);
    expect(names({ waits_for: ["ALLOCATE"] })).toEqual(["otherwise-PDI"]);
  });

  it("asks for what shows it", () => {
    const fields = (code: Step["code"]) =>
      actsOfStep(order, step({ code, may: ["finish"] }), t)[0]?.fields?.map((field) => field.name);
    expect(fields("INSURANCE")).toEqual(["insurer", "effective_from", "effective_until", "evidence"]);
    expect(fields("PLATE")).toEqual(["plate"]);
    expect(fields("INVOICE")).toEqual(["evidence"]);
  });

  it("begins a registration with the stage that comes next", () => {
    const [, stage] = actsOfStep(
      order,
      step({ code: "PLATE", may: ["finish"], stages: [{ stage: "documents", on: "2026-11-23" }] }),
      t,
    );
    expect(stage?.fields?.[0]?.initial).toBe("inspection");
  });
});

describe("the next step", () => {
  it("is the first that somebody may do and that waits for nothing", () => {
    const steps = [
      step({ code: "INVOICE", may: ["block"] }),
      step({ code: "PLATE", may: ["finish"], waits_for: ["INVOICE"] }),
      step({ code: "PDI", may: ["finish"] }),
      step({ code: "CLEAN", may: ["finish"] }),
    ];
    expect(nextOf(steps)).toBe("PDI");
    expect(nextOf(steps.slice(0, 2))).toBeUndefined();
  });

  it("has the key of the next step where it is the main one", () => {
    const keys = (main: boolean) => actsOfStep(order, step({ may: ["finish"] }), t, main).map((act) => act.key);
    expect(keys(true)).toEqual(["step"]);
    expect(keys(false)).toEqual([undefined]);
  });
});

describe("the checklist", () => {
  const item = (code: string, done_at: string | null): Item => ({ code, zh: code, en: code, done_at, done_by: null });

  it("is ticked item by item, and taken back", () => {
    expect(actsOfItem(order, item("PDI", null))[0]?.label).toBe("sales.act.tick");
    expect(actsOfItem(order, item("PDI", "2026-11-23T09:00:00+08:00"))[0]?.label).toBe("sales.act.untick");
  });

  it("is given with the keys as far as it was seen to", () => {
    const at = "2026-11-23T09:00:00+08:00";
    expect(ticked([item("PDI", at), item("TOOLS", null), item("PHOTO", at)])).toBe("PDI PHOTO");
  });
});

describe("how a step is marked", () => {
  it("is late before anything else but done", () => {
    expect(toneOfStep(step({ is_late: true, state: "blocked" }))).toBe("bad");
    expect(toneOfStep(step({ state: "done" }))).toBe("good");
    expect(toneOfStep(step({ state: "rework" }))).toBe("warn");
  });
});
