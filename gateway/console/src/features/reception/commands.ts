import { api, asked, type Schema } from "../../api/client";
import { queries } from "../../queries";
import { type Arrival, carOf, linesOf, whoIs } from "./model";

export interface TakenIn {
  customerId: string;
  vehicleId: string | null;
  /** Null where the role may register, and somebody else opens the repair order. */
  order: Schema["workshop.RepairOrder"] | null;
}

/**
 * Take a car in, in one call: the repair order of a car that is known, an arrival where he or the car is new, and
 * the registration alone where the role opens no repair orders. Sent again under its key it does nothing twice.
 */
export async function takeIn(arrival: Arrival, store: string, opens: boolean, key: string): Promise<TakenIn> {
  const done = await (!opens ? registered : isKnown(arrival) ? opened : arrived)(arrival, store, {
    "Idempotency-Key": key,
  });
  void queries.invalidateQueries({ queryKey: ["customer", done.customerId] });
  void queries.invalidateQueries({ queryKey: ["lookup"] });
  return done;
}

type Header = { "Idempotency-Key": string };

const isKnown = (arrival: Arrival) => arrival.customerId !== "" && !arrival.newVehicle;

const job = (arrival: Arrival, store: string) => ({
  store_id: store,
  km: Number(arrival.km),
  complaint: arrival.complaint.trim(),
  lines: linesOf(arrival),
});

async function opened(arrival: Arrival, store: string, header: Header): Promise<TakenIn> {
  const { customerId, vehicleId } = arrival;
  const body = { ...job(arrival, store), customer_id: customerId, vehicle_id: vehicleId };
  return { customerId, vehicleId, order: await asked(api.POST("/repair-orders", { params: { header }, body })) };
}

async function arrived(arrival: Arrival, store: string, header: Header): Promise<TakenIn> {
  const him = arrival.customerId ? { customer_id: arrival.customerId } : whoIs(arrival);
  const body = { ...job(arrival, store), ...him, vehicle: carOf(arrival) };
  const done = await asked(api.POST("/arrivals", { params: { header }, body }));
  return { customerId: done.customer_id, vehicleId: done.vehicle_id, order: done.repair_order };
}

async function registered(arrival: Arrival, store: string, header: Header): Promise<TakenIn> {
  const body = { ...whoIs(arrival), store_id: store, vehicle: arrival.vin ? carOf(arrival) : null };
  const done = await asked(api.POST("/customers", { params: { header }, body }));
  return { customerId: done.customer_id, vehicleId: done.vehicle_id, order: null };
}
