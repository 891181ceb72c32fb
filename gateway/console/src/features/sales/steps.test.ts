import { describe, expect, it } from "vitest";
import type { Order, Step } from "./queries";
import { actsOfStep, toneOfStep } from "./steps";

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
    expect(fields("INSURANCE")).toEqual(["effective_from", "evidence"]);
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

describe("how a step is marked", () => {
  it("is late before anything else but done", () => {
    expect(toneOfStep(step({ is_late: true, state: "blocked" }))).toBe("bad");
    expect(toneOfStep(step({ state: "done" }))).toBe("good");
    expect(toneOfStep(step({ state: "rework" }))).toBe("warn");
  });
});
