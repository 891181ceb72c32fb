import { expect, test } from "vitest";
import { blank, linesOf, meant, toFetch, whoIs, wholeVin, withWord } from "./model";

const car = (plate: string | null, vin: string, until: string | null = null) => ({
  vehicle_id: vin,
  plate,
  vin,
  until,
});

test("the car is the one whose plate was typed", () => {
  const cars = [car("粤B12345", "LSGDC82C02S716214"), car("粤B88888", "LSGDC82C02S000001")];
  expect(meant(cars, "粤b·8888")?.plate).toBe("粤B88888");
  expect(meant(cars, "716214")?.plate).toBe("粤B12345");
});

test("of several cars nobody named none is taken, and a former one is none", () => {
  expect(meant([car("粤B12345", "A"), car("粤B88888", "B")], "陈晓明")).toBeUndefined();
  expect(meant([car("粤B12345", "A"), car("粤B88888", "B", "2026-01-01")], "陈晓明")?.plate).toBe("粤B12345");
});

test("amounts are sent in fen, and lines that say nothing are not sent", () => {
  const lines = [
    { description: "检查底盘", yuan: 120.5, jobClass: "DIAGNOSIS" as const, faultGroup: "SUSPENSION" as const },
    { description: " ", yuan: 3 },
    { description: "赠送", yuan: "" as const },
  ];
  expect(linesOf({ ...blank(), lines })).toEqual([
    { description: "检查底盘", amount_fen: 12050, job_class: "DIAGNOSIS", fault_group: "SUSPENSION" },
    { description: "赠送", amount_fen: 0, job_class: null, fault_group: null },
  ]);
});

test("a usual word is added once", () => {
  expect(withWord("", "异响")).toBe("异响");
  expect(withWord("右前, 异响", "异响")).toBe("右前, 异响");
  expect(withWord("保养", "异响")).toBe("保养,异响");
});

test("a car that is his in two ways is one car", () => {
  expect(meant([car("粤B12345", "A"), car("粤B12345", "A")], "陈晓明")?.plate).toBe("粤B12345");
});

test("a VIN is whole however it is typed", () => {
  expect(wholeVin("lsgdc82co2s716214")).toBe("LSGDC82C02S716214");
  expect(wholeVin("ＬＳＧＤＣ８２Ｃ０２Ｓ７１６２１４")).toBe("LSGDC82C02S716214");
  expect(wholeVin(" LSGDC82C 02S7I6214")).toBe("LSGDC82C02S716214");
  expect(wholeVin("LSGDC82C02S71621")).toBe("");
});

test("cars are fetched that are ready, and what was promised until today", () => {
  const order = (stage: string, promised_at: string | null) => ({ stage, promised_at });
  const at = (day: string, time: string) => `2026-11-${day}T${time}:00+08:00`;
  const orders = [
    order("in_progress", at("27", "16:00")),
    order("in_progress", at("28", "09:00")),
    order("opened", null),
    order("qc", at("26", "17:00")),
    order("settled", at("27", "18:00")),
    order("ready", null),
  ];
  expect(toFetch(orders, new Date("2026-11-27T15:00:00+08:00")).map((each) => each.stage)).toEqual([
    "settled",
    "ready",
    "qc",
    "in_progress",
  ]);
});

test("he is registered anew only for a reason", () => {
  const him = { ...blank(), name: " 上官六六 ", mobile: "13800001111" };
  expect(whoIs(him)).toEqual({ name: "上官六六", mobile: "13800001111" });
  expect(whoIs({ ...him, notThem: " 夫妻共用电话 " })).toMatchObject({ force_new: true, reason: "夫妻共用电话" });
});
