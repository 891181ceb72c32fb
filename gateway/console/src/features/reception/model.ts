import jobs from "../../i18n/zh/jobs.gen.json";
import { day } from "../../ui/words";

/** A car taken in, as it is typed; pure. */
export interface Arrival {
  customerId: string;
  vehicleId: string;
  /** The car is typed, not chosen. */
  newVehicle: boolean;
  name: string;
  mobile: string;
  plate: string;
  vin: string;
  model: string;
  role: "owner" | "user" | "bringer";
  km: number | "";
  complaint: string;
  lines: Line[];
  /** He is none of those who may be the same: why the desk is sure. */
  notThem: string;
}

export interface Line {
  description: string;
  yuan: number | "";
  jobClass?: JobClass | "";
  faultGroup?: FaultGroup | "";
}
type JobClass = keyof typeof jobs.jobClass;
type FaultGroup = keyof typeof jobs.faultGroup;

export function blank(): Arrival {
  return {
    customerId: "",
    vehicleId: "",
    newVehicle: false,
    name: "",
    mobile: "",
    plate: "",
    vin: "",
    model: "",
    role: "owner",
    km: "",
    complaint: "",
    lines: [],
    notThem: "",
  };
}

/** What is chosen of a line: kinds of work, and parts of the vehicle. */
export const JOB_CLASSES = Object.keys(jobs.jobClass) as JobClass[];
export const FAULT_GROUPS = Object.keys(jobs.faultGroup) as FaultGroup[];

/** Lines as the API takes them: those that say something, in fen. */
export function linesOf(arrival: Arrival) {
  return arrival.lines
    .filter((line) => line.description.trim() !== "")
    .map((line) => ({
      description: line.description.trim(),
      amount_fen: Math.round(Number(line.yuan || 0) * 100),
      job_class: line.jobClass || null,
      fault_group: line.faultGroup || null,
    }));
}

/** Who brings it, as a registration takes him; with the reason why he is none of those who may be the same. */
export function whoIs(arrival: Arrival) {
  const reason = arrival.notThem.trim();
  return {
    name: arrival.name.trim(),
    mobile: arrival.mobile.trim(),
    ...(reason ? { force_new: true, reason } : {}),
  };
}

/** The car that was typed, as a registration takes it. */
export function carOf({ vin, model, plate, role }: Arrival) {
  return { vin, model, plate: plate || null, role };
}

/** A word added to what was said, and not twice. */
export function withWord(said: string, word: string): string {
  const words = said.split(/[,，、\s]+/).filter(Boolean);
  return words.includes(word) ? said : [...words, word].join(",");
}

/** A whole VIN as the server reads it, empty for anything else: no I, O or Q is in one, and who reads aloud says O for 0. */
export function wholeVin(typed: string): string {
  const vin = typed.normalize("NFKC").replace(/[\s-]/g, "").toUpperCase().replace(/I/g, "1").replace(/[OQ]/g, "0");
  return /^[A-HJ-NPR-Z0-9]{17}$/.test(vin) ? vin : "";
}

/** The cars that their customers come for: those that are ready, then what was promised until today, in its order. */
export function toFetch<Order extends { stage: string; promised_at: string | null }>(
  orders: readonly Order[],
  now: Date,
): Order[] {
  const today = day(now.toISOString());
  const isReady = (order: Order) => order.stage === "ready" || order.stage === "settled";
  const promised = (order: Order) => order.promised_at !== null && day(order.promised_at) <= today;
  const until = (order: Order) => (order.promised_at ? Date.parse(order.promised_at) : Number.MAX_VALUE);
  return orders
    .filter((order) => isReady(order) || promised(order))
    .sort((one, other) => Number(isReady(other)) - Number(isReady(one)) || until(one) - until(other));
}

interface Car {
  vehicle_id: string;
  plate: string | null;
  vin: string;
  until: string | null;
}

/** The car that was meant: the one whose plate or VIN was typed, else the only one he has. */
export function meant<C extends Car>(cars: readonly C[], typed: string): C | undefined {
  const sign = typed.replace(/[\s.·-]/g, "").toUpperCase();
  const current = cars.filter(
    (car, index) => !car.until && cars.findIndex((one) => !one.until && one.vehicle_id === car.vehicle_id) === index,
  );
  if (sign.length >= 4) {
    const named = current.filter((car) => car.plate?.toUpperCase().startsWith(sign) || car.vin.endsWith(sign));
    if (named.length === 1) return named[0];
  }
  return current.length === 1 ? current[0] : undefined;
}
